"""Where a piece can be left for another place of it, and how little that is like playing on.

    d(i → j) = mean over k = -4 … 3 of ‖f[i + 1 + k] - f[j + k]‖² / median over all jumps

f are the standardised features of the beats: what would have come after beat i, and what came before,
is compared to what comes with beat j and came before it. Never the edge of what is left to the edge of
what comes: those sound one after the other and need not be alike. Places beyond the piece's ends are
left out of the mean; at least half must be there. To compare what would have come is the idea of video
textures [1]_.

.. [1] A. Schödl, R. Szeliski, D. Salesin and I. Essa, "Video textures", SIGGRAPH 2000.
"""

import numpy as np

from moodscore.pieces.piece import JUMPS_KEPT, MIN_JUMP_BEATS, UNKNOWN

#: Beats that are compared, from so many before the jump to so many after.
BEFORE, AFTER = 4, 4
#: Of those at least so many must lie in the piece.
LEAST_COMPARED = 4
#: Jumps further than this are not looked for: beyond an hour of music, cost grows with length alone.
MAX_JUMP_BEATS = 8192
#: Beats whose jumps are measured together: bounds the memory.
_AT_ONCE = 128
#: The median is that of this many beats' jumps at least, evenly spread.
_MEDIAN_OF = 1024


def best_jumps(features: np.ndarray, bar_position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best predecessors of each beat.

    Parameters
    ----------
    features : np.ndarray of float32 [shape=(n, d)]
        Standardised features of the beats.
    bar_position : np.ndarray of int [shape=(n,)]
        Place of each beat in the bar, all `UNKNOWN` where it is not known.

    Returns
    -------
    jump_from : np.ndarray of int32 [shape=(n, 20)]
        Beats i after which going on with beat j is best: best first, of equals the first. Jumps lead over
        at least `MIN_JUMP_BEATS` beats and to the same place in the bar.
    jump_distance : np.ndarray of float32 [shape=(n, 20)]
    """
    n = len(features)
    jump_from = np.full((n, JUMPS_KEPT), UNKNOWN, dtype=np.int32)
    distance = np.full((n, JUMPS_KEPT), np.inf, dtype=np.float32)
    place = np.append(bar_position, _next_place(bar_position))
    scale = _median_distance(features)
    for start in range(0, n, _AT_ONCE):
        targets = np.arange(start, min(start + _AT_ONCE, n))
        points, costs = distances(features, targets)
        allowed = np.abs(points - targets[:, None]) >= MIN_JUMP_BEATS
        allowed &= place[points] == place[targets][:, None]
        costs = np.where(allowed, costs, np.inf)
        kept = min(JUMPS_KEPT, costs.shape[1])
        best = np.sort(np.argpartition(costs, kept - 1, axis=1)[:, :kept], axis=1)
        order = np.argsort(np.take_along_axis(costs, best, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        cost = np.take_along_axis(costs, best, axis=1)
        found = np.isfinite(cost)
        jump_from[targets, :kept] = np.where(found, points[best] - 1, UNKNOWN)
        distance[targets, :kept] = np.where(found, cost / scale if scale > 0 else 0.0, np.inf)
    return jump_from, distance


def distances(features: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unscaled distance of every jump to some beats that follow each other.

    Parameters
    ----------
    features : np.ndarray of float32 [shape=(n, d)]
    targets : np.ndarray of int [shape=(b,)]
        Beats j, consecutive.

    Returns
    -------
    points : np.ndarray of int [shape=(p,)]
        Beats i + 1 that would have come, 1 to n as far as `MAX_JUMP_BEATS` reaches.
    costs : np.ndarray of float32 [shape=(b, p)]
        Infinite where too little can be compared.
    """
    n = len(features)
    points = np.arange(max(1, targets[0] - MAX_JUMP_BEATS), min(n, targets[-1] + MAX_JUMP_BEATS) + 1)
    rows = np.arange(targets[0] - BEFORE, targets[-1] + AFTER)
    columns = np.arange(points[0] - BEFORE, points[-1] + AFTER)
    there = ((rows >= 0) & (rows < n))[:, None] & ((columns >= 0) & (columns < n))
    a, b = features[rows.clip(0, n - 1)], features[columns.clip(0, n - 1)]
    apart = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    apart = np.where(there, np.maximum(apart, 0), 0)
    shape = len(targets), len(points)
    total, compared = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.int8)
    for k in range(BEFORE + AFTER):
        window = slice(k, k + shape[0]), slice(k, k + shape[1])
        total += apart[window]
        compared += there[window]
    enough = compared >= LEAST_COMPARED
    return points, np.where(enough, total / np.maximum(compared, 1), np.inf).astype(np.float32)


def _median_distance(features: np.ndarray) -> float:
    """Median over all jumps of `MIN_JUMP_BEATS` and more; of a long piece, over an even choice of them."""
    n = len(features)
    step = _AT_ONCE * max(1, n // _MEDIAN_OF)
    found = [np.zeros(0, dtype=np.float32)]
    for start in range(0, n, step):
        targets = np.arange(start, min(start + _AT_ONCE, n))
        points, costs = distances(features, targets)
        counted = np.isfinite(costs) & (np.abs(points - targets[:, None]) >= MIN_JUMP_BEATS)
        found.append(costs[counted])
    every = np.concatenate(found)
    return float(np.median(every)) if len(every) else 0.0


def _next_place(bar_position: np.ndarray) -> int:
    """The place in the bar that would follow the last beat."""
    if not len(bar_position) or bar_position[-1] == UNKNOWN:
        return UNKNOWN
    following = bar_position[1:][bar_position[:-1] == bar_position[-1]]
    return int(following[0]) if len(following) else 0
