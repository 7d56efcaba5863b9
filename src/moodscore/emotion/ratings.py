"""Human ratings: reading them, and turning them into one label a segment.

Ratings are a long table: one row says what one rater felt about one interval of one clip. The label
of a segment is the mean opinion score, the mean over the raters.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE, quadrant_of
from moodscore.errors import MoodscoreError


class _Rating(NamedTuple):
    clip_id: str
    start_s: float
    end_s: float
    rater: str
    valence: float
    arousal: float


#: Columns of a table of ratings, in order.
RATING_COLUMNS = _Rating._fields

_DELIMITERS = ",;\t"
#: What `float` takes besides ("nan", "1_0", digits of other scripts) is a slip of the pen in a table.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

#: Overlaps are compared to the microsecond, so that the binary rounding of 0.1 breaks no tie.
_OVERLAP_DECIMALS = 6
#: A mean that is 5 on paper must not fall on the far side of 5 by the rounding of a sum.
_SCORE_DECIMALS = 9


def read_ratings(path: str | Path) -> pd.DataFrame:
    """Read a table of ratings and check every cell of it.

    The file is UTF-8 text with a header; columns are separated by commas, semicolons or tabs and
    stand in any order; columns of other names are left out. Spaces around names and values, a byte
    order mark, either kind of line end and blank lines do no harm. An empty start *and* end mean
    that the rating is of the whole clip.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    pd.DataFrame
        One row a rating: ``clip_id`` (text, also if it looks like a number), ``start_s``,
        ``end_s`` (seconds, NaN for the whole clip), ``rater`` (text), ``valence``, ``arousal``
        (1 to 9).

    Raises
    ------
    MoodscoreError
        If the file is missing, unreadable, not text or has no rating; if a column is missing or
        there twice; if a row has too few or too many values, no clip or no rater; if a score is
        not a number from 1 to 9; if a time is not a number, is negative, or is given without the
        other, or if the end is not after the start; if a rater rates an interval of a clip twice.
        The message names the file, the row (its line, the header being line 1), the column, what
        was found and what was expected.
    """
    rows = _rows(path, _read_text(path))
    _, header = next(rows, (1, []))
    places = _column_places(path, header)
    ratings: dict[tuple[str, ...], _Rating] = {}
    lines: dict[tuple[str, ...], int] = {}
    for line, values in rows:
        if len(values) != len(header):
            raise _refusal(path, line, None, f"{len(values)} values", f"{len(header)}, as in the header")
        rating = _parse_rating(path, line, {name: values[place] for name, place in places.items()})
        key = (
            rating.clip_id,
            rating.rater,
            str(rating.start_s),
            str(rating.end_s),
        )  # nan != nan, but not as text
        if key in ratings:
            found = f"a second rating of clip {rating.clip_id!r}, {_span_text(rating)}, by {rating.rater!r}"
            raise _refusal(path, line, "rater", found, f"one (the other is in row {lines[key]})")
        ratings[key], lines[key] = rating, line
    if not ratings:
        raise MoodscoreError(f"{path}: found no row below the header, expected at least one rating")
    table = pd.DataFrame(list(ratings.values()), columns=list(RATING_COLUMNS))
    return table.astype(dict.fromkeys(["start_s", "end_s", "valence", "arousal"], float))


def _read_text(path: str | Path) -> str:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except FileNotFoundError as error:
        raise MoodscoreError(f"{path}: no such file, expected a table of ratings") from error
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MoodscoreError(f"{path}: not UTF-8 text, expected a table of ratings saved as CSV") from error


def _rows(path: str | Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and stripped values of the header and of every row that is not blank."""
    first_line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            values = [value.strip() for value in row]
            if line == 1 or any(values):
                yield line, values
            line = reader.line_num + 1  # a quoted value may span lines: a row is where it begins
    except csv.Error as error:
        raise MoodscoreError(f"{path}, row {line}: not a row of a table ({error})") from error


def _column_places(path: str | Path, header: list[str]) -> dict[str, int]:
    for name in RATING_COLUMNS:
        if header.count(name) != 1:
            found = "twice" if name in header else "only " + ", ".join(repr(other) for other in header)
            expected = ", ".join(RATING_COLUMNS)
            raise _refusal(path, 1, name, found if header else "an empty line", f"the columns {expected}")
    return {name: header.index(name) for name in RATING_COLUMNS}


def _parse_rating(path: str | Path, line: int, cells: dict[str, str]) -> _Rating:
    for column in ("clip_id", "rater"):
        if not cells[column]:
            raise _refusal(path, line, column, "nothing", "a name")
    start_s, end_s = (_parse_time(path, line, column, cells[column]) for column in ("start_s", "end_s"))
    if math.isnan(start_s) != math.isnan(end_s):
        missing, given = ("start_s", "end_s") if math.isnan(start_s) else ("end_s", "start_s")
        expected = f"a time, as {given} is given (or neither, for the whole clip)"
        raise _refusal(path, line, missing, "nothing", expected)
    if end_s <= start_s:
        raise _refusal(path, line, "end_s", repr(cells["end_s"]), f"a time after start_s, {cells['start_s']}")
    valence, arousal = (_parse_score(path, line, column, cells[column]) for column in ("valence", "arousal"))
    # As the names of the files are: one character for an accented letter, not two.
    clip_id = unicodedata.normalize("NFC", cells["clip_id"])
    return _Rating(clip_id, start_s, end_s, cells["rater"], valence, arousal)


def _parse_time(path: str | Path, line: int, column: str, text: str) -> float:
    if not text:
        return math.nan
    seconds = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not 0 <= seconds < math.inf:
        expected = "seconds from the start of the clip, 0 or more, with a decimal point"
        raise _refusal(path, line, column, repr(text), expected)
    return seconds


def _parse_score(path: str | Path, line: int, column: str, text: str) -> float:
    score = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        found = repr(text) if text else "nothing"
        expected = f"a number from {LOWEST_SCORE:g} to {HIGHEST_SCORE:g}, with a decimal point"
        raise _refusal(path, line, column, found, expected)
    return score


def _span_text(rating: _Rating) -> str:
    return "whole" if math.isnan(rating.start_s) else f"{rating.start_s} to {rating.end_s} s"


def _refusal(path: str | Path, line: int, column: str | None, found: str, expected: str) -> MoodscoreError:
    where = f"{path}, row {line}" + (f", column {column}" if column else "")
    return MoodscoreError(f"{where}: found {found}, expected {expected}")


def segment_labels(ratings: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Mean opinion scores of every segment.

    Each rater speaks for a segment with the interval that overlaps it most (of two that overlap it
    equally: the one that starts earlier, then the one that ends earlier; a rating of the whole clip
    starts at 0 and never ends). The label is the mean over the raters who have such an interval.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`; rows of clips that are not in `segments` are left out.
    segments : pd.DataFrame
        ``clip_id, segment, start_s, end_s``.

    Returns
    -------
    pd.DataFrame
        One row for each row of `segments`, in its order: ``clip_id, segment``; ``n_raters``;
        ``valence, arousal`` (1 to 9); ``valence_sd, arousal_sd`` (standard deviation over raters,
        ddof 1, NaN for a single rater); ``quadrant``. A segment that no rating overlaps is
        unlabelled: ``n_raters`` is 0, the scores are NaN and the quadrant is missing (``<NA>``).
    """
    by_clip = dict(list(ratings.groupby("clip_id")))
    n_raters = np.zeros(len(segments), dtype=np.int64)
    mean, sd = np.full((2, len(segments), 2), np.nan)
    for clip_id, places in segments.groupby("clip_id").indices.items():
        if clip_id in by_clip:
            spans = segments.iloc[places][["start_s", "end_s"]].to_numpy(dtype=float)
            n_raters[places], mean[places], sd[places] = _opinion(by_clip[clip_id], spans)
    labelled = n_raters > 0
    quadrants = np.full(len(segments), None, dtype=object)
    quadrants[labelled] = quadrant_of(*mean[labelled].T)
    return segments[["clip_id", "segment"]].assign(
        n_raters=n_raters,
        valence=mean[:, 0],
        arousal=mean[:, 1],
        valence_sd=sd[:, 0],
        arousal_sd=sd[:, 1],
        quadrant=pd.array(quadrants, dtype="string"),
    )


def _opinion(ratings: pd.DataFrame, spans: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number of raters, mean and standard deviation of both scores for each span of one clip."""
    intervals = ratings.fillna({"start_s": 0.0, "end_s": math.inf}).sort_values(["start_s", "end_s"])
    scores = np.stack([_scores_of_rater(own, spans) for _, own in intervals.groupby("rater")])
    heard = ~np.isnan(scores[..., 0])
    n_raters = heard.sum(axis=0)
    mean = np.full(spans.shape, np.nan)
    np.divide(np.nansum(scores, axis=0), n_raters[:, None], out=mean, where=n_raters[:, None] > 0)
    mean = mean.round(_SCORE_DECIMALS)
    sd = np.full(spans.shape, np.nan)
    squares = np.nansum((scores - mean) ** 2, axis=0)
    np.divide(squares, n_raters[:, None] - 1, out=sd, where=n_raters[:, None] > 1)
    return n_raters, mean, np.sqrt(sd)


def _scores_of_rater(intervals: pd.DataFrame, spans: np.ndarray) -> np.ndarray:
    """Valence and arousal a single rater gives each span; NaN where no interval overlaps it."""
    starts, ends = intervals["start_s"].to_numpy(), intervals["end_s"].to_numpy()
    overlap = np.minimum(ends, spans[:, 1:]) - np.maximum(starts, spans[:, :1])
    overlap = overlap.round(_OVERLAP_DECIMALS)
    best = overlap.argmax(axis=1)  # the first of equals: intervals are sorted by start, then end
    scores = intervals[["valence", "arousal"]].to_numpy(dtype=float)[best]
    scores[overlap.max(axis=1) <= 0] = np.nan
    return scores
