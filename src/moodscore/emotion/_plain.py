"""The plain table of ratings: one row a rating, columns named as in `RATING_COLUMNS`."""

import logging
import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from moodscore.emotion._tables import RATING_COLUMNS, Collector, Rating, Sheet, clip_name
from moodscore.emotion.scales import STANDARD, Scale, fitting
from moodscore.errors import MoodscoreError
from moodscore.sheets import is_nothing

logger = logging.getLogger(__name__)

_TIMES = ("start_s", "end_s")
_SCORES = ("valence", "arousal")


def read_plain(path: str | Path, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Read ``clip_id, start_s, end_s, rater, valence, arousal``, in any order and among others.

    Without both columns of times every rating is of a whole clip. A row that has neither score is passed
    over.
    """
    sheet = Sheet.read(path, RATING_COLUMNS)
    is_timed = any(sheet.count(name) for name in _TIMES)
    wanted = RATING_COLUMNS if is_timed or not any(sheet.header) else _without_times()
    if not is_timed and any(sheet.count(name) != 1 for name in wanted):
        wanted = RATING_COLUMNS  # another column is missing, too: name all there are
    places = sheet.places(wanted)
    ratings = Collector(sheet)
    n_empty = 0
    for line, values in sheet.rows:
        if len(values) != len(sheet.header):
            values = _same_length(sheet, line, values)
        cells = dict.fromkeys(_TIMES, "") | {name: values[place] for name, place in places.items()}
        if all(is_nothing(cells[name]) for name in _SCORES) and any(cells[name] for name in _SCORES):
            n_empty += 1
            continue
        try:
            ratings.add(line, "rater", _rating(sheet, line, cells, scales))
        except MoodscoreError as error:
            raise _with_remedy(error, sheet, places, scales) from None
    if n_empty:
        logger.info("%s: %d rows without scores are passed over", path, n_empty)
    return ratings.table()


def _without_times() -> tuple[str, ...]:
    return tuple(name for name in RATING_COLUMNS if name not in _TIMES)


def _same_length(sheet: Sheet, line: int, values: list[str]) -> list[str]:
    """A row as long as the header; workbooks and some programs leave out what is empty at its end."""
    missing = len(sheet.header) - len(values)
    if missing > 0 and not sheet.delimiter:
        return values + [""] * missing
    if missing < 0 and not any(values[len(sheet.header) :]):
        return values[: len(sheet.header)]
    raise sheet.refusal(line, None, f"{len(values)} values", f"{len(sheet.header)}, as in the header")


def _rating(sheet: Sheet, line: int, cells: dict[str, str], scales: Mapping[str, Scale]) -> Rating:
    for column in ("clip_id", "rater"):
        if not cells[column]:
            raise sheet.refusal(line, column, "nothing", "a name")
    start_s, end_s = (sheet.time(line, column, cells[column]) for column in _TIMES)
    if math.isnan(start_s) != math.isnan(end_s):
        missing, given = _TIMES if math.isnan(start_s) else _TIMES[::-1]
        expected = f"a time, as {given} is given (or neither, for the whole clip)"
        raise sheet.refusal(line, missing, "nothing", expected)
    if end_s <= start_s:
        expected = f"a time after start_s, {cells['start_s']}"
        raise sheet.refusal(line, "end_s", repr(cells["end_s"]), expected)
    valence, arousal = (sheet.score(line, column, cells[column], scales[column]) for column in _SCORES)
    return Rating(clip_name(cells["clip_id"]), start_s, end_s, cells["rater"], valence, arousal)


def _with_remedy(
    error: MoodscoreError, sheet: Sheet, places: dict[str, int], scales: Mapping[str, Scale]
) -> MoodscoreError:
    """The refusal, and the scale to set if many scores are refused alike."""
    if any(scale != STANDARD for scale in scales.values()) or " to 9" not in str(error):
        return error
    cells = (
        row.cells[places[name]] for row in sheet.rows for name in _SCORES if places[name] < len(row.cells)
    )
    return MoodscoreError(f"{error}{fitting([sheet.number(cell) for cell in cells])}")
