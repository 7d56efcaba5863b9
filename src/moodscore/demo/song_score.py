"""The songs of the demo library on paper: which notes each of their sections is played with.

Each groove is a way to accompany: where in the bar the bass, the chords and the drums fall. A and B differ in
harmony, register, instruments and density; A comes back with the same notes. Written in beats from the first
one of the song; what time that is, the tempo of the song tells.
"""

from typing import NamedTuple

import numpy as np

from moodscore.demo.score import _MODES, Note, _near, _triad
from moodscore.demo.song_plan import Part, Song

_Hits = tuple[tuple[float, float], ...]  # beat of the bar and velocity


class _Groove(NamedTuple):
    """Where in the bar who plays; drums are none for a song without."""

    bass: _Hits
    chords: _Hits
    broken: float  # beats from tone to tone of a broken chord, 0 for struck ones
    drums: dict[str, _Hits]


_EIGHTHS = tuple((k / 2, 0.5 if k % 2 else 0.8) for k in range(8))
_GROOVES = {
    "rock": _Groove(
        ((0, 0.9), (1.5, 0.6), (2, 0.8), (3.5, 0.55)),
        ((0, 0.5), (1, 0.55), (2.5, 0.5), (3, 0.5)),
        0,
        {"kick": ((0, 1), (2, 0.9), (2.5, 0.6)), "snare": ((1, 0.8), (3, 0.85)), "hat": _EIGHTHS},
    ),
    "waltz": _Groove(
        ((0, 0.9),),
        ((1, 0.55), (2, 0.5)),
        0,
        {"kick": ((0, 0.8),), "hat": ((0, 0.5), (1, 0.6), (2, 0.55)), "snare": ((2, 0.25),)},
    ),
    "broken": _Groove(((0, 0.8), (2, 0.6)), (), 0.5, {}),
    "lilt": _Groove(((0, 0.8),), ((1, 0.45), (2, 0.4)), 0, {}),
    "drive": _Groove(
        tuple((k / 2, 0.85 if k % 2 == 0 else 0.65) for k in range(8)),
        ((0, 0.6), (0.5, 0.45), (1.5, 0.55), (2, 0.55), (3, 0.5), (3.5, 0.5)),
        0,
        {
            "kick": ((0, 1), (1, 0.9), (2, 1), (3, 0.9)),
            "snare": ((1, 0.7), (3, 0.75)),
            "hat": tuple((k + 0.5, 0.8) for k in range(4)),
        },
    ),
    "slow": _Groove(
        ((0, 0.85), (3, 0.5)),
        (),
        1,
        {"kick": ((0, 0.8),), "tom": ((2, 0.6), (3.5, 0.4)), "hat": ((1, 0.4), (3, 0.4))},
    ),
}
#: Rhythms of the melody, one bar each in beats, by metre; negative is a rest.
_RHYTHMS = {
    4: ((1, 1, 2), (1.5, 0.5, 1, 1), (0.5, 0.5, 1, 2), (3, -1), (1, 0.5, 0.5, 1, 1), (-1, 1, 1, 1)),
    3: ((2, 1), (1, 1, 1), (1.5, 0.5, 1), (3,), (1, 0.5, 0.5, 1), (2, -1)),
}
#: Chord a bar, as steps of the scale.
_PROGRESSIONS = {
    "A": ((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3)),
    "B": ((3, 4, 5, 5), (5, 3, 0, 4), (1, 4, 0, 0)),
}
#: By section: height of the melody (semitones), who plays it, loudness of chords, of the drums.
_TEXTURES = {
    "intro": (0, "", 0.7, 0.5),
    "A": (0, "lead", 1.0, 1.0),
    "B": (5, "flute", 0.8, 0.8),
    "ending": (0, "", 0.8, 0.6),
}
_MELODY_BASE, _BASS_BASE, _CHORD_BASE = 67, 38, 57
#: Beats that the last chord is held for.
_LAST_HELD = 4


def write_song(song: Song) -> list[Note]:
    """Write a song.

    Returns
    -------
    list of Note
        ``start_s`` and ``duration_s`` are in beats here.
    """
    rng = np.random.default_rng([*song.seed, 2])
    mode = next(mode for mode in _MODES if song.cues.mode >= mode.floor)
    tonic = int(rng.integers(12))
    progressions = {name: choice[rng.integers(len(choice))] for name, choice in _PROGRESSIONS.items()}
    progressions |= {"intro": (0, 3), "ending": (3, 4)}
    phrases = {name: _phrase(song.metre, rng) for name in ("A", "B")}
    phrases |= {"intro": phrases["A"], "ending": phrases["A"]}
    notes, bar = [], 0
    for part in song.parts:
        for index in range(part.n_bars):
            is_last = song.ending == "ends" and bar == song.n_bars - 1
            degree = 0 if is_last else progressions[part.name][index % len(progressions[part.name])]
            chord = _triad(mode, degree, tonic)
            if is_last:
                played = _last_chord(chord)
            elif song.groove == "drone":
                played = _drone(chord, part, song, rng)
            else:
                scale = [tonic + step for step in mode.scale]
                played = _accompaniment(chord, part, index, song)
                played += _melody(scale, degree, phrases[part.name], part, index, song)
            notes += [note._replace(start_s=note.start_s + bar * song.metre) for note in played]
            bar += 1
    return notes


def _phrase(metre: int, rng: np.random.Generator) -> list[tuple[tuple[float, ...], list[int]]]:
    """Four bars of melody: for each its rhythm and the steps of its notes above the chord's root."""
    bars = []
    for rhythm in rng.choice(len(_RHYTHMS[metre]), 4, replace=False).tolist():
        lengths = _RHYTHMS[metre][rhythm]
        steps = [int(rng.choice((0, 2, 4, 7)))]
        for _ in lengths[1:]:
            steps.append(steps[-1] + int(rng.choice((-2, -1, 1, 2))))
        bars.append((lengths, steps))
    return bars


def _accompaniment(chord: tuple[int, ...], part: Part, index: int, song: Song) -> list[Note]:
    """Bass, chords and drums of a bar; the intro is played without bass and drums."""
    groove, cues = _GROOVES[song.groove], song.cues
    _, _, loudness, drums = _TEXTURES[part.name]
    centre = _CHORD_BASE + 0.6 * cues.register + (4 if part.name == "B" else 0)
    voiced = sorted(_near(tone, centre) for tone in chord)
    notes = [Note("strings", 0, song.metre * 0.97, pitch, 0.3 * loudness) for pitch in voiced]
    if groove.broken:
        tones = [voiced[0], voiced[1], voiced[2], voiced[1] + 12 if part.name == "B" else voiced[1]]
        starts = np.arange(0, song.metre, groove.broken).tolist()
        notes += [
            Note(
                "piano",
                start,
                1.5 * groove.broken,
                tones[k % 4],
                loudness * (0.6 if start % 1 == 0 else 0.45),
            )
            for k, start in enumerate(starts)
        ]
    for start, velocity in groove.chords:
        notes += [Note("piano", start, 0.6 * cues.gate, pitch, velocity * loudness) for pitch in voiced]
    if part.name == "intro":
        return notes
    root = _near(chord[0], _BASS_BASE + 0.4 * cues.register)
    for start, velocity in groove.bass:
        notes.append(Note("bass", start, max(0.5, cues.gate), root, velocity))
    for name, hits in groove.drums.items():
        sparse = part.name == "B" and name == "hat" and song.groove == "rock"
        notes += [Note(name, at, 0.25, 0, drums * v) for at, v in hits if not (sparse and at % 1)]
    if groove.drums and index == part.n_bars - 1 and song.metre == 4 and cues.activity > 0.5:
        notes += [Note("tom", at, 0.25, 0, 0.7 * drums) for at in (3, 3.25, 3.5, 3.75)]
    return notes


def _melody(scale: list[int], degree: int, phrase: list, part: Part, index: int, song: Song) -> list[Note]:
    height, player, _, _ = _TEXTURES[part.name]
    if not player:
        return []
    lengths, steps = phrase[index % len(phrase)]
    notes, start = [], 0.0
    for length, step in zip(lengths, steps, strict=True):
        if length > 0:
            place = degree + step
            pitch_class = scale[place % len(scale)]
            pitch = _near(pitch_class, _MELODY_BASE + height + song.cues.register + 1.2 * (step - 3))
            notes.append(Note(player, start, length * max(song.cues.gate, 0.6), pitch, 0.7 if start else 0.8))
        start += abs(length)
    return notes


def _last_chord(chord: tuple[int, ...]) -> list[Note]:
    """The tonic, struck once by all and left to ring."""
    voiced = [_near(tone, _CHORD_BASE) for tone in chord] + [_near(chord[0], _MELODY_BASE)]
    notes = [Note("piano", 0, _LAST_HELD, pitch, 0.75) for pitch in voiced]
    notes += [Note("strings", 0, 2, pitch, 0.25) for pitch in voiced]
    return [*notes, Note("bass", 0, _LAST_HELD, _near(chord[0], _BASS_BASE), 0.8)]


def _drone(chord: tuple[int, ...], part: Part, song: Song, rng: np.random.Generator) -> list[Note]:
    """Tones that swell and die whenever they like; a section has its own register."""
    centre = _CHORD_BASE + (12 if part.name == "B" else 0) + song.cues.register
    notes = [Note("drone", 0, song.metre, _near(chord[0], _BASS_BASE + 7), 0.6)]
    for tone in chord:
        for _ in range(2):
            start, length = rng.uniform(0, song.metre), float(rng.choice((0.8, 1.2, 1.6))) * song.metre
            notes.append(
                Note("drone", float(start), float(length), _near(tone, centre), float(rng.uniform(0.3, 0.6)))
            )
    return notes
