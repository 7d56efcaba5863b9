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
#: A fall faster than this is a break (s); a fade takes at least as long as this (s).
BREAK_S = 0.3
FADE_S = 3.0
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
    if fall < BREAK_S:
        return "stops"
    if fall < FADE_S:
        return "ends"
    onsets = heard.onset_times[onset_peaks(heard.onsets)]
    during = np.count_nonzero((onsets > falls_s + 0.5) & (onsets < ends_s - 0.5)) / max(fall - 1, 0.5)
    before = np.count_nonzero((onsets > falls_s - LAST_PART_S) & (onsets <= falls_s)) / min(
        LAST_PART_S, falls_s
    )
    return "fades" if during > GOING_ON * before else "ends"
