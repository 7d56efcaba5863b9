"""Scenes: the spans of a video with one mood, between which the music may change.

A scene is a span in which the routed quadrant holds. One that is too short joins the neighbour it
resembles more, neutral neighbours are one scene, and each boundary moves to a picture cut nearby, where
a change of music is expected.
What a person says of the mood (`--emotion`) is a scene of its own, exactly as long as was said.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: A shorter span joins a neighbour (s).
MIN_SCENE_S = 8.0
#: A boundary moves to the nearest cut within this time (s).
MAX_CUT_DISTANCE_S = 1.5
#: Within a quadrant a scene also ends at a cut where valence and arousal move by more than this.
MOOD_STEP = 1.5
#: A cut is strong from this total variation of its two pictures' intensities.
STRONG_CUT = 0.5
#: Time before and after a cut over which its two moods are compared (s).
STEP_CONTEXT_S = 4.0
_MOOD = ["valence", "arousal"]
#: More than this share of the segments is most of them.
_MOST = 0.5


@dataclass(frozen=True)
class Scene:
    """A span of a video with one mood.

    Attributes
    ----------
    start_s, end_s : float
        From the first picture; the scenes of a video tile it.
    valence, arousal : float
        Means of its segments, 1..9.
    quadrant : str
        The routed quadrant of most of its segments.
    is_neutral : bool
        Whether most of its segments are neutral.
    is_given : bool
        Whether a person set its mood; its boundaries then stay where they were set.
    """

    start_s: float
    end_s: float
    valence: float
    arousal: float
    quadrant: str
    is_neutral: bool = False
    is_given: bool = False

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class _Span:
    """Rows ``[first, stop)`` of the segments."""

    first: int
    stop: int
    is_given: bool

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """Its segments."""
        return table.iloc[self.first : self.stop]


def find_scenes(
    segments: pd.DataFrame,
    *,
    duration_s: float,
    given_s: Sequence[float] = (),
    min_scene_s: float = MIN_SCENE_S,
) -> list[Scene]:
    """Divide a video into scenes.

    Parameters
    ----------
    segments : pd.DataFrame
        One row a segment, in order of time: ``start_s``, ``valence``, ``arousal`` and ``routed_quadrant``
        (else ``quadrant``); and, where known, ``cut_s`` and ``cut_strength`` (the strongest picture cut in
        the segment, NaN for none), ``is_neutral`` and ``is_given``.
    duration_s : float
        Length of the video.
    given_s : sequence of float
        Where the spans begin and end that a person set, in seconds; boundaries of given segments move
        there.
    min_scene_s : float
        A shorter span joins a neighbour, unless a person set it.

    Returns
    -------
    list of Scene
        At least one; in order, without gaps, from 0 to ``duration_s``.
    """
    table = _completed(segments)
    spans = _merged(_split_at_cuts(_spans(table), table), table, duration_s, min_scene_s)
    spans = _neutral_joined(spans, table)
    edges = _boundaries(spans, table, duration_s, given_s)
    return [
        _scene(span.of(table), start, end, span.is_given)
        for span, start, end in zip(spans, edges, edges[1:], strict=False)
    ]


def _completed(segments: pd.DataFrame) -> pd.DataFrame:
    table = segments.reset_index(drop=True)
    absent = {"cut_s": np.nan, "cut_strength": 0.0, "is_neutral": False, "is_given": False}
    table = table.assign(**{name: value for name, value in absent.items() if name not in table})
    return table if "routed_quadrant" in table else table.assign(routed_quadrant=table["quadrant"])


def _spans(table: pd.DataFrame) -> list[_Span]:
    """Unbroken runs of one quadrant and of one word of a person."""
    given = table["is_given"].to_numpy(dtype=bool)
    quadrants = table["routed_quadrant"].to_numpy()
    moods = table[_MOOD].to_numpy()
    # Of two spans that a person set one after the other each is a scene, even in one quadrant.
    changes = (quadrants[1:] != quadrants[:-1]) | (given[1:] != given[:-1])
    changes |= given[1:] & given[:-1] & (moods[1:] != moods[:-1]).any(axis=1)
    heads = [0, *(np.flatnonzero(changes) + 1).tolist(), len(table)]
    return [_Span(first, stop, bool(given[first])) for first, stop in itertools.pairwise(heads)]


def _split_at_cuts(spans: list[_Span], table: pd.DataFrame) -> list[_Span]:
    """Divide a span where the mood moves by more than `MOOD_STEP` at a cut."""
    parts: list[_Span] = []
    for span in spans:
        first = span.first
        if not span.is_given:
            for row in range(span.first + 1, span.stop):
                if _is_step(table, span, row) and row > first:
                    parts.append(_Span(first, row, False))
                    first = row
        parts.append(_Span(first, span.stop, span.is_given))
    return parts


def _is_step(table: pd.DataFrame, span: _Span, row: int) -> bool:
    """Whether the mood moves at a strong cut near the start of a row, more than it does nearby."""
    start = table["start_s"].iloc[row]
    own = span.of(table)
    cuts = own.loc[own["cut_strength"] >= STRONG_CUT, "cut_s"].to_numpy(dtype=float)
    if not np.any(np.abs(cuts - start) <= 0.5 * _segment_s(table)):
        return False
    times = own["start_s"].to_numpy()
    before = own[(times < start) & (times >= start - STEP_CONTEXT_S)]
    after = own[(times >= start) & (times < start + STEP_CONTEXT_S)]
    return _distance(before, after) > MOOD_STEP


def _segment_s(table: pd.DataFrame) -> float:
    return float(np.median(np.diff(table["start_s"]))) if len(table) > 1 else 1.0


def _distance(rows: pd.DataFrame, others: pd.DataFrame) -> float:
    """Euclidean distance of two mean moods, in points."""
    return float(np.linalg.norm(rows[_MOOD].mean() - others[_MOOD].mean()))


def _merged(spans: list[_Span], table: pd.DataFrame, duration_s: float, min_scene_s: float) -> list[_Span]:
    """Join the shortest span to its more similar neighbour until none is too short."""
    starts = np.append(table["start_s"].to_numpy(), duration_s)
    spans = list(spans)
    while True:
        neighbours = {
            k: [n for n in (k - 1, k + 1) if 0 <= n < len(spans) and not spans[n].is_given]
            for k, span in enumerate(spans)
            if not span.is_given and starts[span.stop] - starts[span.first] < min_scene_s
        }
        short = [k for k, others in neighbours.items() if others]
        if not short:
            return spans
        shortest = min(short, key=lambda k: starts[spans[k].stop] - starts[spans[k].first])
        other = min(
            neighbours[shortest], key=lambda k: _distance(spans[shortest].of(table), spans[k].of(table))
        )
        low, high = sorted((shortest, other))
        spans[low : high + 1] = [_Span(spans[low].first, spans[high].stop, False)]


def _neutral_joined(spans: list[_Span], table: pd.DataFrame) -> list[_Span]:
    """Join neighbours that are both neutral: on which side of the middle they lie says nothing."""
    joined = spans[:1]
    for span in spans[1:]:
        both = [one.of(table)["is_neutral"].mean() > _MOST and not one.is_given for one in (joined[-1], span)]
        if all(both):
            joined[-1] = _Span(joined[-1].first, span.stop, False)
        else:
            joined.append(span)
    return joined


def _boundaries(
    spans: list[_Span], table: pd.DataFrame, duration_s: float, given_s: Sequence[float]
) -> list[float]:
    """Where scenes begin: at the nearest cut, or where a person said; and the end of the video."""
    cuts = table["cut_s"].dropna().to_numpy(dtype=float)
    wanted = np.asarray(sorted(given_s), dtype=float)
    half = 0.5 * _segment_s(table) + 1e-6
    starts = np.append(table["start_s"].to_numpy(), duration_s)
    edges = [0.0]
    for before, after in itertools.pairwise(spans):
        edge = float(starts[after.first])
        if before.is_given or after.is_given:
            near = wanted[np.abs(wanted - edge) <= half]
        else:
            near = cuts[np.abs(cuts - edge) <= MAX_CUT_DISTANCE_S]
        # Never past the boundaries beside it, wherever those have moved.
        near = near[(near > edges[-1]) & (near < min(starts[after.stop], duration_s))]
        edges.append(float(near[np.argmin(np.abs(near - edge))]) if len(near) else edge)
    return [*edges, float(duration_s)]


def _scene(rows: pd.DataFrame, start_s: float, end_s: float, is_given: bool) -> Scene:
    return Scene(
        start_s=start_s,
        end_s=end_s,
        valence=float(rows["valence"].mean()),
        arousal=float(rows["arousal"].mean()),
        quadrant=str(rows["routed_quadrant"].mode().iloc[0]),
        is_neutral=bool(rows["is_neutral"].mean() > _MOST),
        is_given=is_given,
    )
