"""What the splices of a segment tell: loudness and brightness, rhythm and silence."""

import numpy as np

from moodscore.sound import cues, loudness, rhythm
from moodscore.sound.constants import SAMPLE_RATE, SILENCE_POWER
from moodscore.sound.frames import Splicer, segment_means


class LoudnessListener:
    """Hears the loudness and the brightness of every segment.

    Parameters
    ----------
    n_samples : int
        Length of the track at 44.1 kHz.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many, from the start.

    Attributes
    ----------
    loudness : np.ndarray [shape=(n_segments,)]
        Sone.
    brightness : np.ndarray [shape=(n_segments,)]
        Natural logarithm of the spectral centroid in Hz; NaN where there is no power.
    """

    rate = SAMPLE_RATE

    def __init__(self, n_samples: int, segment_s: float, n_segments: int):
        self._splicer = Splicer(self.rate, n_samples, segment_s, n_segments)
        self.loudness, self.brightness = np.zeros((2, n_segments))

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 44.1 kHz [shape=(m,)]."""
        for segments, splices, counts in self._splicer.cut(block):
            density = loudness.power_spectral_density(splices)
            self.loudness[segments] = segment_means(loudness.loudness(density), counts)
            self.brightness[segments] = cues.brightness(segment_means(density, counts))


class RhythmListener:
    """Hears the rhythm of every segment, and whether it is silent.

    Parameters
    ----------
    n_samples, segment_s, n_segments
        As for `LoudnessListener`.

    Attributes
    ----------
    rhythm : np.ndarray [shape=(n_segments,)]
        Natural logarithm of the variance of the power spectral density.
    is_silent : np.ndarray of bool [shape=(n_segments,)]
    """

    rate = SAMPLE_RATE

    def __init__(self, n_samples: int, segment_s: float, n_segments: int):
        self._splicer = Splicer(self.rate, n_samples, segment_s, n_segments)
        self.rhythm = np.zeros(n_segments)
        self.is_silent = np.zeros(n_segments, dtype=bool)

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 44.1 kHz [shape=(m,)]."""
        for segments, splices, counts in self._splicer.cut(block):
            density = rhythm.periodogram(splices)
            self.rhythm[segments] = segment_means(rhythm.rhythm(density), counts)
            self.is_silent[segments] = segment_means(rhythm.mean_power(density), counts) < SILENCE_POWER
