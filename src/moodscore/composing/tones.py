"""Tones, made when they are first played and kept while there is room.

Everything is a sum of partials below `HIGHEST_HZ`, so nothing can alias, and begins and ends on a ramp, so
nothing clicks. A tone is made once for a pitch and a layer of brightness, then cut to each note's length.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np
import scipy.fft

from moodscore.composing.voices import HELD, N_LAYERS, STRUCK, Held, Struck

HIGHEST_HZ = 16000.0
#: Tables of held tones are this long (samples): 3 s at 44.1 kHz, then they begin again where they began.
TABLE = 1 << 17
_BLOCK = 512
_LONGEST_S = 6.0
_SILENT = 7.0  # decay times after which a tone is over
_LEAST_WIDTH = 0.6  # of a band, in bins of the table
#: Share of a held harmonic that is a steady line: without it a section flutters like noise.
_STEADY = 0.7
#: Power, of the strongest bin's, that is left out.
_NOTHING = 1e-10
#: Half the phase (radians) by which the sides of a voice of full width may differ.
_WIDEST = 1.25
_MOST_HARMONICS, _MOST_PARTIALS = 48, 30
#: Bass is felt before it is heard: below this a tone counts as quieter than it is (Hz).
_HEARD_FROM_HZ, _LEAST_HEARD = 130.0, 0.35
#: Harmonics reach this much farther than the voices say; how much a layer flattens the slope.
_REACH, _SLOPE_BY_LAYER = 1.7, 0.22
#: The end of the film: the last chord dies away over this long, or a quarter of what there is (s).
LAST_FADE_S, FIRST_FADE_S = 1.2, 0.004
_SEED = 20


def frequency(pitch: float) -> float:
    """Hertz of a MIDI number."""
    return 440.0 * 2 ** ((pitch - 69) / 12)


def heard(hz: np.ndarray) -> np.ndarray:
    """How much of an amplitude is heard: 1 in the middle, less in the bass."""
    return np.maximum(hz**2 / (hz**2 + _HEARD_FROM_HZ**2), _LEAST_HEARD)


def ramp(x: np.ndarray) -> np.ndarray:
    """A raised cosine from 0 (x <= 0) to 1 (x >= 1)."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))


def closing(place: np.ndarray, n_samples: int, sample_rate: int) -> np.ndarray:
    """Factors that let a track begin and end in silence: at its very end the last chord dies away.

    Parameters
    ----------
    place : np.ndarray of int [shape=(n,)]
        Samples of the track.
    n_samples, sample_rate : int
        Of the track.

    Returns
    -------
    np.ndarray of float32 [shape=(n, 1)]
    """
    fade = min(LAST_FADE_S * sample_rate, n_samples / 4)
    factors = ramp(place / (FIRST_FADE_S * sample_rate)) * ramp((n_samples - 1 - place) / fade)
    return factors.astype(np.float32)[:, None]


class Store:
    """What was made last, up to a number of bytes; the same key always gives the same array."""

    def __init__(self, most_bytes: int):
        self._kept: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._most, self._bytes = most_bytes, 0

    def get(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """What is kept under a key, made if it is not there."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = make()
        self._kept[key] = made
        self._bytes += made.nbytes
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return made


def layer_of(brightness: np.ndarray) -> np.ndarray:
    """Layer of each brightness (0..1)."""
    return np.minimum((np.asarray(brightness) * N_LAYERS).astype(int), N_LAYERS - 1)


def top_hz(sample_rate: int) -> float:
    """The highest frequency that is made: nothing comes near what a sample rate can carry."""
    return min(HIGHEST_HZ, 0.45 * sample_rate)


def _weights(
    hz: np.ndarray, number: np.ndarray, voice: Held | Struck, layer: int, fundamental: float, top: float
) -> np.ndarray:
    """Amplitudes by slope and brightness: the layer decides how far up the harmonics reach."""
    step = layer - (N_LAYERS - 1) / 2
    reach = _REACH * voice.reach * 2 ** (0.45 * step)
    # a low tone has more harmonics within the same range of the ear
    reach *= (262 / fundamental) ** 0.45
    slope = voice.slope - _SLOPE_BY_LAYER * step
    amplitude = number**-slope * np.exp(-(number - 1) / max(reach, 0.8))
    return amplitude * (1 - ramp((hz - 0.75 * top) / (0.25 * top)))


def held_table(instrument: str, pitch: int, layer: int, sample_rate: int) -> np.ndarray:
    """A held tone that goes round: float32 [shape=(TABLE, 2)], of unit loudness.

    Every harmonic is a Gaussian band with random phases, made in the frequency domain: the table is periodic
    by construction, so it may be read on and on.
    """
    voice, fundamental = HELD[instrument], frequency(pitch)
    rng = np.random.default_rng([_SEED, pitch, *instrument.encode()])
    top = top_hz(sample_rate)
    number = np.arange(1, min(_MOST_HARMONICS, int(top // fundamental)) + 1)
    hz = number * fundamental
    amplitude = _weights(hz, number, voice, layer, fundamental, top)
    amplitude = np.where(number % 2 == 0, voice.even, 1.0) * amplitude
    octaves = np.log2(hz)
    for centre, width, gain in voice.formants:
        amplitude *= 1 + gain * np.exp(-(((octaves - np.log2(centre)) / width) ** 2))
    bin_hz = sample_rate / TABLE
    power = np.zeros(TABLE // 2 + 1)
    for f, a in zip(hz.tolist(), amplitude.tolist(), strict=True):
        width = max(f * (2 ** (voice.width_cents / 1200) - 1) / bin_hz, _LEAST_WIDTH)
        first, last = max(int(f / bin_hz - 4 * width), 1), min(int(f / bin_hz + 4 * width) + 2, len(power))
        shape = np.exp(-0.5 * ((np.arange(first, last) - f / bin_hz) / width) ** 2)
        power[first:last] += (1 - _STEADY) * a**2 * shape / shape.sum()
        power[round(f / bin_hz)] += _STEADY * a**2
    if voice.breath:
        noise = np.interp(np.arange(len(power)) * bin_hz, hz, amplitude**2, left=0, right=0)
        power += voice.breath**2 * noise / max(noise.sum(), 1e-12) * np.sum(amplitude**2) * 4
    used = np.flatnonzero(power > _NOTHING * power.max())
    # the sides differ in phase, not in level: wide, and no line leans to one side
    turn, apart = rng.random((2, len(used)))
    apart = _WIDEST * voice.stereo * (2 * apart - 1)
    sides = np.exp(1j * (2 * np.pi * turn + apart * np.array([[1], [-1]])))
    spectrum = np.zeros((2, len(power)), dtype=np.complex64)
    spectrum[:, used] = np.sqrt(power[used]) * sides
    wave = scipy.fft.irfft(spectrum, TABLE, axis=1, overwrite_x=True)
    loud = np.sqrt(np.sum(power[used] * heard(used * bin_hz) ** 2) / np.sum(power))
    wave /= np.sqrt(np.mean(np.square(wave, dtype=np.float64))) * loud
    return np.ascontiguousarray(wave.T, dtype=np.float32)


def struck_tone(instrument: str, pitch: int, layer: int, sample_rate: int) -> np.ndarray:
    """A struck tone until it has died away: float32 [shape=(n, 2)]; unit loudness at its beginning.

    The sum of complex exponentials ``Σ c_k exp(z_k t)`` is a matrix product: with ``t = 512 b + j`` it is
    ``Σ_k [c_k exp(512 z_k b)] [exp(z_k j)]``.
    """
    voice, fundamental = STRUCK[instrument], frequency(pitch)
    rng = np.random.default_rng([_SEED, pitch, *instrument.encode()])
    top = top_hz(sample_rate)
    hz, number = _partials(voice, fundamental, top)
    amplitude = _weights(hz, number, voice, layer, fundamental, top)
    if voice.place:
        amplitude = amplitude * (0.12 + np.abs(np.sin(np.pi * number * voice.place)))
    decay = voice.decay_s * voice.pitch_decay ** ((pitch - 60) / 12)
    decays = decay / (1 + voice.high_decay * (number - 1))
    length = min(_LONGEST_S, _SILENT * decay)
    weighted = np.sqrt(np.sum((amplitude * heard(hz)) ** 2) / 2)
    phase = 2 * np.pi * rng.random(len(hz))
    if voice.strings:  # the second string is struck a little less and lives longer
        bend = 2 ** (voice.strings / 1200)
        hz = np.concatenate([hz, hz * bend])
        amplitude = np.concatenate([0.88 * amplitude, 0.47 * amplitude])
        decays = np.concatenate([0.7 * decays, 1.5 * decays])
        # a quarter turn apart: the two neither add up nor cancel at the stroke, whatever the pitch
        phase = np.concatenate([phase, phase + np.pi / 2])
    spread = voice.stereo * rng.uniform(-1, 1, (2, len(hz)))
    coefficients = amplitude * np.exp(1j * (phase + spread)) * (1 + 0.35 * spread * np.array([[1], [-1]]))
    n = int(length * sample_rate)
    wave = _exponentials(coefficients, (-1 / decays + 2j * np.pi * hz) / sample_rate, n)
    time = np.arange(n) / sample_rate
    if voice.knock:
        wave += voice.knock * weighted * _knock(rng, fundamental, time)
    shape = ramp(time / voice.attack_s) * (1 - ramp((time - length + 0.05) / 0.05))
    wave *= (shape / weighted)[:, None]
    return wave.astype(np.float32)


def _partials(voice: Struck, fundamental: float, top: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and numbers of the partials that may sound."""
    if voice.ratios:
        hz = fundamental * np.array(voice.ratios)
        number = np.arange(1, len(hz) + 1)
    else:
        number = np.arange(1, _MOST_PARTIALS + 1)
        hz = fundamental * number * np.sqrt(1 + voice.stiffness * number**2)
    audible = hz < top
    return hz[audible], number[audible].astype(float)


def _exponentials(coefficients: np.ndarray, rates: np.ndarray, n: int) -> np.ndarray:
    """``Re Σ_k c_k exp(z_k t)`` for t = 0..n-1. float32 [shape=(n, sides)]."""
    blocks = -(-n // _BLOCK)
    inside = np.exp(np.outer(rates, np.arange(_BLOCK)))
    jumps = np.exp(np.outer(np.arange(blocks) * _BLOCK, rates))
    inside = np.concatenate([inside.real, -inside.imag]).astype(np.float32)
    sides = []
    for side in coefficients:
        scaled = jumps * side
        scaled = np.concatenate([scaled.real, scaled.imag], axis=1).astype(np.float32)
        sides.append((scaled @ inside).reshape(-1)[:n])
    return np.stack(sides, axis=1)


def _knock(rng: np.random.Generator, fundamental: float, time: np.ndarray) -> np.ndarray:
    """The stroke: a short burst of noise without much above the tone. [shape=(n, 2)]."""
    n = min(len(time), 4096)
    noise = rng.standard_normal((n, 2))
    spectrum = scipy.fft.rfft(noise, axis=0)
    hz = scipy.fft.rfftfreq(n, time[1] - time[0])
    top = np.clip(6 * fundamental, 800, 3500)
    spectrum *= (np.exp(-((hz / top) ** 2)) * (hz > 60))[:, None]
    burst = scipy.fft.irfft(spectrum, n, axis=0)
    burst /= np.sqrt(np.mean(burst**2))
    burst *= (ramp(time[:n] / 0.001) * np.exp(-time[:n] / 0.012) * (1 - ramp((time[:n] - 0.06) / 0.02)))[
        :, None
    ]
    knock = np.zeros((len(time), 2))
    knock[:n] = burst
    return knock
