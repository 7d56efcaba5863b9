"""What the splices of a segment tell: loudness, rhythm, brightness and silence."""

import numpy as np

from moodscore.sound import cues, loudness, rhythm
from moodscore.sound.constants import SAMPLE_RATE, SILENCE_POWER
from moodscore.sound.frames import Splicer, segment_means


class LevelListener:
    """Hears the level and the colour of every segment.

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
    rhythm : np.ndarray [shape=(n_segments,)]
        Natural logarithm of the variance of the power spectral density.
    brightness : np.ndarray [shape=(n_segments,)]
        Natural logarithm of the spectral centroid in Hz; NaN where there is no power.
    is_silent : np.ndarray of bool [shape=(n_segments,)]
    """

    rate = SAMPLE_RATE

    def __init__(self, n_samples: int, segment_s: float, n_segments: int):
        self._splicer = Splicer(self.rate, n_samples, segment_s, n_segments)
        self.loudness, self.rhythm, self.brightness = np.zeros((3, n_segments))
        self.is_silent = np.zeros(n_segments, dtype=bool)

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 44.1 kHz [shape=(m,)]."""
        for segments, splices, counts in self._splicer.cut(block):
            density = loudness.power_spectral_density(splices)
            self.loudness[segments] = segment_means(loudness.loudness(density), counts)
            self.brightness[segments] = cues.brightness(segment_means(density, counts))
            fine_density = rhythm.periodogram(splices)
            self.rhythm[segments] = segment_means(rhythm.rhythm(fine_density), counts)
            power = segment_means(rhythm.mean_power(fine_density), counts)
            self.is_silent[segments] = power < SILENCE_POWER
