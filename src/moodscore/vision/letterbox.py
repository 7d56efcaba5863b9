"""Black bars around a picture, which say nothing about its mood."""

from typing import NamedTuple

import numpy as np

#: A pixel is black if none of its channels exceeds this level (of 255).
_BLACK_LEVEL = 16
#: Scaling and coding blur the border of a bar over about this many rows or columns.
_BLUR = 2


class Crop(NamedTuple):
    """The part of a picture inside its bars: rows ``top:bottom``, columns ``left:right``."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, picture: np.ndarray) -> np.ndarray:
        """The picture without its bars."""
        return picture[self.top : self.bottom, self.left : self.right]

    def is_near(self, other: "Crop") -> bool:
        """Whether the two differ by no more than the blur of a bar's border."""
        return all(abs(own - its) <= _BLUR for own, its in zip(self, other, strict=True))


class BarFinder:
    """Collects pictures and tells which rows and columns at the edges were black in all of them."""

    def __init__(self, height: int, width: int):
        self._rows = np.zeros(height, dtype=bool)
        self._columns = np.zeros(width, dtype=bool)

    def see(self, picture: np.ndarray) -> None:
        """Take one picture [shape=(height, width, 3)] into account."""
        brightest = picture.max(axis=2)
        self._rows |= brightest.max(axis=1) > _BLACK_LEVEL
        self._columns |= brightest.max(axis=0) > _BLACK_LEVEL

    def crop(self) -> Crop:
        """The part between the bars and their blurred borders; the whole picture if nothing was lit."""
        if not self._rows.any():
            return Crop(0, len(self._rows), 0, len(self._columns))
        return Crop(*_lit_span(self._rows), *_lit_span(self._columns))


def _lit_span(lit: np.ndarray) -> tuple[int, int]:
    """First and last lit place, without the blur beside a bar where that leaves anything."""
    places = np.flatnonzero(lit)
    first, last = int(places[0]), int(places[-1]) + 1
    inner = first + _BLUR if first > 0 else first, last - _BLUR if last < len(lit) else last
    return inner if inner[0] < inner[1] else (first, last)
