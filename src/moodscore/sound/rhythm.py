"""Rhythm: how unevenly the power of a splice is spread over the frequencies.

    R = ln Var(S),  S the power spectral density

A struck note concentrates its power, noise and silence spread theirs. The measure is a level, too: a
gain of g moves it by exactly 4 ln g, wherever the variance is above its floor. Reference: [1]_.

.. [1] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

import numpy as np
import scipy.fft

from moodscore.sound.constants import SAMPLE_RATE
from moodscore.sound.spectra import squared_magnitudes

#: Length of the Fourier transform a splice is completed to with zeros.
FFT_LENGTH = 8192
#: The variance never falls below: digital silence has a rhythm, too.
VARIANCE_FLOOR = 1e-20
#: Rhythm of digital silence, the lowest there is.
RHYTHM_FLOOR = float(np.log(VARIANCE_FLOOR))


def periodogram(splices: np.ndarray) -> np.ndarray:
    """One-sided power spectral density of whole splices, the mean of each removed.

    Parameters
    ----------
    splices : np.ndarray of float32 or float64 [shape=(n, samples)]
        Sound at 44.1 kHz, at most `FFT_LENGTH` samples each.

    Returns
    -------
    np.ndarray [shape=(n, 4097)]
        Power per Hz, in the precision of the samples.
    """
    n, samples = splices.shape
    padded = np.zeros((n, FFT_LENGTH), dtype=splices.dtype)
    mean = splices.mean(axis=1, keepdims=True, dtype=np.float64).astype(splices.dtype)
    np.subtract(splices, mean, out=padded[:, :samples])
    density = squared_magnitudes(scipy.fft.rfft(padded, overwrite_x=True))
    density *= 2 / (SAMPLE_RATE * samples)
    density[:, [0, -1]] /= 2  # these have no negative frequency
    return density


def mean_power(density: np.ndarray) -> np.ndarray:
    """Mean square of splices about their mean, from their periodogram (Parseval).

    Parameters
    ----------
    density : np.ndarray [shape=(n, 4097)]
        As `periodogram` returns it.

    Returns
    -------
    np.ndarray [shape=(n,)]
        1 is the power of a full-scale square wave.
    """
    return density.sum(axis=1, dtype=np.float64) * SAMPLE_RATE / FFT_LENGTH


def rhythm(density: np.ndarray) -> np.ndarray:
    """Natural logarithm of the variance of the power spectral density.

    Parameters
    ----------
    density : np.ndarray [shape=(n, 4097)]
        As `periodogram` returns it.

    Returns
    -------
    np.ndarray [shape=(n,)]
        At least `RHYTHM_FLOOR`.
    """
    centred = density.astype(np.float64)
    centred -= centred.mean(axis=1, keepdims=True)
    variance = np.vecdot(centred, centred) / (density.shape[1] - 1)
    return np.log(np.maximum(variance, VARIANCE_FLOOR))
