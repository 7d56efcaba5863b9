"""How regular a piece is in its own time: measured from beat to beat, whatever the tempo does.

With the beats as a clock, a drifting tempo drifts no more, and what repeats after beats and bars shows in one
autocorrelation of the whole piece. It tells how clear the beat is. And it tells a beat from its three
quarters: music in dotted notes repeats after those, too, but its bars do not.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from moodscore.pieces.listening import Heard
from moodscore.pieces.tempo_path import PREFERENCE_OCTAVES, PREFERRED_S
from moodscore.sound.tempo import autocorrelation

#: Points in time for each beat: that many parts it can be divided into, and their thirds and quarters.
CELLS = 24
#: A clear beat is heard again after so many beats.
AFTER_BEATS = (1, 2, 4)
#: Other periods that are considered, in beats. Halves and doubles are a matter of taste, not of error.
RATIOS = (4 / 3,)
#: Another period must fit so much better.
BETTER = 1.1
#: What bars count beside beats.
BAR_WEIGHT = 1.5
#: Two bars of the longest metre, at the longest ratio, fit in so many beats.
_LONGEST = 12
_BLUR = 1.0  # cells


def regularity(envelope: np.ndarray, beats: np.ndarray) -> float:
    """How much of the onsets comes again after 1, 2 and 4 beats.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
        Onset strength.
    beats : np.ndarray [shape=(n,)]
        Samples of it at which the beats are, ascending.

    Returns
    -------
    float
        Mean normalised autocorrelation, 0 (none) to 1.
    """
    if len(beats) <= 2 * max(AFTER_BEATS):
        return 0.0
    onsets = np.interp(_clock(beats), np.arange(len(envelope)), envelope)
    repeated = _repeated(gaussian_filter1d(onsets, _BLUR)[:, None], max(AFTER_BEATS) * CELLS)
    return float(np.clip(np.mean(repeated[np.array(AFTER_BEATS) * CELLS]), 0, 1))


def better_ratio(heard: Heard, beats_s: np.ndarray) -> float:
    """Whether another period fits the piece better than the one that was found.

    Onsets, bass and harmony should come again after a beat, two, and most of all after bars of three or
    four and their doubles.

    Parameters
    ----------
    heard : Heard
        The piece.
    beats_s : np.ndarray [shape=(n,)]
        Its beats so far.

    Returns
    -------
    float
        1, or one of `RATIOS` by which the period had better be multiplied.
    """
    if len(beats_s) <= 2 * _LONGEST:
        return 1.0
    times = _clock(beats_s)
    chroma = np.sqrt(heard.chroma)
    norm = np.linalg.norm(chroma, axis=1, keepdims=True)
    chroma = np.divide(chroma, norm, out=np.zeros_like(chroma), where=norm > 0)
    parts = [
        *(
            gaussian_filter1d(np.interp(times, heard.onset_times, np.maximum(strength, 0)), _BLUR)[:, None]
            for strength in (heard.onsets, heard.bass)
        ),
        np.column_stack([np.interp(times, heard.frame_times, row) for row in chroma.T]),
    ]
    repeated = sum(_repeated(part, _LONGEST * CELLS) for part in parts)
    repeated = maximum_filter1d(repeated, 5)  # what drifts over a bar does not miss its cell
    period_s = float(np.median(np.diff(beats_s)))
    found = _fit(repeated, 1.0, period_s)
    best = max(RATIOS, key=lambda ratio: _fit(repeated, ratio, period_s))
    return best if _fit(repeated, best, period_s) > BETTER * max(found, 0.0) else 1.0


def _fit(repeated: np.ndarray, ratio: float, period_s: float) -> float:
    def after(beats: float) -> float:
        return float(repeated[round(beats * ratio * CELLS)])

    bars = max(after(4) + after(8), after(3) + after(6)) / 2
    liking = np.exp(-0.5 * (np.log2(ratio * period_s / PREFERRED_S) / PREFERENCE_OCTAVES) ** 2)
    return liking * (after(1) + after(2) / 2 + BAR_WEIGHT * bars)


def _clock(beats: np.ndarray) -> np.ndarray:
    """Evenly spaced points between the beats, `CELLS` for each [shape=((n - 1) * CELLS,)]."""
    return np.interp(np.arange((len(beats) - 1) * CELLS) / CELLS, np.arange(len(beats)), beats)


def _repeated(values: np.ndarray, longest: int) -> np.ndarray:
    """Normalised autocorrelation, summed over the columns; 0 where nothing changes [shape=(longest + 1,)]."""
    longest = min(longest, len(values) - 1)
    centred = values - values.mean(axis=0)
    sums = autocorrelation(np.ascontiguousarray(centred.T), longest).sum(axis=0)
    if sums[0] <= 0:
        return np.zeros(longest + 1)
    return sums / sums[0] * len(values) / (len(values) - np.arange(longest + 1))
