"""The songs of the demo library in sound, with the instruments and the room of the demo corpus.

Hands are a little uneven: no note falls exactly on its beat, none is struck twice as hard as the other.
"""

import numpy as np
import scipy.fft

from moodscore.demo.score import PERCUSSION, Note
from moodscore.demo.song_plan import FADE_S, RING_S, Song, beat_times
from moodscore.demo.song_score import write_song
from moodscore.demo.synth import (
    _PERCUSSION_GAIN,
    _PERCUSSION_ROOM,
    _ROOM_SHARE,
    _VOICES,
    SAMPLE_RATE,
    _drum_kit,
    _finish,
    _ramp,
    _room_response,
    _tone,
    _Voice,
)

_SONG_VOICES = {
    "strings": _Voice(0.12, 0.45, np.inf, 0.22, 1.2, 6.0, 0.0, 1.0),
    "drone": _Voice(2.2, 3.0, np.inf, 0.26, 1.6, 7.0, 0.0, 1.4),
    "piano": _Voice(0.005, 0.18, 0.9, 0.34, 1.0, 1.5, -0.2, 0.7),
    "flute": _Voice(0.045, 0.10, np.inf, 0.26, 1.6, 0.0, 0.25, 1.0),
    "lead": _VOICES["lead"],
    "bass": _VOICES["bass"],
}
#: Standard deviation of a note's time (s) and of its velocity (share), and how far either may go.
_TIMING_S, _TOUCH, _MOST = 0.006, 0.06, 2.0
_FADED_DB = -60.0
#: Lengths of notes are rounded up to these: of short ones, and of those longer than that.
_STEP_S, _LONG_STEP_S, _LONG_S = 0.05, 0.5, 2.0


def render_song(song: Song) -> np.ndarray:
    """Play a song.

    Returns
    -------
    np.ndarray of float32 [shape=(n, 2)]
        Stereo at 44.1 kHz, within ±0.84.
    """
    rng = np.random.default_rng([*song.seed, 3])
    room, kit = _room_response(rng), _drum_kit(rng)
    beats_s = beat_times(song)
    notes = [_played(note, beats_s, rng) for note in write_song(song)]
    body = round(beats_s[-1] * SAMPLE_RATE)
    length = body + (round(RING_S * SAMPLE_RATE) if song.ending == "ends" else 0)
    dry, wet = np.zeros((2, length, 2), dtype=np.float32)
    known: dict[tuple[str, int, int], np.ndarray] = {}
    for note in notes:
        tone, gain, share = _voiced(note, song, kit, known)
        start = max(round(note.start_s * SAMPLE_RATE), 0)
        part = (gain * note.velocity) * tone[: max(length - start, 0)]
        dry[start : start + len(part)] += part
        wet[start : start + len(part)] += share * part
    sound = _with_room(dry, wet, room.astype(np.float32))
    sound *= np.float32(10 ** (song.cues.level_db / 20) / np.sqrt(np.mean(sound[:body] ** 2, dtype=float)))
    if song.ending == "fades":
        sound *= _fade(length).astype(np.float32)[:, None]
    return _finish(sound)


def _played(note: Note, beats_s: np.ndarray, rng: np.random.Generator) -> Note:
    """From beats to seconds, as a hand would play it."""
    start, stop = np.interp([note.start_s, note.start_s + note.duration_s], np.arange(len(beats_s)), beats_s)
    late, strong = rng.standard_normal(2).clip(-_MOST, _MOST)
    duration = max(stop - start, 0.08)
    step = _LONG_STEP_S if duration > _LONG_S else _STEP_S  # so that tones can be used again
    return note._replace(
        start_s=float(start + _TIMING_S * late),
        duration_s=float(np.ceil(duration / step) * step),
        velocity=float(note.velocity * (1 + _TOUCH * strong)),
    )


def _voiced(note: Note, song: Song, kit: dict, known: dict) -> tuple[np.ndarray, float, float]:
    """Samples of a note, their gain and what of them the room gets."""
    if note.instrument in PERCUSSION:
        return kit[note.instrument], _PERCUSSION_GAIN[note.instrument], _PERCUSSION_ROOM[note.instrument]
    voice = _SONG_VOICES[note.instrument]
    key = note.instrument, note.pitch, round(note.duration_s * 1000)
    if key not in known:
        known[key] = _tone(note.pitch, note.duration_s, voice, song.cues).astype(np.float32)
    return known[key], voice.gain, voice.room


def _with_room(dry: np.ndarray, wet: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The dry sound and its reverberation, in single precision: songs are long [shape=(n, 2)]."""
    size = scipy.fft.next_fast_len(len(dry) + len(room) - 1, real=True)
    for side in range(dry.shape[1]):
        spectrum = scipy.fft.rfft(wet[:, side], size)
        spectrum *= scipy.fft.rfft(room[:, side], size)
        dry[:, side] += _ROOM_SHARE * scipy.fft.irfft(spectrum, size)[: len(dry)]
    return dry


def _fade(length: int) -> np.ndarray:
    """Down to nothing over the last seconds, evenly to the ear [shape=(n,)]."""
    left = (length - np.arange(length)) / SAMPLE_RATE
    decibels = _FADED_DB * np.clip(1 - left / FADE_S, 0, 1)
    return 10 ** (decibels / 20) * _ramp(left / 0.5)
