"""Whether music goes on as a person would have cut it: joins, runs, beats, bars and picture cuts.

Conventions: a soundtrack is a cue sheet in order of time; a *join* is where music follows other music
that it does not go on from, a *jump* one inside a piece, a *change* one from piece to piece. What there is
none of has no figure (NaN).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.vocabulary import JOINS, ON_BEAT_S

#: The next beat is kept within this time of where it would have fallen (s).
BEAT_TOLERANCE_S = 0.07
#: A change is at a picture cut within this time (s).
CUT_TOLERANCE_S = 0.2


@dataclass(frozen=True)
class BeatGrid:
    """The beats of a piece.

    Attributes
    ----------
    beats_s : np.ndarray [shape=(n,)]
        When each begins, from the first sample of the piece.
    bar_position : np.ndarray of int [shape=(n,)]
        Place in the bar, 0 the downbeat; -1 where the bar is not known.
    """

    beats_s: np.ndarray
    bar_position: np.ndarray


def validate(cues: pd.DataFrame) -> None:
    """Check a cue sheet.

    Raises
    ------
    MoodscoreError
        If there is no row.
    """
    if cues.empty:
        raise MoodscoreError("cues: there is none, expected one row a run or segment")


def continuity(
    cues: pd.DataFrame, grids: Mapping[str, BeatGrid], cuts_s: Sequence[float] | np.ndarray
) -> dict[str, float]:
    """All measures of how a soundtrack goes on.

    Parameters
    ----------
    cues : pd.DataFrame
        ``start_s, end_s, source_clip, source_start_s, source_end_s, join`` and, where known,
        ``jump_distance``; one row a run or segment, in order of time.
    grids : mapping of str to BeatGrid
        The beats of each ``source_clip`` that has a beat.
    cuts_s : array_like [shape=(c,)]
        Picture cuts, ascending.

    Returns
    -------
    dict of str to float
        ``joins_per_min``, ``changes_per_min``, ``median_run_s``; ``beat_kept``: share of the jumps after
        which the next beat falls within 70 ms of where it would have fallen (a change sets its own beat);
        ``bar_kept``: of those whose bar is known, the share that also keeps the place in the bar;
        ``changes_at_cuts``: share of the changes within 0.2 s of a picture cut; ``cuts_on_beats``: share of
        the cuts within 80 ms of a beat, and ``cuts_on_beats_chance``, that of cuts anywhere else;
        ``jump_distance_median``.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(cues)
    table = cues.reset_index(drop=True)
    joins = np.flatnonzero(table["join"].isin(JOINS))
    clips = table["source_clip"].to_numpy()
    changes = joins[clips[joins] != clips[joins - 1]] if len(joins) else joins
    jumps = np.setdiff1d(joins, changes)
    minutes = float(table["end_s"].iloc[-1] - table["start_s"].iloc[0]) / 60
    edges = np.append(table["start_s"].to_numpy()[np.append(0, joins)], table["end_s"].iloc[-1])
    cuts = np.asarray(cuts_s, dtype=float)
    beats, bars = _kept(table, jumps, grids)
    on_beats, chance = _cuts_on_beats(table, grids, cuts)
    distances = table["jump_distance"].to_numpy(dtype=float) if "jump_distance" in table else np.array([])
    return {
        "joins_per_min": len(joins) / minutes,
        "changes_per_min": len(changes) / minutes,
        "median_run_s": float(np.median(np.diff(edges))),
        "beat_kept": _mean(beats),
        "bar_kept": _mean(bars),
        "changes_at_cuts": _mean(_near(table["start_s"].to_numpy()[changes], cuts, CUT_TOLERANCE_S)),
        "cuts_on_beats": on_beats,
        "cuts_on_beats_chance": chance,
        "jump_distance_median": _median(distances[np.isfinite(distances)]),
    }


def _mean(flags: np.ndarray) -> float:
    return float(np.mean(flags)) if len(flags) else float("nan")


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _near(times: np.ndarray, others: np.ndarray, within_s: float) -> np.ndarray:
    """Whether each time is near one of the others; nothing is known where there are none."""
    if not len(others):
        return np.empty(0, dtype=bool)
    return np.abs(times[:, np.newaxis] - others).min(axis=1, initial=np.inf) <= within_s + 1e-9


def _kept(
    table: pd.DataFrame, jumps: np.ndarray, grids: Mapping[str, BeatGrid]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each jump keeps the beat, and, of those whose bar is known, the bar."""
    beats, bars = [], []
    for row in jumps:
        grid = grids.get(table["source_clip"].iloc[row])
        if grid is None:
            continue
        left, entered = table["source_end_s"].iloc[row - 1], table["source_start_s"].iloc[row]
        following = np.flatnonzero(grid.beats_s >= entered - BEAT_TOLERANCE_S)
        if not len(following):
            continue
        new = int(following[0])
        would_have = left + grid.beats_s[new] - entered
        old = int(np.argmin(np.abs(grid.beats_s - would_have)))
        is_kept = bool(abs(grid.beats_s[old] - would_have) <= BEAT_TOLERANCE_S)
        beats.append(is_kept)
        if grid.bar_position[new] >= 0 and grid.bar_position[old] >= 0:
            bars.append(is_kept and bool(grid.bar_position[new] == grid.bar_position[old]))
    return np.array(beats, dtype=bool), np.array(bars, dtype=bool)


def _cuts_on_beats(
    table: pd.DataFrame, grids: Mapping[str, BeatGrid], cuts: np.ndarray
) -> tuple[float, float]:
    """Share of the cuts on a beat, and of the time that is as near to one."""
    beats = []
    for row in table.itertuples():
        grid = grids.get(row.source_clip)
        if grid is None:
            continue
        own = grid.beats_s[(grid.beats_s >= row.source_start_s - 1e-9) & (grid.beats_s < row.source_end_s)]
        beats.append(own - row.source_start_s + row.start_s)
    heard = np.sort(np.concatenate(beats)) if beats else np.empty(0)
    if not len(heard) or not len(cuts):
        return float("nan"), float("nan")
    start_s, end_s = float(table["start_s"].iloc[0]), float(table["end_s"].iloc[-1])
    chance = _covered_s(heard, start_s, end_s) / (end_s - start_s)
    return _mean(_near(cuts, heard, ON_BEAT_S)), chance


def _covered_s(times: np.ndarray, start_s: float, end_s: float) -> float:
    """How much of a stretch is within reach of one of the times, which ascend."""
    low = np.clip(times - ON_BEAT_S, start_s, end_s)
    high = np.clip(times + ON_BEAT_S, start_s, end_s)
    reached = np.append(start_s, high[:-1])
    return float((high - np.maximum(low, reached)).clip(min=0).sum())
