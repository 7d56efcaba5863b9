"""How well the emotions were read and how well the music fits, beside baselines."""

from moodscore.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
