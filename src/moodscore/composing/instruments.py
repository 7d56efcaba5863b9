"""The instruments: their General MIDI programs, where they lie, and which a mood asks for.

An ensemble has a part for each role; who plays it is drawn near the mood's place on the emotion plane, so
that a take or a seed has other players and scenes of one kind of mood keep theirs.
"""

from typing import NamedTuple

import numpy as np

from moodscore.composing.moods import Mood

PERCUSSION_CHANNEL = 9


class Instrument(NamedTuple):
    """An instrument.

    Attributes
    ----------
    program : int
        General MIDI program, from 0.
    low, high : int
        MIDI numbers it can play.
    pan : float
        Place in the orchestra: -1 left, 1 right.
    """

    program: int
    low: int
    high: int
    pan: float


INSTRUMENTS = {
    "piano": Instrument(0, 28, 100, -0.12),
    "celesta": Instrument(8, 60, 103, 0.28),
    "vibraphone": Instrument(11, 53, 89, 0.3),
    "marimba": Instrument(12, 45, 91, 0.34),
    "guitar": Instrument(24, 40, 83, 0.26),
    "bass guitar": Instrument(33, 28, 60, 0.0),
    "double bass": Instrument(32, 28, 60, 0.1),
    "cello": Instrument(42, 36, 74, 0.24),
    "tremolo strings": Instrument(44, 40, 96, -0.1),
    "pizzicato": Instrument(45, 40, 92, -0.28),
    "harp": Instrument(46, 31, 100, -0.34),
    "timpani": Instrument(47, 36, 57, 0.12),
    "strings": Instrument(48, 36, 96, -0.06),
    "choir": Instrument(52, 48, 81, 0.0),
    "trumpet": Instrument(56, 55, 84, 0.2),
    "brass": Instrument(61, 40, 82, 0.16),
    "horn": Instrument(60, 41, 77, -0.22),
    "oboe": Instrument(68, 58, 89, 0.08),
    "clarinet": Instrument(71, 50, 91, 0.14),
    "flute": Instrument(73, 60, 96, -0.16),
    "pad": Instrument(89, 36, 96, 0.0),
    "kit": Instrument(0, 0, 127, 0.0),
}


class _Player(NamedTuple):
    """Who plays a part, and the place on the emotion plane where it is at home."""

    instrument: str
    valence: float
    arousal: float


#: Roles: the melody, held chords, moving figures, the bass, an inner voice.
_PLAYERS = {
    "lead": (
        _Player("flute", 0.6, -0.3),
        _Player("piano", 0.2, -0.2),
        _Player("oboe", -0.2, -0.5),
        _Player("clarinet", 0.3, 0.1),
        _Player("cello", -0.7, -0.6),
        _Player("trumpet", 0.6, 0.8),
        _Player("strings", 0.4, 0.6),
        _Player("horn", -0.1, 0.5),
        _Player("brass", -0.5, 0.8),
        _Player("strings", -0.6, 0.5),
        _Player("vibraphone", 0.0, -0.7),
        _Player("celesta", 0.5, -0.8),
    ),
    "chords": (
        _Player("pad", 0.0, -0.8),
        _Player("pad", 0.5, -0.5),
        _Player("strings", 0.4, 0.2),
        _Player("strings", -0.4, 0.3),
        _Player("choir", -0.5, -0.5),
        _Player("brass", 0.4, 0.9),
        _Player("tremolo strings", -0.6, 0.9),
    ),
    "figure": (
        _Player("harp", 0.5, -0.5),
        _Player("piano", -0.2, -0.6),
        _Player("piano", 0.4, 0.2),
        _Player("guitar", 0.4, 0.0),
        _Player("pizzicato", 0.5, 0.5),
        _Player("marimba", 0.6, 0.8),
        _Player("celesta", 0.8, -0.3),
        _Player("strings", -0.6, 0.7),
        _Player("strings", 0.1, 0.8),
        _Player("vibraphone", 0.0, -0.7),
    ),
    "bass": (
        _Player("double bass", 0.2, -0.4),
        _Player("double bass", -0.5, -0.2),
        _Player("cello", -0.4, -0.7),
        _Player("bass guitar", 0.6, 0.7),
        _Player("bass guitar", -0.4, 0.9),
        _Player("double bass", 0.3, 0.3),
    ),
    "inner": (
        _Player("horn", 0.3, 0.5),
        _Player("cello", -0.3, -0.3),
        _Player("clarinet", 0.4, 0.0),
        _Player("choir", -0.5, 0.5),
        _Player("strings", 0.0, -0.2),
        _Player("brass", -0.3, 0.9),
    ),
}
#: How far from home an instrument still plays.
_REACH = 0.35
#: Held chords need an instrument that holds.
_FLATTEST = 0.02


def choose_ensemble(mood: Mood, rng: np.random.Generator) -> dict[str, str]:
    """Who plays which role in a scene; nobody has two of melody, chords, bass and inner voice."""
    place = (0.0, -0.6) if mood.is_neutral else (mood.valence, mood.arousal)
    chosen: dict[str, str] = {}
    for role, players in _PLAYERS.items():
        taken = {chosen[other] for other in ("lead", "chords", "bass", "figure") if other in chosen}
        free = [p for p in players if p.instrument not in taken] or list(players)
        far = np.array([(p.valence - place[0]) ** 2 + (p.arousal - place[1]) ** 2 for p in free])
        weights = np.exp(-(far - far.min()) / (2 * _REACH**2)) + _FLATTEST * (far < 0.6)
        chosen[role] = free[rng.choice(len(free), p=weights / weights.sum())].instrument
    return chosen


def within(instrument: str, pitch: int) -> int:
    """A pitch moved by octaves into the range of an instrument."""
    low, high = INSTRUMENTS[instrument].low, INSTRUMENTS[instrument].high
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
