"""How much a picture moves, and how often it is cut."""

import numpy as np

from moodscore.vision.hsi import MAX_LEVEL_SUM

#: Two successive pictures whose intensity histograms differ by more than this are two shots.
CUT_THRESHOLD = 0.35
#: Cuts are counted over this much time around a segment, in seconds.
CUT_WINDOW_S = 8.0
#: The median of so many differences is none that a single cut makes.
_OUTVOTES_A_CUT = 3


def motion(differences: np.ndarray, are_cuts: np.ndarray) -> float:
    """Motion of one segment: the median intensity difference of successive pictures.

    A cut makes one large difference and is no motion. The median passes over it, unless a slow
    stream shows so few pictures that a cut would not be outvoted; cuts are then left out.

    Parameters
    ----------
    differences : np.ndarray [shape=(n,)]
        Mean absolute intensity difference of each pair of successive pictures, in [0, 1]. A picture
        that stays on screen makes no pair with itself.
    are_cuts : np.ndarray of bool [shape=(n,)]
        Which pairs are cuts.

    Returns
    -------
    float
        In [0, 1]; 0 without any pair.
    """
    if len(differences) < _OUTVOTES_A_CUT:
        differences = differences[~are_cuts]
    return float(np.median(differences)) if len(differences) else 0.0


def intensity_difference(before: np.ndarray, after: np.ndarray) -> float:
    """Mean absolute difference of two pictures' intensity.

    Parameters
    ----------
    before, after : np.ndarray of uint16 [shape=(h, w)]
        Red + green + blue (:class:`moodscore.vision.HSIBins`).

    Returns
    -------
    float
        In [0, 1].
    """
    import cv2

    return cv2.norm(before, after, cv2.NORM_L1) / (before.size * MAX_LEVEL_SUM)


def is_cut(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether two successive pictures belong to two shots.

    The total variation ``sum |p - q| / 2`` of their intensity histograms, each divided by its sum,
    exceeds .35.

    Parameters
    ----------
    before, after : np.ndarray [shape=(256,)]
        Intensity histograms.
    """
    return bool(np.abs(before / before.sum() - after / after.sum()).sum() / 2 > CUT_THRESHOLD)


def cut_rate(cuts_s: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Cuts a second around each segment.

    Parameters
    ----------
    cuts_s : np.ndarray [shape=(c,)]
        Moments of the cuts, ascending, in seconds.
    bounds : np.ndarray [shape=(n, 2)]
        Start and end of each segment in seconds.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Number of cuts within 8 s centred on the segment, over the part of those 8 s inside the clip.
    """
    middle = bounds.mean(axis=1)
    first = np.maximum(middle - CUT_WINDOW_S / 2, bounds[0, 0])
    last = np.minimum(middle + CUT_WINDOW_S / 2, bounds[-1, 1])
    count = np.searchsorted(cuts_s, last) - np.searchsorted(cuts_s, first)
    return count / (last - first)
