"""Under which licence each song of a library stands: ``LICENSES.csv`` beside the songs.

The table lies in the library's folder or in any folder below it; the one nearest to a song that says
something about it decides. Its columns are ``file`` and ``licence`` (or ``license``), optionally
``title``, ``author`` and ``source``, from which the note is made that goes into every cue sheet.
``file`` counts from the table's own folder and is a song, a folder with all that is in it, or a
pattern with ``*`` and ``?`` (which here also match ``/``). The song itself goes before the nearest
folder, that before the first pattern that fits.
"""

import fnmatch
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from moodscore.errors import MoodscoreError
from moodscore.media import Song
from moodscore.sheets import Sheet, canonical, read_sheet

#: The name of the table.
LICENCE_TABLE = "LICENSES.csv"

_FILE = "file"
_LICENCE_SPELLINGS = ("licence", "license")
_CREDITS = ("title", "author", "source")
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
    known = {_FILE, *_LICENCE_SPELLINGS, *_CREDITS}
    sheet = read_sheet(path, lambda name: canonical(name) in known, what="a table of licences")
    places = _column_places(sheet)
    for line, values in sheet.rows:
        if len(values) != len(sheet.header):
            raise MoodscoreError(
                f"{path}, row {line}: has {len(values)} values; write {len(sheet.header)}, as in the header"
            )
        cells = {column: values[place] for column, place in places.items()}
        for column in (_FILE, "licence"):
            if not cells[column]:
                raise MoodscoreError(f"{path}, row {line}, column {column}: is empty; fill it in")
        name = str(PurePosixPath(cells[_FILE].replace("\\", "/")))
        if name in table.lines:
            raise MoodscoreError(
                f"{path}, row {line}, column {_FILE}: {name!r} is in row {table.lines[name]} too; keep one"
            )
        table.add(line, name, _note(cells))
    return table


def _column_places(sheet: Sheet) -> dict[str, int]:
    places = {}
    names = [canonical(name) for name in sheet.header]
    for column, spellings in (
        (_FILE, (_FILE,)),
        ("licence", _LICENCE_SPELLINGS),
        *((c, (c,)) for c in _CREDITS),
    ):
        found = [place for place, name in enumerate(names) if name in spellings]
        if len(found) > 1 or (not found and column not in _CREDITS):
            problem = "is there twice" if found else "is missing"
            where = f"{sheet.path}, row {sheet.header_line}, column {column}"
            raise MoodscoreError(f"{where}: {problem}; there must be one of it")
        if found:
            places[column] = found[0]
    return places


def _note(cells: dict[str, str]) -> str:
    forms = {"title": '"{}"', "author": "by {}", "source": "({})"}
    credit = " ".join(form.format(cells[column]) for column, form in forms.items() if cells.get(column))
    return ", ".join(filter(None, [credit, cells["licence"]]))
