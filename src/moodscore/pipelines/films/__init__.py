"""Real films as numbers: a reader of pictures, and how far it can be trusted."""

from moodscore.pipelines.films.pipeline import create_pipeline

__all__ = ["create_pipeline"]
