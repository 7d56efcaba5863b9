"""The built-in orchestra: notes to sound, block by block, in memory that does not grow with the film.

The track is cut into blocks of a fixed grid; a block is the notes that sound in it, and the hall's answer to
it and to the few blocks before. So any slice is the same however it is read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.composing.drums import drum
from moodscore.composing.expression import dynamics
from moodscore.composing.hall import Hall
from moodscore.composing.instruments import INSTRUMENTS
from moodscore.composing.levels import note_gains
from moodscore.composing.tones import TABLE, Store, closing, held_table, layer_of, ramp, struck_tone
from moodscore.composing.voices import HELD, ROLE_HALL, STRUCK, Held

#: Samples rendered at a time: 1.5 s at 44.1 kHz.
BLOCK = 1 << 16
#: Tones that are kept (bytes), and the blocks.
_TONES_BYTES, _KEPT_BLOCKS = 160 << 20, 6
#: The shortest ramp of a held tone, and its part of a short note.
_LEAST_ATTACK_S, _ATTACK_SHARE = 0.012, 0.4
#: A note struck harder than the middle is brighter by this much.
_BRIGHTER_TOUCH, _MIDDLE_TOUCH = 0.5, 0.6
#: Blur of tremolo strings: strokes a second.
_TREMOLO_HZ = 11.0


class _Note(NamedTuple):
    """A note ready to be played, in samples."""

    instrument: str
    pitch: int
    layer: int
    start: int
    length: int
    gain: float
    hall: float
    offset: int


class SynthesisedTrack:
    """The sound of notes, rendered as it is read.

    Parameters
    ----------
    notes, bars : pd.DataFrame
        As of a `Composition`.
    n_samples, sample_rate : int
        Length of the track.
    roles : sequence of str, optional
        Only the notes of these roles; they sound as they do in the whole.

    Attributes
    ----------
    n_samples, sample_rate, channels : int
        As of any `SampleSource`; there are two channels.
    """

    channels = 2

    def __init__(
        self,
        notes: pd.DataFrame,
        bars: pd.DataFrame,
        n_samples: int,
        sample_rate: int,
        roles: Sequence[str] | None = None,
    ):
        self.n_samples, self.sample_rate = n_samples, sample_rate
        gains = note_gains(notes, bars)  # of all notes: a stem keeps its place in the whole
        chosen = np.ones(len(notes), bool) if roles is None else notes["role"].isin(roles).to_numpy()
        self._lay_out(notes, gains, np.flatnonzero(chosen))
        self._tones = Store(_TONES_BYTES)
        self._dry = Store(_KEPT_BLOCKS * BLOCK * 8)
        self._spectra = Store(_KEPT_BLOCKS * BLOCK * 20)
        self._hall = Hall(BLOCK, sample_rate)

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)``, float32 [shape=(stop - start, 2)]."""
        start, stop = max(start, 0), min(stop, self.n_samples)
        out = np.zeros((max(stop - start, 0), 2), dtype=np.float32)
        for block in range(start // BLOCK, -(-stop // BLOCK) if stop > start else 0):
            first = block * BLOCK
            here = slice(max(start, first) - first, min(stop, first + BLOCK) - first)
            out[first + here.start - start : first + here.stop - start] = self._block(block)[here]
        return out

    def whole(self) -> np.ndarray:
        """The whole track at once, float32 [shape=(n_samples, 2)]."""
        return self.read(0, self.n_samples)

    def _lay_out(self, notes: pd.DataFrame, gains: np.ndarray, chosen: np.ndarray) -> None:
        """Bring notes into samples and list those of every block."""
        rate = self.sample_rate
        table = notes.iloc[chosen]
        starts = np.rint(table["start_s"].to_numpy() * rate).astype(np.int64)
        lengths = np.maximum(np.rint(table["duration_s"].to_numpy() * rate).astype(np.int64), 1)
        touch = table["velocity"].to_numpy() / dynamics(table["loudness"].to_numpy())
        tilt = _BRIGHTER_TOUCH * (touch - _MIDDLE_TOUCH)
        layers = layer_of(np.clip(table["brightness"].to_numpy() + tilt, 0, 0.999))
        halls = table["role"].map(ROLE_HALL).to_numpy()
        offsets = (chosen * 7919 * 13) % TABLE  # where a held tone is entered: never twice the same
        self._notes = [
            _Note(*row)
            for row in zip(
                table["instrument"],
                table["pitch"].tolist(),
                layers.tolist(),
                starts.tolist(),
                lengths.tolist(),
                gains[chosen].tolist(),
                halls.tolist(),
                offsets.tolist(),
                strict=True,
            )
        ]
        release = {name: int(v.release_s * rate) + 2 for name, v in (HELD | STRUCK).items()}
        tails = np.array([release.get(name, 3 * rate) for name in table["instrument"]], dtype=np.int64)
        self._first_block = starts // BLOCK
        self._last_block = np.minimum(starts + lengths + tails, self.n_samples - 1) // BLOCK
        order = np.argsort(self._first_block, kind="stable")
        self._order, self._sorted_first = order, self._first_block[order]
        self._longest = int((self._last_block - self._first_block).max(initial=0))

    def _block(self, block: int) -> np.ndarray:
        """A finished block."""
        wet = self._hall.reverberate([self._spectrum(block - k) for k in range(self._hall.n_parts)])
        sound = self._parts(block)[0] + wet
        place = np.arange(block * BLOCK, (block + 1) * BLOCK)
        return (sound * closing(place, self.n_samples, self.sample_rate)).astype(np.float32)

    def _spectrum(self, block: int) -> np.ndarray | float:
        """Spectrum of what a block sends into the hall."""
        if block < 0:
            return 0.0
        return self._spectra.get(block, lambda: self._hall.spectrum(self._parts(block)[1]))

    def _parts(self, block: int) -> np.ndarray:
        """What sounds in a block, dry, and what of it goes into the hall. float32 [shape=(2, BLOCK, 2)]."""
        return self._dry.get(block, lambda: self._play(block))

    def _play(self, block: int) -> np.ndarray:
        parts = np.zeros((2, BLOCK, 2), dtype=np.float32)
        low = np.searchsorted(self._sorted_first, block - self._longest, side="left")
        high = np.searchsorted(self._sorted_first, block, side="right")
        for number in self._order[low:high].tolist():
            if self._last_block[number] < block:
                continue
            note = self._notes[number]
            first = max(block * BLOCK - note.start, 0)
            last = (block + 1) * BLOCK - note.start
            sound = self._sound(note, first, last)
            if len(sound):
                at = note.start + first - block * BLOCK
                parts[0, at : at + len(sound)] += sound
                parts[1, at : at + len(sound)] += note.hall * sound
        return parts

    def _sound(self, note: _Note, first: int, last: int) -> np.ndarray:
        """Samples ``[first, last)`` of a note from its onset, as far as it sounds. [shape=(n, 2)]."""
        rate = self.sample_rate
        if note.instrument == "kit":
            stroke = self._tones.get(("kit", note.pitch), lambda: drum(note.pitch, rate))
            return note.gain * stroke[first:last]
        key = (note.instrument, note.pitch, note.layer)
        balance = note.gain * _balance(note.instrument, note.pitch)
        if note.instrument in STRUCK:
            tone = self._tones.get(key, lambda: struck_tone(*key, rate))
            release = STRUCK[note.instrument].release_s * rate
            last = min(last, len(tone), int(note.length + release) + 1)
            if first >= last:
                return np.zeros((0, 2), dtype=np.float32)
            sound = tone[first:last] * balance
            if last > note.length:
                tail = max(note.length - first, 0)
                place = np.arange(first + tail, last)
                sound[tail:] *= (1 - ramp((place - note.length) / release)).astype(np.float32)[:, None]
            return sound
        voice = HELD[note.instrument]
        last = min(last, int(note.length + voice.release_s * rate) + 1)
        if first >= last:
            return np.zeros((0, 2), dtype=np.float32)
        table = self._tones.get(key, lambda: held_table(*key, rate))
        place = np.arange(first, last)
        sound = _read_round(table, place, note, voice, rate)
        return sound * (_swell(place, note, voice, rate)[:, None] * balance)


def _balance(instrument: str, pitch: int) -> np.ndarray:
    """Left and right: the player's seat, spread a little by pitch."""
    pan = np.clip(INSTRUMENTS[instrument].pan + 0.006 * (pitch - 62), -0.7, 0.7)
    return np.sqrt(1 + pan * np.array([-1, 1])).astype(np.float32)


def _read_round(table: np.ndarray, place: np.ndarray, note: _Note, voice: Held, rate: int) -> np.ndarray:
    """The table from the note's offset on, round and round, with vibrato where the voice has one."""
    speed, cents, onset_s = voice.vibrato
    if not cents:
        return np.take(table, place + note.offset, axis=0, mode="wrap")
    time = place / rate
    depth = (2 ** (cents / 1200) - 1) * rate / (2 * np.pi * speed)
    phase = 2 * np.pi * (speed * time + note.offset / TABLE)
    moved = place + note.offset + depth * ramp((time - onset_s) / 0.4) * np.sin(phase)
    whole = np.floor(moved).astype(np.int64)
    x = (moved - whole).astype(np.float32)[:, None]
    before, here, there, after = (np.take(table, whole + k, axis=0, mode="wrap") for k in (-1, 0, 1, 2))
    # cubic through four samples (Catmull-Rom)
    return here + 0.5 * x * (
        there
        - before
        + x * (2 * before - 5 * here + 4 * there - after + x * (3 * (here - there) + after - before))
    )


def _swell(place: np.ndarray, note: _Note, voice: Held, rate: int) -> np.ndarray:
    """Rise, a slight swell and fall of a held tone, at consecutive places. float32 [shape=(n,)]."""
    attack = max(min(voice.attack_s, _ATTACK_SHARE * note.length / rate), _LEAST_ATTACK_S) * rate
    swell = np.pi * np.minimum(place.astype(np.float32) / max(note.length, 1), 1)
    shape = 0.9 + 0.14 * np.sin(swell)
    risen = np.searchsorted(place, attack)
    shape[:risen] *= ramp(place[:risen] / attack)
    held = np.searchsorted(place, note.length)
    shape[held:] *= 1 - ramp((place[held:] - note.length) / (voice.release_s * rate))
    if voice.tremolo:
        wobble = np.sin(2 * np.pi * (_TREMOLO_HZ * place / rate + note.offset / TABLE))
        shape *= (1 - voice.tremolo * (0.5 + 0.5 * wobble)).astype(np.float32)
    return shape
