"""Clips and ratings in; a manifest, labelled segments and stored soundtracks out."""

from moodscore.pipelines.ingest.pipeline import create_pipeline

__all__ = ["create_pipeline"]
