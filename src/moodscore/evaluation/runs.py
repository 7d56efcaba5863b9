"""The runs of a workspace beside each other."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

#: More runs than these no longer fit a page.
MAX_RUNS = 10
_NOT_STORED = "this run"
_SYSTEMS = ("previous", "paper", "collage", "moodscore", "composed")
_MEASURES = ("emotion_match", "mae_tlr")
_READING = ("accuracy", "majority_accuracy", "balanced_accuracy")


def compare_runs(metrics: Mapping[str, Any], history: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """One row a run, the newest first.

    Parameters
    ----------
    metrics : Mapping
        Of the run that has just ended.
    history : Mapping of str to Mapping
        Stored metrics by run, the oldest first; the one that has just ended may be among them.

    Returns
    -------
    pd.DataFrame
        ``run``, ``clips``, the reading of the pictures and the measures of the systems, of held-out clips
        (of those seen in training where none was held out, ``side`` says which). Missing where a run did
        not measure it.
    """
    runs = dict(history)
    if metrics not in runs.values():
        runs[_NOT_STORED] = metrics
    newest = list(reversed(runs.items()))[:MAX_RUNS]
    return pd.DataFrame([_row(name, run) for name, run in newest])


def _row(name: str, metrics: Mapping[str, Any]) -> dict[str, Any]:
    systems = metrics.get("systems", {})
    side = "held_out" if any(sides.get("held_out") for sides in systems.values()) else "seen"
    reading = (metrics.get("emotion") or {}).get(side) or {}
    row: dict[str, Any] = {"run": name, "clips": metrics.get("corpus", {}).get("clips"), "side": side}
    row |= {measure: reading.get(measure) for measure in _READING}
    for system in _SYSTEMS:
        scores = systems.get(system, {}).get(side) or {}
        row |= {f"{system}_{measure}": scores.get(measure) for measure in _MEASURES}
    return row
