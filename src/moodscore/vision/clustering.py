"""Fuzzy c-means of weighted scalars, on a line or on a circle.

Clustering the 256 weighted bins of a histogram has the same optimum as clustering the pixels behind
it, at a cost that does not depend on their number.

References
----------
.. [1] J. C. Bezdek, *Pattern Recognition with Fuzzy Objective Function Algorithms*, Plenum 1981.
"""

from dataclasses import dataclass

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.vision.hue import emptiest_hue, unroll

#: Centres have settled when none moves further than this share of the values' extent.
_SETTLED = 1e-9
_MAX_ITERATIONS = 2000
#: Bins a circle is looked at in when its emptiest place is sought.
_CIRCLE_BINS = 256
#: Exponents that bend evenly spaced quantiles towards the low and towards the high values.
_QUANTILE_BENDS = (1.0, 2.0, 0.5)


@dataclass(frozen=True)
class FuzzyClusters:
    """What :func:`fuzzy_c_means` found.

    Attributes
    ----------
    centres : np.ndarray [shape=(c,)]
        Ascending.
    memberships : np.ndarray [shape=(n, c)]
        Of each value in each cluster; rows sum to 1.
    objective : float
        ``sum_i sum_k w_i u_ik^m d_ik^2``, what was minimised.
    n_iterations : int
        Iterations of the start that won.
    """

    centres: np.ndarray
    memberships: np.ndarray
    objective: float
    n_iterations: int


def fuzzy_c_means(
    values: np.ndarray,
    weights: np.ndarray | None = None,
    n_clusters: int = 3,
    m: float = 2.0,
    period: float | None = None,
    *,
    initial_centres: np.ndarray | None = None,
    max_iterations: int = _MAX_ITERATIONS,
    name: str = "values",
) -> FuzzyClusters:
    """Weighted fuzzy c-means [1]_ of scalars.

    Alternates memberships ``u_ik = d_ik^(-2/(m-1)) / sum_j d_ij^(-2/(m-1))`` and centres. On a line
    ``d^2 = (x - c)^2`` and ``c_k = sum_i w_i u_ik^m x_i / sum_i w_i u_ik^m``; on a circle ``d`` is
    the chord, ``d^2 = 2 - 2 cos(x - c)``, and ``c_k`` the direction of the weighted mean vector. A
    value on a centre belongs to it wholly. Iteration ends when the centres have settled, whatever
    the number of values. The best of several deterministic starts is kept.

    Parameters
    ----------
    values : np.ndarray [shape=(n,)]
        What is clustered.
    weights : np.ndarray [shape=(n,)], optional
        Non-negative weight of each value; equal by default. Their scale does not matter for the
        centres.
    n_clusters : int
        Number of clusters, at least 2.
    m : float
        Fuzzifier, above 1.
    period : float, optional
        Length of the circle the values lie on; None for a line.
    initial_centres : np.ndarray [shape=(n_clusters,)], optional
        One start of your own instead of the built-in ones.
    max_iterations : int
        Bound on the iterations of one start.
    name : str
        What an error message calls the values.

    Returns
    -------
    FuzzyClusters
        Centres (ascending; on a circle in ``[0, period)``), memberships, objective, iterations.

    Raises
    ------
    MoodscoreError
        If a value or weight is not finite, a weight is negative, or fewer than ``n_clusters``
        distinct values carry weight.

    Examples
    --------
    >>> fuzzy_c_means(np.array([0.0, 0.1, 0.5, 0.6, 1.0])).centres.round(2).tolist()
    [0.05, 0.55, 1.0]
    """
    values = np.asarray(values, dtype=np.float64)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    if period is not None:
        values = np.mod(values, period)  # 0 and a whole turn are one value
    _validate(values, weights, n_clusters, name)
    weights = weights / weights.sum()
    if initial_centres is None:
        starts = _starts(values, weights, n_clusters, period)
    else:
        starts = [np.asarray(initial_centres, dtype=np.float64)]
    extent = period if period is not None else np.ptp(values[weights > 0])
    runs = [
        _iterate(values, weights, start, m, period, extent * _SETTLED, max_iterations) for start in starts
    ]
    objective, centres, n_iterations = min(runs, key=lambda run: run[0])
    centres = np.sort(centres if period is None else np.mod(centres, period))
    return FuzzyClusters(centres, memberships(values, centres, m, period), objective, n_iterations)


def memberships(
    values: np.ndarray, centres: np.ndarray, m: float = 2.0, period: float | None = None
) -> np.ndarray:
    """Membership of each value in each cluster.

    Returns
    -------
    np.ndarray [shape=(n, c)]
        Rows sum to 1; a value on a centre belongs to it wholly.
    """
    return _memberships(_squared_distances(np.asarray(values, dtype=np.float64), centres, period), m)


def _validate(values: np.ndarray, weights: np.ndarray, n_clusters: int, name: str) -> None:
    if not (np.isfinite(values).all() and np.isfinite(weights).all()):
        raise MoodscoreError(f"{name}: cannot be clustered, a value or weight is not finite")
    if (weights < 0).any():
        raise MoodscoreError(f"{name}: cannot be clustered, a weight is negative")
    distinct = len(np.unique(values[weights > 0]))
    if distinct < n_clusters:
        raise MoodscoreError(
            f"{name}: only {distinct} distinct value(s), {n_clusters} clusters need at least as many; "
            f"cluster more varied values or lower n_clusters"
        )


def _squared_distances(values: np.ndarray, centres: np.ndarray, period: float | None) -> np.ndarray:
    difference = values[:, None] - centres[None, :]
    if period is None:
        return difference**2
    # 2 - 2 cos(x) without the cancellation near 0.
    return 4.0 * np.sin(np.pi * difference / period) ** 2


def _memberships(squared: np.ndarray, m: float) -> np.ndarray:
    nearest = squared.min(axis=1, keepdims=True)
    # Dividing by the smallest distance keeps every power in (0, 1]: nothing overflows.
    ratio = np.divide(nearest, squared, out=np.zeros_like(squared), where=squared > 0)
    closeness = ratio ** (1.0 / (m - 1.0))
    closeness = np.where(nearest == 0, squared == 0, closeness)
    return closeness / closeness.sum(axis=1, keepdims=True)


def _iterate(
    values: np.ndarray,
    weights: np.ndarray,
    centres: np.ndarray,
    m: float,
    period: float | None,
    settled: float,
    max_iterations: int,
) -> tuple[float, np.ndarray, int]:
    """One start: its final objective, its centres and the iterations it took."""
    n_iterations = 0
    for n_iterations in range(1, max_iterations + 1):  # noqa: B007
        squared = _squared_distances(values, centres, period)
        pull = weights[:, None] * _memberships(squared, m) ** m
        moved = _centres(values, pull, period)
        step = moved - centres
        if period is not None:
            step = np.mod(step + period / 2, period) - period / 2
        centres = moved
        if np.abs(step).max() <= settled:
            break
    squared = _squared_distances(values, centres, period)
    objective = float((weights[:, None] * _memberships(squared, m) ** m * squared).sum())
    return objective, centres, n_iterations


def _centres(values: np.ndarray, pull: np.ndarray, period: float | None) -> np.ndarray:
    if period is None:
        return values @ pull / pull.sum(axis=0)
    angle = 2 * np.pi * values / period
    return np.arctan2(np.sin(angle) @ pull, np.cos(angle) @ pull) * period / (2 * np.pi)


def _starts(
    values: np.ndarray, weights: np.ndarray, n_clusters: int, period: float | None
) -> list[np.ndarray]:
    """Bent quantiles and even spacing; on a circle counted from its emptiest place.

    Counting from there makes the starts turn with the data, so a rotation of the values rotates the
    centres.
    """
    cut = 0.0
    if period is not None:
        bins = np.rint(np.mod(values / period, 1.0) * _CIRCLE_BINS).astype(int) % _CIRCLE_BINS
        cut = emptiest_hue(np.bincount(bins, weights, minlength=_CIRCLE_BINS)) * period
        values = unroll(values / period, cut / period) * period
    carrying = weights > 0
    order = np.argsort(values[carrying], kind="stable")
    ordered, mass = values[carrying][order], np.cumsum(weights[carrying][order])
    even = (np.arange(n_clusters) + 0.5) / n_clusters
    starts = [np.interp(even**bend, mass / mass[-1], ordered) for bend in _QUANTILE_BENDS]
    distinct = np.unique(ordered)
    starts.append(distinct[np.rint(np.linspace(0, len(distinct) - 1, n_clusters)).astype(int)])
    # Two centres in one place would stay together for ever.
    return [start + cut for start in starts if len(np.unique(start)) == n_clusters]
