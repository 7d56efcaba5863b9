"""Onset strength: how much the spectrum rises from one moment to the next.

    D[b, t] = 20 log10 max(1e-10, mel magnitude),  at least the maximum of the track - 80 dB
    o[t]    = mean over bands b of max(0, D[b, t] - D[b, t - 1])

followed by a high-pass filter that makes the envelope locally zero-mean and a smoothing Gaussian. Being a
difference of decibels, the envelope does not change with gain. Reference: [1]_.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
"""

from collections.abc import Iterable

import librosa.filters
import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, uniform_filter1d
from scipy.signal import lfilter
from scipy.sparse import csr_array

from moodscore.sound.constants import LOW_RATE
from moodscore.sound.waveform import framed, hann, mono_blocks

#: Short-time spectrum: frames of 32 ms, one every 4 ms.
FRAME = 256
HOP = 32
#: Samples of the envelope per second.
ENVELOPE_RATE = LOW_RATE / HOP
#: Time of the envelope's first sample (s): the centre of the second frame, the first that can rise.
ENVELOPE_START_S = (FRAME / 2 + HOP) / LOW_RATE

N_MELS = 40
AMPLITUDE_FLOOR = 1e-10
DYNAMIC_RANGE_DB = 80.0

#: High-pass against the slow drift of the mean.
DC_NUMERATOR = (1.0, -1.0)
DC_DENOMINATOR = (1.0, -0.99)
#: The Gaussian is 20 ms wide between its points of inflection.
SMOOTHING_S = 0.02
_SMOOTHING_SIGMA = SMOOTHING_S / 2 * ENVELOPE_RATE

#: An onset is the highest point of the envelope within this time to either side (s) …
PEAK_DISTANCE_S = 0.05
_PEAK_REACH = round(PEAK_DISTANCE_S * ENVELOPE_RATE)
#: … higher than noise ever gets (dB a frame) …
PEAK_HEIGHT_DB = 0.3
#: … and than the root mean square of the envelope over this time around it (s).
PEAK_LEVEL_S = 4.0
_PEAK_LEVEL = round(PEAK_LEVEL_S * ENVELOPE_RATE)

_HANN = hann(FRAME).astype(np.float32)
# Sparse: each bin lies in two bands. And unlike a dense product, its result never depends on the number
# of threads.
_MEL = csr_array(librosa.filters.mel(sr=LOW_RATE, n_fft=FRAME, n_mels=N_MELS))


def mel_magnitudes(frames: np.ndarray) -> np.ndarray:
    """Magnitude spectrum in mel bands (Slaney's scale, up to 4 kHz).

    Parameters
    ----------
    frames : np.ndarray of float32 [shape=(..., frames, 256)]
        Sound at 8 kHz.

    Returns
    -------
    np.ndarray of float32 [shape=(..., frames, 40)]
    """
    magnitudes = np.abs(scipy.fft.rfft(frames * _HANN, overwrite_x=True))
    flat = magnitudes.reshape(-1, magnitudes.shape[-1])
    return (_MEL @ flat.T).T.reshape(*magnitudes.shape[:-1], N_MELS)


def onset_envelope(y: np.ndarray, sr: float) -> np.ndarray:
    """Onset strength of a whole track.

    The floor hangs on the track's maximum, so the spectrum is computed twice: once for the maximum, once
    for the rises. That costs less than keeping it.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n, channels)]
        The waveform.
    sr : float
        Samples a second.

    Returns
    -------
    np.ndarray [shape=(t,)]
        dB a frame, `ENVELOPE_RATE` values a second, the first at `ENVELOPE_START_S`. Empty for less than
        a frame of sound.
    """
    peak = max((mel.max() for mel in _mel_blocks(y, sr)), default=np.float32(0))
    floor = decibels(peak) - DYNAMIC_RANGE_DB
    rises, before = [np.zeros(0)], np.zeros((0, N_MELS), dtype=np.float32)
    for mel in _mel_blocks(y, sr):
        level = np.concatenate([before, np.maximum(decibels(mel), floor)])
        rises.append(mean_rise(level))
        before = level[-1:]
    return sharpen(np.concatenate(rises))


def splice_envelopes(splices: np.ndarray) -> np.ndarray:
    """Onset strength of each splice by itself, its floor under its own maximum.

    Parameters
    ----------
    splices : np.ndarray [shape=(n, samples)]
        Sound at 8 kHz.

    Returns
    -------
    np.ndarray [shape=(n, t)]
    """
    frames = np.lib.stride_tricks.sliding_window_view(splices.astype(np.float32), FRAME, axis=1)[:, ::HOP]
    level = decibels(mel_magnitudes(frames))
    level = np.maximum(level, level.max(axis=(1, 2), keepdims=True) - DYNAMIC_RANGE_DB)
    return sharpen(mean_rise(level))


def decibels(magnitudes: np.ndarray) -> np.ndarray:
    """Level of a magnitude, in dB."""
    return 20 * np.log10(np.maximum(magnitudes, np.float32(AMPLITUDE_FLOOR)))


def mean_rise(level: np.ndarray) -> np.ndarray:
    """Mean over the bands of the rise from each frame to the next; a fall counts as none.

    Parameters
    ----------
    level : np.ndarray [shape=(..., t + 1, bands)]
        dB.

    Returns
    -------
    np.ndarray [shape=(..., t)]
    """
    rise = np.diff(level, axis=-2)
    return np.maximum(rise, 0, out=rise).mean(axis=-1, dtype=np.float64)


def sharpen(strength: np.ndarray) -> np.ndarray:
    """High-pass and smooth onset strengths along their last axis.

    The filter starts as if the strength had stood at its mean for ever: from rest, it would ring for half
    a second.

    Parameters
    ----------
    strength : np.ndarray [shape=(..., t)]

    Returns
    -------
    np.ndarray [shape=(..., t)]
    """
    if not strength.shape[-1]:
        return strength
    zero_mean = lfilter(DC_NUMERATOR, DC_DENOMINATOR, strength - strength.mean(axis=-1, keepdims=True))
    return gaussian_filter1d(zero_mean, _SMOOTHING_SIGMA, axis=-1, mode="constant")


def onset_peaks(envelope: np.ndarray) -> np.ndarray:
    """Where the onsets are.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
        As `onset_envelope` returns it.

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        Samples of the envelope, ascending.
    """
    if not len(envelope):
        return np.zeros(0, dtype=np.intp)
    highest = maximum_filter1d(envelope, 2 * _PEAK_REACH + 1)
    mean_square = uniform_filter1d(envelope**2, _PEAK_LEVEL)
    height = np.sqrt(np.maximum(mean_square, PEAK_HEIGHT_DB**2))
    return np.flatnonzero((envelope == highest) & (envelope > height))


def _mel_blocks(y: np.ndarray, sr: float) -> Iterable[np.ndarray]:
    """The mel spectrum of a track, block by block."""
    blocks = (block.astype(np.float32, copy=False) for block in mono_blocks(y, sr, LOW_RATE))
    return map(mel_magnitudes, framed(blocks, FRAME, HOP))
