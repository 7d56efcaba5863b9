"""How vivid and how colourful a picture is: what the histograms of single channels cannot show.

References
----------
.. [1] D. Hasler, S. Süsstrunk, "Measuring colourfulness in natural images", Human Vision and Electronic
   Imaging VIII, SPIE 5007, 2003.
"""

from typing import NamedTuple

import numpy as np

from moodscore.vision.hsi import MAX_LEVEL, MAX_LEVEL_SUM

#: How much the mean colour counts beside the spread of colours [1]_.
_MEAN_WEIGHT = 0.3


class ColourCues(NamedTuple):
    """Of one picture.

    Attributes
    ----------
    lit_chroma : float
        Mean over the pixels of chroma times intensity, in [0, 1]: what is both coloured and light.
        Its root is the vividness.
    colourfulness : float
        ``sqrt(var(rg) + var(yb)) + .3 sqrt(mean(rg)**2 + mean(yb)**2)`` with the opponent colours
        ``rg = R - G`` and ``yb = (R + G) / 2 - B`` of levels in [0, 1] [1]_; 0 for grey, below 2.
    """

    lit_chroma: float
    colourfulness: float


def colour_cues(rgb: np.ndarray, level_sum: np.ndarray) -> ColourCues:
    """Cues of one picture.

    Parameters
    ----------
    rgb : np.ndarray of uint8 [shape=(h, w, 3)]
        Red, green, blue; quickest if each colour lies in one piece in memory.
    level_sum : np.ndarray of uint16 [shape=(h, w)]
        Red + green + blue (:class:`moodscore.vision.HSIBins`).
    """
    red, green, blue = np.moveaxis(rgb, -1, 0)
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    n_pixels = chroma.size
    lit_chroma = _dot(chroma, level_sum) / (n_pixels * MAX_LEVEL * MAX_LEVEL_SUM)
    red_green = _difference(red, green)
    green_blue = _difference(green, blue)
    # yb = rg / 2 + gb, so the moments of these two say all.
    mean_rg, mean_gb = red_green.sum() / n_pixels, green_blue.sum() / n_pixels
    rg_rg, rg_gb = red_green @ red_green / n_pixels, red_green @ green_blue / n_pixels
    gb_gb = green_blue @ green_blue / n_pixels
    mean_yb = mean_rg / 2 + mean_gb
    spread = rg_rg - mean_rg**2 + rg_rg / 4 + rg_gb + gb_gb - mean_yb**2
    colourfulness = np.sqrt(max(spread, 0.0)) + _MEAN_WEIGHT * np.hypot(mean_rg, mean_yb)
    return ColourCues(float(lit_chroma), float(colourfulness) / MAX_LEVEL)


def _difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.subtract(first, second, dtype=np.float32).ravel()


def _dot(first: np.ndarray, second: np.ndarray) -> float:
    return float(first.ravel().astype(np.float32) @ second.ravel().astype(np.float32))
