"""The hall: early reflections and a tail whose high frequencies die first, by fast convolution in blocks."""

from functools import cache

import numpy as np
import scipy.fft

from moodscore.composing.tones import ramp

_LENGTH_S, _PREDELAY_S = 2.4, 0.016
#: Seconds in which each band falls by 60 dB: up to 350 Hz, 3 kHz, and above.
_BANDS = ((90.0, 350.0, 1.9), (350.0, 3000.0, 1.7), (3000.0, 9000.0, 0.9))
_BAND_LEVELS = (0.7, 1.0, 0.45)
_REFLECTIONS = 14
_EARLY_LEVEL, _EARLY_S = 0.55, 0.075
#: How much of each side is heard on the other.
_CROSS = 0.25
#: Where music lies: the response is 1 on average there.
_HEARD_HZ = (200.0, 3000.0)
_SEED = 22


@cache
def impulse_response(sample_rate: int) -> np.ndarray:
    """What a clap sounds like: float [shape=(n, 2)]; where music lies it is as loud as the clap."""
    rng = np.random.default_rng(_SEED)
    n = int(_LENGTH_S * sample_rate)
    time = np.arange(n) / sample_rate
    hz = scipy.fft.rfftfreq(n, 1 / sample_rate)
    tail = np.zeros((n, 2))
    for (low, high, decay), level in zip(_BANDS, _BAND_LEVELS, strict=True):
        spectrum = scipy.fft.rfft(rng.standard_normal((n, 2)), axis=0)
        spectrum *= (ramp((hz / low - 0.75) / 0.5) * (1 - ramp((hz / high - 0.75) / 0.5)))[:, None]
        band = scipy.fft.irfft(spectrum, n, axis=0)
        tail += level * band / np.sqrt(np.mean(band**2)) * np.exp(-6.91 * time / decay)[:, None]
    tail *= (ramp((time - _PREDELAY_S) / 0.05) * (1 - ramp((time - _LENGTH_S + 0.3) / 0.3)))[:, None]
    tail /= np.sqrt(np.sum(tail**2, axis=0))
    early = _early(rng, n, sample_rate)
    response = tail + _EARLY_LEVEL * early
    heard = np.abs(scipy.fft.rfft(response, axis=0)[(hz > _HEARD_HZ[0]) & (hz < _HEARD_HZ[1])])
    return response / np.sqrt(np.mean(heard**2, axis=0))


def _early(rng: np.random.Generator, n: int, sample_rate: int) -> np.ndarray:
    """Reflections from the walls, each a little dull. [shape=(n, 2)]."""
    early = np.zeros((n, 2))
    for side in range(2):
        delays = np.sort(rng.uniform(_PREDELAY_S / 2, _EARLY_S, _REFLECTIONS))
        places = (delays * sample_rate).astype(int)
        early[places, side] = rng.choice([-1, 1], _REFLECTIONS) * np.exp(-delays / 0.04)
    dull = np.hanning(max(int(0.0004 * sample_rate), 3))
    early = np.stack([np.convolve(early[:, side], dull)[:n] for side in range(2)], axis=1)
    return early / np.sqrt(np.sum(early**2, axis=0))


class Hall:
    """Convolves block by block: what a block needs are itself and the few before it.

    Parameters
    ----------
    block : int
        Samples of a block.
    sample_rate : int
        Samples a second.
    """

    def __init__(self, block: int, sample_rate: int):
        self.block = block
        response = impulse_response(sample_rate)
        n = -(-len(response) // block)
        padded = np.zeros((n * block, 2), dtype=np.float32)
        padded[: len(response)] = response
        self._parts = [self.spectrum(padded[i * block : (i + 1) * block]) for i in range(n)]

    @property
    def n_parts(self) -> int:
        """Blocks before and including one that are heard in it; one more is needed for the overlap."""
        return len(self._parts) + 1

    def spectrum(self, sound: np.ndarray) -> np.ndarray:
        """Spectrum of a block of a dry sound [shape=(block, 2)], twice as long as the block."""
        return scipy.fft.rfft(sound, 2 * self.block, axis=0)

    def reverberate(self, spectra: list[np.ndarray]) -> np.ndarray:
        """The hall's part of a block, from the spectra of the blocks: the newest first.

        Parameters
        ----------
        spectra : list of np.ndarray
            `n_parts` of them, of this block, the one before and so on.

        Returns
        -------
        np.ndarray [shape=(block, 2)]
        """
        now = sum(s * part for s, part in zip(spectra, self._parts, strict=False))
        before = sum(s * part for s, part in zip(spectra[1:], self._parts, strict=False))
        wet = scipy.fft.irfft(now, 2 * self.block, axis=0)[: self.block]
        wet += scipy.fft.irfft(before, 2 * self.block, axis=0)[self.block :]
        return wet + _CROSS * wet[:, ::-1]
