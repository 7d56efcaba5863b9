"""What the readers of ratings share: cells to numbers, times and scores, refusals that name the place.

A file of ratings is taken whole or not at all. Whatever cannot be read as it should is refused in one
line with the file, the row (its line), the column, what was found and what was expected; what is left of
a damaged file is never trained on.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.emotion.scales import STANDARD, Scale
from moodscore.errors import MoodscoreError
from moodscore.sheets import Sheet as TextSheet
from moodscore.sheets import canonical, is_nothing, read_sheet

#: What `float` takes besides ("nan", "1_0", digits of other scripts) is a slip of the pen in a table.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
#: ``m:ss`` or ``h:mm:ss``, as players show it.
_CLOCK = re.compile(r"(?:(\d+):(?=\d\d:))?(\d+):([0-5]\d(?:\.\d*)?)", re.ASCII)
_UNIT = re.compile(r"\s*(s|sec|secs|seconds)\.?$", re.IGNORECASE)
#: A clip is called by its file's name without this.
_ENDING = re.compile(
    r"(?:.*[/\\])?(.+)\.(mp4|m4v|mov|mkv|webm|avi|mpg|mpeg|wmv|flv|ogv|ts|mts|m2ts|3gp|gif)", re.IGNORECASE
)
_SECONDS_A_MINUTE, _SECONDS_AN_HOUR = 60, 3600


class Rating(NamedTuple):
    """One rater's opinion of one interval of one clip; NaN start and end mean the whole clip."""

    clip_id: str
    start_s: float
    end_s: float
    rater: str
    valence: float
    arousal: float


#: Columns of a table of ratings, in order.
RATING_COLUMNS = Rating._fields


@dataclass(frozen=True)
class Sheet(TextSheet):
    """A table whose cells are scores, times and names."""

    @classmethod
    def read(
        cls,
        path: str | Path,
        names: tuple[str, ...] = (),
        *,
        is_known: Callable[[str], bool] | None = None,
        bare_quotes: bool = False,
        comments: bool = True,
    ) -> "Sheet":
        """Read a table of any make (`moodscore.sheets.read_sheet`) with columns of these names."""
        known = {canonical(name) for name in names}
        sheet = read_sheet(
            path,
            is_known or (lambda name: canonical(name) in known),
            what="a table of ratings",
            bare_quotes=bare_quotes,
            comments=comments,
        )
        return cls(**vars(sheet))

    def number(self, text: str) -> float:
        """The number a cell holds; NaN if it holds none."""
        if self.decimal_comma:
            text = text.replace(",", ".", 1)
        return float(text) if _NUMBER.fullmatch(text) else math.nan

    def seconds(self, text: str) -> float:
        """The seconds of ``12.5``, ``12.5 s``, ``1:05`` or ``1:02:03``; NaN if it is none of these."""
        text = _UNIT.sub("", text)
        clock = _CLOCK.fullmatch(text.replace(",", ".", 1) if self.decimal_comma else text)
        if clock is None:
            return self.number(text)
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return hours * _SECONDS_AN_HOUR + minutes * _SECONDS_A_MINUTE + seconds

    def score(self, line: int, column: str, text: str, scale: Scale = STANDARD) -> float:
        """A score, 1 to 9, of one on a scale."""
        score = self.number(text)
        if not scale.low <= score <= scale.high:
            expected = self.wanted(f"a number from {scale.low:g} to {scale.high:g}")
            raise self.refusal(line, column, repr(text) if text else "nothing", expected)
        return scale.score(score)

    def wanted(self, number: str) -> str:
        """How a number should be written."""
        return number if self.decimal_comma else f"{number}, with a decimal point"

    def time(self, line: int, column: str, text: str) -> float:
        """Seconds from the start of the clip; NaN where the cell says nothing."""
        if is_nothing(text):
            return math.nan
        seconds = self.seconds(text)
        if not 0 <= seconds < math.inf:
            expected = self.wanted("seconds from the start of the clip, 0 or more (or m:ss)")
            raise self.refusal(line, column, repr(text), expected)
        return seconds


def clip_name(text: str) -> str:
    """The clip a cell means: a file's ending and folder say nothing more."""
    ending = _ENDING.fullmatch(text)
    return ending[1] if ending else text


@dataclass
class Collector:
    """The ratings of a sheet, as they are read; refuses a second one of the same by the same."""

    sheet: Sheet
    _ratings: dict[tuple[str, ...], Rating] = field(default_factory=dict)
    _lines: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, line: int, column: str, rating: Rating) -> None:
        """Take a rating; `column` is the one that names the rater."""
        start_s, end_s = str(rating.start_s), str(rating.end_s)  # nan != nan, but not as text
        key = (rating.clip_id, rating.rater, start_s, end_s)
        if key in self._ratings:
            span = "whole" if math.isnan(rating.start_s) else f"{start_s} to {end_s} s"
            found = f"a second rating of clip {rating.clip_id!r}, {span}, by {rating.rater!r}"
            raise self.sheet.refusal(line, column, found, f"one (the other is in row {self._lines[key]})")
        self._ratings[key], self._lines[key] = rating, line

    def table(self) -> pd.DataFrame:
        """All of them; there must be one."""
        if not self._ratings:
            raise MoodscoreError(
                f"{self.sheet.path}: found no row below the header, expected at least one rating"
            )
        table = pd.DataFrame(list(self._ratings.values()), columns=list(RATING_COLUMNS))
        return table.astype(dict.fromkeys(["start_s", "end_s", "valence", "arousal"], float))
