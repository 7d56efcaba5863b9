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


def colour_cues(rgb: np.ndarray) -> ColourCues:
    """Cues of one picture.

    Everything is made of sums of squares, which are quick: ``2 ab = a**2 + b**2 - (a - b)**2``.

    Parameters
    ----------
    rgb : np.ndarray of uint8 [shape=(h, w, 3)]
        Red, green, blue; quickest if each colour lies in one piece in memory.
    """
    import cv2

    red, green, blue = planes = np.moveaxis(rgb, -1, 0)
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    chroma = highest - lowest
    n_pixels = chroma.size

    def squares(*one_or_two: np.ndarray) -> float:
        return cv2.norm(*one_or_two, cv2.NORM_L2SQR) / n_pixels

    of_chroma = squares(chroma)
    lit_chroma = sum(of_chroma + squares(plane) - squares(chroma, plane) for plane in planes) / 2
    red_green, red_blue, green_blue = squares(red, green), squares(red, blue), squares(green, blue)
    yellow_blue = (2 * red_blue + 2 * green_blue - red_green) / 4
    mean_red, mean_green, mean_blue = (cv2.sumElems(plane)[0] / n_pixels for plane in planes)
    offset = np.hypot(mean_red - mean_green, (mean_red + mean_green) / 2 - mean_blue)
    colourfulness = np.sqrt(max(red_green + yellow_blue - offset**2, 0.0)) + _MEAN_WEIGHT * offset
    return ColourCues(lit_chroma / (MAX_LEVEL * MAX_LEVEL_SUM), float(colourfulness) / MAX_LEVEL)
