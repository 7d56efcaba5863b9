"""Cues to the emotion of music beyond its beat and level: mode, key, brightness and onset rate.

**Key and mode** [1]_: the pitch classes heard in a context of some seconds are correlated with the
probe-tone profiles of the 12 major and 12 minor keys. The key is the best of the 24; the mode is the
best major minus the best minor correlation, so a listener's doubt is a value near 0. The pitch classes
are those of the spectral peaks [2]_, which leaves noise and drums out.

**Brightness**: natural logarithm of the spectral centroid ``Σ f A(f) / Σ A(f)``, A the root of the power
spectral density. **Onset rate**: peaks of the onset envelope a second. That these cues add up is the
finding of [3]_.

.. [1] C. L. Krumhansl, "Cognitive Foundations of Musical Pitch", Oxford University Press, 1990.
.. [2] E. Gómez, "Tonal description of polyphonic audio for music content processing", INFORMS Journal
   on Computing 18(3), 2006.
.. [3] T. Eerola, A. Friberg and R. Bresin, "Emotional expression in music: contribution, linearity, and
   additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.
"""

import numpy as np
import scipy.fft

from moodscore.sound.constants import LOW_RATE
from moodscore.sound.contexts import context_bounds
from moodscore.sound.frames import Framer
from moodscore.sound.loudness import WELCH_FREQUENCIES
from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S, onset_peaks
from moodscore.sound.spectra import hann, magnitudes

PITCH_CLASSES = 12
#: Concert pitch (Hz) and the pitch class it has, counted from C.
CONCERT_A_HZ = 440.0
CONCERT_A_CLASS = 9

#: Probe-tone ratings of the 12 pitch classes in C major and C minor (Krumhansl & Kessler 1982).
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

#: Pitch spectrum: frames of 0.5 s, long enough to tell semitones above `LOWEST_HZ` apart.
CHROMA_FRAME = 4096
CHROMA_HOP = 1024
CHROMA_RATE = LOW_RATE / CHROMA_HOP
#: Time of the first chroma frame (s): its centre.
CHROMA_START_S = CHROMA_FRAME / 2 / LOW_RATE
#: Pitches are looked for between these frequencies (Hz): C3 to C7.
LOWEST_HZ = 127.0
HIGHEST_HZ = 2160.0
#: Peaks further below the highest of their frame are not heard as pitches.
PEAK_RANGE_DB = 40.0

#: Sound around the centre of a segment that its key and its onset rate are read from (s).
KEY_CONTEXT_S = 6.0
ONSET_CONTEXT_S = 4.0

#: A spectrum whose pitch classes differ by less than this share of their mean has no key.
FLATNESS_FLOOR = 1e-9

_NO_MAGNITUDE = 1e-300  # has a logarithm, and is below any peak in single precision
_LOW_BIN = int(LOWEST_HZ * CHROMA_FRAME / LOW_RATE)
_HIGH_BIN = int(HIGHEST_HZ * CHROMA_FRAME / LOW_RATE)
_HANN = hann(CHROMA_FRAME).astype(np.float32)


def _standardised(x: np.ndarray) -> np.ndarray:
    """Zero mean and unit norm along the last axis; zero where it is flat."""
    centred = x - x.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(centred, axis=-1, keepdims=True)
    flat = norm <= FLATNESS_FLOOR * np.abs(x).sum(axis=-1, keepdims=True)
    return np.where(flat, 0.0, centred / np.where(flat, 1.0, norm))


_KEY_PROFILES = _standardised(
    np.array([np.roll(p, key) for p in (MAJOR_PROFILE, MINOR_PROFILE) for key in range(PITCH_CLASSES)])
)


class ChromaListener:
    """Hears the strength of each pitch class over time."""

    rate = LOW_RATE

    def __init__(self):
        self._framer = Framer(CHROMA_FRAME, CHROMA_HOP)
        self._strengths = [np.zeros((0, PITCH_CLASSES))]

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 8 kHz [shape=(m,)]."""
        self._strengths.append(_peak_chroma(self._framer.cut(block.astype(np.float32, copy=False))))

    def chroma(self) -> np.ndarray:
        """Pitch classes of what was heard.

        Returns
        -------
        np.ndarray [shape=(t, 12)]
            Summed magnitudes of the spectral peaks of C, C sharp, … B; `CHROMA_RATE` frames a second, the
            first at `CHROMA_START_S`.
        """
        return np.concatenate(self._strengths)


def mode_and_key(strengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mode and key of pitch class distributions.

    Parameters
    ----------
    strengths : np.ndarray [shape=(n, 12)]
        Strength of C, C sharp, … B.

    Returns
    -------
    mode : np.ndarray [shape=(n,)]
        Best major minus best minor correlation: above 0 for major, 0 for a flat distribution.
    key : np.ndarray of int [shape=(n,)]
        0–11 for C, C sharp, … B major, 12–23 for C, C sharp, … B minor.
    """
    # einsum, not a matrix product: its result does not depend on the number of threads
    fit = np.einsum("ip,kp->ik", _standardised(strengths), _KEY_PROFILES)
    mode = fit[:, :PITCH_CLASSES].max(axis=1) - fit[:, PITCH_CLASSES:].max(axis=1)
    return mode, fit.argmax(axis=1)


def context_chroma(strengths: np.ndarray, segment_s: float, n_segments: int) -> np.ndarray:
    """Sum of the chroma over the context of each segment.

    Returns
    -------
    np.ndarray [shape=(n_segments, 12)]
    """
    bounds = context_bounds(len(strengths), CHROMA_RATE, CHROMA_START_S, KEY_CONTEXT_S, segment_s, n_segments)
    return np.array([strengths[a:b].sum(axis=0) for a, b in bounds]).reshape(-1, PITCH_CLASSES)


def brightness(density: np.ndarray) -> np.ndarray:
    """Logarithm of the spectral centroid.

    Parameters
    ----------
    density : np.ndarray [shape=(n, 513)]
        Power spectral density at the frequencies of Welch's method.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Natural logarithm of Hz; NaN where there is no power.
    """
    amplitude = np.sqrt(density)
    total, moment = amplitude.sum(axis=1), (amplitude * WELCH_FREQUENCIES).sum(axis=1)
    heard = (total > 0) & (moment > 0)
    ratio = np.divide(moment, total, out=np.full(len(density), np.nan), where=heard)
    return np.log(ratio)


def onset_rate(envelope: np.ndarray, segment_s: float, n_segments: int) -> np.ndarray:
    """Onsets a second around each segment.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
        Onset strength of the whole track, in all bands.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many, from the start.

    Returns
    -------
    np.ndarray [shape=(n_segments,)]
    """
    bounds = context_bounds(
        len(envelope), ENVELOPE_RATE, ENVELOPE_START_S, ONSET_CONTEXT_S, segment_s, n_segments
    )
    onsets = np.searchsorted(onset_peaks(envelope), bounds)
    frames = np.maximum(bounds[:, 1] - bounds[:, 0], 1)
    return (onsets[:, 1] - onsets[:, 0]) * ENVELOPE_RATE / frames


def _peak_chroma(frames: np.ndarray) -> np.ndarray:
    """Pitch classes of the spectral peaks of each frame [shape=(t, samples)]."""
    spectrum = scipy.fft.rfft(frames * _HANN, overwrite_x=True)
    band = magnitudes(np.ascontiguousarray(spectrum[:, _LOW_BIN - 1 : _HIGH_BIN + 2]))
    left, middle, right = band[:, :-2], band[:, 1:-1], band[:, 2:]
    threshold = middle.max(axis=1, keepdims=True) * 10 ** (-PEAK_RANGE_DB / 20)
    frame, index = np.nonzero((middle > left) & (middle >= right) & (middle >= threshold))
    offset = _vertex(left[frame, index], middle[frame, index], right[frame, index])
    hertz = (_LOW_BIN + index + offset) * LOW_RATE / CHROMA_FRAME
    semitone = PITCH_CLASSES * np.log2(hertz / CONCERT_A_HZ) + CONCERT_A_CLASS
    slot = frame * PITCH_CLASSES + np.rint(semitone).astype(np.int64) % PITCH_CLASSES
    strengths = np.bincount(slot, middle[frame, index], minlength=len(frames) * PITCH_CLASSES)
    return strengths.reshape(-1, PITCH_CLASSES)


def _vertex(left: np.ndarray, middle: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where the parabola through three log magnitudes peaks, in bins from the middle one."""
    a, b, c = (np.log(np.maximum(m.astype(np.float64), _NO_MAGNITUDE)) for m in (left, middle, right))
    return 0.5 * (a - c) / (a - 2 * b + c)
