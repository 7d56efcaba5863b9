"""Tempo: the time after which the onset envelope repeats itself, seen with a listener's preference.

    TPS(τ) = W(τ) Σ_t o(t) o(t - τ),   W(τ) = exp(-½ (log2(τ / τ0) / σ)²),   tempo = 60 / argmax TPS

with τ0 = 0.5 s, the tempo people tap most readily, and σ = 0.9 octaves. Lags before the first negative
autocorrelation belong to the onset itself and are left out. References: [1]_ and, for the tempo of each
splice by itself, [2]_.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
.. [2] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

import numpy as np
import scipy.fft

from moodscore.sound.contexts import context_bounds
from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S, splice_envelopes

#: The most readily tapped tempo; what is reported where nothing can be heard.
PRIOR_BPM = 120.0
_PRIOR_LAG = 60 / PRIOR_BPM * ENVELOPE_RATE
PRIOR_OCTAVES = 0.9

#: Sound around the centre of a segment that its tempo is read from, and the longest lag (s).
CONTEXT_S = 8.0
MAX_LAG_S = CONTEXT_S / 2
_MAX_LAG = round(MAX_LAG_S * ENVELOPE_RATE)

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


def segment_tempi(envelope: np.ndarray, segment_s: float, n_segments: int) -> np.ndarray:
    """Tempo of each segment, from the sound around its centre.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
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
    bounds = context_bounds(len(envelope), ENVELOPE_RATE, ENVELOPE_START_S, CONTEXT_S, segment_s, n_segments)
    groups = (bounds[first : first + _AT_ONCE] for first in range(0, n_segments, _AT_ONCE))
    tempi = [tempo(np.array([envelope[start:stop] for start, stop in group])) for group in groups]
    return np.concatenate([np.zeros(0), *tempi])


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
