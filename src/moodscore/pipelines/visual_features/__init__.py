"""What each segment looks like."""

from moodscore.pipelines.visual_features.pipeline import create_pipeline

__all__ = ["create_pipeline"]
