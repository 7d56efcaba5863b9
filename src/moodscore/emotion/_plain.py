"""The plain table of ratings: one row a rating, columns named as in `RATING_COLUMNS`."""

import math
from pathlib import Path

import pandas as pd

from moodscore.emotion._tables import RATING_COLUMNS, Collector, Rating, Sheet


def read_plain(path: str | Path) -> pd.DataFrame:
    """Read ``clip_id, start_s, end_s, rater, valence, arousal``, in any order and among others."""
    sheet = Sheet.read(path)
    places = sheet.places(RATING_COLUMNS)
    ratings = Collector(sheet)
    for line, values in sheet.rows:
        if len(values) != len(sheet.header):
            expected = f"{len(sheet.header)}, as in the header"
            raise sheet.refusal(line, None, f"{len(values)} values", expected)
        cells = {name: values[place] for name, place in places.items()}
        ratings.add(line, "rater", _rating(sheet, line, cells))
    return ratings.table()


def _rating(sheet: Sheet, line: int, cells: dict[str, str]) -> Rating:
    for column in ("clip_id", "rater"):
        if not cells[column]:
            raise sheet.refusal(line, column, "nothing", "a name")
    start_s, end_s = (_time(sheet, line, column, cells[column]) for column in ("start_s", "end_s"))
    if math.isnan(start_s) != math.isnan(end_s):
        missing, given = ("start_s", "end_s") if math.isnan(start_s) else ("end_s", "start_s")
        expected = f"a time, as {given} is given (or neither, for the whole clip)"
        raise sheet.refusal(line, missing, "nothing", expected)
    if end_s <= start_s:
        expected = f"a time after start_s, {cells['start_s']}"
        raise sheet.refusal(line, "end_s", repr(cells["end_s"]), expected)
    valence, arousal = (sheet.score(line, column, cells[column]) for column in ("valence", "arousal"))
    return Rating(cells["clip_id"], start_s, end_s, cells["rater"], valence, arousal)


def _time(sheet: Sheet, line: int, column: str, text: str) -> float:
    if not text:
        return math.nan
    seconds = sheet.number(text)
    if not 0 <= seconds < math.inf:
        expected = sheet.wanted("seconds from the start of the clip, 0 or more")
        raise sheet.refusal(line, column, repr(text), expected)
    return seconds
