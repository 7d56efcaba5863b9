"""A composition as a standard MIDI file: type 1, one track an instrument, with a tempo map.

The first track has tempi, metres and a marker at every scene. Times are exact to a tick (1/480 of a beat);
rounding of the tempi to whole microseconds does not add up, since every tempo makes good what the ones
before it were off by. References: the Standard MIDI File specification 1.0 (MMA, 1996).
"""

import struct
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.composing.form import Form
from moodscore.composing.instruments import INSTRUMENTS, PERCUSSION_CHANNEL

TICKS_PER_BEAT = 480
_CHANNELS = tuple(channel for channel in range(16) if channel != PERCUSSION_CHANNEL)
_VOLUME, _PAN, _REVERB = 7, 10, 91
#: Order of events of one tick: what must be known before a note, ends of notes, notes.
_SET_UP, _NOTE_OFF, _NOTE_ON = 0, 1, 2
_MOST_TEMPO = (1 << 24) - 1  # microseconds a beat

_Event = tuple[int, int, bytes]


def midi_file(notes: pd.DataFrame, bars: pd.DataFrame, form: Form, title: str = "moodscore") -> bytes:
    """The file's content.

    Parameters
    ----------
    notes, bars : pd.DataFrame
        As of a `Composition`.
    form : Form
        When beats are.
    title : str
        Name of the first track.
    """
    end = _ticks(form, np.array([form.knots_s[-1]]))[0]
    tracks = [_track(_conductor(bars, form, title), end)]
    channels = _channels(notes, bars)
    for instrument, played in notes.groupby("instrument", sort=True):
        tracks.append(_track(_player(instrument, played, bars, form, channels[instrument]), end))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_PER_BEAT)
    return header + b"".join(tracks)


def stretch_file(notes: pd.DataFrame, start_s: float, duration_s: float) -> bytes:
    """A part of the notes as a file that lasts so long, for a synthesiser rather than a person.

    Parameters
    ----------
    notes : pd.DataFrame
        Some notes of a `Composition`.
    start_s, duration_s : float
        Moment of the film with which the file begins, and its length.
    """
    own = notes.assign(start_s=(notes["start_s"] - start_s).clip(lower=0), bar=0)
    one_bar = pd.DataFrame({"scene": [0]})
    even = _Even(np.array([0.0, 2 * duration_s]), np.array([0.0, duration_s]))
    channels = _channels(own, one_bar)
    end = _ticks(even, np.array([duration_s]))[0]
    tracks = [_track([(0, _SET_UP, _meta(0x51, (500_000).to_bytes(3, "big")))], end)]
    for instrument, played in own.groupby("instrument", sort=True):
        tracks.append(_track(_player(instrument, played, one_bar, even, channels[instrument]), end))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_PER_BEAT)
    return header + b"".join(tracks)


class _Even(NamedTuple):
    """Beats of half a second, as of a form."""

    knots_beat: np.ndarray
    knots_s: np.ndarray


def _ticks(form: "Form | _Even", times_s: np.ndarray) -> np.ndarray:
    """Moments as ticks."""
    beats = np.interp(times_s, form.knots_s, form.knots_beat)
    return np.rint(beats * TICKS_PER_BEAT).astype(np.int64)


def _conductor(bars: pd.DataFrame, form: Form, title: str) -> list[_Event]:
    """Tempi, metres, scenes."""
    events = [(0, _SET_UP, _meta(0x03, title.encode()))]
    ticks = np.rint(form.knots_beat * TICKS_PER_BEAT).astype(np.int64)
    played_s, current = float(form.knots_s[0]), 0
    for tick, step, end_s in zip(
        ticks.tolist(), np.diff(ticks).tolist(), form.knots_s[1:].tolist(), strict=False
    ):
        tempo = round((end_s - played_s) * 1e6 * TICKS_PER_BEAT / step)
        tempo = min(max(tempo, 1), _MOST_TEMPO)
        if tempo != current:
            events.append((tick, _SET_UP, _meta(0x51, tempo.to_bytes(3, "big"))))
            current = tempo
        played_s += tempo * step / TICKS_PER_BEAT / 1e6
    metre, scene = None, None
    for row in bars.itertuples():
        tick = _ticks(form, np.array([row.start_s]))[0]
        if row.n_beats != metre:
            metre = row.n_beats
            events.append((tick, _SET_UP, _meta(0x58, _signature(metre))))
        if row.scene != scene:
            scene = row.scene
            events.append((tick, _SET_UP, _meta(0x06, f"scene {scene + 1}: {row.mood}, {row.key}".encode())))
    return events


def _signature(n_beats: float) -> bytes:
    """Numerator, power of two of the denominator, clocks a click, 32nds a quarter."""
    beats = Fraction(n_beats / 4).limit_denominator(16)
    power = max(2, int(np.log2(beats.denominator)) if beats.denominator & (beats.denominator - 1) == 0 else 3)
    return bytes((max(1, min(255, round(n_beats / 4 * 2**power))), power, 24, 8))


def _player(
    instrument: str, played: pd.DataFrame, bars: pd.DataFrame, form: "Form | _Even", channel: int
) -> list[_Event]:
    """One instrument: its name, its program wherever a scene begins for it, its notes."""
    known = INSTRUMENTS[instrument]
    pan = round(64 + 63 * known.pan)
    events = [(0, _SET_UP, _meta(0x03, instrument.encode()))]
    scenes = bars["scene"].to_numpy()[played["bar"].to_numpy()]
    starts = _ticks(form, played["start_s"].to_numpy())
    stops = np.maximum(_ticks(form, (played["start_s"] + played["duration_s"]).to_numpy()), starts + 1)
    for scene in np.unique(scenes).tolist():
        at = int(starts[scenes == scene].min()) if len(events) > 1 else 0
        events.append((at, _SET_UP, bytes((0xC0 | channel, known.program))))
        for control, value in ((_VOLUME, 100), (_PAN, pan), (_REVERB, 50)):
            events.append((at, _SET_UP, bytes((0xB0 | channel, control, value))))
    velocities = np.clip(np.rint(played["velocity"] * 127), 1, 127).astype(int)
    pitches = played["pitch"].to_numpy()
    stops = _before_next(starts, stops, pitches)
    for start, stop, pitch, velocity in zip(
        starts.tolist(), stops.tolist(), pitches.tolist(), velocities.tolist(), strict=True
    ):
        events.append((start, _NOTE_ON, bytes((0x90 | channel, pitch, velocity))))
        events.append((stop, _NOTE_OFF, bytes((0x80 | channel, pitch, 64))))
    return events


def _before_next(starts: np.ndarray, stops: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """A key is let go before it is struck again: where two notes of a pitch overlap, the first ends."""
    stops = stops.copy()
    for pitch in np.unique(pitches):
        which = np.flatnonzero(pitches == pitch)
        which = which[np.argsort(starts[which], kind="stable")]
        following = starts[which[1:]]
        stops[which[:-1]] = np.where(
            following > starts[which[:-1]], np.minimum(stops[which[:-1]], following), stops[which[:-1]]
        )
    return stops


def _channels(notes: pd.DataFrame, bars: pd.DataFrame) -> dict[str, int]:
    """A channel for each instrument; those that never share a scene may share a channel."""
    scenes = bars["scene"].to_numpy()[notes["bar"].to_numpy()]
    plays_in = {
        name: set(scenes[rows].tolist()) for name, rows in notes.groupby("instrument").indices.items()
    }
    taken: dict[int, set[int]] = {channel: set() for channel in _CHANNELS}
    channels = {"kit": PERCUSSION_CHANNEL}
    for name in sorted(set(plays_in) - {"kit"}, key=lambda name: (-len(plays_in[name]), name)):
        free = [channel for channel in _CHANNELS if not taken[channel]]
        free += [channel for channel in _CHANNELS if not taken[channel] & plays_in[name]]
        channel = free[0] if free else min(_CHANNELS, key=lambda c: len(taken[c] & plays_in[name]))
        taken[channel] |= plays_in[name]
        channels[name] = channel
    return channels


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _variable(len(content)) + content


def _variable(number: int) -> bytes:
    """A number in groups of seven bits, the highest first."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | (number & 0x7F))
    return bytes(reversed(groups))


def _track(events: list[_Event], end: int) -> bytes:
    """A track chunk; events of one tick in the order set-up, ends, beginnings."""
    content, now = bytearray(), 0
    for tick, _, event in sorted(events, key=lambda event: event[:2]):
        content += _variable(max(tick - now, 0)) + event
        now = max(now, tick)
    content += _variable(max(int(end) - now, 0)) + _meta(0x2F, b"")
    return b"MTrk" + struct.pack(">I", len(content)) + bytes(content)
