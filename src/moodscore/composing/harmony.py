"""Keys, chords and progressions: what is heard as a mode, phrase by phrase.

Seven modes from bright to dark, each with the chords that follow one another in it and the cadences that
close on its tonic. Progressions dwell on the tonic and on the chords that tell a mode from its relatives,
so that it is heard as itself.
"""

from typing import NamedTuple

import numpy as np

PITCH_CLASSES = 12
#: Names of the pitch classes; flats where the key has them.
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_KEYS = frozenset((1, 3, 5, 6, 8, 10))


class Mode(NamedTuple):
    """A mode.

    Attributes
    ----------
    floor : float
        The lowest `Mood.mode` it is used for.
    scale : tuple of int
        Semitones above the tonic.
    follows : dict of int to dict of int to float
        For a degree (0 = tonic) how readily others follow it.
    cadences : tuple of tuple of int
        Degrees that close a phrase: the last is the tonic.
    open_end : int
        Degree on which an antecedent rests.
    raised_leading_tone : bool
        Whether the chord on the fifth degree is a major triad, with the note a semitone below the tonic:
        without it a dark mode is heard as the major key that has its notes.
    """

    floor: float
    scale: tuple[int, ...]
    follows: dict[int, dict[int, float]]
    cadences: tuple[tuple[int, ...], ...]
    open_end: int
    raised_leading_tone: bool = False


MODES = {
    "lydian": Mode(
        0.82,
        (0, 2, 4, 6, 7, 9, 11),
        {0: {1: 3, 4: 3, 5: 1}, 1: {0: 3, 4: 2}, 4: {0: 4, 1: 1}, 5: {1: 1, 4: 1, 0: 1}},
        ((1, 0), (4, 0)),
        4,
    ),
    "major": Mode(
        0.16,
        (0, 2, 4, 5, 7, 9, 11),
        {
            0: {3: 4, 4: 3, 5: 2, 1: 1, 2: 0.5},
            1: {4: 4, 3: 1},
            2: {3: 2, 5: 1},
            3: {0: 3, 4: 3, 1: 1},
            4: {0: 4, 5: 1.5, 3: 1},
            5: {3: 3, 1: 1, 4: 1},
        },
        ((4, 0), (4, 0), (3, 4, 0), (1, 4, 0)),
        4,
    ),
    "mixolydian": Mode(
        0.03,
        (0, 2, 4, 5, 7, 9, 10),
        {0: {6: 3, 3: 3, 4: 1, 1: 0.5}, 6: {3: 3, 0: 2}, 3: {0: 3, 6: 1}, 4: {3: 1, 0: 2}, 1: {6: 1, 3: 1}},
        ((6, 0), (6, 3, 0)),
        3,
    ),
    "dorian": Mode(
        -0.16,
        (0, 2, 3, 5, 7, 9, 10),
        {0: {3: 3, 4: 2, 6: 1, 1: 0.5}, 3: {0: 3, 6: 0.5}, 6: {0: 2, 3: 2}, 4: {0: 2, 3: 1}, 1: {4: 1, 0: 1}},
        ((4, 0), (3, 0), (6, 0)),
        3,
    ),
    "minor": Mode(
        -0.82,
        (0, 2, 3, 5, 7, 8, 10),
        {
            0: {0: 2.5, 3: 3.5, 5: 1.5, 4: 2, 6: 0.2},
            1: {4: 1},
            3: {0: 3, 4: 1.5, 1: 0.3},
            4: {0: 4, 5: 0.7},
            5: {3: 2, 0: 2, 4: 1},
            6: {0: 1, 5: 0.5},
        },
        ((4, 0), (3, 0), (5, 4, 0)),
        3,
        True,
    ),
    "phrygian": Mode(
        -np.inf,
        (0, 1, 3, 5, 7, 8, 10),
        {
            0: {0: 3, 1: 1.5, 3: 2, 4: 2.5},
            1: {0: 2, 4: 2},
            3: {0: 2, 4: 2},
            4: {0: 4},
            5: {3: 2, 1: 1},
        },
        ((1, 4, 0), (4, 0), (1, 4, 0), (1, 0)),
        4,
        True,
    ),
}

_MAJOR, _MINOR, _DIMINISHED, _AUGMENTED = (4, 7), (3, 7), (3, 6), (4, 8)
_SUFFIX = {_MAJOR: "", _MINOR: "m", _DIMINISHED: "dim", _AUGMENTED: "aug"}


class Key(NamedTuple):
    """A tonic (pitch class) and the name of a mode."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """Such as ``Eb dorian``."""
        return f"{note_name(self.tonic, self.tonic)} {self.mode}"

    @property
    def is_minor(self) -> bool:
        """Whether the third above the tonic is minor."""
        return MODES[self.mode].scale[2] == 3

    def pitch_class(self, degree: int) -> int:
        """Pitch class of a degree of the scale; degrees go on beyond the octave."""
        return (self.tonic + MODES[self.mode].scale[degree % 7]) % PITCH_CLASSES


class Chord(NamedTuple):
    """A chord.

    Attributes
    ----------
    name : str
        Symbol, such as ``F#m7``.
    degree : int
        Of its root in the key, 0 = tonic.
    tones : tuple of int
        Pitch classes: root, third, fifth and what is added.
    key : Key
        In which it stands.
    """

    name: str
    degree: int
    tones: tuple[int, ...]
    key: Key


def note_name(pitch_class: int, tonic: int) -> str:
    """Name of a pitch class, with flats in keys that have them."""
    return (_FLATS if tonic in _FLAT_KEYS else _SHARPS)[pitch_class]


def mode_at(brightness: float) -> str:
    """The mode for a place between dark (-1) and bright (1)."""
    return next(name for name, mode in MODES.items() if brightness >= mode.floor)


def chord_on(key: Key, degree: int, colour: str = "") -> Chord:
    """A chord of the key.

    Parameters
    ----------
    key : Key
        Tonic and mode.
    degree : int
        Of the root, 0 = tonic.
    colour : {"", "7", "add9", "sus2", "sus4"}
        What is added to the triad or stands for its third.
    """
    mode = MODES[key.mode]

    def above(step: int) -> int:
        octave, place = divmod(degree + step, 7)
        note = mode.scale[place]
        if mode.raised_leading_tone and degree == 4:
            note = {6: 11, 1: 2}.get(place, note)
        return note + PITCH_CLASSES * octave

    root = above(0)
    triad = (above(2) - root, above(4) - root)
    extra = {"7": (above(6) - root,), "add9": (14,)}.get(colour, ())
    suffix = _SUFFIX.get(triad, "")
    if colour == "7":
        suffix += "maj7" if extra[0] == 11 else "7"
    elif colour in ("sus2", "sus4"):
        triad, suffix = ((2 if colour == "sus2" else 5), 7), colour
    elif colour:
        suffix += colour
    tones = tuple((key.tonic + root + part) % PITCH_CLASSES for part in (0, *triad, *extra))
    return Chord(note_name(tones[0], key.tonic) + suffix, degree % 7, tones, key)


def dominant_of(key: Key) -> Chord:
    """The dominant seventh chord that leads into a key."""
    root = (key.tonic + 7) % PITCH_CLASSES
    tones = tuple((root + part) % PITCH_CLASSES for part in (0, 4, 7, 10))
    return Chord(note_name(root, key.tonic) + "7", 4, tones, key)


def common_tone_chord(old: Key, new: Key) -> Chord:
    """The chord of the old key that shares most tones with the new tonic's, its own tonic left out."""
    aim = set(chord_on(new, 0).tones)
    choices = [chord_on(old, degree) for degree in (3, 5, 4, 1, 2, 6)]
    return max(choices, key=lambda chord: len(aim & set(chord.tones)))


def progression(
    key: Key, n_chords: int, *, closes: bool, opens: bool, complexity: float, rng: np.random.Generator
) -> list[Chord]:
    """The chords of a phrase.

    Parameters
    ----------
    key : Key
        Tonic and mode.
    n_chords : int
        One a bar.
    closes : bool
        Whether it ends on the tonic; else on the degree that leaves it open.
    opens : bool
        Whether it begins on the tonic; else a phrase may begin elsewhere.
    complexity : float
        Share of chords with something added.
    rng : np.random.Generator
        Chooses.
    """
    mode = MODES[key.mode]
    if closes:
        ending = mode.cadences[rng.integers(len(mode.cadences))]
        ending = ending[-2:] if n_chords < 4 else ending
    else:
        ending = (mode.open_end,)
    degrees: list[int] = []
    if n_chords > len(ending):
        starts = [0, 0, 0, *mode.follows[0]]
        degrees.append(0 if opens else starts[rng.integers(len(starts))])
    while len(degrees) < n_chords - len(ending):
        degrees.append(_next(mode, degrees[-1], ending[0], rng))
    degrees += ending[-n_chords:]
    return [_coloured(key, degree, complexity, rng) for degree in degrees]


def _next(mode: Mode, degree: int, ahead: int, rng: np.random.Generator) -> int:
    """A degree that follows another; not the one that the cadence is about to begin with."""
    choices = {to: weight * (0.02 if to == ahead else 1.0) for to, weight in mode.follows[degree].items()}
    weights = np.array(list(choices.values()))
    return list(choices)[rng.choice(len(weights), p=weights / weights.sum())]


def _coloured(key: Key, degree: int, complexity: float, rng: np.random.Generator) -> Chord:
    if rng.random() >= complexity:
        return chord_on(key, degree)
    if degree == 4 and MODES[key.mode].raised_leading_tone:
        return chord_on(key, degree, "7")
    minor_third = _interval(key, degree, 2) == 3
    colours = ("7", "add9", "add9" if minor_third else "sus2") if degree in (0, 3) else ("7", "sus4", "add9")
    colour = colours[rng.integers(3)]
    step = {"add9": (1, 2), "sus2": (1, 2), "sus4": (3, 5)}.get(colour)
    if step and (_interval(key, degree, step[0]) != step[1] or _interval(key, degree, 4) != 7):
        colour = "7"  # a minor ninth or a tritone would grind
    if degree == 0:  # the tonic keeps its third, which tells the mode, and has no other key's triad in it
        colour = "add9" if _interval(key, degree, 1) == 2 else ""
    return chord_on(key, degree, colour)


def _interval(key: Key, degree: int, steps: int) -> int:
    """Semitones from a degree of the scale to one some steps above."""
    return (key.pitch_class(degree + steps) - key.pitch_class(degree)) % PITCH_CLASSES


#: Where the next scene may go, in semitones: a third, fourth or fifth away, or the same tonic.
_STEPS_UP, _STEPS_DOWN, _PARALLEL = (5, 2, 7, 4), (-5, -3, -2, -4), (0, 5, -5, 3, -3)


def next_key(key: Key, mode: str, *, lifts: int, rng: np.random.Generator) -> Key:
    """The key of the scene that follows.

    Parameters
    ----------
    key : Key
        The key before.
    mode : str
        The mode that is wanted.
    lifts : int
        Whether the mood rises (1), sinks (-1) or neither (0): keys follow.
    rng : np.random.Generator
        Chooses.
    """
    steps = {1: _STEPS_UP, -1: _STEPS_DOWN, 0: _PARALLEL}[lifts]
    if MODES[mode].scale[2] != MODES[key.mode].scale[2]:
        steps = (0, *steps[:2])  # the same tonic, or near it: the change of mode is what is heard
    return Key((key.tonic + steps[rng.integers(len(steps))]) % PITCH_CLASSES, mode)
