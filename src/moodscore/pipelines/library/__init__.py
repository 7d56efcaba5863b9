"""A folder of songs in; an index of their snippets out."""

from moodscore.pipelines.library.pipeline import create_pipeline

__all__ = ["create_pipeline"]
