"""One motif through the film: a shape of eight steps and a rhythm, said in many ways.

The motif is two bars long. Where the music is sparse only its structural tones are left, where it is
dense they are filled in, so that it is known again at any density. A phrase says it, develops it (moved
along the scale, turned upside down, broken off) and comes to rest.
"""

from typing import NamedTuple

import numpy as np

from moodscore.composing.harmony import MODES, PITCH_CLASSES, Chord
from moodscore.composing.voicing import near

#: Steps of the scale from the first structural tone to each of the four, two a bar.
_SHAPES = (
    (0, 2, 4, 2),
    (0, 4, 2, 1),
    (0, -1, 2, 1),
    (4, 2, 1, 0),
    (0, 1, 2, 4),
    (2, 4, 1, 0),
    (0, 2, -1, 1),
    (4, 5, 2, 4),
    (0, 3, 2, -1),
)
#: Rhythms of a bar of four beats, from sparse to dense: onsets (in beats) of its notes.
RHYTHMS = (
    ((0,), (0, 3), (0, 2)),
    ((0, 2), (0, 1.5, 2), (0, 2, 3), (1, 2), (0, 3)),
    ((0, 1, 2, 3), (0, 1.5, 2, 3), (0, 1, 2, 3.5), (0, 0.5, 1, 2), (0, 1.5, 3), (0.5, 1, 2, 3)),
    (
        (0, 0.5, 1, 2, 2.5, 3),
        (0, 1, 1.5, 2, 3, 3.5),
        (0, 0.5, 1.5, 2, 3, 3.5),
        (0, 0.75, 1, 2, 2.75, 3),
        (0, 0.5, 1, 1.5, 2, 3),
    ),
)
_HIGHEST_LEAP = 9  # semitones from one note to the next
_RANGE = 10  # semitones from the centre of the register
_STEP = 2.3  # semitones to a step of the shape
_LONG = 1.5  # beats from which a note bears the harmony wherever it falls
_SHAPE_BEATS = 4.0


class Motif(NamedTuple):
    """What a film keeps from scene to scene.

    Attributes
    ----------
    shape : tuple of int
        Four structural tones in steps of the scale.
    fills : tuple of int
        Eight small steps, for the tones between.
    rhythms : tuple
        For each density two bars: onsets in beats.
    """

    shape: tuple[int, ...]
    fills: tuple[int, ...]
    rhythms: tuple[tuple[tuple[float, ...], ...], ...]


class Tone(NamedTuple):
    """A note of the melody: onset and length in beats from the start of its bar, MIDI number."""

    start: float
    length: float
    pitch: int


def make_motif(rng: np.random.Generator) -> Motif:
    """Draw a motif."""
    shape = np.array(_SHAPES[rng.integers(len(_SHAPES))])
    shape[1:] += rng.integers(-1, 2, size=3)
    fills = rng.choice([-1, 1, 1, 2, -2], size=8)
    pairs = [rng.choice(len(level), size=2, replace=False).tolist() for level in RHYTHMS]
    rhythms = tuple((level[one], level[two]) for level, (one, two) in zip(RHYTHMS, pairs, strict=True))
    return Motif(tuple(shape.tolist()), tuple(fills.tolist()), rhythms)


class Line:
    """A melody that goes on from bar to bar.

    Parameters
    ----------
    motif : Motif
        What it says.
    rng : np.random.Generator
        Chooses how.
    """

    def __init__(self, motif: Motif, rng: np.random.Generator):
        self._motif, self._rng = motif, rng
        self._pitch: int | None = None
        self._turned, self._moved = 1, 0

    def begin_phrase(self, *, answers: bool) -> None:
        """Choose how the motif is said in a phrase: a consequent answers as the antecedent asked."""
        if not answers:
            self._turned = 1 if self._rng.random() < 0.75 else -1
            self._moved = int(self._rng.choice([0, 0, 2, 4, -3]))

    def bar(
        self,
        chord: Chord,
        n_beats: float,
        density: int,
        centre: float,
        *,
        place: int,
        phrase_bars: int,
        closes: bool,
    ) -> list[Tone]:
        """The notes of one bar.

        Parameters
        ----------
        chord : Chord
            What it sounds over.
        n_beats : float
            Length of the bar.
        density : int
            Index into `RHYTHMS`.
        centre : float
            MIDI number around which it lies.
        place, phrase_bars : int
            Place in the phrase, and its length.
        closes : bool
            Whether the phrase comes home with this bar; where it only pauses it rests on a chord tone.
        """
        if place == phrase_bars - 1 and phrase_bars > 1:
            return self._rest(chord, n_beats, density, centre, home=closes)
        half = place % 2
        rhythm = self._motif.rhythms[density][half]
        shape = self._motif.shape[2 * half : 2 * half + 2]
        developed = place >= 2
        moved = self._moved + (int(self._rng.integers(-2, 3)) if developed else 0)
        turned = -self._turned if developed and self._rng.random() < 0.35 else self._turned
        if developed and density > 0 and self._rng.random() < 0.4:
            others = RHYTHMS[density]
            rhythm = others[self._rng.integers(len(others))]
        return self._say(chord, n_beats, _fitted(rhythm, n_beats), shape, moved, turned, centre)

    def _say(
        self,
        chord: Chord,
        n_beats: float,
        onsets: list[float],
        shape: tuple[int, ...],
        moved: int,
        turned: int,
        centre: float,
    ) -> list[Tone]:
        """The structural tones, tones of the chord, on strong and long notes; steps between them."""
        lengths = np.diff([*onsets, n_beats]).tolist()
        strong = [start % 2 == 0 or length >= _LONG for start, length in zip(onsets, lengths, strict=True)]
        pitches: list[int | None] = [None] * len(onsets)
        for number in np.flatnonzero(strong).tolist():
            # over a long bar the shape is said again
            half = int((onsets[number] % _SHAPE_BEATS) >= min(n_beats, _SHAPE_BEATS) / 2)
            pitches[number] = self._chord_pitch(chord, turned * shape[half] + moved, centre)
        for number in np.flatnonzero(~np.array(strong)).tolist():
            ahead = next((pitch for pitch in pitches[number + 1 :] if pitch is not None), None)
            behind = pitches[number - 1] if number else None
            fill = self._motif.fills[number % 8] * turned
            pitches[number] = _between(chord, behind, ahead, fill, centre)
        self._pitch = pitches[-1]
        return [Tone(*tone) for tone in zip(onsets, lengths, pitches, strict=True)]

    def _rest(self, chord: Chord, n_beats: float, density: int, centre: float, *, home: bool) -> list[Tone]:
        """The end of a phrase: a step or two, then a long note."""
        aim = chord.tones[0] if home else chord.tones[self._rng.integers(1, 3)]
        start = 0.0
        tones = []
        if density > 0 and n_beats >= 3 and self._rng.random() < 0.6:
            start = 1.0 if density < 3 or self._rng.random() < 0.5 else 2.0
            steps = int(start) if density < 3 else int(2 * start)
            target = self._place(aim, centre)
            length = start / steps
            side = 1 if target <= centre else -1  # from where there is room
            for step in range(steps, 0, -1):
                pitch = _scale_step(chord, target, side * step)
                tones.append(Tone((steps - step) * length, length, pitch))
            self._pitch = tones[-1].pitch
        final = self._place(aim, centre)
        self._pitch = final
        return [*tones, Tone(start, n_beats - start, final)]

    def last(self, chord: Chord, n_beats: float, centre: float) -> list[Tone]:
        """The tonic on which the film ends."""
        self._pitch = self._place(chord.key.tonic, centre)
        return [Tone(0.0, n_beats, self._pitch)]

    def _chord_pitch(self, chord: Chord, position: int, centre: float) -> int:
        """The tone of the chord nearest to where the shape points."""
        aim = _aim(centre, position)
        choices = [near(tone, aim) + octave for tone in chord.tones[:4] for octave in (-12, 0, 12)]
        last = aim if self._pitch is None else self._pitch

        def cost(pitch: int) -> float:
            repeated = 5 if pitch == self._pitch else 0
            return (
                abs(pitch - aim) + 0.3 * abs(pitch - last) + repeated + 2.0 * max(abs(pitch - centre) - 8, 0)
            )

        self._pitch = min(choices, key=cost)
        return self._pitch

    def _place(self, pitch_class: int, centre: float) -> int:
        """A pitch of a class near the last note, without leaving the register."""
        last = centre if self._pitch is None else self._pitch
        choices = [near(pitch_class, centre) + 12 * octave for octave in (-1, 0, 1)]
        within = [p for p in choices if abs(p - centre) <= _RANGE] or choices[1:2]
        return min(within, key=lambda p: abs(p - last) + (20 if abs(p - last) > _HIGHEST_LEAP else 0))


def _between(chord: Chord, behind: int | None, ahead: int | None, fill: int, centre: float) -> int:
    """A weak note: on the way to the next strong one where that is a leap away, else a neighbour."""
    if behind is None and ahead is None:
        return _scale_step(chord, round(centre), 1)
    if behind is None or ahead is None:
        base = ahead if behind is None else behind
        return _scale_step(chord, base, fill if abs(base + 2 * fill - centre) <= _RANGE else -fill)
    gap = ahead - behind
    if abs(gap) <= 2:
        side = fill if abs(behind + 2 * fill - centre) <= _RANGE else -fill
        return _scale_step(chord, behind, side)
    return _scale_step(chord, behind, (1 if gap > 0 else -1) * (2 if abs(gap) > 7 else 1))


def _aim(centre: float, position: int) -> float:
    """Where a place in the shape lies: a step of it is `_STEP` semitones, far ones are less."""
    return centre + _RANGE * np.tanh(_STEP * (position - 1) / _RANGE)


def _fitted(rhythm: tuple[float, ...], n_beats: float) -> list[float]:
    """A rhythm of four beats in a bar of another length."""
    bars = int(np.ceil(n_beats / 4))
    onsets = [start + 4 * bar for bar in range(bars) for start in rhythm if start + 4 * bar < n_beats - 0.24]
    return onsets or [0.0]


def scale_classes(chord: Chord) -> tuple[int, ...]:
    """Pitch classes of the scale over a chord: its own tones stand for those they replace."""
    key = chord.key
    classes = [(key.tonic + step) % PITCH_CLASSES for step in MODES[key.mode].scale]
    for tone in chord.tones:
        if tone not in classes:  # a raised leading tone: the lowered one beside it gives way
            nearest = min(range(7), key=lambda i: min((classes[i] - tone) % 12, (tone - classes[i]) % 12))
            classes[nearest] = tone
    return tuple(sorted(classes))


def fitted_to(chord: Chord, pitch: int) -> int:
    """A pitch, or its neighbour if a chord replaces that note of the scale."""
    classes = scale_classes(chord)
    return next(near for near in (pitch, pitch + 1, pitch - 1, pitch + 2) if near % PITCH_CLASSES in classes)


def _scale_step(chord: Chord, pitch: int, steps: int) -> int:
    """The pitch some steps of the scale away."""
    classes = scale_classes(chord)
    direction = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        pitch += direction
        while pitch % PITCH_CLASSES not in classes:
            pitch += direction
    return pitch
