"""Descriptors of one corpus as those of another.

What reads a descriptor knows the range of the corpus it was trained on. Film is darker than drawings; a
descriptor of film is mapped to the one that holds the same rank among drawings (:mod:`moodscore.quantiles`)
before something sees it that knows only those.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.quantiles import PROBABILITIES, match
from moodscore.vision.cues import CUES
from moodscore.vision.hsi import CHANNELS

#: Columns whose distribution is kept.
DISTRIBUTED = (*CHANNELS, "motion", *CUES)


def distribution_of(descriptors: pd.DataFrame) -> dict[str, list[float]]:
    """Quantiles of each column of a descriptor that the table has, as plain numbers.

    Parameters
    ----------
    descriptors : pd.DataFrame
        As from :func:`moodscore.vision.describe`, at least one row.

    Returns
    -------
    dict of str to list of float [shape=(101,)]
        At :data:`moodscore.quantiles.PROBABILITIES`.
    """
    if descriptors.empty:
        raise MoodscoreError("descriptors: there is no training segment; add clips with ratings")
    named = [name for name in DISTRIBUTED if name in descriptors]
    return {name: np.quantile(descriptors[name], PROBABILITIES).tolist() for name in named}


def map_descriptors(
    descriptors: pd.DataFrame, quantiles: Mapping[str, Any], columns: Sequence[str]
) -> pd.DataFrame:
    """Descriptors as they would be in the other corpus.

    Parameters
    ----------
    descriptors : pd.DataFrame
        The columns ``columns``, and others.
    quantiles : Mapping
        ``source`` and ``target``, both as from `distribution_of`; empty changes nothing.
    columns : sequence of str
        Which are mapped.

    Returns
    -------
    pd.DataFrame
        A table like ``descriptors``.

    Raises
    ------
    MoodscoreError
        If the quantiles of a column are missing or no quantiles.
    """
    if not quantiles:
        return descriptors
    mapped = {}
    for name in columns:
        try:
            source, target = (np.asarray(quantiles[end][name], dtype=float) for end in ("source", "target"))
        except (KeyError, TypeError, ValueError) as error:
            raise MoodscoreError(f"descriptor quantiles: lack {name} ({error!r}); make them again") from error
        ends = np.stack([source, target]) if source.shape == target.shape == PROBABILITIES.shape else None
        if ends is None or not np.isfinite(ends).all() or (np.diff(ends) < 0).any():
            raise MoodscoreError(f"descriptor quantiles: those of {name} make no sense; make them again")
        mapped[name] = match(descriptors[name].to_numpy(dtype=float), source, target)
    return descriptors.assign(**mapped)
