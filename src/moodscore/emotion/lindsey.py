"""Eight music videos of Lindsey Stirling, rated on a web form [1]_.

One row is one rater's answers: a time stamp, a name that may be empty, then for each of 25 intervals a
column ``Time: 0:05 - 0:27 [Valence]`` and one ``[Arousal]``, then a comment. The columns do not say
which video an interval is of, and some headings are there twice: the place of a column decides. Of the
two files that are public, one was asked with 9 as the lowest score and one with 9 as the highest.

References
----------
.. [1] Sergio, G. C. and Lee, M., "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.emotion._tables import Collector, Rating, Sheet
from moodscore.emotion.labels import interval_labels, quadrant_counts
from moodscore.emotion.quadrants import QUADRANTS

#: The videos in the order of the form, and for each of their intervals how many windows [1]_ took of it.
#: (Not equal lengths: a video gave 200, 180 or 225 windows, however long it is.)
WINDOWS = {
    "roundtable_rival": (200,),
    "beyond_the_veil": (20, 16, 21, 19, 58, 19, 22, 25),
    "phantom_of_the_opera": (36, 38, 51, 8, 25, 42),
    "take_flight": (200,),
    "crystallize": (200,),
    "moon_trance": (40, 15, 27, 26, 13, 79),
    "lord_of_the_rings_medley": (180,),
    "elements": (225,),
}
#: [1]_ gave the last so many windows of Moon Trance's fifth interval the label of its sixth.
OVERLAP = 12
_OVERLAPPED = ("moon_trance", 4, 5)
#: Table 1 of [1]_.
TABLE_1 = {"pos_high": 1359, "pos_low": 70, "neg_high": 129, "neg_low": 47}
TABLE_1_RULE = "mean of the raw answers, positive if below 5, high if below 5 (the form had 9 as the lowest)"

#: Time stamp and name come before the intervals.
_N_LEADING = 2
_NAME_AT = 1
#: ``m:ss``, or seconds alone: the form says ``0 - 3:22``.
_TIME = r"\d+:[0-5]\d|\d+"
_HEADING = re.compile(
    rf"Time: *(?P<start>{_TIME}) *[-–] *(?P<end>{_TIME}) *\[(?P<score>Valence|Arousal)\]", re.ASCII
)
_SECONDS_A_MINUTE = 60
#: What a clock of minutes and seconds shows lasts this long.
_CLOCK_TICK_S = 1.0


class _Interval(NamedTuple):
    clip_id: str
    start_s: float
    end_s: float


def read_lindsey(path: str | Path) -> pd.DataFrame:
    """Read the answers to the form: clips named as in `WINDOWS`, one rating an interval and rater.

    An interval that ends a second before the next one of its clip begins lasts until that one begins:
    ``0:05 - 0:27`` is followed by ``0:28 - 0:47``, and the clock shows 0:27 for a whole second. Raters
    without a name are ``rater 1``, ``rater 2``, … by the row of their answers.
    """
    is_known = _HEADING.fullmatch
    sheet = Sheet.read(path, is_known=lambda name: bool(is_known(name)), bare_quotes=True, comments=False)
    intervals = _intervals(sheet)
    end = _N_LEADING + 2 * len(intervals)
    ratings = Collector(sheet)
    for number, (line, values) in enumerate(sheet.rows, start=1):
        _check_row(sheet, line, values, end)
        rater = values[_NAME_AT] or f"rater {number}"
        scores = [sheet.score(line, _column(sheet, place), values[place]) for place in range(_N_LEADING, end)]
        for interval, valence, arousal in zip(intervals, scores[0::2], scores[1::2], strict=True):
            ratings.add(line, sheet.header[_NAME_AT], Rating(*interval, rater, valence, arousal))
    return ratings.table()


def doubt(ratings: pd.DataFrame) -> str:
    """Why the scores seem to be read the wrong way round; empty if they do not.

    In [1]_ five windows of six are positive and high. Read the wrong way round, they come out negative
    and low.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_lindsey`.
    """
    counts = _count_windows(interval_labels(ratings))
    likeliest = max(QUADRANTS, key=counts.__getitem__)
    if likeliest != "neg_low":
        return ""
    return (
        f"{counts['neg_low']} of {sum(counts.values())} windows are negative and low, "
        f"while in the paper {TABLE_1['pos_high']} are positive and high"
    )


def published_counts(labels: pd.DataFrame) -> list[dict]:
    """The labels in the units of Table 1 of [1]_, with and without its overlap, and that table.

    Parameters
    ----------
    labels : pd.DataFrame
        ``clip_id, start_s, quadrant``, one row an interval.

    Returns
    -------
    list of dict
        ``source, counted, rule, counts``.
    """
    counted = f"{sum(map(sum, WINDOWS.values()))} windows, as many of each interval as in the paper"
    rule = "mean over raters, positive if above 5, high if above 5"
    overlapped = f"{rule}; {OVERLAP} windows of Moon Trance labelled with the interval after theirs"
    return [
        _row("these ratings", counted, rule, _count_windows(labels)),
        _row("these ratings", counted, overlapped, _count_windows(labels, overlap=OVERLAP)),
        _row("paper, Table 1", counted, TABLE_1_RULE, TABLE_1),
    ]


def _row(source: str, counted: str, rule: str, counts: dict[str, int]) -> dict:
    return {"source": source, "counted": counted, "rule": rule, "counts": counts}


def _count_windows(labels: pd.DataFrame, *, overlap: int = 0) -> dict[str, int]:
    """Windows of each quadrant; intervals of a clip are told by their order in time."""
    windows = {(clip_id, place): n for clip_id, row in WINDOWS.items() for place, n in enumerate(row)}
    clip_id, before, after = _OVERLAPPED
    windows[clip_id, before] -= overlap
    windows[clip_id, after] += overlap
    places = labels.groupby("clip_id")["start_s"].rank("dense").fillna(1).astype(int) - 1
    weights = [windows.get(key, 0) for key in zip(labels["clip_id"], places, strict=True)]
    return quadrant_counts(labels["quadrant"].repeat(weights))


def _intervals(sheet: Sheet) -> list[_Interval]:
    """The intervals the pairs of columns are of, by their place."""
    intervals, place = [], _N_LEADING
    for clip_id, row in WINDOWS.items():
        spans = [_span(sheet, at) for at in range(place, place + 2 * len(row), 2)]
        for number, (before, after) in enumerate(pairwise(spans), start=1):
            if after[0] <= before[0]:
                found = "an interval that does not begin after the one to its left"
                expected = f"the {len(row)} intervals of {clip_id} in order"
                raise sheet.refusal(1, _column(sheet, place + 2 * number), found, expected)
        intervals += [_Interval(clip_id, *span) for span in _joined(spans)]
        place += 2 * len(row)
    if any(_HEADING.fullmatch(name) for name in sheet.header[place:]):
        found = f"more than {len(intervals)} pairs of columns"
        raise sheet.refusal(1, _column(sheet, place), found, "a comment after the last of them")
    return intervals


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The spans of a clip, none a tick of the clock short of the next."""
    ends = [
        following[0] if following[0] - this[1] == _CLOCK_TICK_S else this[1]
        for this, following in pairwise(spans)
    ]
    return [(start_s, end_s) for (start_s, _), end_s in zip(spans, [*ends, spans[-1][1]], strict=True)]


def _span(sheet: Sheet, place: int) -> tuple[float, float]:
    """Start and end, in seconds, of the interval of a pair of columns."""
    span = _times(sheet, place, "Valence")
    if _times(sheet, place + 1, "Arousal") != span:
        found, expected = "other times", f"those of column {_column(sheet, place)}"
        raise sheet.refusal(1, _column(sheet, place + 1), found, expected)
    if span[1] <= span[0]:
        found, expected = "an end that is not after the start", "'m:ss - m:ss'"
        raise sheet.refusal(1, _column(sheet, place), found, expected)
    return span


def _times(sheet: Sheet, place: int, score: str) -> tuple[float, float]:
    """The times in the heading of a column of these scores."""
    heading = _HEADING.fullmatch(sheet.header[place]) if place < len(sheet.header) else None
    if heading is None or heading["score"] != score:
        found = "another heading" if place < len(sheet.header) else "no such column"
        raise sheet.refusal(1, _column(sheet, place), found, f"'Time: m:ss - m:ss [{score}]'")
    return _seconds(heading["start"]), _seconds(heading["end"])


def _seconds(clock: str) -> float:
    """Seconds of ``m:ss``, or of seconds alone."""
    minutes, _, seconds = clock.rpartition(":")
    return float(_SECONDS_A_MINUTE * int(minutes or 0) + int(seconds))


def _check_row(sheet: Sheet, line: int, values: list[str], end: int) -> None:
    """See that a row has all its scores, and no other row within its comment."""
    if len(values) < end:
        raise sheet.refusal(line, None, f"{len(values)} values", f"{end} and a comment")
    for value in values[end:]:
        if value.count(sheet.delimiter) >= end - 1:
            expected = "a comment; a quotation mark in the row is not closed"
            raise sheet.refusal(line, None, "another row within the comment", expected)


def _column(sheet: Sheet, place: int) -> str:
    """Number and heading of a column; headings alone are not unique."""
    return f"{place + 1} ({sheet.header[place]})" if place < len(sheet.header) else f"{place + 1}"
