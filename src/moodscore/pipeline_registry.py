"""All pipelines by name."""

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

#: Run only when asked for by name: they start from what not every workspace has.
ON_REQUEST = frozenset({"films", "score", "study"})


def register_pipelines() -> dict[str, Pipeline]:
    """Every package of :mod:`moodscore.pipelines`; ``__default__`` is all but those of `ON_REQUEST`.

    Returns
    -------
    dict of str to Pipeline
        By name.
    """
    pipelines = find_pipelines(raise_errors=True)
    pipelines["__default__"] = sum(steps for name, steps in pipelines.items() if name not in ON_REQUEST)
    return pipelines
