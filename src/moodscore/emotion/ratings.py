"""Human ratings: a table by the name of its format.

Ratings are a long table: one row says what one rater felt about one interval of one clip. Every format
is read into that table; the scores run from 1 to 9, 9 being the most positive or the most excited.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from moodscore.emotion import deap, lindsey
from moodscore.emotion._plain import read_plain
from moodscore.emotion._tables import RATING_COLUMNS
from moodscore.emotion.layout import Layout
from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.emotion.scales import scales_of, suspicion
from moodscore.emotion.wide import read_wide
from moodscore.errors import MoodscoreError

__all__ = ["RATING_COLUMNS", "RATING_FORMATS", "beyond_the_end", "read_ratings"]

logger = logging.getLogger(__name__)


class _Format(NamedTuple):
    """How a format is read, and what in a table of it speaks against the way its scores run."""

    read: Callable[[str | Path], pd.DataFrame]
    doubt: Callable[[pd.DataFrame], str]


#: Corpora that are known: their scale is.
_CORPORA = {
    "deap": _Format(deap.read_deap, deap.doubt),
    "lindsey": _Format(lindsey.read_lindsey, lindsey.doubt),
}
#: Names of the formats.
RATING_FORMATS = ("plain", *_CORPORA, "wide")
#: Containers round their times.
_BEYOND_S = 0.5


def read_ratings(
    path: str | Path,
    *,
    format: str = "plain",
    inverted: bool = False,
    scale: Sequence[float] | Mapping[str, Sequence[float]] | None = None,
    layout: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Read a table of ratings and check every cell of it.

    The file is a table of any make (`moodscore.sheets`): text in UTF-8, UTF-16 or Windows-1252, or an Excel
    workbook; columns separated by commas, semicolons, tabs or bars; names of columns in any case. Spaces,
    blank lines, comments (``#``), a title above the header and any kind of line end do no harm. Where commas
    do not separate the columns, a number may have a decimal comma. Times are seconds or ``m:ss``; a clip may
    be called by its file's name.

    - ``plain``: a row a rating, ``clip_id, start_s, end_s, rater, valence, arousal``, the columns in any
      order and among others. An empty start *and* end mean that the rating is of the whole clip; so does a
      table without these two columns.
    - ``deap``: `participant_ratings.csv` (`moodscore.emotion.deap`).
    - ``lindsey``: the answers to a web form (`moodscore.emotion.lindsey`).
    - ``wide``: the export of a survey or an experiment (`moodscore.emotion.wide`); also a folder of them.

    What is to be doubted is one line in the log each: scores that seem to be read the wrong way round or on
    another scale, and intervals of one rater that overlap.

    Parameters
    ----------
    path : str or Path
        The file.
    format : str
        One of `RATING_FORMATS`.
    inverted : bool
        Whether 1 is the most positive and most excited in the file: scores are then read as
        ``10 - score``.
    scale : two numbers, or a mapping of ``valence`` and ``arousal`` to two numbers, or None
        The lowest and the highest value raters could choose, moved to 1 and 9; None is 1 to 9.
    layout : mapping or None
        Of the format ``wide`` (`moodscore.emotion.layout.Layout`): where what stands.

    Returns
    -------
    pd.DataFrame
        One row a rating: ``clip_id`` (text, also if it looks like a number), ``start_s``,
        ``end_s`` (seconds, NaN for the whole clip), ``rater`` (text), ``valence``, ``arousal``
        (1 to 9).

    Raises
    ------
    MoodscoreError
        If there is no such format. If the file is missing, unreadable, no table or has no rating; if a
        column is missing or there twice; if a row has too few or too many values, no clip or no rater,
        or a clip the corpus does not have; if a score is not a number of the scale; if a time is not one,
        is negative, or is given without the other, or if the end is not after the start; if a
        rater rates an interval of a clip twice; if a DEAP participant lacks videos that others rated.
        The message names the file, the row (its line), the column, what was found and what was expected.
    """
    if format not in RATING_FORMATS:
        raise MoodscoreError(f"{path}: format {format!r} is not one of {', '.join(RATING_FORMATS)}")
    if (scale is not None and format in _CORPORA) or (layout is not None and format != "wide"):
        raise MoodscoreError(
            f"{path}: format {format!r} has no {'scale' if layout is None else 'layout'} to set"
        )
    scales = scales_of(scale)
    if format in _CORPORA:
        ratings = _CORPORA[format].read(path)
    elif format == "wide":
        ratings = read_wide(path, scales, Layout.of(layout))
    else:
        ratings = read_plain(path, scales)
    if scale is None and format not in _CORPORA and (doubt := suspicion(ratings)):
        _warn_once(f"{path}: {doubt} beside filepath in the catalog")
    if inverted:
        scores = ["valence", "arousal"]
        ratings[scores] = LOWEST_SCORE + HIGHEST_SCORE - ratings[scores]
    _say_doubts(path, ratings, format, inverted=inverted)
    return ratings[list(RATING_COLUMNS)]


def _say_doubts(path: str | Path, ratings: pd.DataFrame, format: str, *, inverted: bool) -> None:
    """Say what speaks against the way scores run, and which intervals overlap."""
    doubt = _CORPORA[format].doubt(ratings) if format in _CORPORA else ""
    if doubt:
        remedy = "leave out inverted: true" if inverted else "set inverted: true"
        _warn_once(f"{path}: the scores seem to run the other way: {doubt}; if so, {remedy} in the catalog")
    if overlap := _overlaps(ratings):
        _warn_once(f"{path}: {overlap}")


def _overlaps(ratings: pd.DataFrame) -> str:
    """Which intervals of one rater overlap; empty if none do."""
    timed = ratings.dropna(subset=["start_s"]).sort_values(["clip_id", "rater", "start_s", "end_s"])
    last_end = timed.groupby(["clip_id", "rater"])["end_s"].transform(lambda ends: ends.cummax().shift())
    found = timed[timed["start_s"] < last_end]
    if found.empty:
        return ""
    first, more = found.iloc[0], len(found) - 1
    others = f", and {more} more overlap" if more else ""
    again = f"rater {first['rater']!r} rates a part of clip {first['clip_id']!r} again"
    return (
        f"{again} from {first['start_s']:g} s on{others}; of two intervals of a rater the one that covers "
        "more of a segment counts"
    )


def beyond_the_end(ratings: pd.DataFrame, durations: pd.Series) -> list[str]:
    """What to say of ratings that go on after their clip has ended.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`.
    durations : pd.Series
        Length of each clip in seconds, by ``clip_id``.

    Returns
    -------
    list of str
        A line a clip.
    """
    ends = ratings["clip_id"].map(durations)
    late = ratings[ratings["end_s"] > ends + _BEYOND_S]
    return [
        f"clip {clip_id} ends at {durations[clip_id]:.1f} s, but {len(own)} of its ratings go on after that "
        f"(up to {own['end_s'].max():g} s); are they of another cut of it?"
        for clip_id, own in late.groupby("clip_id")
    ]


@functools.cache
def _warn_once(line: str) -> None:
    """A run reads its ratings several times; once is enough to be told."""
    logger.warning(line)
