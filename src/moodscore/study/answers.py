"""Reading what raters answered: files from the study's page, and exports of forms.

**The page** writes one row an answer, with the columns `ANSWER_COLUMNS`:

* a ``rating`` has the ``file`` that was rated and its ``valence`` and ``arousal``;
* a ``preference`` has which was ``preferred``, "A", "B" or "Either", and which files were ``file_a``
  and ``file_b``.

**A form** (one row a rater, such as web forms export) has the columns ``Video 1 [Valence]``,
``Video 1 [Arousal]``, ``Video 2 [Valence]``, … and, if versions were compared, one column a video
called ``Preferred video``. Numbers count the key's list of videos, and so do the columns
``Preferred video`` from left to right. A score is of the key's first *system*; "A" and "B" are a
video's first and second *version* in the key. Whatever else is asked in a form is left out, names too:
a rater is the file and the row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.study.key import StudyKey, read_key
from moodscore.study.sheet import Row, Sheet, quoted

#: Columns of the file the page offers to a rater.
ANSWER_COLUMNS = (
    "study_id",
    "seed",
    "rater",
    "answered_at",
    "position",
    "item",
    "answer",
    "file",
    "valence",
    "arousal",
    "preferred",
    "file_a",
    "file_b",
)
#: Without these a file is not from the page.
_NEEDED_COLUMNS = tuple(name for name in ANSWER_COLUMNS if name not in ("seed", "answered_at", "position"))
#: What a preference is if neither version is preferred.
EITHER = "either"

_ANSWER_SUFFIXES = (".csv", ".tsv", ".txt")
_KEY_SUFFIX = ".json"

_SCORE_COLUMN = re.compile(r"video\s+(\d+)\s*\[\s*(valence|arousal)\s*\]", re.IGNORECASE)
#: Some programmes number columns of the same name.
_PREFERENCE_COLUMN = re.compile(r"preferred video([ ._]?\d+)?", re.IGNORECASE)


class Rating(NamedTuple):
    """What a rater felt at a version of a video."""

    rater: str
    video: str
    system: str
    valence: float
    arousal: float


class Preference(NamedTuple):
    """Which system's version of a video a rater prefers; ``either`` if none."""

    rater: str
    video: str
    preferred: str


@dataclass(frozen=True)
class _Answer:
    """An answer and where it stands."""

    value: Rating | Preference
    sheet: Sheet
    row: Row

    @property
    def question(self) -> tuple[str, ...]:
        """What was answered, and by whom: nobody answers it twice."""
        value = self.value
        return (value.rater, value.video, *([value.system] if isinstance(value, Rating) else []))


@dataclass(frozen=True)
class AnswerFolder:
    """Answers, and the keys among which is theirs.

    Attributes
    ----------
    folder : Path
        Where people put the files; it need not exist.
    keys : tuple of Path
        Keys of the studies made here, the newest first. A key that lies beside the answers comes
        before all of them.
    """

    folder: Path
    keys: tuple[Path, ...] = ()

    def key(self) -> StudyKey | None:
        """The key of the study that the answers are of; forms say nothing of it and get the first.

        Returns
        -------
        StudyKey or None
            None if there are no answers.

        Raises
        ------
        MoodscoreError
            If the answers are of several studies, or there is no key of theirs.
        """
        files = _answer_files(self.folder)
        if not files:
            return None
        studies = {study: path for path in files for study in _studies_of(_read_sheet(path))}
        if len(studies) > 1:
            one, other, *_ = studies
            raise MoodscoreError(
                f"{self.folder}: {studies[one].name} answers study {one}, {studies[other].name} study "
                f"{other}; keep the files of one study and take the others out"
            )
        paths = [*(path for path in _visible_files(self.folder) if path.suffix == _KEY_SUFFIX), *self.keys]
        known = [key for key in map(read_key, paths) if not studies or key.study_id in studies]
        if not known:
            whose = f"study {next(iter(studies))}" if studies else "the study"
            raise MoodscoreError(
                f"{self.folder}: there are answers but no key of {whose}; put its study_key.json beside them"
            )
        return known[0]


def read_answers(folder: str | Path, key: StudyKey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all answers in a folder, whichever way they were collected.

    Files are UTF-8 text with a header; commas, semicolons or tabs part the columns. Empty answers of a
    form are left out; so is an answer that is there twice, as in a file that was handed in again.

    Parameters
    ----------
    folder : str or Path
        Holds ``.csv``, ``.tsv`` or ``.txt`` files; keys (``.json``) and hidden files are passed over.
    key : StudyKey
        The key of the study.

    Returns
    -------
    ratings : pd.DataFrame
        ``rater, video, system, valence, arousal``.
    preferences : pd.DataFrame
        ``rater, video, preferred``: a system, or ``either``.

    Raises
    ------
    MoodscoreError
        If a file is none of these or is of another study; if a column is missing or there twice; if a
        value is not what its column expects; if a rater answers a question twice, and differently.
        The message names the file, the row (its line, the header being line 1) and the column.
    """
    answers: dict[tuple[str, ...], _Answer] = {}
    for path in _answer_files(Path(folder)):
        sheet = _read_sheet(path)
        parse = _page_answers if "study_id" in sheet.header else _form_answers
        for answer in parse(sheet, key):
            first = answers.setdefault(answer.question, answer)
            if first.value != answer.value:
                raise sheet.refusal(
                    answer.row,
                    None,
                    f"a second, different answer of rater {answer.value.rater!r} on the same video",
                    f"one (the other is in {first.sheet.path.name}, row {first.row.line})",
                )
    values = [answer.value for answer in answers.values()]
    ratings = pd.DataFrame([v for v in values if isinstance(v, Rating)], columns=list(Rating._fields))
    preferences = pd.DataFrame(
        [v for v in values if isinstance(v, Preference)], columns=list(Preference._fields)
    )
    return ratings.astype({"valence": float, "arousal": float}), preferences


def _visible_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _answer_files(folder: Path) -> list[Path]:
    files = [path for path in _visible_files(folder) if path.suffix != _KEY_SUFFIX]
    for path in files:
        if path.suffix.lower() not in _ANSWER_SUFFIXES:
            expected = ", ".join(_ANSWER_SUFFIXES)
            raise MoodscoreError(f"{path}: answers are text ({expected}); save it as CSV or take it out")
    return files


def _read_sheet(path: Path) -> Sheet:
    sheet = Sheet.read(path, _is_known)
    if not any(map(_is_known, sheet.header)):
        raise sheet.refusal(
            Row(1, []),
            None,
            "no column of a study",
            f"{', '.join(_NEEDED_COLUMNS)}, or 'Video 1 [Valence]', 'Video 1 [Arousal]', 'Preferred video'",
        )
    return sheet


def _is_known(name: str) -> bool:
    patterns = (_SCORE_COLUMN, _PREFERENCE_COLUMN)
    return name in _NEEDED_COLUMNS or any(pattern.fullmatch(name) for pattern in patterns)


def _studies_of(sheet: Sheet) -> set[str]:
    if "study_id" not in sheet.header:
        return set()
    place = sheet.header.index("study_id")
    return {row.cells[place] for row in sheet.rows}


def _page_answers(sheet: Sheet, key: StudyKey) -> Iterator[_Answer]:
    for name in _NEEDED_COLUMNS:
        if sheet.header.count(name) != 1:
            found = f"{sheet.header.count(name)} of them"
            raise sheet.refusal(Row(1, []), name, found, f"the columns {', '.join(_NEEDED_COLUMNS)}")
    places = {name: sheet.header.index(name) for name in _NEEDED_COLUMNS}
    versions = {
        version.file: (str(number), video.video, version.system)
        for number, video in enumerate(key.videos, start=1)
        for version in video.versions
    }
    parsers = {"rating": _page_rating, "preference": _page_preference}
    for row in sheet.rows:
        cell = _Cells(sheet, row, places)
        cell.one_of("study_id", [key.study_id])
        rater = cell.text("rater")
        parse = parsers[cell.one_of("answer", parsers)]
        yield _Answer(parse(cell, rater, versions), sheet, row)


#: The number, the video and the system of each blinded file.
_Versions = Mapping[str, tuple[str, str, str]]


@dataclass(frozen=True)
class _Cells:
    """The cells of one row by the names of their columns."""

    sheet: Sheet
    row: Row
    places: Mapping[str, int]

    def text(self, name: str) -> str:
        value = self.row.cells[self.places[name]]
        if not value:
            raise self.sheet.refusal(self.row, name, "", "a name or code")
        return value

    def one_of(self, name: str, allowed: list[str] | Mapping[str, object]) -> str:
        value = self.row.cells[self.places[name]]
        if value not in allowed:
            raise self.sheet.refusal(self.row, name, quoted(value), " or ".join(allowed))
        return value

    def score(self, name: str) -> float:
        return self.sheet.score(self.row, self.places[name])

    def version(self, name: str, versions: _Versions) -> tuple[str, str]:
        """Video and system of the file in a column; it must be of the row's item."""
        value = self.row.cells[self.places[name]]
        if value not in versions:
            raise self.sheet.refusal(self.row, name, quoted(value), "a file of the key")
        item, video, system = versions[value]
        self.one_of("item", [item])
        return video, system


def _page_rating(cell: _Cells, rater: str, versions: _Versions) -> Rating:
    video, system = cell.version("file", versions)
    return Rating(rater, video, system, cell.score("valence"), cell.score("arousal"))


def _page_preference(cell: _Cells, rater: str, versions: _Versions) -> Preference:
    video, first = cell.version("file_a", versions)
    _, second = cell.version("file_b", versions)
    if first == second:
        expected = "another file than file_a"
        raise cell.sheet.refusal(cell.row, "file_b", "the same", expected)
    named = {"A": first, "B": second, "Either": EITHER}
    return Preference(rater, video, named[cell.one_of("preferred", named)])


def _form_answers(sheet: Sheet, key: StudyKey) -> Iterator[_Answer]:
    scores, preferences = _form_columns(sheet, key)
    for row in sheet.rows:
        rater = f"{sheet.path.name}, row {row.line}"
        for number, video in enumerate(key.videos, start=1):
            if number in scores and any(row.cells[place] for place in scores[number].values()):
                valence, arousal = (sheet.score(row, scores[number][n]) for n in ("valence", "arousal"))
                yield _Answer(Rating(rater, video.video, key.systems[0], valence, arousal), sheet, row)
        for place, video in zip(preferences, key.videos, strict=bool(preferences)):
            value = row.cells[place]
            if value:
                named = dict(zip("ab", (v.system for v in video.versions), strict=True)) | {"either": EITHER}
                if value.casefold() not in named:
                    raise sheet.refusal(row, sheet.header[place], quoted(value), "A, B or Either")
                yield _Answer(Preference(rater, video.video, named[value.casefold()]), sheet, row)


def _form_columns(sheet: Sheet, key: StudyKey) -> tuple[dict[int, dict[str, int]], list[int]]:
    """Places of both scores by number of the video, and of the preferences in their order."""
    top = Row(1, [])
    scores: dict[int, dict[str, int]] = {}
    for place, match in _matches(sheet, _SCORE_COLUMN.fullmatch):
        number, scale = int(match[1]), match[2].lower()
        if not 1 <= number <= len(key.videos):
            raise sheet.refusal(top, match[0], f"video {number}", f"1 to {len(key.videos)}, as in the key")
        if scale in scores.setdefault(number, {}):
            raise sheet.refusal(top, match[0], "it twice", "one column of each scale a video")
        scores[number][scale] = place
    for number, places in scores.items():
        if len(places) < 2:
            raise sheet.refusal(
                top, f"Video {number}", f"only its {next(iter(places))}", "valence and arousal"
            )
    preferences = [place for place, _ in _matches(sheet, _PREFERENCE_COLUMN.fullmatch)]
    expected = len(key.videos) if len(key.systems) > 1 else 0
    if preferences and len(preferences) != expected:
        raise sheet.refusal(
            top, "Preferred video", f"{len(preferences)} of them", f"{expected}, as in the key"
        )
    return scores, preferences


def _matches(sheet: Sheet, match: Callable[[str], re.Match | None]) -> Iterator[tuple[int, re.Match]]:
    found = ((place, match(name)) for place, name in enumerate(sheet.header))
    return ((place, m) for place, m in found if m)
