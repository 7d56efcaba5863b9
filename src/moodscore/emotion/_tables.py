"""What the readers of ratings share: bytes to cells, cells to numbers, refusals that name the place.

A file of ratings is taken whole or not at all. Whatever cannot be read as it should is refused in one
line with the file, the row (its line, the header being line 1), the column, what was found and what
was expected; what is left of a damaged file is never trained on.
"""

import codecs
import csv
import io
import math
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError

_DELIMITERS = ",;\t"
#: What `float` takes besides ("nan", "1_0", digits of other scripts) is a slip of the pen in a table.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
class Sheet:
    """A table as text: the stripped cells of the header and of every row that is not blank.

    Attributes
    ----------
    path : Path
        The file.
    header : list of str
        Line 1; empty if that line is.
    rows : list of (int, list of str)
        Number of the line in which a row begins, and its cells.
    delimiter : str
        What separates the cells.
    """

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]
    delimiter: str

    @classmethod
    def read(cls, path: str | Path, *, bare_quotes: bool = False) -> "Sheet":
        """Read a file of any delimiter and line end, UTF-8, or UTF-16 with its byte order mark.

        Parameters
        ----------
        path : str or Path
            The file.
        bare_quotes : bool
            Whether quotation marks that do not enclose a whole cell are taken as text.
        """
        path = Path(path)
        text = _read_text(path)
        delimiter = max(_DELIMITERS, key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
        try:
            rows = _split(path, text, delimiter, csv.QUOTE_MINIMAL)
        except MoodscoreError:
            if not bare_quotes:
                raise
            rows = _split(path, text, delimiter, csv.QUOTE_NONE)
        header = rows.pop(0)[1] if rows and rows[0][0] == 1 else []
        return cls(path, header, rows, delimiter)

    @property
    def decimal_comma(self) -> bool:
        """Whether ``6,96`` is a number: wherever commas do not separate the cells."""
        return self.delimiter != ","

    def refusal(self, line: int, column: str | None, found: str, expected: str) -> MoodscoreError:
        """The error that says where the file is wrong, and how."""
        where = f"{self.path}, row {line}" + (f", column {column}" if column else "")
        return MoodscoreError(f"{where}: found {found}, expected {expected}")

    def places(self, names: tuple[str, ...]) -> dict[str, int]:
        """Where in a row the columns of these names stand; each must be there once."""
        for name in names:
            if self.header.count(name) != 1:
                found = "twice" if name in self.header else "only " + ", ".join(map(repr, self.header))
                expected = f"the columns {', '.join(names)}"
                raise self.refusal(1, name, found if self.header else "an empty line", expected)
        return {name: self.header.index(name) for name in names}

    def number(self, text: str) -> float:
        """The number a cell holds; NaN if it holds none."""
        if self.decimal_comma:
            text = text.replace(",", ".", 1)
        return float(text) if _NUMBER.fullmatch(text) else math.nan

    def score(self, line: int, column: str, text: str) -> float:
        """A score, 1 to 9."""
        score = self.number(text)
        if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            expected = self.wanted(f"a number from {LOWEST_SCORE:g} to {HIGHEST_SCORE:g}")
            raise self.refusal(line, column, repr(text) if text else "nothing", expected)
        return score

    def wanted(self, number: str) -> str:
        """How a number should be written."""
        return number if self.decimal_comma else f"{number}, with a decimal point"


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


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise MoodscoreError(f"{path}: no such file, expected a table of ratings") from error
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror})") from error
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise MoodscoreError(f"{path}: not UTF-8 text, expected a table of ratings saved as CSV") from error


def _split(path: Path, text: str, delimiter: str, quoting: int) -> list[tuple[int, list[str]]]:
    """Line number and stripped cells of line 1 and of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=quoting)
    rows, line = [], 1
    try:
        for row in reader:
            values = [unicodedata.normalize("NFC", value.strip()) for value in row]
            if line == 1 or any(values):
                rows.append((line, values))
            line = reader.line_num + 1  # a quoted value may span lines: a row is where it begins
    except csv.Error as error:
        raise MoodscoreError(f"{path}, row {line}: not a row of a table ({error})") from error
    return rows
