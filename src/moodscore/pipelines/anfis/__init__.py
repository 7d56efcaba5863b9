"""Reading valence and arousal: of pictures by an ANFIS, of sound by the judge."""

from moodscore.pipelines.anfis.pipeline import create_pipeline

__all__ = ["create_pipeline"]
