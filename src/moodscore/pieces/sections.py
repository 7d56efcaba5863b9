"""Where sections begin: novelty of the self-similarity matrix.

A checkerboard kernel K slides along the diagonal of the matrix S = F Fᵀ of the beats' likeness [1]_. With a
kernel without a taper, ``K = k kᵀ``, k = -1 for the beats before and 1 for those after, novelty is

    kᵀ S k = ‖Σ after f - Σ before f‖²

so the matrix need not be made. The kernel covers whole bars: with a chord a bar and four bars a phrase,
shifting it inside a section changes nothing. At the ends of the piece, where part of the kernel has
nothing to compare, the two means are weighted by how much they are means of.

.. [1] J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from moodscore.pieces.features import N_MFCC, PITCH_CLASSES

#: Bars to either side of a boundary. Where the bar is not known it is taken to be two of four beats.
REACH_BARS = 4
UNKNOWN_BAR = 8
#: No section is shorter (bars).
SHORTEST_BARS = 2
#: A boundary stands out by this many times the mean novelty, and above what it would be if the beats came in
#: any order.
PROMINENCE = 0.5
#: Features count no more beyond this many (robust) standard deviations: the last note as it dies away is far
#: from everything, but no section.
LARGEST = 2.0
#: Timbre, level and attack tell sections apart; chords change all the time.
CHROMA_WEIGHT, LEVEL_WEIGHT = 0.4, 2.0
#: Deviations are at least this share of the standard one: what hardly ever changes is not blown up.
_LEAST_DEVIATION = 0.3
_MAD = 1.4826  # from median absolute to standard deviation


def find_sections(features: np.ndarray, bar_position: np.ndarray, metre: int) -> np.ndarray:
    """Beats with which a section begins.

    Parameters
    ----------
    features : np.ndarray [shape=(n, 27)]
        Features of the beats, as `beat_features` makes them.
    bar_position : np.ndarray of int [shape=(n,)]
        Place of each beat in the bar; sections begin on downbeats where those are known.
    metre : int
        Beats a bar, 0 where it is not known.

    Returns
    -------
    np.ndarray of int [shape=(k,)]
        Ascending, never the first beat.
    """
    bar = metre or UNKNOWN_BAR
    shortest = SHORTEST_BARS * bar
    if len(features) < 2 * shortest:
        return np.zeros(0, dtype=np.int64)
    weighted = _weighted(features)
    novelty = checkerboard_novelty(weighted, REACH_BARS * bar)
    # A beat early or late is the downbeat.
    height = np.where(bar_position == 0, maximum_filter1d(novelty, 3), 0.0) if metre else novelty
    highest = maximum_filter1d(height, 2 * shortest + 1, mode="constant")
    peaks = np.flatnonzero((height == highest) & (height > 0))
    peaks = peaks[(peaks >= shortest) & (peaks <= len(features) - shortest)]
    standing_out = height[peaks] - _valleys(novelty, peaks, REACH_BARS * bar)
    by_chance = 2 * np.sum(weighted.var(axis=0)) / (REACH_BARS * bar)
    return peaks[(standing_out > PROMINENCE * novelty.mean()) & (height[peaks] > by_chance)]


def checkerboard_novelty(features: np.ndarray, reach: int) -> np.ndarray:
    """Novelty at the start of each beat.

    Parameters
    ----------
    features : np.ndarray [shape=(n, d)]
    reach : int
        Beats to either side, at least 1.

    Returns
    -------
    np.ndarray [shape=(n,)]
        ``2 a b / (a + b) ‖mean after - mean before‖² / reach`` with a and b the beats before and after that
        there are, at most ``reach``: in the middle of the piece the form above over ``reach²``.
    """
    n = len(features)
    sums = np.concatenate([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0, dtype=np.float64)])
    here = np.arange(n)
    first, last = np.maximum(here - reach, 0), np.minimum(here + reach, n)
    before, after = here - first, last - here
    step = (sums[last] - sums[here]) / after[:, None]
    step -= (sums[here] - sums[first]) / np.maximum(before, 1)[:, None]
    return 2 * before * after / (before + after) * np.sum(step**2, axis=1) / reach


def _weighted(features: np.ndarray) -> np.ndarray:
    """Features around their medians, bounded, and weighted by what they tell of sections."""
    centred = features - np.median(features, axis=0)
    deviation = _MAD * np.median(np.abs(centred), axis=0)
    deviation = np.maximum(deviation, _LEAST_DEVIATION * features.std(axis=0))
    bounded = np.clip(centred / np.where(deviation > 0, deviation, 1.0), -LARGEST, LARGEST)
    bounded[:, :PITCH_CLASSES] *= CHROMA_WEIGHT
    bounded[:, PITCH_CLASSES + N_MFCC :] *= LEVEL_WEIGHT
    return bounded


def _valleys(novelty: np.ndarray, peaks: np.ndarray, reach: int) -> np.ndarray:
    """The higher one of the lowest novelties to either side of each peak."""
    before = minimum_filter1d(novelty, reach + 1, origin=reach // 2, mode="nearest")
    after = minimum_filter1d(novelty, reach + 1, origin=-(reach // 2), mode="nearest")
    return np.maximum(before, after)[peaks]
