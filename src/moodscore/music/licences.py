"""Under which licence each song of a library stands: ``LICENSES.csv`` beside the songs.

The table lies in the library's folder or in any folder below it; the one nearest to a song that says
something about it decides. Its columns are ``file`` and ``licence`` (or ``license``), optionally
``title``, ``author`` and ``source``, from which the note is made that goes into every cue sheet.
``file`` counts from the table's own folder and is a song, a folder with all that is in it, or a
pattern with ``*`` and ``?`` (which here also match ``/``). The song itself goes before the nearest
folder, that before the first pattern that fits.
"""

import csv
import fnmatch
import io
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from moodscore.errors import MoodscoreError
from moodscore.media import Song

#: The name of the table.
LICENCE_TABLE = "LICENSES.csv"

_FILE = "file"
_LICENCE_SPELLINGS = ("licence", "license")
_CREDITS = ("title", "author", "source")
_DELIMITERS = ",;\t"
_WILDCARDS = re.compile(r"[*?]")

logger = logging.getLogger(__name__)


def licence_notes(songs: Iterable[Song]) -> dict[str, str]:
    """The licence note of each song.

    A row that fits no song is named in the log: most likely it is misspelt.

    Parameters
    ----------
    songs : iterable of Song
        The songs of one library.

    Returns
    -------
    dict of str to str
        By the song's ``file``: ``licence``, or ``"title" by author (source), licence`` with what is given
        of it; empty for a song that no table knows.

    Raises
    ------
    MoodscoreError
        If a table cannot be read, lacks a column or has it twice, or if a row has too few or too many
        values, an empty file or licence, or the file of another row. The message names the file, the
        row (its line, the header being line 1) and the column.
    """
    tables: dict[PurePosixPath, _Table] = {}
    notes = {}
    for song in songs:
        file = PurePosixPath(song.file)
        for parent, folder in zip(file.parents, song.path.parents, strict=False):
            if parent not in tables:
                tables[parent] = _read_table(folder / LICENCE_TABLE)
        found = [tables[parent].note(file.relative_to(parent)) for parent in file.parents]
        notes[song.file] = next(filter(None, found), "")
    for table in tables.values():
        table.warn_of_idle_rows()
    return notes


@dataclass
class _Table:
    """The rows of one table: notes by the song or folder they are of, and by pattern, in order."""

    path: Path
    by_name: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, tuple[re.Pattern[str], str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    idle: set[str] = field(default_factory=set)

    def add(self, line: int, name: str, note: str) -> None:
        self.lines[name] = line
        self.idle.add(name)
        self.by_name[name] = note
        if _WILDCARDS.search(name):
            self.patterns[name] = re.compile(fnmatch.translate(name)), note

    def note(self, song: PurePosixPath) -> str | None:
        """What the table says of a song, given as a path below the table's folder."""
        named = [str(name) for name in (song, *song.parents) if str(name) in self.by_name]
        fitting = [name for name, (pattern, _) in self.patterns.items() if pattern.match(str(song))]
        self.idle.difference_update(named, fitting)
        return next((self.by_name[name] for name in named + fitting), None)

    def warn_of_idle_rows(self) -> None:
        for name in sorted(self.idle, key=self.lines.__getitem__):
            logger.warning("%s, row %d, column %s: %r fits no song", self.path, self.lines[name], _FILE, name)


def _read_table(path: Path) -> _Table:
    table = _Table(path)
    if not path.is_file():
        return table
    rows = _rows(path)
    _, header = next(rows, (1, []))
    places = _column_places(path, [name.lower() for name in header])
    for line, values in rows:
        if len(values) != len(header):
            raise MoodscoreError(
                f"{path}, row {line}: has {len(values)} values; write {len(header)}, as in the header"
            )
        cells = {column: values[place] for column, place in places.items()}
        for column in (_FILE, "licence"):
            if not cells[column]:
                raise MoodscoreError(f"{path}, row {line}, column {column}: is empty; fill it in")
        name = str(PurePosixPath(unicodedata.normalize("NFC", cells[_FILE]).replace("\\", "/")))
        if name in table.lines:
            raise MoodscoreError(
                f"{path}, row {line}, column {_FILE}: {name!r} is in row {table.lines[name]} too; keep one"
            )
        table.add(line, name, _note(cells))
    return table


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and stripped values of every row that is not blank, the header first."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise MoodscoreError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from error
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            values = [value.strip() for value in row]
            if any(values):
                yield line, values
            line = reader.line_num + 1  # a quoted value may span lines: a row is where it begins
    except csv.Error as error:
        raise MoodscoreError(f"{path}, row {line}: is no row of a table ({error}); mend it") from error


def _column_places(path: Path, header: list[str]) -> dict[str, int]:
    places = {}
    for column, spellings in (
        (_FILE, (_FILE,)),
        ("licence", _LICENCE_SPELLINGS),
        *((c, (c,)) for c in _CREDITS),
    ):
        found = [place for place, name in enumerate(header) if name in spellings]
        if len(found) > 1 or (not found and column not in _CREDITS):
            problem = "is there twice" if found else "is missing"
            raise MoodscoreError(f"{path}, row 1, column {column}: {problem}; there must be one of it")
        if found:
            places[column] = found[0]
    return places


def _note(cells: dict[str, str]) -> str:
    forms = {"title": '"{}"', "author": "by {}", "source": "({})"}
    credit = " ".join(form.format(cells[column]) for column, form in forms.items() if cells.get(column))
    return ", ".join(filter(None, [credit, cells["licence"]]))
