"""The previous system: what the four networks are compared with."""

from moodscore.pipelines.baseline.pipeline import create_pipeline

__all__ = ["create_pipeline"]
