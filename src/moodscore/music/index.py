"""Exact nearest snippets under the mean absolute error, from one snippet to a million.

Snippets and predictions are points of scaled tempo, loudness and rhythm; their distance is the mean
absolute error over the features (Sergio & Lee 2020 [1]_, eq. 9), which is the L1 norm over the number
of features, so a k-d tree with the Minkowski exponent 1 finds the nearest exactly. Equal distances
are common (loops, repeated bars, clipped features) and a tree answers them in an order of its own;
here they always go to the lowest row, also where the tie runs across the k-th neighbour.

.. [1] G. C. Sergio and M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020, 8478527.
"""

import numpy as np
from scipy.spatial import KDTree

from moodscore.errors import MoodscoreError

#: Relative rounding error allowed to the tree's running bounds; candidates within it are compared exactly.
_ROUNDING = 1e-12


class SnippetIndex:
    """Index of snippets by their features.

    Parameters
    ----------
    features : array_like of float [shape=(n, 3)]
        Scaled tempo, loudness and rhythm of each snippet. Any number of columns will do; the distance
        is the mean over them.

    Raises
    ------
    MoodscoreError
        If there are no snippets or a feature is not finite.

    Examples
    --------
    >>> index = SnippetIndex([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.3, 0.0, 0.0]])
    >>> distances, rows = index.query([[0.3, 0.0, 0.3]], k=2)
    >>> rows.tolist(), distances.round(3).tolist()
    ([[1, 2]], [[0.1, 0.1]])
    """

    def __init__(self, features):
        features = _as_points(features, "snippet features")
        if len(features) == 0:
            raise MoodscoreError("snippet features: there are no snippets to search; add music with sound")
        # Equal points become one node of the tree with their rows beside it, in ascending order
        # (lexsort is stable): a tree cannot split equal points and would scan them all.
        self._rows = np.lexsort(features.T)
        ordered = features[self._rows]
        is_new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
        self._starts = np.flatnonzero(is_new)
        self._counts = np.diff(np.append(self._starts, len(features)))
        self._points = ordered[self._starts]
        self._extent = np.abs(self._points).max()
        self._tree = KDTree(self._points)

    def __len__(self) -> int:
        return len(self._rows)

    def query(self, features, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Find the k nearest snippets of each query, nearest first.

        Parameters
        ----------
        features : array_like of float [shape=(q, 3)]
            Queries, in the scale of the index.
        k : int
            Neighbours wanted, at least 1; more than there are snippets returns them all.

        Returns
        -------
        distances : np.ndarray [shape=(q, min(k, n))]
            Mean absolute error over the features.
        indices : np.ndarray of int [shape=(q, min(k, n))]
            Rows of the features the index was built from; of equal distances the lowest row first.

        Raises
        ------
        MoodscoreError
            If a query is not finite, has another number of features, or k is below 1.
        """
        queries = _as_points(features, "query features")
        if queries.shape[1] != self._points.shape[1]:
            raise MoodscoreError(
                f"query features: {queries.shape[1]} columns, but the index has {self._points.shape[1]}"
            )
        if k < 1:
            raise MoodscoreError(f"k = {k}: ask for at least 1 neighbour")
        k = min(k, len(self))
        reach = min(k + 1, len(self._points))
        norms, nodes = self._tree.query(queries, k=np.arange(1, reach + 1), p=1)

        radii = norms[:, min(k, reach) - 1]
        radii = radii + _ROUNDING * (radii + self._extent)
        is_plain = (self._counts[nodes] == 1).all(axis=1)
        if reach > k:
            is_plain &= norms[:, k] > radii

        distances = np.empty((len(queries), k))
        rows = np.empty((len(queries), k), dtype=np.int64)
        if is_plain.any():
            distances[is_plain], rows[is_plain] = self._rank_plain(queries[is_plain], nodes[is_plain, :k])
        for i in np.flatnonzero(~is_plain):
            distances[i], rows[i] = self._rank_tied(queries[i], radii[i], k)
        return distances, rows

    def _rank_plain(self, queries, nodes):
        """Order neighbours none of which is a repeated point and which no further point can equal."""
        distances = np.abs(self._points[nodes] - queries[:, np.newaxis]).mean(axis=-1)
        rows = self._rows[self._starts[nodes]]
        order = np.lexsort((rows, distances), axis=-1)
        return np.take_along_axis(distances, order, axis=-1), np.take_along_axis(rows, order, axis=-1)

    def _rank_tied(self, query, radius, k):
        """Order everything within the radius of one query, and keep the first k."""
        nodes = np.asarray(self._tree.query_ball_point(query, radius, p=1))
        counts = np.minimum(self._counts[nodes], k)  # of one point's rows no more than k can be wanted
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self._rows[np.repeat(self._starts[nodes], counts) + within]
        distances = np.repeat(np.abs(self._points[nodes] - query).mean(axis=-1), counts)
        order = np.lexsort((rows, distances))[:k]
        return distances[order], rows[order]


def _as_points(values, name: str) -> np.ndarray:
    """Check a table of points and return it as float64 [shape=(n, d)]."""
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.ndim != 2:
        raise MoodscoreError(f"{name}: shape {points.shape}; give one row a snippet, one column a feature")
    if not np.isfinite(points).all():
        raise MoodscoreError(f"{name}: a value is not finite; extract the features again")
    return points
