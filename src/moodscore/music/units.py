"""A piece in units that music is entered and left at, and the clock both it and the video go by."""

import math
from dataclasses import dataclass

import numpy as np

from moodscore.music.repertoire import Material

#: Resolution of the search (s); what is rendered is exact to the sample.
TICK_S = 0.05
#: No jump before so many beats.
MIN_RUN_BEATS = 16
#: After its last beat a piece may ring out for so long (s).
TAIL_S = 1.0


@dataclass(frozen=True)
class Clock:
    """Where the segments of a video lie, in ticks.

    Attributes
    ----------
    edges : np.ndarray of int [shape=(segments + 1,)]
        Starts of the segments, and the end of the last.
    """

    edges: np.ndarray

    @property
    def end(self) -> int:
        """Length of the video."""
        return int(self.edges[-1])


@dataclass(frozen=True)
class Units:
    """The bars of a piece, or its beats.

    Attributes
    ----------
    first_beat : np.ndarray of int [shape=(n + 1,)]
        The beat each unit starts with; the last entry is the number of beats. The last unit is the tail.
    onset : np.ndarray of int [shape=(n + 1,)]
        Tick at which each unit starts in the piece, and at which the last one ends.
    beat_onset : np.ndarray of int
        The same of each beat.
    is_landing : np.ndarray of bool [shape=(n,)]
        Where the piece may be entered.
    lag : int
        Units in the shortest run.
    """

    first_beat: np.ndarray
    onset: np.ndarray
    beat_onset: np.ndarray
    is_landing: np.ndarray
    lag: int

    @classmethod
    def of(cls, material: Material, min_run_beats: int = MIN_RUN_BEATS) -> "Units":
        """The units of a piece."""
        piece = material.piece
        n_beats = len(piece.beats_s) - 1
        position = np.asarray(piece.bar_position)
        has_bars = piece.metre > 0 and bool((position == 0).any())
        heads = np.union1d([0], np.flatnonzero(position == 0)) if has_bars else np.arange(n_beats)
        beat_onset = _ticks(np.append(piece.beats_s, piece.beats_s[-1] + TAIL_S))
        first_beat = np.concatenate([heads, [n_beats, n_beats + 1]]).astype(np.int64)
        landing = np.append(position[heads] <= 0 if has_bars else np.ones(len(heads), bool), False)
        audible = beat_onset[heads] * TICK_S < max(piece.ends_s, piece.begins_s)
        landing[:-1] &= audible if (audible & landing[:-1]).any() else True
        lag = max(math.ceil(min_run_beats / piece.metre) if has_bars else min_run_beats, 1)
        return cls(first_beat, beat_onset[first_beat], beat_onset, landing, min(lag, len(heads)))

    @property
    def n(self) -> int:
        """How many there are, the tail among them."""
        return len(self.is_landing)

    @property
    def lengths(self) -> np.ndarray:
        """Ticks each lasts."""
        return np.diff(self.onset)


def _ticks(seconds: np.ndarray) -> np.ndarray:
    """Seconds in ticks, each beat at least one long."""
    ticks = np.rint(np.asarray(seconds) / TICK_S).astype(np.int64)
    return np.maximum.accumulate(ticks - np.arange(len(ticks))) + np.arange(len(ticks))
