"""What each segment sounds like."""

from moodscore.pipelines.audio_features.pipeline import create_pipeline

__all__ = ["create_pipeline"]
