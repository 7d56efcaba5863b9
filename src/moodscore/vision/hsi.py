"""The HSI colour space, in full precision and as histogram bins.

Levels are whole numbers, so a bin depends on few of them: hue and chroma on the differences red - green
and green - blue, saturation on the lowest level and the sum, intensity on the sum. Bins are looked up
in tables over these, computed once in full precision; that is exact, and faster than an arc tangent a
pixel.

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
_MAX_LEVEL = 255
#: How many differences of two levels there are, and sums of three.
_N_DIFFERENCES = 2 * _MAX_LEVEL + 1
_N_SUMS = 3 * _MAX_LEVEL + 1
#: Where the table of differences has two equal pairs of levels.
_NO_DIFFERENCE = _MAX_LEVEL * _N_DIFFERENCES + _MAX_LEVEL


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
    return np.stack([hue, saturation, total / (3 * _MAX_LEVEL)], axis=-1)


def hsi_bins(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Histogram bin of each channel of each pixel, and each pixel's chroma.

    Parameters
    ----------
    rgb : np.ndarray of uint8 [shape=(h, w, 3)]
        One picture.

    Returns
    -------
    bins : np.ndarray of uint8 [shape=(3, h * w)]
        Bin of hue, saturation and intensity; :func:`bin_values` has the values they stand for.
    chroma : np.ndarray of float32 [shape=(h * w,)]
        ``max(R, G, B) - min(R, G, B)`` in [0, 1]: how much hue a pixel has.
    """
    tables = _tables()
    red, green, blue = np.ascontiguousarray(rgb.reshape(-1, 3).T)
    lowest = np.minimum(np.minimum(red, green), blue).astype(np.int32)
    red, green, blue = (level.astype(np.int32) for level in (red, green, blue))
    total = red + green + blue
    colour = (red - green) * _N_DIFFERENCES + (green - blue) + _NO_DIFFERENCE
    bins = np.empty((len(CHANNELS), len(total)), dtype=np.uint8)
    bins[0] = tables.hue.take(colour)
    bins[1] = tables.saturation.take(lowest * _N_SUMS + total)
    bins[2] = tables.intensity.take(total)
    return bins, tables.chroma.take(colour)


class _Tables(NamedTuple):
    """Bins and chroma by levels.

    ``hue`` and ``chroma`` are laid out by ``(R - G, G - B)``, ``saturation`` by ``(min, R + G + B)``,
    ``intensity`` by ``R + G + B``.
    """

    hue: np.ndarray
    chroma: np.ndarray
    saturation: np.ndarray
    intensity: np.ndarray


@cache
def _tables() -> _Tables:
    difference = np.arange(-_MAX_LEVEL, _MAX_LEVEL + 1.0)
    red_green, green_blue = difference[:, None], difference[None, :]
    hue = np.rint(_turn(red_green, green_blue) * N_BINS).astype(np.intp) % N_BINS
    # The widest of the three differences; pairs that no pixel has may exceed the range.
    widest = np.maximum(np.maximum(abs(red_green), abs(green_blue)), abs(red_green + green_blue))
    lowest, total = np.arange(_MAX_LEVEL + 1.0)[:, None], np.arange(_N_SUMS)[None, :]
    saturation = np.clip(1 - 3 * lowest / np.maximum(total, 1), 0, 1) * (total > 0)
    return _Tables(
        hue.astype(np.uint8).ravel(),
        (widest / _MAX_LEVEL).astype(np.float32).ravel(),
        np.rint(saturation * _MAX_LEVEL).astype(np.uint8).ravel(),
        np.rint(total / 3).astype(np.uint8).ravel(),
    )


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
    return np.arange(N_BINS) / (N_BINS if channel == "hue" else _MAX_LEVEL)
