"""A person's word on the emotion of a video, which counts more than the reading.

It is given as text, ``0-12:pos_low,12-:3/8``, or as a table with the columns ``start_s``, ``end_s`` and
``quadrant`` or ``valence`` and ``arousal``, such as an edited cue sheet. What is not named keeps its
reading.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from moodscore.emotion import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    NEUTRAL,
    NEUTRAL_SCORE,
    QUADRANTS,
    confidence,
    quadrant_of,
)
from moodscore.emotion._tables import Sheet
from moodscore.errors import MoodscoreError
from moodscore.sheets import is_nothing

_OPTION = "--emotion"
_SECONDS = r"\d+(?:\.\d*)?"
_TIME = rf"(?:(?:\d+:)?\d+:)?{_SECONDS}"
_SPAN = re.compile(rf"(?:(?P<start>{_TIME})?\s*-\s*(?P<end>{_TIME})?\s*:)?\s*(?P<mood>[^:]+)", re.ASCII)
_SCORES = re.compile(rf"({_SECONDS})\s*/\s*({_SECONDS})", re.ASCII)
_EXAMPLE = "0-12:pos_low or 12-0:30:7/3 (valence/arousal), several separated by commas"
_MOODS = (*QUADRANTS, NEUTRAL)
#: Valence and arousal of neutral.
_MIDDLE = (NEUTRAL_SCORE, NEUTRAL_SCORE)
#: Tables round times; two spans that touch may overlap by so much.
_TOUCH_S = 1e-3
#: People read times off players, which show whole seconds: a span may end so much after the clip.
_BEYOND_S = 0.5
#: A spreadsheet may have cut scores down to one decimal.
_SAME_SCORE = 0.05


@dataclass(frozen=True)
class EmotionSpan:
    """What a part of a video is to feel like.

    Attributes
    ----------
    start_s, end_s : float
        From the first picture; an ``end_s`` of infinity is the end of the clip.
    quadrant : str or None
        One of `moodscore.emotion.QUADRANTS`.
    scores : tuple of float or None
        Valence and arousal, 1 to 9. An edited cue sheet has both; then one of them may be out of date.
    where : str
        How a message names it.
    """

    start_s: float
    end_s: float
    quadrant: str | None
    scores: tuple[float, float] | None
    where: str


def parse_cues(cues: str) -> list[EmotionSpan]:
    """Read spans from a table or from the text itself.

    Parameters
    ----------
    cues : str
        A path, or ``[START]-[END]:MOOD`` separated by commas, or a MOOD for the whole clip. Times are
        seconds or ``m:ss``; a mood is a quadrant, ``neutral`` or ``valence/arousal``.

    Returns
    -------
    list of EmotionSpan
        In order of time.

    Raises
    ------
    MoodscoreError
        If it is neither, or a table cannot be read; the message names the place.
    """
    if Path(cues).is_file():
        spans = _read_table(Path(cues))
    elif cues.lower().endswith((".csv", ".tsv", ".txt")):
        raise MoodscoreError(f"{_OPTION} {cues}: there is no such file")
    else:
        spans = [_parse_span(part.strip()) for part in cues.split(",")]
    return sorted(spans, key=lambda span: span.start_s)


def override_emotion(read: pd.DataFrame, spans: Sequence[EmotionSpan], *, duration_s: float) -> pd.DataFrame:
    """Put what a person said in the place of what was read.

    A segment belongs to the span its middle lies in. Where only a quadrant is named, valence and arousal
    become the middle of it. A span of an edited cue sheet that says what was read (the means of its segments,
    and the quadrant most of them are routed to, or, in a sheet of segments, read as) changes nothing; of a
    quadrant and scores that contradict each other, the one that differs from the reading counts.

    Parameters
    ----------
    read : pd.DataFrame
        One row a segment: ``start_s, end_s, valence, arousal, confidence, quadrant, routed_quadrant``.
    spans : sequence of EmotionSpan
        From `parse_cues`.
    duration_s : float
        Length of the clip.

    Returns
    -------
    pd.DataFrame
        ``read`` with what changed, and ``is_given``, whether a person said so. A given quadrant is
        followed at once, however short.

    Raises
    ------
    MoodscoreError
        If spans overlap, leave the clip, hold no middle of a segment or contradict themselves.
    """
    _check_places(spans, duration_s)
    table = read.reset_index(drop=True).assign(is_given=False)
    middles = (table["start_s"] + table["end_s"]).to_numpy() / 2
    # The last segment may end before the clip does, but is never followed by another.
    for span in spans:
        rows = np.flatnonzero((middles >= span.start_s) & (middles < span.end_s))
        if not len(rows):
            raise MoodscoreError(f"{span.where}: holds the middle of no segment; name at least a whole one")
        given = _given(span, _summary(read.iloc[rows]))
        if given is not None:
            table.loc[rows, list(given)] = list(given.values())
    return table


def _summary(rows: pd.DataFrame) -> pd.Series:
    """What a cue sheet says of some segments: means, and the quadrant most of them are routed to, or read."""
    means = rows[["valence", "arousal"]].mean()
    quadrants = {rows[name].mode().iloc[0] for name in ("routed_quadrant", "quadrant")}
    return pd.concat([means, pd.Series({"quadrants": quadrants})])


def _parse_span(text: str) -> EmotionSpan:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise MoodscoreError(f"{_OPTION} {text!r}: cannot be understood; write {_EXAMPLE}")
    where = f"{_OPTION} {text!r}"
    quadrant, scores = _parse_mood(found["mood"].strip(), where)
    start_s, end_s = _seconds(found["start"]), _seconds(found["end"])
    return _span(start_s, end_s, quadrant, scores, where)


def _parse_mood(text: str, where: str) -> tuple[str | None, tuple[float, float] | None]:
    if text in QUADRANTS:
        return text, None
    if text == NEUTRAL:
        return None, _MIDDLE
    found = _SCORES.fullmatch(text)
    if found is None:
        raise MoodscoreError(
            f"{where}: {text} is no mood; write {', '.join(_MOODS)}, or valence/arousal such as 7/3"
        )
    scores = float(found[1]), float(found[2])
    if not all(LOWEST_SCORE <= score <= HIGHEST_SCORE for score in scores):
        raise MoodscoreError(f"{where}: scores run from {LOWEST_SCORE:g} to {HIGHEST_SCORE:g}")
    return None, scores


def _seconds(text: str | None) -> float | None:
    """Seconds of ``12.5``, ``1:05`` or ``1:02:03``."""
    if not text:
        return None
    return sum(float(part) * 60**place for place, part in enumerate(reversed(text.split(":"))))


def _span(start_s, end_s, quadrant, scores, where) -> EmotionSpan:
    start_s, end_s = start_s or 0.0, math.inf if end_s is None else end_s
    if end_s <= start_s:
        raise MoodscoreError(f"{where}: ends at {end_s:g} s, not after its start")
    return EmotionSpan(start_s, end_s, quadrant, scores, where)


def _read_table(path: Path) -> list[EmotionSpan]:
    sheet = Sheet.read(path, ("start_s", "end_s", "quadrant", "valence", "arousal"))
    has_quadrant = sheet.count("quadrant") > 0
    has_scores = sheet.count("valence") + sheet.count("arousal") > 0
    if not (has_quadrant or has_scores):
        raise MoodscoreError(f"{path}: lacks a column quadrant, or valence and arousal; add it")
    names = ("start_s", "end_s") + ("quadrant",) * has_quadrant + ("valence", "arousal") * has_scores
    columns = sheet.places(names)
    spans = []
    for line, cells in sheet.rows:
        row = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        span = _table_span(sheet, line, row)
        spans += [] if span is None else [span]
    if not spans:
        raise MoodscoreError(f"{path}: names no emotion in any row; fill in quadrant, or valence and arousal")
    return spans


def _table_span(sheet: Sheet, line: int, row: dict[str, str]) -> EmotionSpan | None:
    """The span of a row; None if it says nothing of emotion."""
    times = {}
    for name in ("start_s", "end_s"):
        times[name] = None if is_nothing(row[name]) else sheet.seconds(row[name])
        if times[name] is not None and not times[name] >= 0:
            expected = sheet.wanted("seconds (or m:ss), or nothing")
            raise sheet.refusal(line, name, repr(row[name]), expected)
    quadrant = row.get("quadrant") or None
    if quadrant == NEUTRAL:
        return _span(times["start_s"], times["end_s"], None, _MIDDLE, f"{sheet.path}, row {line}")
    if quadrant is not None and quadrant not in QUADRANTS:
        raise sheet.refusal(line, "quadrant", repr(quadrant), f"one of {', '.join(_MOODS)}, or nothing")
    scores = None
    if row.get("valence") or row.get("arousal"):
        scores = tuple(sheet.score(line, name, row[name]) for name in ("valence", "arousal"))
    if quadrant is None and scores is None:
        return None
    return _span(times["start_s"], times["end_s"], quadrant, scores, f"{sheet.path}, row {line}")


def _check_places(spans: Sequence[EmotionSpan], duration_s: float) -> None:
    for span in spans:
        if span.start_s >= duration_s or (span.end_s > duration_s + _BEYOND_S and span.end_s < math.inf):
            raise MoodscoreError(
                f"{span.where}: leaves the clip, which lasts {duration_s:.2f} s; "
                "an empty end is that of the clip"
            )
    for span, later in pairwise(spans):
        if later.start_s < span.end_s - _TOUCH_S:
            raise MoodscoreError(
                f"{later.where}: overlaps {span.where.removeprefix(_OPTION).strip()}; "
                "give every moment one emotion at most"
            )


def _given(span: EmotionSpan, known: pd.Series) -> dict[str, object] | None:
    """What becomes of the segments of a span; None if it says what was read."""
    quadrant, scores = span.quadrant, span.scores
    if quadrant is not None and scores is not None:
        read = known["valence"], known["arousal"]
        same_scores = max(abs(a - b) for a, b in zip(scores, read, strict=True)) <= _SAME_SCORE
        own = str(quadrant_of(*scores))
        if same_scores and quadrant in known["quadrants"]:
            return None
        if same_scores:
            scores = None
        elif quadrant != own and quadrant not in known["quadrants"]:
            raise MoodscoreError(
                f"{span.where}: says {quadrant}, but valence {scores[0]:g} and arousal {scores[1]:g} are "
                f"{own}; change both, or leave one empty"
            )
    valence, arousal = scores or _middle(quadrant)
    quadrant = str(quadrant_of(valence, arousal))
    return {
        "valence": valence,
        "arousal": arousal,
        "confidence": float(confidence(valence, arousal)),
        "quadrant": quadrant,
        "routed_quadrant": quadrant,
        "is_given": True,
    }


def _middle(quadrant: str) -> tuple[float, float]:
    """Valence and arousal in the middle of a quadrant."""
    high, low = (NEUTRAL_SCORE + HIGHEST_SCORE) / 2, (NEUTRAL_SCORE + LOWEST_SCORE) / 2
    return high if quadrant.startswith("pos") else low, high if quadrant.endswith("high") else low
