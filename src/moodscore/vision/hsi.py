"""The HSI colour space, in full precision and as histogram bins.

References
----------
.. [1] R. C. Gonzalez, R. E. Woods, *Digital Image Processing*, 4th ed., section 6.2, Pearson 2018.
"""

import numpy as np

#: The channels, in the order every array has them.
CHANNELS = ("hue", "saturation", "intensity")
#: Bins of a channel's histogram.
N_BINS = 256
_MAX_LEVEL = 255


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
    hue = np.arctan2(np.sqrt(3.0) * (green - blue), 2 * red - green - blue) / (2 * np.pi) % 1.0
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
    bins : np.ndarray of int [shape=(3, h * w)]
        Bin of hue, saturation and intensity; :func:`bin_values` has the values they stand for.
    chroma : np.ndarray of float32 [shape=(h * w,)]
        ``max(R, G, B) - min(R, G, B)`` in [0, 1]: how much hue a pixel has.
    """
    red, green, blue = np.moveaxis(rgb.reshape(-1, 3).astype(np.float32), -1, 0)
    total = red + green + blue
    lowest = np.minimum(np.minimum(red, green), blue)
    chroma = np.maximum(np.maximum(red, green), blue) - lowest
    angle = np.arctan2(np.float32(np.sqrt(3.0)) * (green - blue), 2 * red - green - blue)
    bins = np.empty((len(CHANNELS), len(total)), dtype=np.intp)
    bins[0] = np.rint(angle * np.float32(N_BINS / (2 * np.pi))).astype(np.intp) % N_BINS
    bins[1] = np.rint(_MAX_LEVEL * (1 - 3 * lowest / np.maximum(total, 1))).astype(np.intp)
    bins[1][total == 0] = 0
    bins[2] = np.rint(total / 3).astype(np.intp)
    return bins, chroma / np.float32(_MAX_LEVEL)


def bin_values(channel: str) -> np.ndarray:
    """The value each bin of a channel stands for.

    Returns
    -------
    np.ndarray [shape=(256,)]
        ``k / 256`` for hue, which is circular, else ``k / 255``.
    """
    return np.arange(N_BINS) / (N_BINS if channel == "hue" else _MAX_LEVEL)
