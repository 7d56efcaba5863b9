"""Exports of surveys and experiments: a row a person, or a row a trial, in the words of their program.

Three shapes cover what Qualtrics, Google Forms, Microsoft Forms, PsyToolkit, Pavlovia (PsychoPy) and
webMUSHRA write:

* **a row a person**, two columns a clip (``sunset [Valence]``, ``sunset [Arousal]``): the name of a column
  says which clip and which score;
* **a row a trial** with a column that names the clip and one column a score (PsychoPy);
* **a row a score**, whose cells say which clip and which score (webMUSHRA).

Which it is, and where what stands, is guessed from the names and said in the log; a `Layout` says it better.
"""

import functools
import logging
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from moodscore.emotion._questions import SCORES, questions_of, word_for
from moodscore.emotion._tables import RATING_COLUMNS, Collector, Rating, Sheet, clip_name
from moodscore.emotion.layout import Layout
from moodscore.emotion.scales import Scale
from moodscore.errors import MoodscoreError
from moodscore.sheets import Row, canonical, is_nothing

logger = logging.getLogger(__name__)

#: Columns that name who answered, the best first.
_RATERS = (
    *("response_id", "responseid", "rater", "participant", "participant_id", "subject", "subject_id"),
    *("prolific_pid", "session_uuid", "respondent_id", "record_id", "id", "name", "username"),
    *("email", "email_address"),
)
#: Columns that name the clip of a trial.
_CLIPS = (
    *("clip_id", "clip", "video", "video_file", "videofile", "movie", "movie_file", "moviefile", "film"),
    *("stimulus", "stim", "stim_file", "stimfile", "file", "filename"),
)
#: Columns of a row a score: what was rated, and how.
_NAMES, _VALUES = (("trial_id",), ("rating_stimulus", "stimuli")), ("rating_score", "stimuli_rating")
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
#: A third line of Qualtrics' header.
_IMPORT_ID = '"ImportId"'
#: What Qualtrics says of answers that its author gave to try things out.
_PREVIEW = ("survey preview", "survey test")
#: An answer may say in words what its number means: ``7 - very pleasant``.
_ANSWER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)(?:\s*[-–—:=(.)].*)?", re.DOTALL)


def read_wide(path: str | Path, scales: Mapping[str, Scale], layout: Layout) -> pd.DataFrame:
    """Read an export, or all exports in a folder.

    Parameters
    ----------
    path : str or Path
        The file, or a folder of files of one kind (an experiment writes one a participant).
    scales : Mapping of str to Scale
        Of valence and arousal.
    layout : Layout
        What is known of the file.

    Returns
    -------
    pd.DataFrame
        `RATING_COLUMNS`. What somebody did not answer is left out.

    Raises
    ------
    MoodscoreError
        If a file cannot be read, no clip with both scores is found in it, a score is missing beside the other
        or is no number of the scale, or somebody rates a clip twice.
    """
    path = Path(path)
    if not path.is_dir():
        return _read_one(path, scales, layout)
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES and file.is_file())
    if not files:
        raise MoodscoreError(f"{path}: holds no table ({', '.join(_SUFFIXES)})")
    tables = [_read_one(file, scales, layout, in_folder=True) for file in files]
    ratings = pd.concat(tables, ignore_index=True)
    twice = ratings[ratings.duplicated(["clip_id", "rater", "start_s", "end_s"])]
    if len(twice):
        first = twice.iloc[0]
        raise MoodscoreError(
            f"{path}: rater {first['rater']!r} rates clip {first['clip_id']!r} in two files; keep one"
        )
    return ratings


def _read_one(
    path: Path, scales: Mapping[str, Scale], layout: Layout, *, in_folder: bool = False
) -> pd.DataFrame:
    sheet = Sheet.read(path, is_known=lambda name: _is_known(name, layout))
    sheet = _under_one_header(_without_preamble(sheet), layout)
    names_trials, names_scores = _one_of(sheet, _CLIPS), _one_of(sheet, _NAMES[0])
    if layout.clip or (names_trials is not None and not (layout.names or layout.columns)):
        answers, told = _by_trial(sheet, layout)
    elif layout.names or (names_scores is not None and _one_of(sheet, _VALUES) is not None):
        answers, told = _by_score(sheet, layout)
    else:
        answers, told = _by_person(sheet, layout, prefix=f"{path.stem}, " if in_folder else "")
    ratings = Collector(sheet)
    for line, rater, interval, cells in answers:
        if all(is_nothing(text) for _, text in cells.values()):
            continue
        scores = {
            score: sheet.score(line, column, _number_in(text), scales[score])
            for score, (column, text) in cells.items()
        }
        clip_id, start_s, end_s = interval
        ratings.add(
            line, "rater", Rating(clip_id, start_s, end_s, rater, scores["valence"], scores["arousal"])
        )
    table = ratings.table()
    n_raters, clips = table["rater"].nunique(), table["clip_id"].unique()
    more = ", …" if len(clips) > _SHOWN else ""
    _say_once(
        f"{path}: {len(table)} ratings by {n_raters} raters of {len(clips)} clips "
        f"({', '.join(clips[:_SHOWN])}{more}); {told}; if that is wrong, say layout: in the catalog"
    )
    return table[list(RATING_COLUMNS)]


#: Clips that are named for confirmation.
_SHOWN = 3
#: Line, rater, (clip, start, end), and of each score its column and its cell.
_Answers = Iterator[tuple[int, str, tuple[str, float, float], dict[str, tuple[str, str]]]]


def _by_person(sheet: Sheet, layout: Layout, *, prefix: str) -> tuple[_Answers, str]:
    """A row a person: the names of the columns say what was asked."""
    questions = questions_of(sheet, dict(enumerate(sheet.header)), layout)
    pairs: dict[tuple, dict[str, int]] = defaultdict(dict)
    for place, question in questions.items():
        key = (question.clip_id, str(question.start_s), str(question.end_s))
        if question.score in pairs[key]:
            column = sheet.header[place]
            expected = "one column of each score a clip"
            found = f"a second {question.score} of clip {question.clip_id!r}"
            raise sheet.refusal(sheet.header_line, column, found, expected)
        pairs[key][question.score] = place
    for (clip_id, *_), places in pairs.items():
        if len(places) < len(SCORES):
            (score, place), *_ = places.items()
            found = f"only the {score} of clip {clip_id!r}"
            raise sheet.refusal(sheet.header_line, sheet.header[place], found, "its valence and its arousal")
    who_at, rater = _rater_column(sheet, layout, unique=True)

    def is_label(row: Row) -> bool:
        cells = [_cell(row, at) for places in pairs.values() for at in places.values()]
        return not any(is_nothing(cell) or _ANSWER.fullmatch(cell) for cell in cells)

    def answers() -> _Answers:
        # Below the names some programs write them again in words.
        rows = (
            sheet.rows[1:] if sheet.rows and is_label(sheet.rows[0]) and len(sheet.rows) > 1 else sheet.rows
        )
        for number, row in enumerate(rows, start=1):
            who = f"{prefix}row {number}" if who_at is None else _cell(row, who_at)
            for places in pairs.values():
                question = questions[places["valence"]]
                cells = {score: (sheet.header[at], _cell(row, at)) for score, at in places.items()}
                yield row.line, who, (question.clip_id, question.start_s, question.end_s), cells

    first = next(iter(pairs.values()))
    example = (
        f"column {sheet.header[first['valence']]!r} is the valence of {questions[first['valence']].clip_id!r}"
    )
    return answers(), f"{example}, {rater}"


def _by_trial(sheet: Sheet, layout: Layout) -> tuple[_Answers, str]:
    """A row a trial: one column names the clip, one each the scores."""
    clip_at = _place(sheet, layout.clip) if layout.clip else _one_of(sheet, _CLIPS)
    places = {score: _score_column(sheet, layout, score) for score in SCORES}
    who_at, rater = _rater_column(sheet, layout, unique=False)

    def answers() -> _Answers:
        for row in sheet.rows:
            cells = {score: (sheet.header[at], _cell(row, at)) for score, at in places.items()}
            if all(is_nothing(text) for _, text in cells.values()):
                continue
            clip = clip_name(_cell(row, clip_at))
            who = sheet.path.stem if who_at is None else _cell(row, who_at)
            for name, at, text in (("clip", clip_at, clip), ("rater", who_at or 0, who)):
                if not text:
                    raise sheet.refusal(row.line, sheet.header[at], "nothing", f"the {name} of these scores")
            yield row.line, who, (clip, math.nan, math.nan), cells

    columns = ", ".join(f"{score} in {sheet.header[at]!r}" for score, at in places.items())
    return answers(), f"clips in column {sheet.header[clip_at]!r}, {columns}, {rater}"


def _by_score(sheet: Sheet, layout: Layout) -> tuple[_Answers, str]:
    """A row a score: its cells say what was asked."""
    if layout.names:
        names_at = [_place(sheet, layout.names)]
    else:
        names_at = [at for names in _NAMES if (at := _one_of(sheet, names)) is not None]
    value_at = _place(sheet, layout.scores) if layout.scores else _one_of(sheet, _VALUES)
    if value_at is None:
        raise sheet.refusal(
            sheet.header_line, None, "no column of scores", "layout: {scores: …} in the catalog"
        )
    asked = {n: " ".join(_cell(row, at) for at in names_at) for n, row in enumerate(sheet.rows)}
    questions = questions_of(sheet, asked, layout)
    who_at, rater = _rater_column(sheet, layout, unique=False)
    column = sheet.header[value_at]
    found: dict[tuple, dict[str, tuple[str, str]]] = defaultdict(dict)
    lines: dict[tuple, int] = {}
    for number, question in questions.items():
        row = sheet.rows[number]
        who = "" if who_at is None else _cell(row, who_at)
        if not who:
            raise sheet.refusal(row.line, rater, "nothing", "who answered; say layout: {rater: …}")
        key = (who, question.clip_id, question.start_s, question.end_s)
        if question.score in found[key]:
            what = f"a second {question.score} of clip {question.clip_id!r} by {who!r}"
            raise sheet.refusal(row.line, column, what, f"one (the other is in row {lines[key]})")
        found[key][question.score] = (column, _cell(row, value_at))
        lines.setdefault(key, row.line)

    def answers() -> _Answers:
        for key, cells in found.items():
            who, *interval = key
            if len(cells) < len(SCORES):
                what = f"only the {next(iter(cells))} of clip {interval[0]!r} by {who!r}"
                raise sheet.refusal(lines[key], column, what, "its valence and its arousal")
            yield lines[key], who, tuple(interval), cells

    example, question = next((asked[n], question) for n, question in questions.items())
    return answers(), f"{example!r} is the {question.score} of {question.clip_id!r}, {rater}"


def _is_known(name: str, layout: Layout) -> bool:
    own = (layout.clip, layout.names, layout.scores, layout.rater, layout.valence, layout.arousal)
    given = {canonical(column) for column in own if column}
    return canonical(name) in given | {*_VALUES, *_CLIPS} or any(
        word_for(layout, s).search(name) for s in SCORES
    )


def _without_preamble(sheet: Sheet) -> Sheet:
    """Without the further lines of a header, and without answers that were given to try it out."""
    rows = sheet.rows
    ids = next((n for n, row in enumerate(rows[:3]) if any(_IMPORT_ID in cell for cell in row.cells)), None)
    if ids is not None:
        rows = rows[ids + 1 :]
    status = sheet.place("status")
    if status is not None:
        rows = [row for row in rows if _cell(row, status).casefold() not in _PREVIEW]
    return replace(sheet, rows=rows)


def _under_one_header(sheet: Sheet, layout: Layout) -> Sheet:
    """With names that say the clip, where it stands once above all of its columns."""
    asked = {score: [n for n in sheet.header if word_for(layout, score).search(n)] for score in SCORES}
    if not sheet.above or all(len(set(names)) == len(names) for names in asked.values()):
        return sheet
    names, last = [], ""
    for place, name in enumerate(sheet.header):
        last = (sheet.above[place] if place < len(sheet.above) else "") or last
        is_score = any(name in names for names in asked.values())
        names.append(f"{last} {name}".strip() if is_score else name or last)
    return replace(sheet, header=names, above=[])


def _place(sheet: Sheet, name: str) -> int:
    return sheet.places([name])[name]


def _one_of(sheet: Sheet, names: tuple[str, ...]) -> int | None:
    """The first of some columns that is there."""
    return next((at for name in names if (at := sheet.place(name)) is not None), None)


def _score_column(sheet: Sheet, layout: Layout, score: str) -> int:
    if (named := getattr(layout, score)) is not None:
        return _place(sheet, named)
    word = word_for(layout, score)
    places = [at for at, name in enumerate(sheet.header) if word.search(name)]
    # A slider of PsychoPy has columns for its answer, its time and its history.
    answers = [at for at in places if re.search(r"(response|rating)$", sheet.header[at], re.IGNORECASE)]
    places = answers or places
    if len(places) != 1:
        found = f"{len(places)} columns of {score}" if places else f"no column of {score}"
        raise sheet.refusal(sheet.header_line, None, found, f"one; say which: layout: {{{score}: …}}")
    return places[0]


def _rater_column(sheet: Sheet, layout: Layout, *, unique: bool) -> tuple[int | None, str]:
    """The column that names who answered, and words for it; None where rows have no names."""
    if layout.rater:
        return _place(sheet, layout.rater), f"raters by {layout.rater!r}"
    for name in _RATERS:
        at = sheet.place(name)
        if at is None:
            continue
        cells = [_cell(row, at) for row in sheet.rows]
        if not unique or (all(cells) and len(set(cells)) == len(cells)):
            return at, f"raters by {sheet.header[at]!r}"
    return None, "a rater a row" if unique else "a rater a file"


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _number_in(text: str) -> str:
    """The number of an answer, without what it means in words."""
    match = _ANSWER.fullmatch(text)
    return match[1] if match else text


@functools.cache
def _say_once(line: str) -> None:
    """A run reads its ratings several times; once is enough to be told."""
    logger.info(line)
