"""Kedro's project settings."""

from moodscore.hooks import AfterTheRun, BeforeTheRun

CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local"}
HOOKS = (BeforeTheRun(), AfterTheRun())
