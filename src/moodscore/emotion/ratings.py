"""Human ratings: a table by the name of its format.

Ratings are a long table: one row says what one rater felt about one interval of one clip. Every format
is read into that table; the scores run from 1 to 9, 9 being the most positive or the most excited.
"""

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.emotion import deap, lindsey
from moodscore.emotion._plain import read_plain
from moodscore.emotion._tables import RATING_COLUMNS
from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError

__all__ = ["RATING_COLUMNS", "RATING_FORMATS", "read_ratings"]

logger = logging.getLogger(__name__)


class _Format(NamedTuple):
    """How a format is read, and what in a table of it speaks against the way its scores run."""

    read: Callable[[str | Path], pd.DataFrame]
    doubt: Callable[[pd.DataFrame], str]


def _no_doubt(ratings: pd.DataFrame) -> str:
    """Nothing is known of a plain table beforehand."""
    return ""


_FORMATS = {
    "plain": _Format(read_plain, _no_doubt),
    "deap": _Format(deap.read_deap, deap.doubt),
    "lindsey": _Format(lindsey.read_lindsey, lindsey.doubt),
}
#: Names of the formats.
RATING_FORMATS = tuple(_FORMATS)


def read_ratings(path: str | Path, *, format: str = "plain", inverted: bool = False) -> pd.DataFrame:
    """Read a table of ratings and check every cell of it.

    The file is text with a header, UTF-8 or (with a byte order mark) UTF-16; columns are separated by
    commas, semicolons or tabs. Spaces around names and values, a byte order mark, any kind of line end
    and blank lines do no harm. Where commas do not separate the columns, a number may have a decimal
    comma.

    - ``plain``: a row a rating, ``clip_id, start_s, end_s, rater, valence, arousal``, the columns in any
      order and among others. An empty start *and* end mean that the rating is of the whole clip.
    - ``deap``: `participant_ratings.csv` (`moodscore.emotion.deap`).
    - ``lindsey``: the answers to a web form (`moodscore.emotion.lindsey`).

    If a file of a known corpus says that its scores are read the wrong way round, one line in the log
    says so and what to do.

    Parameters
    ----------
    path : str or Path
        The file.
    format : str
        One of `RATING_FORMATS`.
    inverted : bool
        Whether 1 is the most positive and most excited in the file: scores are then read as
        ``10 - score``.

    Returns
    -------
    pd.DataFrame
        One row a rating: ``clip_id`` (text, also if it looks like a number), ``start_s``,
        ``end_s`` (seconds, NaN for the whole clip), ``rater`` (text), ``valence``, ``arousal``
        (1 to 9).

    Raises
    ------
    MoodscoreError
        If there is no such format. If the file is missing, unreadable, not text or has no rating; if a
        column is missing or there twice; if a row has too few or too many values, no clip or no rater,
        or a clip the corpus does not have; if a score is not a number from 1 to 9; if a time is not a
        number, is negative, or is given without the other, or if the end is not after the start; if a
        rater rates an interval of a clip twice; if a DEAP participant lacks videos that others rated.
        The message names the file, the row (its line, the header being line 1), the column, what was
        found and what was expected.
    """
    if format not in _FORMATS:
        raise MoodscoreError(f"{path}: format {format!r} is not one of {', '.join(RATING_FORMATS)}")
    ratings = _FORMATS[format].read(path)
    if inverted:
        scores = ["valence", "arousal"]
        ratings[scores] = LOWEST_SCORE + HIGHEST_SCORE - ratings[scores]
    doubt = _FORMATS[format].doubt(ratings)
    if doubt:
        remedy = "leave out inverted: true" if inverted else "set inverted: true"
        _warn_once(f"{path}: the scores seem to run the other way: {doubt}; if so, {remedy} in the catalog")
    return ratings[list(RATING_COLUMNS)]


@functools.cache
def _warn_once(line: str) -> None:
    """A run reads its ratings several times; once is enough to be told."""
    logger.warning(line)
