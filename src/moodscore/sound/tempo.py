"""Tempo: the time after which the onset envelope repeats itself, seen with a listener's preference.

    TPS(τ) = W(τ) Σ_t o(t) o(t - τ),   W(τ) = exp(-½ (log2(τ / τ0) / σ)²),   tempo = 60 / argmax TPS

with τ0 = 0.5 s, the tempo people tap most readily, and σ = 0.9 octaves. Lags before the first negative
autocorrelation belong to the onset itself and are left out [1]_. For the tempo of each splice by itself
see [2]_.

A loud backbeat repeats itself only every other beat, and above some 120 bpm W no longer makes up for that:
the half of the tempo is found. So where the lag is further from τ0 than its half is, the bass chooses
between the two octaves: the half if the bass repeats itself after that, too.

Hats and a bass on every eighth do the opposite to slow music: its eighths are taken for beats. In decibels
they rise as steeply as the drums; in power every other one of them is weak. So where a pulse alternates
between strong and weak, and the bass neither marks each of its strokes alike nor divides it, the beat is
twice as long: metre is heard from accents [3]_.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
.. [2] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
.. [3] F. Lerdahl and R. Jackendoff, "A generative theory of tonal music", MIT Press, 1983, chapter 4.
"""

import numpy as np
import scipy.fft
from scipy.ndimage import maximum_filter1d

from moodscore.sound.constants import LOW_RATE
from moodscore.sound.contexts import context_bounds
from moodscore.sound.frames import Splicer, segment_means
from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S, OnsetEnvelopes, splice_envelopes

#: The most readily tapped tempo; what is reported where nothing can be heard.
PRIOR_BPM = 120.0
_PRIOR_LAG = 60 / PRIOR_BPM * ENVELOPE_RATE
PRIOR_OCTAVES = 0.9

#: Sound around the centre of a segment that its tempo is read from, and the longest lag (s).
CONTEXT_S = 8.0
MAX_LAG_S = CONTEXT_S / 2
_MAX_LAG = round(MAX_LAG_S * ENVELOPE_RATE)

#: Lags further from the preferred one than their halves are.
_SLOW_LAG = _PRIOR_LAG * 2**0.5
#: The bass goes at twice the tempo if two of three of its repetitions are found after half the lag …
BASS_REPETITIONS = 2 / 3
#: … give or take this time (s) …
BASS_TOLERANCE_S = 0.008
_BASS_REACH = round(BASS_TOLERANCE_S * ENVELOPE_RATE)
#: … and if it beats at all: it repeats itself with this share of its energy.
BASS_PULSE = 0.2

#: A pulse alternates if it repeats itself in power after one stroke so much less than after two.
ALTERNATION = 0.6
#: The bass marks each stroke alike if it repeats itself after one nearly as well as after two; if hardly at
#: all, hats alone play between its strokes, and the pulse may as well be theirs.
BASS_EVENNESS = (0.1, 0.85)
#: The bass divides a pulse if it repeats itself after half of it with this share of what it does after one.
#: Beats are divided; what is not is a division itself.
BASS_DIVISION = 1 / 3
#: Beats slower than this are no longer felt as a pulse (bpm).
SLOWEST_BPM = 55.0

#: A repetition weaker than this share of the envelope's energy is rounding, not rhythm.
PERIODICITY_FLOOR = 1e-6

_AT_ONCE = 64  # contexts transformed together: bounds the memory


def tempo(envelopes: np.ndarray) -> np.ndarray:
    """Tempo of each onset envelope.

    Parameters
    ----------
    envelopes : np.ndarray [shape=(n, t)]
        Onset strength, `ENVELOPE_RATE` values a second.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Beats a minute; NaN where the envelope never repeats itself.
    """
    n, length = envelopes.shape
    if length < 2:
        return np.full(n, np.nan)
    lags = np.arange(1, min(_MAX_LAG, length - 1) + 1)
    weight = np.exp(-0.5 * (np.log2(lags / _PRIOR_LAG) / PRIOR_OCTAVES) ** 2)
    correlation = autocorrelation(envelopes, lags[-1])
    energy, correlation = correlation[:, :1], correlation[:, 1:]
    beyond_onset = np.logical_or.accumulate(correlation < 0, axis=1)
    salience = np.where(beyond_onset, correlation * weight, 0.0)
    best = salience.argmax(axis=1)
    repeats = salience.max(axis=1) > PERIODICITY_FLOOR * energy[:, 0]
    return np.where(repeats, 60 * ENVELOPE_RATE / lags[best], np.nan)


def autocorrelation(x: np.ndarray, max_lag: int) -> np.ndarray:
    """Linear autocorrelation ``r[k] = Σ_t x[t] x[t + k]`` along the last axis, by FFT.

    Parameters
    ----------
    x : np.ndarray [shape=(n, t)]
    max_lag : int
        Largest lag, less than ``t``.

    Returns
    -------
    np.ndarray [shape=(n, max_lag + 1)]
    """
    length = scipy.fft.next_fast_len(x.shape[1] + max_lag, real=True)
    spectrum = scipy.fft.rfft(x, length)
    return scipy.fft.irfft(spectrum.real**2 + spectrum.imag**2, length)[:, : max_lag + 1]


def doubled_by_bass(bpm: np.ndarray, bass: np.ndarray) -> np.ndarray:
    """Choose between tempi and their doubles by what the bass does.

    Parameters
    ----------
    bpm : np.ndarray [shape=(n,)]
        As `tempo` finds them; NaN stays NaN.
    bass : np.ndarray [shape=(n, t)]
        Onset strength of the bass in the same contexts.

    Returns
    -------
    np.ndarray [shape=(n,)]
        ``bpm`` or its double. The double is never further from the preferred tempo.
    """
    doubled = bpm.copy()
    slow = np.flatnonzero(60 * ENVELOPE_RATE / bpm > _SLOW_LAG)
    if len(slow):
        lags = np.rint(60 * ENVELOPE_RATE / bpm[slow]).astype(np.int64)
        correlation = autocorrelation(bass[slow], lags.max())
        energy = correlation[:, 0]
        nearby = maximum_filter1d(correlation, 2 * _BASS_REACH + 1, axis=1)
        row = np.arange(len(slow))
        whole, half = nearby[row, lags], nearby[row, lags // 2]
        fast = (whole > BASS_PULSE * energy) & (half >= BASS_REPETITIONS * whole)
        doubled[slow[fast]] *= 2
    return doubled


def halved_by_accents(bpm: np.ndarray, bass: np.ndarray, accent: np.ndarray) -> np.ndarray:
    """Choose between tempi and their halves by whether every other stroke is weak.

    Parameters
    ----------
    bpm : np.ndarray [shape=(n,)]
        As `tempo` finds them; NaN stays NaN.
    bass, accent : np.ndarray [shape=(n, t)]
        Onset strength of the bass, and the rise of power, in the same contexts.

    Returns
    -------
    np.ndarray [shape=(n,)]
        ``bpm`` or its half, which is at least `SLOWEST_BPM`.
    """
    halved = bpm.copy()
    length = accent.shape[1]
    stroke = 60 * ENVELOPE_RATE / bpm
    fits = (bpm >= 2 * SLOWEST_BPM) & (2 * stroke + _BASS_REACH < length)
    fast = np.flatnonzero(fits)
    if len(fast):
        half, one, two = (np.rint(n * stroke[fast]).astype(np.int64) for n in (0.5, 1, 2))
        power_one, power_two = _repetitions(accent[fast], one, two)
        low_half, low_one, low_two = _repetitions(bass[fast], half, one, two)
        alternates = (power_two > BASS_PULSE) & (power_one < ALTERNATION * power_two)
        low_share = np.divide(low_one, low_two, out=np.ones_like(low_one), where=low_two > BASS_PULSE)
        is_uneven = (BASS_EVENNESS[0] < low_share) & (low_share < BASS_EVENNESS[1])
        is_undivided = low_half < BASS_DIVISION * low_one
        halved[fast[alternates & is_uneven & is_undivided]] /= 2
    return halved


def _repetitions(envelope: np.ndarray, *lags: np.ndarray) -> list[np.ndarray]:
    """How well envelopes [shape=(n, t)] repeat after lags [shape=(n,)], 1 being as well as after none."""
    correlation = autocorrelation(envelope, max(lag.max() for lag in lags) + _BASS_REACH)
    length, row = envelope.shape[1], np.arange(len(envelope))
    energy = correlation[:, :1] / length
    overlap = length - np.arange(correlation.shape[1])
    share = np.divide(correlation / overlap, energy, out=np.zeros_like(correlation), where=energy > 0)
    nearby = maximum_filter1d(share, 2 * _BASS_REACH + 1, axis=1)
    return [nearby[row, lag] for lag in lags]


def segment_tempi(envelopes: OnsetEnvelopes, segment_s: float, n_segments: int) -> np.ndarray:
    """Tempo of each segment, from the sound around its centre.

    Parameters
    ----------
    envelopes : OnsetEnvelopes
        Onset strength of the whole track.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many, from the start.

    Returns
    -------
    np.ndarray [shape=(n_segments,)]
        Beats a minute, NaN where nothing repeats.
    """
    n_frames = len(envelopes.full)
    bounds = context_bounds(n_frames, ENVELOPE_RATE, ENVELOPE_START_S, CONTEXT_S, segment_s, n_segments)
    tempi = [np.zeros(0)]
    for first in range(0, n_segments, _AT_ONCE):
        group = bounds[first : first + _AT_ONCE]
        full, bass, accent = (
            None if envelope is None else np.array([envelope[start:stop] for start, stop in group])
            for envelope in envelopes
        )
        bpm = doubled_by_bass(tempo(full), bass)
        tempi.append(bpm if accent is None else halved_by_accents(bpm, bass, accent))
    return np.concatenate(tempi)


def splice_tempi(splices: np.ndarray) -> np.ndarray:
    """Tempo of each splice by itself, as in [2]_.

    A repetition inside a tenth of a second is at 600 bpm or more: this is a measure of texture rather
    than of tempo.

    Parameters
    ----------
    splices : np.ndarray [shape=(n, samples)]
        Sound at 8 kHz.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Beats a minute, NaN where nothing repeats.
    """
    return tempo(splice_envelopes(splices))


class SpliceTempoListener:
    """Hears the tempo of every segment as the mean of its splices', each taken by itself.

    Parameters
    ----------
    n_samples : int
        Length of the track at 8 kHz.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many, from the start.

    Attributes
    ----------
    tempi : np.ndarray [shape=(n_segments,)]
        Beats a minute, NaN where no splice repeats itself.
    """

    rate = LOW_RATE

    def __init__(self, n_samples: int, segment_s: float, n_segments: int):
        self._splicer = Splicer(self.rate, n_samples, segment_s, n_segments)
        self.tempi = np.full(n_segments, np.nan)

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 8 kHz [shape=(m,)]."""
        for segments, splices, counts in self._splicer.cut(block):
            bpm = splice_tempi(splices)
            beating = np.isfinite(bpm)
            share = segment_means(beating, counts)
            total = segment_means(np.where(beating, bpm, 0.0), counts)
            np.divide(total, share, out=self.tempi[segments], where=share > 0)
