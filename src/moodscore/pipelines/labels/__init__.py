"""Ratings in; labels, counts and the agreement of raters out. No video is needed."""

from moodscore.pipelines.labels.pipeline import create_pipeline

__all__ = ["create_pipeline"]
