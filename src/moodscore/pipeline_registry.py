"""All pipelines by name."""

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline


def register_pipelines() -> dict[str, Pipeline]:
    """Every package of :mod:`moodscore.pipelines`; ``__default__`` is all of them.

    Returns
    -------
    dict of str to Pipeline
        By name.
    """
    pipelines = find_pipelines(raise_errors=True)
    pipelines["__default__"] = sum(pipelines.values())
    return pipelines
