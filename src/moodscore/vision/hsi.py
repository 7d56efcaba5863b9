"""The HSI colour space, in full precision and as histogram bins.

Levels are whole numbers, so a bin depends on few of them: hue and chroma on the differences red - green
and green - blue, saturation on the lowest level and the sum, intensity on the sum. Bins are looked up
in tables over these, computed once in full precision, and counted as whole numbers; that is exact, and
faster than an arc tangent a pixel.

References
----------
.. [1] R. C. Gonzalez, R. E. Woods, *Digital Image Processing*, 4th ed., section 6.2, Pearson 2018.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

#: The channels, in the order every array has them.
CHANNELS = ("hue", "saturation", "intensity")
#: Bins of a channel's histogram.
N_BINS = 256
#: Of each colour: red, green, blue.
MAX_LEVEL = 255
#: Red + green + blue of white.
MAX_LEVEL_SUM = 3 * MAX_LEVEL
#: How many differences of two levels there are, and sums of three.
_N_DIFFERENCES = 2 * MAX_LEVEL + 1
_N_SUMS = MAX_LEVEL_SUM + 1
#: Turns counts by level into the number of pixels and the sum of their levels.
_ONES_AND_LEVELS = np.column_stack([np.ones(MAX_LEVEL + 1), np.arange(MAX_LEVEL + 1)]).astype(np.float32)


def rgb_to_hsi(rgb: np.ndarray) -> np.ndarray:
    """Hue, saturation and intensity of pixels [1]_.

    ``I = (R + G + B) / 3``, ``S = 1 - min(R, G, B) / I`` (0 for black), and ``H`` the angle of
    ``(2R - G - B) + i sqrt(3) (G - B)`` as a share of the full turn (0 for grey).

    Parameters
    ----------
    rgb : np.ndarray of uint8 [shape=(..., 3)]
        Red, green, blue.

    Returns
    -------
    np.ndarray of float64 [shape=(..., 3)]
        Each in [0, 1]; hue is circular and never reaches 1.

    Examples
    --------
    >>> rgb_to_hsi(np.array([0, 255, 0], dtype=np.uint8)).round(4).tolist()
    [0.3333, 1.0, 0.3333]
    """
    red, green, blue = np.moveaxis(rgb.astype(np.float64), -1, 0)
    total = red + green + blue
    lowest = np.minimum(np.minimum(red, green), blue)
    hue = _turn(red - green, green - blue) % 1.0
    saturation = 1.0 - 3.0 * lowest / np.where(total == 0, 1.0, total)
    saturation = np.where(total == 0, 0.0, saturation)
    return np.stack([hue, saturation, total / MAX_LEVEL_SUM], axis=-1)


class HSIBins(NamedTuple):
    """What the pixels of a picture are counted by; :func:`bin_values` has the values of bins.

    Attributes
    ----------
    hue_and_chroma : np.ndarray of uint8 [shape=(h, w, 2)]
        Bin of hue, and ``max(R, G, B) - min(R, G, B)``: how much hue a pixel has.
    saturation_and_intensity : np.ndarray of uint8 [shape=(h, w, 2)]
        Bin of saturation, bin of intensity.
    level_sum : np.ndarray of uint16 [shape=(h, w)]
        Red + green + blue, three times the intensity: 0 to :data:`MAX_LEVEL_SUM`.
    """

    hue_and_chroma: np.ndarray
    saturation_and_intensity: np.ndarray
    level_sum: np.ndarray


class HSICounts(NamedTuple):
    """Histograms of a picture in whole numbers.

    Attributes
    ----------
    hue, saturation, intensity : np.ndarray [shape=(256,)]
        Pixels in each bin.
    chroma : np.ndarray [shape=(256,)]
        Sum of the levels of chroma, 0 to 255, of the pixels in each bin of hue.
    """

    hue: np.ndarray
    chroma: np.ndarray
    saturation: np.ndarray
    intensity: np.ndarray


def hsi_bins(rgb: np.ndarray) -> HSIBins:
    """Histogram bins of each pixel of a picture.

    Parameters
    ----------
    rgb : np.ndarray of uint8 [shape=(h, w, 3)]
        One picture; quickest if each colour lies in one piece in memory.
    """
    tables = _tables()
    red, green, blue = np.moveaxis(rgb, -1, 0)
    lowest = np.minimum(np.minimum(red, green), blue)
    level_sum = np.add(red, green, dtype=np.uint16) + blue
    # Differences are counted from their smallest, -255; and 255 - G is ~G.
    red_green = np.add(red, ~green, dtype=np.uint16)
    green_blue = np.add(green, ~blue, dtype=np.uint16)
    colour = red_green * np.int32(_N_DIFFERENCES) + green_blue
    light = lowest * np.int32(_N_SUMS) + level_sum
    return HSIBins(
        _looked_up(tables.hue_and_chroma, colour),
        _looked_up(tables.saturation_and_intensity, light),
        level_sum,
    )


def _looked_up(pairs: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The pairs of bytes at ``places`` [shape=(h, w, 2)], each fetched as one number of two bytes."""
    # No place is beyond the table; told so, take does not look.
    fetched = pairs.view(np.uint16).ravel().take(places, mode="clip")
    return fetched.view(np.uint8).reshape(*places.shape, 2)


def hsi_counts(bins: HSIBins) -> HSICounts:
    """Histograms of a picture, exactly.

    Parameters
    ----------
    bins : HSIBins
        Of a picture of at most 256 x 256 pixels: float32 counts to 16 777 216, and their chroma adds up
        to 255 x 256 x 256 at most.
    """
    import cv2

    size, levels = [N_BINS, N_BINS], [0, N_BINS, 0, N_BINS]
    hue_by_chroma = cv2.calcHist([bins.hue_and_chroma], [0, 1], None, size, levels)
    hue, chroma = (hue_by_chroma @ _ONES_AND_LEVELS).T
    saturation, intensity = (
        cv2.calcHist([bins.saturation_and_intensity], [channel], None, size[:1], levels[:2]).ravel()
        for channel in (0, 1)
    )
    return HSICounts(hue, chroma, saturation, intensity)


class _Tables(NamedTuple):
    """Of every pair ``(R - G, G - B)`` and of every pair ``(min, R + G + B)`` [shape=(pairs, 2)]."""

    hue_and_chroma: np.ndarray
    saturation_and_intensity: np.ndarray


@cache
def _tables() -> _Tables:
    difference = np.arange(-MAX_LEVEL, MAX_LEVEL + 1.0)
    red_green, green_blue = difference[:, None], difference[None, :]
    hue = np.rint(_turn(red_green, green_blue) * N_BINS) % N_BINS
    # The widest of the three differences; those beyond the range belong to no pixel.
    widest = np.maximum(np.maximum(abs(red_green), abs(green_blue)), abs(red_green + green_blue))
    chroma = np.minimum(widest, MAX_LEVEL)
    lowest, total = np.arange(MAX_LEVEL + 1.0)[:, None], np.arange(_N_SUMS)[None, :]
    saturation = np.clip(1 - 3 * lowest / np.maximum(total, 1), 0, 1) * (total > 0)
    intensity = np.broadcast_to(total / MAX_LEVEL_SUM, saturation.shape)
    return _Tables(
        _pairs(hue, chroma),
        _pairs(np.rint(saturation * MAX_LEVEL), np.rint(intensity * MAX_LEVEL)),
    )


def _pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.stack([first, second], axis=-1).astype(np.uint8).reshape(-1, 2)


def _turn(red_green: np.ndarray, green_blue: np.ndarray) -> np.ndarray:
    """Hue as a share of the full turn, in [-1/2, 1/2], by the differences of the levels."""
    return np.arctan2(np.sqrt(3.0) * green_blue, 2 * red_green + green_blue) / (2 * np.pi)


def bin_values(channel: str) -> np.ndarray:
    """The value each bin of a channel stands for.

    Returns
    -------
    np.ndarray [shape=(256,)]
        ``k / 256`` for hue, which is circular, else ``k / 255``.
    """
    return np.arange(N_BINS) / (N_BINS if channel == "hue" else MAX_LEVEL)
