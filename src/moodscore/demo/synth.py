"""The music in sound: additive tones, filtered noise, a room and a limiter.

Every tone is a sum of a few harmonics below 12 kHz that starts and ends on a cosine ramp, so nothing
clicks and nothing aliases. Each scene is played at its level, RMS relative to full scale, and rings
on into the next one.
"""

from typing import NamedTuple

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import butter, sosfilt

from moodscore.demo.recipe import FRAMES_PER_S, ClipRecipe, Cues, Scene
from moodscore.demo.score import PERCUSSION, Note, compose

SAMPLE_RATE = 44100
SAMPLES_PER_FRAME = SAMPLE_RATE // FRAMES_PER_S

_HIGHEST_HZ = 12000.0
_MAX_HARMONICS = 14
_SLOPE = 0.6  # amplitudes fall with the harmonic's number to this power, besides the brightness
_CHORUS = 0.4  # amplitude of the detuned copies
_INAUDIBLE = 1e-3  # a weight below this is left out
_HIGHS_FADE = 0.25  # of a tone's decay rate, added for every harmonic above the first
_RING_S = 2.0  # no note is held for longer beyond the end of its scene
_ROOM_S = 1.6
_ROOM_SHARE = 0.22
_KNEE, _CEILING = 0.55, 0.84  # of the limiter; 0.84 leaves -1.5 dB for what the codec adds
_FADE_S = 0.35


class _Voice(NamedTuple):
    """How an instrument speaks.

    ``decay_s`` is the time in which a struck tone falls by the factor e (infinite for a held one);
    ``darkness`` divides the brightness of the scene; ``detune_cents`` is how far the copies that widen
    a tone lie from it.
    """

    attack_s: float
    release_s: float
    decay_s: float
    gain: float
    darkness: float
    detune_cents: float
    pan: float
    room: float


_VOICES = {
    "pad": _Voice(0.30, 0.60, np.inf, 0.26, 1.3, 5.0, 0.0, 1.0),
    "bass": _Voice(0.012, 0.06, 1.6, 0.60, 1.1, 0.0, 0.0, 0.2),
    "harp": _Voice(0.004, 0.10, 0.55, 0.34, 1.0, 0.0, -0.25, 0.9),
    "lead": _Voice(0.020, 0.09, 2.2, 0.36, 0.9, 4.0, 0.2, 0.8),
}
_PERCUSSION_GAIN = {"kick": 0.95, "snare": 0.42, "hat": 0.16, "tom": 0.6}
_PERCUSSION_ROOM = {"kick": 0.05, "snare": 0.35, "hat": 0.2, "tom": 0.3}


def render_soundtrack(recipe: ClipRecipe) -> np.ndarray:
    """Play the score of a clip.

    Returns
    -------
    np.ndarray of float32 [shape=(n_frames * 2940, 2)]
        Stereo at 44.1 kHz, as long as the picture, within ±0.84.
    """
    rng = np.random.default_rng([*recipe.seed, 3])
    room = _room_response(rng)
    kit = _drum_kit(rng)
    n_samples = recipe.n_frames * SAMPLES_PER_FRAME
    track = np.zeros((n_samples, 2))
    for scene, notes in zip(recipe.scenes, compose(recipe), strict=True):
        sound = _play_scene(scene, notes, room, kit)
        start = round(scene.start_s * SAMPLE_RATE)
        sound = sound[: n_samples - start]
        track[start : start + len(sound)] += sound
    return _finish(track)


def _play_scene(scene: Scene, notes: list[Note], room: np.ndarray, kit: dict[str, np.ndarray]) -> np.ndarray:
    """A scene at its level, with the tail that rings after its end. [shape=(n, 2)]."""
    body = round((scene.end_s - scene.start_s) * SAMPLE_RATE)
    dry, wet = np.zeros((2, body + round(_RING_S * SAMPLE_RATE), 2))
    known: dict[tuple[str, int, int], np.ndarray] = {}
    for note in notes:
        if note.instrument in PERCUSSION:
            tone, gain = kit[note.instrument], _PERCUSSION_GAIN[note.instrument]
            share = _PERCUSSION_ROOM[note.instrument]
        else:
            voice = _VOICES[note.instrument]
            gain, share = voice.gain, voice.room
            key = (note.instrument, note.pitch, round(note.duration_s * 1000))
            if key not in known:
                known[key] = _tone(note.pitch, note.duration_s, voice, scene.cues)
            tone = known[key]
        start = round(note.start_s * SAMPLE_RATE)
        part = (gain * note.velocity) * tone[: len(dry) - start]
        dry[start : start + len(part)] += part
        wet[start : start + len(part)] += share * part
    sound = _add_room(dry, wet, room)
    return sound * (10 ** (scene.cues.level_db / 20) / np.sqrt(np.mean(sound[:body] ** 2)))


def _tone(pitch: int, duration_s: float, voice: _Voice, cues: Cues) -> np.ndarray:
    """One note; a chorus makes it wide, with the true pitch in the middle. [shape=(n, 2)]."""
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    time = np.arange(round((duration_s + voice.release_s) * SAMPLE_RATE)) / SAMPLE_RATE
    fading = np.exp(-_HIGHS_FADE * time / voice.decay_s)
    weights = _harmonic_weights(frequency, cues.brightness / voice.darkness)

    def wave(cents: float) -> np.ndarray:
        turning = np.exp(2j * np.pi * frequency * 2 ** (cents / 1200) * time)
        return _harmonic_sum(turning, fading, weights)

    sides = np.column_stack([wave(0.0)] * 2)
    if voice.detune_cents:
        sides += _CHORUS * np.column_stack([wave(-voice.detune_cents), wave(voice.detune_cents)])
    balance = np.sqrt((1 + voice.pan * np.array([-1, 1])) / 2)
    return sides * balance * _envelope(time, duration_s, voice)[:, None]


def _harmonic_weights(frequency: float, brightness: float) -> np.ndarray:
    """Amplitudes of the audible harmonics, of unit energy. [shape=(k,)]."""
    harmonics = np.arange(1, min(_MAX_HARMONICS, int(_HIGHEST_HZ // frequency)) + 1)
    weights = np.exp(-(harmonics - 1) / brightness) / harmonics**_SLOPE
    weights /= np.sqrt(np.sum(weights**2))
    return weights[weights > _INAUDIBLE]


def _harmonic_sum(turning: np.ndarray, fading: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A tone as a polynomial in its first harmonic: ``sum_k w_k fading^(k-1) sin(k angle)``, by Horner.

    ``fading`` makes the high harmonics of a struck tone die sooner.
    """
    step = turning * fading
    total = np.full_like(step, weights[-1])
    for weight in weights[-2::-1]:
        total *= step
        total += weight
    return (total * turning).imag


def _envelope(time: np.ndarray, duration_s: float, voice: _Voice) -> np.ndarray:
    """Rise, decay and fall, all without a corner. [shape=(n,)]."""
    rise = _ramp(time / min(voice.attack_s, duration_s))
    fall = 1 - _ramp((time - duration_s) / voice.release_s)
    return rise * fall * np.exp(-time / voice.decay_s)


def _ramp(x: np.ndarray) -> np.ndarray:
    """A raised cosine from 0 (x <= 0) to 1 (x >= 1)."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))


def _drum_kit(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One hit of every percussion instrument. Values: arrays [shape=(n, 2)]."""
    time = np.arange(round(0.4 * SAMPLE_RATE)) / SAMPLE_RATE
    noise = rng.standard_normal((len(time), 2))
    onset = _ramp(time / 0.002)[:, None]
    close = (1 - _ramp((time - 0.3) / 0.1))[:, None]
    shaped = {
        "kick": _drop(time, 46, 110, 0.035)[:, None] * np.exp(-time / 0.11)[:, None],
        "tom": _drop(time, 95, 70, 0.05)[:, None] * np.exp(-time / 0.13)[:, None],
        "snare": 0.7 * _band(noise, 900, 7000) * np.exp(-time / 0.06)[:, None]
        + 0.5 * _drop(time, 185, 40, 0.02)[:, None] * np.exp(-time / 0.05)[:, None],
        "hat": _band(noise, 6000, 12000) * np.exp(-time / 0.03)[:, None],
    }
    return {name: np.broadcast_to(hit * onset * close, (len(time), 2)) for name, hit in shaped.items()}


def _drop(time: np.ndarray, low_hz: float, extra_hz: float, fall_s: float) -> np.ndarray:
    """A sine whose pitch falls exponentially to ``low_hz``. [shape=(n,)]."""
    return np.sin(2 * np.pi * (low_hz * time + extra_hz * fall_s * (1 - np.exp(-time / fall_s))))


def _band(noise: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Noise between two frequencies, brought back to unit RMS. [shape=(n, 2)]."""
    passed = sosfilt(butter(2, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE, output="sos"), noise, axis=0)
    return passed / np.sqrt(np.mean(passed**2))


def _room_response(rng: np.random.Generator) -> np.ndarray:
    """Exponentially decaying stereo noise without its lowest and highest parts. [shape=(n, 2)]."""
    time = np.arange(round(_ROOM_S * SAMPLE_RATE)) / SAMPLE_RATE
    noise = _band(rng.standard_normal((len(time), 2)), 250, 5000)
    response = noise * (_ramp(time / 0.015) * np.exp(-time / (_ROOM_S / 5)))[:, None]
    return response / np.sqrt(np.sum(response**2, axis=0))


def _add_room(dry: np.ndarray, wet: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The dry sound and its reverberation, by fast convolution. [shape=(n + room - 1, 2)]."""
    length = len(dry) + len(room) - 1
    size = next_fast_len(length, real=True)
    spectrum = np.fft.rfft(wet, size, axis=0) * np.fft.rfft(room, size, axis=0)
    sound = _ROOM_SHARE * np.fft.irfft(spectrum, size, axis=0)[:length]
    sound[: len(dry)] += dry
    return sound


def _finish(track: np.ndarray) -> np.ndarray:
    """Bend peaks below the ceiling and close the clip's ends. float32 [shape=(n, 2)]."""
    excess = np.maximum(np.abs(track) - _KNEE, 0)
    room_above = _CEILING - _KNEE
    limited = np.sign(track) * (np.minimum(np.abs(track), _KNEE) + room_above * np.tanh(excess / room_above))
    time = np.arange(len(track)) / SAMPLE_RATE
    fade = 1 - _ramp((time - (time[-1] - _FADE_S)) / _FADE_S)
    return (limited * fade[:, None]).astype(np.float32)
