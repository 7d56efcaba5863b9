"""From the reading of every second to the mood a scene is in: smoothed, neutral or not, and routed."""

import numpy as np
import pandas as pd

from moodscore.emotion.quadrants import confidence, hold_quadrant, quadrant_of

#: A cut over which the mood moves further than this, in points of the plane, is no place to average over.
CHANGE = 1.5
_SCORES = ["valence", "arousal"]


def smooth_emotion(
    scores: np.ndarray, cuts_s: np.ndarray, bounds: np.ndarray, smoothing_s: float
) -> np.ndarray:
    """Average readings over time, but not over a cut that changes the mood.

    A triangle of ``smoothing_s`` to either side of a segment's middle, over the readings on its side of such
    cuts: the whole clip is known beforehand, so nothing comes late. A cut changes the mood where the mean
    readings of the ``smoothing_s`` before it and after it lie further apart than 1.5 points.

    Parameters
    ----------
    scores : np.ndarray [shape=(n, 2)]
        Valence and arousal of each segment of one clip.
    cuts_s : np.ndarray [shape=(n,)]
        Moment of the strongest cut of each segment in seconds; NaN where there is none.
    bounds : np.ndarray [shape=(n, 2)]
        Start and end of each segment in seconds.
    smoothing_s : float
        Half the base of the triangle, which is its width at half its height; 0 changes nothing.

    Returns
    -------
    np.ndarray [shape=(n, 2)]
        Within the range of the readings.
    """
    if smoothing_s == 0 or len(scores) < 2:
        return scores
    middles = bounds.mean(axis=1)
    weights = np.maximum(1 - np.abs(middles[:, None] - middles) / smoothing_s, 0.0)
    for first in _changes(scores, cuts_s, middles, bounds, smoothing_s):
        weights[:first, first:] = weights[first:, :first] = 0.0
    # einsum and not BLAS, which may round a row differently beside others.
    return np.einsum("mn,nk->mk", weights / weights.sum(axis=1, keepdims=True), scores)


def _changes(
    scores: np.ndarray, cuts_s: np.ndarray, middles: np.ndarray, bounds: np.ndarray, smoothing_s: float
) -> list[int]:
    """The first segment after each cut that changes the mood; a segment is on the side its middle is on."""
    changes = []
    for cut_s in cuts_s[~np.isnan(cuts_s)]:
        first = int(np.searchsorted(middles, cut_s))
        before = scores[(middles < cut_s) & (middles > cut_s - smoothing_s)]
        after = scores[(middles >= cut_s) & (middles < cut_s + smoothing_s)]
        if len(before) and len(after) and np.hypot(*(after.mean(axis=0) - before.mean(axis=0))) > CHANGE:
            changes.append(first)
    return changes


def settle_emotion(
    read: pd.DataFrame,
    *,
    segment_s: float,
    smoothing_s: float,
    neutral_radius: float,
    min_dwell_s: float,
) -> pd.DataFrame:
    """The mood of every segment of one clip from its readings.

    Parameters
    ----------
    read : pd.DataFrame
        One row a segment, in order: ``valence, arousal``, ``quadrant`` and, where it is known, ``cut_s``.
    segment_s : float
        Length of a segment in seconds.
    smoothing_s : float
        See `smooth_emotion`; with 0 the quadrant is the one that was read.
    neutral_radius : float
        What is nearer to the middle of the plane is neutral.
    min_dwell_s : float
        See `hold_quadrant`.

    Returns
    -------
    pd.DataFrame
        ``valence, arousal`` (smoothed), ``confidence``, ``quadrant``, ``routed_quadrant`` (whose network is
        used), ``raw_valence, raw_arousal`` (as read), ``is_neutral``; the index of ``read``.
    """
    raw = read[_SCORES].to_numpy(dtype=float)
    cuts_s = read["cut_s"].to_numpy(dtype=float) if "cut_s" in read else np.full(len(read), np.nan)
    edges = np.arange(len(read) + 1) * segment_s
    scores = smooth_emotion(raw, cuts_s, np.column_stack([edges[:-1], edges[1:]]), smoothing_s)
    quadrants = quadrant_of(*scores.T) if smoothing_s else read["quadrant"].to_numpy()
    return settled(
        pd.DataFrame(scores, columns=_SCORES, index=read.index).assign(
            confidence=confidence(*scores.T),
            quadrant=quadrants,
            routed_quadrant=hold_quadrant(quadrants, segment_s, min_dwell_s),
            raw_valence=raw[:, 0],
            raw_arousal=raw[:, 1],
        ),
        neutral_radius,
    )


def settled(emotion: pd.DataFrame, neutral_radius: float) -> pd.DataFrame:
    """The same with ``is_neutral``: nearer to the middle of the plane than ``neutral_radius``."""
    return emotion.assign(is_neutral=(emotion["confidence"] < neutral_radius).to_numpy(dtype=bool))
