"""How much a picture moves, and how often it is cut."""

from collections.abc import Sequence

import numpy as np

from moodscore.media import Glimpse
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


def total_variation(before: np.ndarray, after: np.ndarray) -> float:
    """How differently two pictures are lit: ``sum |p - q| / 2`` of their intensity histograms.

    Above :data:`CUT_THRESHOLD` the two belong to two shots.

    Parameters
    ----------
    before, after : np.ndarray [shape=(256,)]
        Intensity histograms; each is divided by its sum.

    Returns
    -------
    float
        In [0, 1].
    """
    return float(np.abs(before / before.sum() - after / after.sum()).sum() / 2)


def moment_of_cut(glimpses: Sequence[Glimpse]) -> float:
    """When the new shot begins, of two pictures between which there is a cut.

    It is where one picture differs most from the one before it.

    Parameters
    ----------
    glimpses : sequence of Glimpse
        Of the picture before the cut, of those decoded in between and of the one after it; at least two.

    Returns
    -------
    float
        Seconds from the clip's first picture.
    """
    points = np.stack([glimpse.points for glimpse in glimpses]).astype(np.int64)
    steps = np.abs(np.diff(points, axis=0)).sum(axis=(1, 2))
    return glimpses[int(steps.argmax()) + 1].appears_s


def strongest_cuts(
    cuts_s: np.ndarray, strengths: np.ndarray, bounds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The strongest cut of each segment.

    Parameters
    ----------
    cuts_s, strengths : np.ndarray [shape=(c,)]
        Moments of the cuts, ascending, in seconds, and the total variation of each.
    bounds : np.ndarray [shape=(n, 2)]
        Start and end of each segment in seconds.

    Returns
    -------
    cut_s, cut_strength : np.ndarray [shape=(n,)]
        Its moment and total variation; NaN and 0 where a segment has no cut. The first of equals.
    """
    cut_s, cut_strength = np.full(len(bounds), np.nan), np.zeros(len(bounds))
    own = np.searchsorted(bounds[:, 0], cuts_s, side="right") - 1
    for segment, moment, strength in zip(own, cuts_s, strengths, strict=True):
        if moment < bounds[segment, 1] and strength > cut_strength[segment]:
            cut_s[segment], cut_strength[segment] = moment, strength
    return cut_s, cut_strength


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
