"""From one distribution to another: the value that holds the same rank [1]_.

With ``F`` the distribution something is from and ``G`` the one it is wanted in, ``y = G⁻¹(F(x))`` keeps the
order of all values and gives them the other distribution.

References
----------
.. [1] M. B. Wilk and R. Gnanadesikan, "Probability plotting methods for the analysis of data",
   Biometrika 55(1), 1968, 1-17.
"""

from collections.abc import Sequence

import numpy as np

#: The quantiles that are matched; a value between two of them is interpolated.
PROBABILITIES = np.linspace(0.0, 1.0, 101)


def match(x: np.ndarray, source: Sequence[float], target: Sequence[float]) -> np.ndarray:
    """Values of one distribution as values of another.

    Parameters
    ----------
    x : np.ndarray [shape=(n,)]
        Values.
    source, target : sequence of float [shape=(101,)]
        Quantiles at `PROBABILITIES` of the distribution they are from and of the other, ascending.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Piecewise linear between matched quantiles, monotone, within the range of ``target``. A value that
        holds several quantiles of the source (a tie) becomes the middle one of those it holds.
    """
    knots, first, held = np.unique(source, return_index=True, return_counts=True)
    middle = first + (held - 1) / 2
    return np.interp(x, knots, np.interp(middle, np.arange(len(target)), target))
