"""How much a picture moves, and how often it is cut."""

import numpy as np

#: Two successive pictures whose intensity histograms differ by more than this are two shots.
CUT_THRESHOLD = 0.35
#: Cuts are counted over this much time around a segment, in seconds.
CUT_WINDOW_S = 8.0


def motion(differences: np.ndarray) -> float:
    """Motion of one segment.

    Parameters
    ----------
    differences : np.ndarray [shape=(n,)]
        Mean absolute intensity difference of each pair of successive pictures, in [0, 1].

    Returns
    -------
    float
        Their median, in [0, 1]: a cut, which makes one large difference, is not motion. 0 without
        any pair.
    """
    return float(np.median(differences)) if len(differences) else 0.0


def is_cut(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether two successive pictures belong to two shots.

    The total variation ``sum |p - q| / 2`` of their intensity histograms exceeds .35.

    Parameters
    ----------
    before, after : np.ndarray [shape=(256,)]
        Intensity histograms that each sum to 1.
    """
    return bool(np.abs(before - after).sum() / 2 > CUT_THRESHOLD)


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
