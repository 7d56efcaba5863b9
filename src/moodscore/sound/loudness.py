"""Loudness in sone: the power in each critical band, on the ear's scale.

    P_b = 10 log10(power in band b / power of a full-scale sine) + 94 dB,  at least 0
    S_b = 2^((P_b - 40) / 10)  where P_b >= 40,  (P_b / 40)^2.642  below
    L   = Σ_b S_b

The level of a full-scale sine is fixed: a recording does not tell how loud it was played back, and a
loudness normalised per clip would lose what it is measured for. References: [1]_ the bands, [2]_ and
[3]_ the two branches of the sone scale, [4]_ their use on splices of 0.1 s.

.. [1] E. Zwicker, "Subdivision of the audible frequency range into critical bands", JASA 33, 1961.
.. [2] S. S. Stevens, "The measurement of loudness", JASA 27, 1955.
.. [3] R. A. W. Bladon and B. Lindblom, "Modeling the judgment of vowel quality differences", JASA 69, 1981.
.. [4] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from moodscore.sound.constants import FULL_SCALE_POWER, SAMPLE_RATE
from moodscore.sound.spectra import hann, squared_magnitudes

#: Edges of the critical bands 1 to 18 (Hz).
BARK_EDGES_HZ = (
    *(0, 100, 200, 300, 400, 510, 630, 770, 920, 1080),
    *(1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400),
)
#: Sound pressure level of a full-scale sine (dB): 1 Pa, the level of a microphone calibrator.
FULL_SCALE_SPL = 94.0

#: Welch's method: Hann windows of this many samples that overlap by half.
WELCH_FRAME = 1024
WELCH_HOP = WELCH_FRAME // 2
#: Frequency of each bin of the spectral density (Hz).
WELCH_FREQUENCIES = np.fft.rfftfreq(WELCH_FRAME, 1 / SAMPLE_RATE)

_BIN_HZ = SAMPLE_RATE / WELCH_FRAME
_BAND_STARTS = np.searchsorted(WELCH_FREQUENCIES, BARK_EDGES_HZ)

#: The sone scale: one sone at 40 phon, doubled every 10 phon above, a power law below.
ONE_SONE_PHON = 40.0
DOUBLING_PHON = 10.0
QUIET_EXPONENT = 2.642

_HANN = {np.dtype(kind): hann(WELCH_FRAME).astype(kind) for kind in (np.float32, np.float64)}
_HANN_POWER = 3 / 8 * WELCH_FRAME  # the sum of its squares


def power_spectral_density(splices: np.ndarray) -> np.ndarray:
    """One-sided power spectral density by Welch's method, without the constant part.

    What is removed from each frame is its mean under the window. The plain mean of a frame that holds no
    whole number of periods is not zero, and would be heard as a bass. The transform has the precision of
    the samples, sums are made in double.

    Parameters
    ----------
    splices : np.ndarray of float32 or float64 [shape=(n, samples)]
        Sound at 44.1 kHz, at least `WELCH_FRAME` samples each.

    Returns
    -------
    np.ndarray [shape=(n, 513)]
        Power per Hz at `WELCH_FREQUENCIES`.
    """
    frames = sliding_window_view(splices, WELCH_FRAME, axis=1)[:, ::WELCH_HOP] * _HANN[splices.dtype]
    spectrum = scipy.fft.rfft(frames, overwrite_x=True)
    spectrum[..., 1] += spectrum[..., 0] / 2  # a constant under a Hann window has just these two bins
    spectrum[..., 0] = 0
    density = squared_magnitudes(spectrum).mean(axis=1, dtype=np.float64)
    density[:, 1:-1] *= 2  # the negative frequencies
    density /= SAMPLE_RATE * _HANN_POWER
    return density


def loudness(density: np.ndarray) -> np.ndarray:
    """Loudness of sounds given by their power spectral density.

    Parameters
    ----------
    density : np.ndarray [shape=(n, 513)]
        As `power_spectral_density` returns it.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Sone, 0 or more. A sine of 1 kHz at 40, 60, 70 dB has 1.0, 4.5, 9.2: a little leaks into the
        next bands.
    """
    power = np.add.reduceat(density[:, : _BAND_STARTS[-1]], _BAND_STARTS[:-1], axis=1) * _BIN_HZ
    return sone(phon(power)).sum(axis=1)


def phon(power: np.ndarray) -> np.ndarray:
    """Level of a mean power in dB SPL, at least 0: below is not heard."""
    threshold = FULL_SCALE_POWER * 10 ** (-FULL_SCALE_SPL / 10)
    return 10 * np.log10(np.maximum(power / threshold, 1.0))


def sone(level: np.ndarray) -> np.ndarray:
    """Loudness of a level in phon."""
    loud = 2 ** ((level - ONE_SONE_PHON) / DOUBLING_PHON)
    quiet = (level / ONE_SONE_PHON) ** QUIET_EXPONENT
    return np.where(level >= ONE_SONE_PHON, loud, quiet)
