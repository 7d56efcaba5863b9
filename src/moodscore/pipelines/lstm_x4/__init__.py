"""Four recurrent networks, one a quadrant, from pictures to tempo, loudness and rhythm."""

from moodscore.pipelines.lstm_x4.pipeline import create_pipeline

__all__ = ["create_pipeline"]
