"""The pipelines, in the order the data takes: each a ``pipeline.py`` and thin ``nodes.py``."""
