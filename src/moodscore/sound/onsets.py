"""Onset strength: how much the spectrum rises from one moment to the next.

    D[b, t] = 20 log10 max(1e-10, mel magnitude),  at least the maximum of the track - 80 dB
    o[t]    = mean over bands b of max(0, D[b, t] - D[b, t - 1])

followed by a high-pass filter that makes the envelope locally zero-mean and a smoothing Gaussian. Being a
difference of decibels, the envelope does not change with gain. Reference: [1]_.

The bass has an envelope of its own, the mean over the lowest bands. A kick drum sounds in a few bands and
a snare drum in all, so in the mean over all bands the one all but vanishes beside the other; in the bass
they are alike, and hi-hats are absent. It is the bass that listeners keep time with [2]_.

A third envelope tells how loud an onset is, which differences of decibels do not: the rise of the power,
summed over the bands. In it a drum on the beat stands above what hats and bass play between the beats.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
.. [2] M. J. Hove, C. Marie, I. C. Bruce and L. J. Trainor, "Superior time perception for lower musical pitch
   explains why bass-ranged instruments lay down musical rhythms", PNAS 111(28), 2014.
"""

import tempfile
import weakref
from typing import NamedTuple

import librosa.filters
import numpy as np
import scipy.fft
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, uniform_filter1d
from scipy.signal import lfilter
from scipy.sparse import csr_array

from moodscore.sound.constants import LOW_RATE
from moodscore.sound.frames import Framer
from moodscore.sound.spectra import hann, magnitudes

#: Short-time spectrum: frames of 32 ms, one every 4 ms.
FRAME = 256
HOP = 32
#: Samples of the envelope per second.
ENVELOPE_RATE = LOW_RATE / HOP
#: Time of the envelope's first sample (s): the centre of the second frame, the first that can rise.
ENVELOPE_START_S = (FRAME / 2 + HOP) / LOW_RATE

N_MELS = 40
#: The lowest bands, up to 0.5 kHz, hold the bass.
N_BASS_MELS = 8
AMPLITUDE_FLOOR = 1e-10
DYNAMIC_RANGE_DB = 80.0
#: Bytes of levels held in memory: those of half an hour.
LEVELS_HELD = 2**26
_LEVELS_AT_ONCE = 4096 * N_MELS * np.dtype(np.float32).itemsize

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
    spectrum = magnitudes(scipy.fft.rfft(frames * _HANN, overwrite_x=True))
    flat = spectrum.reshape(-1, spectrum.shape[-1])
    return (_MEL @ flat.T).T.reshape(*spectrum.shape[:-1], N_MELS)


class OnsetEnvelopes(NamedTuple):
    """Onset strength over time: dB a frame, `ENVELOPE_RATE` a second, the first at `ENVELOPE_START_S`.

    Attributes
    ----------
    full : np.ndarray [shape=(t,)]
        Of all bands.
    bass : np.ndarray [shape=(t,)]
        Of the lowest bands.
    accent : np.ndarray [shape=(t,)] or None
        The rise of power, in which loud onsets stand out; on no scale but its own.
    """

    full: np.ndarray
    bass: np.ndarray
    accent: np.ndarray | None = None


class OnsetListener:
    """Hears the onset strength of a whole track.

    The floor hangs on the track's maximum, which is known at its end only. Until then the levels are kept,
    in memory as far as `LEVELS_HELD` goes, in a temporary file beyond: hearing the track again would mean
    decoding it again.
    """

    rate = LOW_RATE

    def __init__(self):
        self._framer = Framer(FRAME, HOP)
        self._levels = tempfile.SpooledTemporaryFile(LEVELS_HELD)  # noqa: SIM115 - closed by the next line
        weakref.finalize(self, self._levels.close)
        self._peak = -np.inf

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 8 kHz [shape=(m,)]."""
        level = decibels(mel_magnitudes(self._framer.cut(block.astype(np.float32, copy=False))))
        self._peak = max(self._peak, level.max(initial=-np.inf))
        self._levels.write(np.ascontiguousarray(level))

    def envelopes(self) -> "OnsetEnvelopes":
        """Onset strength of what was heard; empty for less than a frame of sound."""
        floor = np.float32(self._peak - DYNAMIC_RANGE_DB)
        rises, before = [np.zeros((3, 0))], np.zeros((0, N_MELS), dtype=np.float32)
        self._levels.seek(0)
        while stored := self._levels.read(_LEVELS_AT_ONCE):
            level = np.maximum(np.frombuffer(stored, dtype=np.float32).reshape(-1, N_MELS), floor)
            level = np.concatenate([before, level])
            bass = level[:, :N_BASS_MELS]
            rises.append(np.array([mean_rise(level), mean_rise(bass), power_rise(level, self._peak)]))
            before = level[-1:]
        return OnsetEnvelopes(*map(sharpen, np.concatenate(rises, axis=1)))


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


def decibels(magnitude: np.ndarray) -> np.ndarray:
    """Level of a magnitude, in dB."""
    return 20 * np.log10(np.maximum(magnitude, np.float32(AMPLITUDE_FLOOR)))


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


def power_rise(level: np.ndarray, loudest: float) -> np.ndarray:
    """Sum over the bands of the rise of power from each frame to the next; a fall counts as none.

    Parameters
    ----------
    level : np.ndarray [shape=(..., t + 1, bands)]
        dB.
    loudest : float
        The level that has power 1.

    Returns
    -------
    np.ndarray [shape=(..., t)]
    """
    rise = np.diff(np.exp((level - np.float32(loudest)) * np.float32(np.log(10) / 10)), axis=-2)
    return np.maximum(rise, 0, out=rise).sum(axis=-1, dtype=np.float64)


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
        Of all bands.

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
