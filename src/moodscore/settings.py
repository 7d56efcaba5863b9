"""Kedro's project settings."""

from moodscore.hooks import BeforeTheRun

CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local"}
HOOKS = (BeforeTheRun(),)
