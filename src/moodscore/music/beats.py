"""Where the beat of a snippet falls, and how clear it is.

Two pieces of music that follow each other keep time if the second one's beat falls where the first
one's would have. For that each snippet knows the phase of its beat: its onset strength (Ellis 2007 [1]_)
is folded at the period of its tempo, and where the folded curve is highest is the beat. How clear the beat
is says the share of the envelope's energy that the fold keeps, which is 1 for strict repetition.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
"""

import math

import numpy as np
import pandas as pd

from moodscore.samples import SampleSource

#: A beat less clear than this is none to keep time with.
CLEAR_STRENGTH = 0.35
#: Tempi further apart than this, in octaves, do not keep time with each other for long: 4 %.
SAME_TEMPO_OCTAVES = 0.06
#: A snippet starts at most this much earlier or later for the sake of the beat (s).
MAX_SHIFT_S = 0.25
#: Sound around the middle of a snippet in which its beat is looked for (s).
CONTEXT_S = 6.0
BEAT_COLUMNS = ("beat_s", "beat_strength")


def describe_beats(audio: SampleSource, bounds, tempo_bpm) -> pd.DataFrame:
    """Find the phase of the beat of every snippet of a soundtrack.

    Parameters
    ----------
    audio : SampleSource
        The soundtrack, heard once; channels are averaged.
    bounds : array_like of int [shape=(n, 2)]
        First sample and one past the last sample of each snippet.
    tempo_bpm : array_like of float [shape=(n,)]
        Tempo of each snippet in beats a minute, positive.

    Returns
    -------
    pd.DataFrame [shape=(n, 2)]
        ``beat_s``: the first beat at or after the snippet's start, in seconds from it, in [0, period);
        ``beat_strength``: 0 (no beat) to 1 (nothing but beat).
    """
    from moodscore.sound.listening import listen
    from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S, OnsetListener

    listener = OnsetListener()
    listen(audio, listener)
    envelope = listener.envelopes().full
    times = ENVELOPE_START_S + np.arange(len(envelope)) / ENVELOPE_RATE
    bounds_s = np.asarray(bounds).reshape(-1, 2) / audio.sample_rate
    beats = np.zeros((len(bounds_s), len(BEAT_COLUMNS)))
    for i, (start, stop) in enumerate(bounds_s):
        middle = (start + stop) / 2
        first, last = np.searchsorted(times, [middle - CONTEXT_S / 2, middle + CONTEXT_S / 2])
        beats[i] = fold(envelope[first:last], times[first:last] - start, 60 / tempo_bpm[i])
    return pd.DataFrame(beats, columns=list(BEAT_COLUMNS))


def fold(envelope: np.ndarray, times: np.ndarray, period: float) -> tuple[float, float]:
    """Phase and strength of a beat.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
        Onset strength, evenly spaced.
    times : np.ndarray [shape=(t,)]
        When each value was (s).
    period : float
        Time from beat to beat (s).

    Returns
    -------
    phase : float
        Time of a beat, in [0, period).
    strength : float
        Variance of the folded envelope over that of the envelope, 0 to 1. What is folded less than
        twice is no repetition: 0.
    """
    energy = envelope.var() if len(envelope) else 0.0
    if energy == 0 or times[-1] - times[0] < 2 * period:
        return 0.0, 0.0
    n_phases = max(round(period / (times[1] - times[0])), 1)
    # Rounding may bring a phase just below a whole period up to it.
    phases = np.minimum((times % period / period * n_phases).astype(np.int64), n_phases - 1)
    counts = np.bincount(phases, minlength=n_phases)
    folded = np.bincount(phases, weights=envelope, minlength=n_phases) / np.maximum(counts, 1)
    strength = np.average((folded - envelope.mean()) ** 2, weights=counts) / energy
    return float((folded.argmax() + 0.5) / n_phases * period), float(min(strength, 1.0))


def beat_shift_s(
    to_next_beat_s: tuple[float, float], periods_s: tuple[float, float], strengths: tuple[float, float]
) -> float:
    """How much later a snippet must start for its beat to fall where that of the music before it would.

    Parameters
    ----------
    to_next_beat_s : tuple of float
        From the join to the next beat of the music before it, were that to go on, and of the snippet.
    periods_s : tuple of float
        Time from beat to beat of either. One may be twice or half the other: any beat of the faster will do.
    strengths : tuple of float
        How clear either beat is.

    Returns
    -------
    float
        Seconds, at most `MAX_SHIFT_S` to either side; 0 where a beat is not clear or too far away, or the
        tempi differ.
    """
    octaves = math.log2(periods_s[0] / periods_s[1])
    if min(strengths) < CLEAR_STRENGTH or abs(octaves - round(octaves)) > SAME_TEMPO_OCTAVES:
        return 0.0
    period = min(periods_s)
    shift = to_next_beat_s[1] - to_next_beat_s[0]
    shift -= period * round(shift / period)
    return shift if abs(shift) <= MAX_SHIFT_S else 0.0
