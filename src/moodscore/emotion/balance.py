"""Letting every quadrant count alike."""

import numpy as np
import pandas as pd


def balanced_weights(quadrants: pd.Series) -> np.ndarray:
    """Weights with which each quadrant that occurs has the same sum.

    ``w_i = N / (K n_q)`` for a row of quadrant ``q``, with ``N`` rows, ``K`` quadrants that occur and
    ``n_q`` rows in ``q``: the mean weight is 1.

    Parameters
    ----------
    quadrants : pd.Series [shape=(n,)]
        Quadrant of each row.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Positive.
    """
    counts = quadrants.map(quadrants.value_counts()).to_numpy(dtype=np.float64)
    return len(quadrants) / (quadrants.nunique() * counts)
