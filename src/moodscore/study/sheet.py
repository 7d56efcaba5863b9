"""Answers as people hand them in: tables of any make whose rows are as long as their header."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError
from moodscore.sheets import Row, read_sheet
from moodscore.sheets import Sheet as TextSheet

__all__ = ["Row", "Sheet", "quoted"]

#: What `float` takes besides ("nan", "1_0", digits of other scripts) is a slip of the pen in a table.
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """A table of answers.

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
        """Read a file (`moodscore.sheets.read_sheet`).

        Raises
        ------
        MoodscoreError
            If the file cannot be read, is no table, or a row has more values than the header.
        """
        # An answer may be any text, also one that looks like a comment.
        read = read_sheet(path, is_known, what="answers", comments=False)
        # Programmes leave out empty values at the end of a row.
        width = len(read.header)
        rows = [Row(row.line, row.cells + [""] * (width - len(row.cells))) for row in read.rows]
        sheet = cls(path, read.header, rows)
        for row in rows:
            if any(row.cells[width:]):
                found = f"{len(row.cells)} values"
                raise sheet.refusal(row, None, found, f"{width}, as in the header")
        return sheet

    def refusal(self, row: Row, column: str | None, found: str, expected: str) -> MoodscoreError:
        """The error that names a cell, what stands there and what should."""
        return TextSheet(self.path, self.header, 1, [], "").refusal(row.line, column, found, expected)

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
