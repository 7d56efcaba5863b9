"""Tables as people hand them in: any delimiter, byte order mark, line end, and blank rows."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError

_DELIMITERS = ",;\t"
#: What `float` takes besides ("nan", "1_0", digits of other scripts) is a slip of the pen in a table.
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)


@dataclass(frozen=True)
class Row:
    """A row, the line it begins in (the header being line 1), and its cells, stripped of spaces."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A table of text.

    Attributes
    ----------
    path : Path
        The file.
    header : list of str
        Names of the columns; a name may come twice.
    rows : list of Row
        The rows that are not blank, each as long as the header.
    """

    path: Path
    header: list[str]
    rows: list[Row]

    @classmethod
    def read(cls, path: Path, is_known: Callable[[str], bool]) -> "Sheet":
        """Read a file; its delimiter is the one that parts the most columns whose names are known.

        Raises
        ------
        MoodscoreError
            If the file cannot be read, is no table, or a row has more values than the header.
        """
        text = _read_text(path)
        delimiter = max(_DELIMITERS, key=lambda d: sum(map(is_known, _header(path, text, d))))
        header, *rows = list(_rows(path, text, delimiter)) or [Row(1, [])]
        # Programmes leave out empty values at the end of a row.
        width = len(header.cells)
        rows = [Row(row.line, row.cells + [""] * (width - len(row.cells))) for row in rows]
        sheet = cls(path, header.cells, rows)
        for row in rows:
            if any(row.cells[width:]):
                found = f"{len(row.cells)} values"
                raise sheet.refusal(row, None, found, f"{width}, as in the header")
        return sheet

    def refusal(self, row: Row, column: str | None, found: str, expected: str) -> MoodscoreError:
        """The error that names a cell, what stands there and what should."""
        where = f"{self.path}, row {row.line}" + (f", column {column}" if column else "")
        return MoodscoreError(f"{where}: found {found or 'nothing'}, expected {expected}")

    def score(self, row: Row, place: int) -> float:
        """A score from 1 to 9.

        Raises
        ------
        MoodscoreError
            If the cell holds anything else.
        """
        text = row.cells[place]
        score = float(text) if _NUMBER.fullmatch(text) else 0.0
        if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            expected = f"a number from {LOWEST_SCORE:g} to {HIGHEST_SCORE:g}"
            raise self.refusal(row, self.header[place], quoted(text), expected)
        return score


def quoted(text: str) -> str:
    """A value in quotes, or nothing at all."""
    return repr(text) if text else ""


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if wide else "utf-8-sig")
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MoodscoreError(
            f"{path}: neither UTF-8 nor UTF-16 text, expected answers saved as CSV"
        ) from error


def _header(path: Path, text: str, delimiter: str) -> list[str]:
    return next((row.cells for row in _rows(path, text, delimiter)), [])


def _rows(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for values in reader:
            values = [value.strip() for value in values]
            if line == 1 or any(values):
                yield Row(line, values)
            line = reader.line_num + 1  # a quoted value may span lines: a row is where it begins
    except csv.Error as error:
        raise MoodscoreError(f"{path}, row {line}: not a row of a table ({error})") from error
