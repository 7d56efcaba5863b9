"""A folder for raters: the scored videos beside those of another system, and the page to rate them on."""

from moodscore.pipelines.study.pipeline import create_pipeline

__all__ = ["create_pipeline"]
