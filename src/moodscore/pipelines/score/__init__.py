"""One new video through the stored models: the picture it has, and the music it gets."""

from moodscore.pipelines.score.pipeline import create_pipeline

__all__ = ["create_pipeline"]
