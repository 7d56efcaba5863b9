"""Tables that people made: whatever program wrote them, the cells as text, or words why not.

A table means one thing only in any encoding, with any delimiter and line end, in a workbook, with blank
lines, comments or a title above its header, and with names in any case. All readers of hand-made tables
(ratings, answers, corrections, licences) start here. What is no table is called by its name.
"""

import codecs
import csv
import datetime
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from moodscore.errors import MoodscoreError
from moodscore.file_kinds import ARCHIVE, kind_of, kind_of_archive

logger = logging.getLogger(__name__)

DELIMITERS = ",;\t|"
#: What a spreadsheet writes above a table to name its delimiter.
_SEP = re.compile(r"\s*\"?sep=(.)\"?[\s;,|]*", re.IGNORECASE)
#: A header is looked for in so many rows.
_HEADER_WITHIN = 50
#: Signs that differ between spellings of a name.
_JOINTS = re.compile(r"[\s_\-.]+")
#: What stands in a cell that is meant to be empty.
_NOTHING = {"", "na", "n/a", "n.a.", "#n/a", "#na", "nan", "null", "none", "nil", "-", "--", "–", "—", "."}
#: Western names have so few letters beyond ASCII in a row; more are another alphabet, misread.
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]{3,}")
#: Letters of UTF-8 in what is not UTF-8 throughout: two encodings in one file.
_MIXED = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
#: Control characters that no text holds.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Row(NamedTuple):
    """A row, the line it begins in, and its cells, stripped of spaces."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes
    ----------
    path : Path
        The file.
    header : list of str
        The names of the columns; empty if there is no row at all.
    header_line : int
        The line they stand in.
    rows : list of Row
        Those below that are not blank; a row is as long as it was written.
    delimiter : str
        What separates the cells; empty in a workbook.
    above : list of str
        The row above the header; empty if it is the first.
    """

    path: Path
    header: list[str]
    header_line: int
    rows: list[Row]
    delimiter: str
    above: list[str] = field(default_factory=list)

    @property
    def decimal_comma(self) -> bool:
        """Whether ``6,96`` is a number: wherever commas do not separate the cells."""
        return self.delimiter != ","

    def refusal(self, line: int, column: str | None, found: str, expected: str) -> MoodscoreError:
        """The error that says where the file is wrong, and how."""
        where = f"{self.path}, row {line}" + (f", column {column}" if column else "")
        return MoodscoreError(f"{where}: found {found or 'nothing'}, expected {expected}")

    def place(self, name: str) -> int | None:
        """Where a column stands that is there once, in whatever case and with whatever joints."""
        places = [place for place, own in enumerate(self.header) if canonical(own) == canonical(name)]
        return places[0] if len(places) == 1 else None

    def count(self, name: str) -> int:
        """How often a column is there."""
        return sum(canonical(own) == canonical(name) for own in self.header)

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Where in a row the columns of these names stand; each must be there once."""
        names = tuple(names)
        for name in names:
            if self.count(name) != 1:
                found = "twice" if self.count(name) else "only " + ", ".join(map(repr, self.header))
                expected = f"the columns {', '.join(names)}"
                raise self.refusal(
                    self.header_line, name, found if any(self.header) else "an empty line", expected
                )
        return {name: self.place(name) for name in names}


def canonical(name: str) -> str:
    """A name whatever its case, and whether its words are joined by spaces, hyphens, dots or underscores."""
    return _JOINTS.sub("_", unicodedata.normalize("NFC", name).strip().casefold()).strip("_")


def is_nothing(text: str) -> bool:
    """Whether a cell says that it is empty."""
    return text.casefold() in _NOTHING


def read_sheet(
    path: str | Path,
    is_known: Callable[[str], bool],
    *,
    what: str = "a table",
    bare_quotes: bool = False,
    comments: bool = True,
) -> Sheet:
    """Read a table of any make.

    The header is the row with the most names that are known; it stands on top, below blank lines, comments,
    a title or ``sep=;``. The delimiter (comma, semicolon, tab or bar) is the one that parts the most known
    names.

    Parameters
    ----------
    path : str or Path
        Text in UTF-8, UTF-16 or Windows-1252, or an Excel workbook (``.xlsx``).
    is_known : callable
        Whether a name is one of a column.
    what : str
        What the file should be, for errors.
    bare_quotes : bool
        Whether quotation marks that do not enclose a whole cell are taken as text.
    comments : bool
        Whether a line that begins with ``#`` is one.

    Raises
    ------
    MoodscoreError
        If the file cannot be read, is something else than a table, or is damaged.
    """
    path = Path(path)
    content = _content_of(path, what)
    if content.startswith(ARCHIVE):
        candidates = [("", rows) for rows in _workbook(path, content, what)]
    else:
        text = _text_of(path, content, what)
        candidates = list(_candidates(path, text, bare_quotes=bare_quotes, comments=comments))
    # Of equals the first, so that a table of none of these names is parted as its first line asks.
    delimiter, rows = max(candidates, key=lambda candidate: max(_scores(candidate[1], is_known), default=0))
    scores = _scores(rows, is_known)
    at = scores.index(max(scores)) if scores else 0
    header = rows[at] if rows else Row(1, [])
    above = rows[at - 1].cells if at else []
    return Sheet(path, header.cells, header.line, rows[at + 1 :], delimiter, above)


def _scores(rows: list[Row], is_known: Callable[[str], bool]) -> list[int]:
    return [sum(map(is_known, row.cells)) for row in rows[:_HEADER_WITHIN]]


def _content_of(path: Path, what: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise MoodscoreError(f"{path}: no such file, expected {what}") from error
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror})") from error
    kind = kind_of(content)
    if kind is not None:
        raise _other_kind(path, kind, what)
    return content


def _other_kind(path: Path, kind: str, what: str) -> MoodscoreError:
    remedy = "export the table itself as CSV" if kind in ("a web page", "JSON") else "save it as CSV"
    return MoodscoreError(f"{path}: this is {kind}, expected {what}; {remedy}")


def _text_of(path: Path, content: bytes, what: str) -> str:
    """The text of a file, by its byte order mark or by what makes sense."""
    marks = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
    wide = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if content.startswith(marks):
        encoding = "utf-32"
    elif content.startswith(wide):
        encoding = "utf-16"
    elif b"\0" in content:
        # Of Latin letters in UTF-16 one byte of two is zero: the second where the low byte comes first.
        encoding = "utf-16-le" if content[1::2].count(0) >= content[0::2].count(0) else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    refusal = MoodscoreError(
        f"{path}: neither UTF-8 nor UTF-16 text, expected {what}; save it as CSV in UTF-8"
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8-sig" or _MIXED.search(content):
            raise refusal from None
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise refusal from None
        if _FOREIGN_RUN.search(text):
            raise refusal from None
        logger.info("%s: is read as Windows-1252; save it as CSV in UTF-8 if names look wrong", path)
    if _CONTROLS.search(text):
        raise refusal
    return text


def _candidates(
    path: Path, text: str, *, bare_quotes: bool, comments: bool
) -> Iterator[tuple[str, list[Row]]]:
    """The rows by each delimiter it could be, the likeliest first."""
    first_lines = re.split(r"[\r\n]+", text.lstrip(), maxsplit=1)
    named = _SEP.fullmatch(first_lines[0])
    if named:
        text = re.sub(r"^(\s*)[^\r\n]*", r"\1", text, count=1)
        delimiters = named[1]
    else:
        delimiters = sorted(DELIMITERS, key=first_lines[0].count, reverse=True)
    if comments:
        text = _without_comments(text)
    for delimiter in delimiters:
        try:
            yield delimiter, _split(path, text, delimiter, bare_quotes=bare_quotes)
        except MoodscoreError:
            if delimiter == delimiters[0]:  # what is wrong by the likeliest is what is wrong
                raise


def _without_comments(text: str) -> str:
    """The same lines, those blank that begin with ``#``; a sign within quotation marks is text."""
    lines, is_open = [], False
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
        if not is_open and line.lstrip().startswith("#"):
            lines.append(line[len(line.rstrip("\r\n")) :])
            continue
        is_open ^= line.count('"') % 2 == 1
        lines.append(line)
    return "".join(lines)


def _split(path: Path, text: str, delimiter: str, *, bare_quotes: bool) -> list[Row]:
    try:
        return list(_rows(path, text, delimiter, csv.QUOTE_MINIMAL))
    except MoodscoreError:
        if not bare_quotes:
            raise
        return list(_rows(path, text, delimiter, csv.QUOTE_NONE))


def _rows(path: Path, text: str, delimiter: str, quoting: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=quoting)
    line = 1
    try:
        for values in reader:
            cells = [unicodedata.normalize("NFC", value.strip()) for value in values]
            if any(cells):
                yield Row(line, cells)
            line = reader.line_num + 1  # a quoted value may span lines: a row is where it begins
    except csv.Error as error:
        raise MoodscoreError(f"{path}, row {line}: not a row of a table ({error})") from error


def _workbook(path: Path, content: bytes, what: str) -> list[list[Row]]:
    """The rows of each sheet of an Excel workbook."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile as error:
        raise MoodscoreError(f"{path}: is a damaged workbook or archive; save it anew") from error
    if not any(name.startswith("xl/") for name in names):
        raise _other_kind(path, kind_of_archive(names), what)
    try:
        import openpyxl
    except ImportError:
        raise MoodscoreError(
            f"{path}: this is an Excel workbook; save it as CSV, or install openpyxl to have it read"
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # whatever a damaged workbook makes it stumble over
        raise MoodscoreError(f"{path}: is an Excel workbook that cannot be read; save it as CSV") from error
    sheets = []
    for sheet in book.worksheets:
        lines = (Row(n, [_cell(cell) for cell in row]) for n, row in enumerate(sheet.iter_rows(), start=1))
        sheets.append([Row(line, _trimmed(cells)) for line, cells in lines if any(cells)])
    return sheets


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    width = next((n for n in range(len(cells), 0, -1) if cells[n - 1]), 0)
    return cells[:width]


def _cell(cell: object) -> str:
    """The value of a cell as a person sees it."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, datetime.time | datetime.timedelta):
        return _clock(value, str(getattr(cell, "number_format", "")))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value).strip())


def _clock(value: datetime.time | datetime.timedelta, form: str) -> str:
    """A time of day, which is what a spreadsheet makes of ``1:05``: as it was typed, minutes and seconds."""
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    seconds = value.total_seconds()
    if "s" not in form.lower():
        return f"{int(seconds // 3600)}:{int(seconds // 60) % 60:02d}"
    return f"{int(seconds // 3600)}:{int(seconds // 60) % 60:02d}:{seconds % 60:06.3f}"
