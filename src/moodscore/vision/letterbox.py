"""Black bars around a picture, which say nothing about its mood."""

from typing import NamedTuple

import numpy as np

#: A pixel is black if none of its channels exceeds this level (of 255).
_BLACK_LEVEL = 16
#: Where the picture meets a bar, at least this share of it is lit at some time; a dark scene's edge is not.
_LIT_EDGE = 0.5
#: The widest bars films come with: 2.76:1 in 4:3 above and below, an upright picture in 16:9 at its sides.
_MAX_BAR = (0.27, 0.36)
#: Bars on two sides are alike, but for so much of the frame.
_LOPSIDED = 0.03
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

    def common(self, other: "Crop") -> "Crop":
        """The part that is inside both."""
        top, bottom, left, right = zip(self, other, strict=True)
        return Crop(max(top), min(bottom), max(left), min(right))

    def within(self, outer: "Crop") -> "Crop":
        """The same part, counted from the corner of ``outer``."""
        return Crop(
            self.top - outer.top, self.bottom - outer.top, self.left - outer.left, self.right - outer.left
        )

    def is_near(self, other: "Crop") -> bool:
        """Whether the two differ by no more than the blur of a bar's border."""
        return all(abs(own - its) <= _BLUR for own, its in zip(self, other, strict=True))


class BarFinder:
    """Collects pictures and tells which rows and columns at the edges were black in all of them."""

    def __init__(self, height: int, width: int):
        self._rows = np.zeros(height, dtype=np.int32)  # how much of each was lit at most
        self._columns = np.zeros(width, dtype=np.int32)

    def see(self, picture: np.ndarray) -> None:
        """Take one picture [shape=(height, width, 3)] into account."""
        import cv2

        lit = (picture.max(axis=2) > _BLACK_LEVEL).view(np.uint8)
        for most, axis in ((self._rows, 1), (self._columns, 0)):
            np.maximum(most, cv2.reduce(lit, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel(), out=most)

    def join(self, other: "BarFinder") -> None:
        """Take all pictures into account that another one has seen."""
        np.maximum(self._rows, other._rows, out=self._rows)
        np.maximum(self._columns, other._columns, out=self._columns)

    def crop(self) -> Crop:
        """The part between the bars and their blurred borders; the whole picture if nothing was lit."""
        if not self._rows.any():
            return Crop(0, len(self._rows), 0, len(self._columns))
        return Crop(*_lit_span(self._rows), *_lit_span(self._columns))

    def has_bars(self) -> bool:
        """Whether what is black at the edges are bars and no part of a dark picture.

        Bars are alike on both sides, no wider than films have them, and end where much is lit.
        """
        crop = self.crop()
        across, down = (
            _is_framed(self._rows, crop[:2], _MAX_BAR[0]),
            _is_framed(self._columns, crop[2:], _MAX_BAR[1]),
        )
        return across and down


def _is_framed(lit: np.ndarray, span: tuple[int, int], widest: float) -> bool:
    """Whether the dark ends of one side of a picture are bars, or there are none."""
    first, last = span
    before, after = first / len(lit), 1 - last / len(lit)
    if not (before or after):
        return True
    if max(before, after) > widest or abs(before - after) > _LOPSIDED:
        return False
    return min(lit[first], lit[last - 1]) >= _LIT_EDGE * lit.max()


def _lit_span(lit: np.ndarray) -> tuple[int, int]:
    """First and last lit place, without the blur beside a bar where that leaves anything."""
    places = np.flatnonzero(lit)
    first, last = int(places[0]), int(places[-1]) + 1
    inner = first + _BLUR if first > 0 else first, last - _BLUR if last < len(lit) else last
    return inner if inner[0] < inner[1] else (first, last)
