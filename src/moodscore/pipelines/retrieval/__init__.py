"""From predicted features to soundtracks made of the music at hand, and videos that play them."""

from moodscore.pipelines.retrieval.pipeline import create_pipeline

__all__ = ["create_pipeline"]
