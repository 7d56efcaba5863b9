"""The drums: sines whose pitch falls, and bands of noise that die away."""

import numpy as np
import scipy.fft

from moodscore.composing.percussion import KEYS
from moodscore.composing.tones import ramp, top_hz

#: Level of each, and its place from left (-1) to right (1).
_LEVEL = {
    "kick": (1.5, 0.0),
    "snare": (0.85, 0.08),
    "tom": (1.05, 0.35),
    "high tom": (0.85, -0.3),
    "closed hat": (0.24, -0.25),
    "open hat": (0.26, -0.25),
    "ride": (0.26, 0.4),
    "crash": (0.42, -0.4),
    "shaker": (0.26, 0.3),
    "rim": (0.4, 0.05),
}
_NAMES = {key: name for name, key in KEYS.items()}
#: How long a drum counts as sounding when levels are set (s).
SOUNDS_S = 0.12
_SEED = 21


def drum(key: int, sample_rate: int) -> np.ndarray:
    """One stroke of the drum on a General MIDI key: float32 [shape=(n, 2)]."""
    name = _NAMES[key]
    rng = np.random.default_rng([_SEED, key])
    length = {"crash": 2.6, "ride": 0.9, "open hat": 0.45, "tom": 0.7, "high tom": 0.6, "kick": 0.5}.get(
        name, 0.3
    )
    time = np.arange(int(length * sample_rate)) / sample_rate

    def noise(low: float, high: float, decay: float) -> np.ndarray:
        return _band(rng, len(time), sample_rate, low, high) * np.exp(-time / decay)[:, None]

    def skin(low: float, extra: float, fall: float, decay: float) -> np.ndarray:
        turns = low * time + extra * fall * (1 - np.exp(-time / fall))
        return (np.sin(2 * np.pi * turns) * np.exp(-time / decay))[:, None] * np.ones(2)

    sound = {
        "kick": lambda: skin(47, 120, 0.03, 0.12) + 0.06 * noise(1500, 5000, 0.004),
        "snare": lambda: 0.5 * skin(188, 60, 0.02, 0.06) + 0.42 * noise(900, 9000, 0.075),
        "tom": lambda: skin(78, 60, 0.05, 0.2) + 0.05 * noise(300, 2500, 0.03),
        "high tom": lambda: skin(128, 70, 0.04, 0.15) + 0.05 * noise(400, 3500, 0.03),
        "closed hat": lambda: noise(6500, 12500, 0.028),
        "open hat": lambda: noise(6000, 12500, 0.14),
        "ride": lambda: 0.6 * noise(4500, 12000, 0.22) + 0.7 * noise(5000, 9000, 0.03),
        "crash": lambda: noise(2500, 12500, 0.75),
        "shaker": lambda: noise(4500, 11000, 0.03) * ramp(time / 0.02)[:, None],
        "rim": lambda: 0.7 * skin(830, 300, 0.004, 0.018) + 0.4 * noise(1800, 6000, 0.012),
    }[name]()
    level, pan = _LEVEL[name]
    sides = np.sqrt(1 + pan * np.array([-1, 1]))
    shape = ramp(time / 0.0015) * (1 - ramp((time - length + 0.05) / 0.05))
    return (level * sides * sound * shape[:, None]).astype(np.float32)


def _band(rng: np.random.Generator, n: int, sample_rate: int, low: float, high: float) -> np.ndarray:
    """Stereo noise of unit level between two frequencies, with soft edges. [shape=(n, 2)]."""
    common, sides = rng.standard_normal((n, 1)), rng.standard_normal((n, 2))
    spectrum = scipy.fft.rfft(0.7 * common + 0.7 * sides, axis=0)
    hz = scipy.fft.rfftfreq(n, 1 / sample_rate)
    top = min(high, 0.85 * top_hz(sample_rate))
    spectrum *= (ramp((hz - 0.6 * low) / (0.6 * low)) * (1 - ramp((hz - 0.8 * top) / (0.4 * top))))[:, None]
    band = scipy.fft.irfft(spectrum, n, axis=0)
    return band / np.sqrt(np.mean(band**2))
