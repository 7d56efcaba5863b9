"""The music on paper: which notes a scene is played with.

Harmony, bass, accompaniment, melody and percussion in the key and with the motif of the clip, in the
mode, tempo, articulation and density of the scene. Time runs in seconds from the scene's first beat.
"""

from typing import NamedTuple

import numpy as np

from moodscore.demo.recipe import BEATS_PER_BAR, ClipRecipe, Cues, Scene

#: Instruments whose notes have no pitch.
PERCUSSION = ("kick", "snare", "hat", "tom")


class Note(NamedTuple):
    """A note of the score.

    Attributes
    ----------
    instrument : str
        ``pad``, ``bass``, ``harp``, ``lead`` or one of `PERCUSSION`.
    start_s, duration_s : float
        Seconds from the scene's first beat; how long the key is held.
    pitch : int
        MIDI number (percussion: 0).
    velocity : float
        0..1.
    """

    instrument: str
    start_s: float
    duration_s: float
    pitch: int
    velocity: float


class _Mode(NamedTuple):
    """A scale in semitones above the tonic and chord progressions in steps of it."""

    floor: float  # the lowest ``Cues.mode`` it is used for
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]


#: From bright to dark. Progressions rest on the tonic and its fourth and fifth, so that the mode is
#: heard as such and not as that of the relative key.
_MODES = (
    _Mode(0.35, (0, 2, 4, 5, 7, 9, 11), ((0, 3, 4, 0), (0, 4, 3, 0), (0, 3, 0, 4))),  # major
    _Mode(0.0, (0, 2, 4, 5, 7, 9, 10), ((0, 6, 3, 0), (0, 3, 6, 0))),  # mixolydian
    _Mode(-0.35, (0, 2, 3, 5, 7, 9, 10), ((0, 3, 0, 4), (0, 3, 4, 0))),  # dorian
    _Mode(-np.inf, (0, 2, 3, 5, 7, 8, 11), ((0, 3, 4, 0), (0, 5, 4, 0), (0, 3, 0, 4))),  # harmonic minor
)

#: Rhythms of the melody, one bar each in beats, by the least activity they need.
_MELODY_RHYTHMS = (
    (0.75, ((0.5, 0.5, 1, 0.5, 0.5, 1), (0.75, 0.75, 0.5, 1, 1), (0.5, 0.5, 0.5, 0.5, 1, 1))),
    (0.4, ((1, 1, 2), (1.5, 0.5, 1, 1), (1, 0.5, 0.5, 2))),
    (-np.inf, ((2, 2), (3, 1), (2, 1, 1))),
)
_MELODY_BASE, _BASS_BASE, _CHORD_BASE = 67, 36, 52
#: Activity from which broken chords flow in halves of a beat, chords are struck, percussion plays,
#: it plays in halves of a beat with a snare, and the rhythm drives.
_FLOWING_FROM, _STRUCK_FROM, _PERCUSSION_FROM, _FULL_KIT_FROM, _DRIVE_FROM = 0.3, 0.5, 0.45, 0.6, 0.8
#: Beats from one note of the bass to the next, by the least activity they need.
_BASS_LENGTHS = ((0.75, 0.5), (0.5, 1), (0.25, 2), (-np.inf, 4))


class _Motif(NamedTuple):
    """What a clip keeps from scene to scene."""

    tonic: int  # pitch class
    contour: tuple[int, ...]  # steps of the melody


def compose(recipe: ClipRecipe) -> list[list[Note]]:
    """Write the score of a clip.

    Returns
    -------
    list of list of Note
        One list a scene, in no particular order of time.
    """
    rng = np.random.default_rng([*recipe.seed, 2])
    motif = _Motif(int(rng.integers(12)), tuple(rng.integers(-2, 3, size=8).tolist()))
    return [_compose_scene(scene, motif, rng) for scene in recipe.scenes]


def _compose_scene(scene: Scene, motif: _Motif, rng: np.random.Generator) -> list[Note]:
    cues, beat_s = scene.cues, scene.beat_s
    mode = next(mode for mode in _MODES if cues.mode >= mode.floor)
    progression = mode.progressions[rng.integers(len(mode.progressions))]
    rhythms = next(choice for floor, choice in _MELODY_RHYTHMS if cues.activity >= floor)
    notes, step = [], 0
    for bar in range(scene.n_bars):
        last = bar == scene.n_bars - 1
        degree = 0 if last else progression[bar % len(progression)]
        chord = _triad(mode, degree, motif.tonic)
        played = _pad(chord, cues) + _bass(chord[0], cues) + _accompaniment(chord, cues, rng)
        line, step = _melody(mode, degree, motif, step, rhythms[bar % len(rhythms)], cues)
        played += line + _percussion(cues, fill=last)
        if rng.random() < cues.dissonance:
            played.append(_grind(chord[0], cues))
        offset = bar * BEATS_PER_BAR
        notes += [_in_seconds(note, offset, beat_s, rng) for note in played]
    return notes


def _in_seconds(note: Note, offset: float, beat_s: float, rng: np.random.Generator) -> Note:
    """Place a note that is written in beats; the hand is a little uneven."""
    velocity = note.velocity * rng.uniform(0.9, 1.0)
    return note._replace(
        start_s=(offset + note.start_s) * beat_s, duration_s=note.duration_s * beat_s, velocity=velocity
    )


def _triad(mode: _Mode, degree: int, tonic: int) -> tuple[int, int, int]:
    """Root, third and fifth as semitones above C, the root within an octave."""
    size = len(mode.scale)
    tones = [mode.scale[(degree + skip) % size] + 12 * ((degree + skip) // size) for skip in (0, 2, 4)]
    root = tonic + tones[0]
    shift = 12 * (root // 12)
    return tuple(tonic + tone - shift for tone in tones)


def _near(pitch_class: int, centre: float) -> int:
    """The pitch of a class that lies nearest to ``centre``."""
    return int(pitch_class + 12 * np.rint((centre - pitch_class) / 12))


def _pad(chord: tuple[int, ...], cues: Cues) -> list[Note]:
    """The chord, held for the bar; the busier the music, the softer."""
    velocity = 0.62 - 0.3 * cues.activity
    centre = _CHORD_BASE + 5 + 0.5 * cues.register
    return [
        Note("pad", 0, BEATS_PER_BAR * max(cues.gate, 0.7), _near(tone, centre), velocity) for tone in chord
    ]


def _bass(root: int, cues: Cues) -> list[Note]:
    """One root a bar, two, or one every half beat; in a bright mode the off-beats leap an octave."""
    pitch = _near(root, _BASS_BASE + 4 + 0.4 * cues.register)
    length = next(length for floor, length in _BASS_LENGTHS if cues.activity >= floor)
    notes = []
    for start in np.arange(0, BEATS_PER_BAR, length).tolist():
        leap = 12 if start % 1 and cues.mode > 0 else 0
        notes.append(Note("bass", start, length * cues.gate, pitch + leap, _accent(start, 0.85, 0.7)))
    return notes


def _accompaniment(chord: tuple[int, ...], cues: Cues, rng: np.random.Generator) -> list[Note]:
    """Broken chords when calm, struck chords when lively."""
    voiced = sorted(_near(tone, _CHORD_BASE + 10 + cues.register) for tone in chord)
    if cues.activity < _STRUCK_FROM:
        return _broken(voiced, cues, rng)
    starts = (0, 0.5, 1.5, 2, 2.5, 3.5) if cues.activity > _DRIVE_FROM else (0, 1, 2, 3)
    return [
        Note("harp", start, 0.5 * cues.gate, pitch, 0.5 if start % 1 else 0.6)
        for start in starts
        for pitch in voiced
    ]


def _broken(voiced: list[int], cues: Cues, rng: np.random.Generator) -> list[Note]:
    """The tones of a chord one by one, each ringing into the next."""
    length = 0.5 if cues.activity > _FLOWING_FROM else 1
    tones = [*voiced, voiced[0] + 12]
    figure = [0, 1, 2, 3] if rng.random() < 0.5 else [0, 2, 1, 3]
    held = max(length, 2 * cues.gate)
    starts = np.arange(0, BEATS_PER_BAR, length).tolist()
    return [
        Note("harp", start, held, tones[figure[i % 4]], _accent(start, 0.62, 0.5))
        for i, start in enumerate(starts)
    ]


def _accent(start: float, strong: float, weak: float) -> float:
    """Velocity: the first and the third beat are strong."""
    return weak if start % 2 else strong


def _melody(
    mode: _Mode, degree: int, motif: _Motif, step: int, rhythm: tuple[float, ...], cues: Cues
) -> tuple[list[Note], int]:
    """The motif, laid on the chord at strong beats. Returns the notes and the next step of the motif."""
    notes, start, position = [], 0.0, degree % len(mode.scale)
    chord_steps = (0, 2, 4)
    for length in rhythm:
        if start % 2 == 0:
            position = degree + chord_steps[motif.contour[step % len(motif.contour)] % 3]
        else:
            position += motif.contour[step % len(motif.contour)] or 1
        semitones = mode.scale[position % len(mode.scale)]
        pitch = _near(motif.tonic + semitones, _MELODY_BASE + cues.register)
        notes.append(Note("lead", start, length * cues.gate, pitch, _accent(start, 0.8, 0.68)))
        start += length
        step += 1
    return notes, step


def _grind(root: int, cues: Cues) -> Note:
    """A minor second above the root, which rubs against it."""
    return Note("lead", 2, 2 * cues.gate, _near(root + 1, _CHORD_BASE + 4 + cues.register), 0.5)


def _percussion(cues: Cues, *, fill: bool) -> list[Note]:
    """Nothing when calm, then a hat, then a full kit; toms close a driving scene."""
    if cues.activity < _PERCUSSION_FROM:
        return []
    weight = min(1.0, 0.35 + (cues.activity - _PERCUSSION_FROM))
    drive = cues.activity > _DRIVE_FROM
    full = cues.activity > _FULL_KIT_FROM
    hats = np.arange(0, BEATS_PER_BAR, 0.5 if full else 1).tolist()
    hits = [("hat", beat, 0.8 if beat % 1 else 0.5) for beat in hats]
    hits += [("kick", beat, 1.0) for beat in ((0, 1, 2, 3) if drive else (0, 2))]
    if full:
        hits += [("snare", beat, 0.8) for beat in (1, 3)]
    if drive and fill:
        hits += [("tom", beat, 0.9) for beat in (3, 3.25, 3.5, 3.75)]
    return [Note(name, beat, 0.25, 0, weight * velocity) for name, beat, velocity in hits]
