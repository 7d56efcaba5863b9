"""Black bars around a picture, which say nothing about its mood."""

from typing import NamedTuple

import numpy as np

#: A pixel is black if none of its channels exceeds this level (of 255).
_BLACK_LEVEL = 16


class Crop(NamedTuple):
    """The part of a picture inside its bars: rows ``top:bottom``, columns ``left:right``."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, picture: np.ndarray) -> np.ndarray:
        """The picture without its bars."""
        return picture[self.top : self.bottom, self.left : self.right]


class BarFinder:
    """Collects pictures and tells which rows and columns at the edges were black in all of them."""

    def __init__(self, height: int, width: int):
        self._rows = np.zeros(height, dtype=bool)
        self._columns = np.zeros(width, dtype=bool)

    def see(self, picture: np.ndarray) -> None:
        """Take one picture [shape=(height, width, 3)] into account."""
        lit = picture.max(axis=2) > _BLACK_LEVEL
        self._rows |= lit.any(axis=1)
        self._columns |= lit.any(axis=0)

    def crop(self) -> Crop:
        """The smallest part that holds all light; the whole picture if there was none."""
        if not self._rows.any():
            return Crop(0, len(self._rows), 0, len(self._columns))
        rows, columns = np.flatnonzero(self._rows), np.flatnonzero(self._columns)
        return Crop(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
