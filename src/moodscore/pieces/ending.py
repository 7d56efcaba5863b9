"""Where a piece is first and last heard, and how it ends.

A piece that fades out goes on playing while it grows quiet; one that ends rings out after its last notes; one
that is broken off is loud and then gone.
"""

import numpy as np

from moodscore.pieces.features import levels_db
from moodscore.pieces.listening import Heard
from moodscore.sound.onsets import onset_peaks

#: What is so far below the loud parts is not heard (dB); those are this quantile of all.
AUDIBLE_DB = -50.0
LOUD_QUANTILE = 0.9
#: A piece has begun to end when it stays so far below its last part (dB), a part so long (s).
FALLEN_DB = -6.0
LAST_PART_S = 12.0
#: What was as loud as this beside the loud parts (dB) so short a time ago did not end by itself (s).
BROKEN_DB = -15.0
BREAK_S = 0.15
#: A fade takes at least as long as this, and without notes that tell it from a chord dying away, as
#: long as that (s).
FADE_S = 3.0
LONG_FADE_S = 8.0
#: A hand on a fader moves evenly: level or amplitude is nearly a straight line (r²).
STRAIGHT = 0.85
#: What is measured of it: the loudest of so long a time, so that every note has its turn (s), from where it
#: is still within this of the loudest (dB), not longer ago than this (s).
BAR_S = 2.0
STILL_LOUD_DB = -2.0
LONGEST_FADE_S = 24.0
#: While a piece fades, notes keep coming: at least this share of those before.
GOING_ON = 0.4


def audible_span(heard: Heard, duration_s: float) -> tuple[float, float]:
    """When something is first and last heard (s); the whole where nothing is."""
    level = levels_db(heard.power)
    if not len(level) or not heard.power.any():
        return 0.0, duration_s
    audible = np.flatnonzero(level > np.quantile(level, LOUD_QUANTILE) + AUDIBLE_DB)
    times = heard.frame_times
    # A frame is half its length early or late; at the ends of the sound there is no frame to tell.
    begins = 0.0 if audible[0] == 0 else float(times[audible[0]])
    ends = duration_s if audible[-1] == len(level) - 1 else float(times[audible[-1]])
    return begins, ends


def find_ending(heard: Heard, ends_s: float) -> str:
    """How a piece ends: ``ends``, ``fades`` or ``stops``."""
    level, times = levels_db(heard.power), heard.frame_times
    if not len(level) or not heard.power.any():
        return "stops"
    # Between the beats of a sparse piece it is quiet, so the loudest of a second counts.
    body = (times > ends_s - LAST_PART_S) & (times <= ends_s)
    if not body.any():
        return "stops"
    loud = np.quantile(level[body], LOUD_QUANTILE)
    high = np.flatnonzero(level > loud + FALLEN_DB)
    falls_s = float(times[high[-1]])
    fall = ends_s - falls_s
    if ends_s - times[level > loud + BROKEN_DB][-1] < BREAK_S:
        return "stops"
    if fall < FADE_S:
        return "ends"
    if not _is_straight(level, times, ends_s):
        return "ends"
    before, during = _onset_rates(heard, falls_s, ends_s)
    goes_on = during > GOING_ON * before if before > 0 else fall > LONG_FADE_S
    return "fades" if goes_on else "ends"


def _is_straight(level: np.ndarray, times: np.ndarray, ends_s: float) -> bool:
    """Whether the loudest of every bar or so falls evenly once it begins to fall."""
    marks = np.arange(max(ends_s - LONGEST_FADE_S, 0.0), ends_s - BAR_S / 2, 0.25)
    bounds = np.searchsorted(times, [marks, marks + BAR_S]).T
    highest = np.array([level[a:b].max(initial=level.min()) for a, b in bounds])
    start = np.flatnonzero(highest > np.quantile(highest, LOUD_QUANTILE) + STILL_LOUD_DB)[-1]
    marks, highest = marks[start:], highest[start:]
    r = [np.corrcoef(marks, x)[0, 1] for x in (highest, 10 ** (highest / 20)) if np.ptp(x) > 0]
    return any(x < 0 and x * x > STRAIGHT for x in r)


def _onset_rates(heard: Heard, falls_s: float, ends_s: float) -> tuple[float, float]:
    """Onsets a second in the last part before the fall and, well inside it, during the fall."""
    onsets = heard.onset_times[onset_peaks(heard.onsets)]

    def rate(start_s: float, stop_s: float) -> float:
        return np.count_nonzero((onsets > start_s) & (onsets <= stop_s)) / max(stop_s - start_s, 0.5)

    return rate(max(falls_s - LAST_PART_S, 0.0), falls_s), rate(falls_s + 0.5, ends_s - 0.5)
