"""What sounds under the melody: held chords, moving figures, the bass, an inner voice, percussion.

Places and lengths are in beats from the start of the bar. How often something moves is asked for in
onsets a beat, so that a slow piece may be busy and a fast one calm.
"""

from typing import NamedTuple

import numpy as np

from moodscore.composing.harmony import Chord
from moodscore.composing.instruments import within
from moodscore.composing.moods import Mood
from moodscore.composing.voicing import near

#: Beats from one onset of a figure to the next.
STEPS = (4.0, 2.0, 1.0, 0.5, 0.25)
_CHORD_CENTRE, _FIGURE_CENTRE, _BASS_CENTRE, _INNER_CENTRE = 60, 65, 39, 60

#: How hard root, third and fifth of a held chord are played.
_BALANCE = (1.0, 1.15, 0.75)
#: Orders in which a figure takes the tones of a chord (0 = lowest); the numbers beyond are octaves up.
_FIGURES = {
    "rising": (0, 1, 2, 3, 4, 3, 2, 1),
    "falling": (4, 3, 2, 1, 0, 1, 2, 3),
    "alberti": (0, 2, 1, 2, 0, 2, 1, 2),
    "wide": (0, 2, 4, 2, 3, 2, 4, 2),
    "broken": (0, 1, 2, 1, 3, 1, 2, 1),
    "pulse": (0, 0, 1, 0, 2, 0, 1, 0),
    "chordal": (),
    "offbeat": (),
}
_CALM_FIGURES, _LIVELY_FIGURES = (
    ("rising", "falling", "alberti", "wide", "broken"),
    ("alberti", "pulse", "chordal", "offbeat", "broken"),
)


class Part(NamedTuple):
    """A note as written: who plays, in what role, when, how long (beats), which pitch, how hard (0..1)."""

    instrument: str
    role: str
    start: float
    length: float
    pitch: int
    velocity: float


def nearest_step(per_beat: float) -> float:
    """The step of `STEPS` that comes nearest to so many onsets a beat."""
    return min(STEPS, key=lambda step: abs(np.log(step * max(per_beat, 1e-3))))


def choose_figure(mood: Mood, rng: np.random.Generator) -> str:
    """The kind of figure of a scene."""
    kinds = _LIVELY_FIGURES if mood.arousal > 0.25 and not mood.is_neutral else _CALM_FIGURES
    return kinds[rng.integers(len(kinds))]


def chord_centre(mood: Mood) -> float:
    """MIDI number around which held chords lie."""
    return _CHORD_CENTRE + 0.5 * mood.register


def held_chord(player: str, chord: Chord, voices: tuple[int, ...], n_beats: float, mood: Mood) -> list[Part]:
    """The chord, held for the bar; its third a little forward, since it tells major from minor."""
    length = n_beats * max(mood.gate, 0.85)
    weight = dict(zip(chord.tones[:3], _BALANCE, strict=True))
    return [
        Part(player, "chords", 0.0, length, within(player, pitch), 0.55 * weight.get(pitch % 12, 1.0))
        for pitch in voices
    ]


def figure(
    player: str,
    chord: Chord,
    n_beats: float,
    step: float,
    mood: Mood,
    *,
    kind: str,
    turn: int,
) -> list[Part]:
    """Moving tones of the chord.

    Parameters
    ----------
    player : str
        Instrument.
    chord : Chord
        What sounds.
    n_beats, step : float
        Length of the bar, beats from one onset to the next.
    mood : Mood
        Register and articulation.
    kind : str
        From `choose_figure`.
    turn : int
        Number of the phrase: the figure begins elsewhere in its order.
    """
    centre = _FIGURE_CENTRE + 0.8 * mood.register
    tones = sorted(near(tone, centre) for tone in chord.tones[:4])
    ladder = [*tones, *(tone + 12 for tone in tones)]
    starts = np.arange(0, n_beats - 0.1, step).tolist()
    length = min(step * mood.gate * (1.6 if mood.gate > 0.8 else 1.0), n_beats)
    if kind in ("chordal", "offbeat") and step <= 1:
        if kind == "offbeat":
            starts = [start for start in starts if start % 1 or step > 0.5] or starts
        return [
            Part(player, "figure", start, length, within(player, pitch), _accent(start, 0.6, 0.5))
            for start in starts
            for pitch in tones[:3]
        ]
    order = _FIGURES.get(kind) or _FIGURES["alberti"]
    shift = 2 * (turn % 2)
    return [
        Part(
            player,
            "figure",
            start,
            min(length, n_beats - start),
            within(player, ladder[order[(number + shift) % len(order)] % len(ladder)]),
            _accent(start, 0.62, 0.48),
        )
        for number, start in enumerate(starts)
    ]


def bass(player: str, chord: Chord, n_beats: float, per_beat: float, mood: Mood, *, turn: int) -> list[Part]:
    """Roots, with fifths where it walks and octaves where it drives."""
    step = max(nearest_step(min(per_beat, 2.0)), 0.5)
    root = near(chord.tones[0], _BASS_CENTRE + 0.3 * mood.register)
    fifth = near(chord.tones[2], root + 3)
    if step >= 4 or step >= n_beats:
        return [Part(player, "bass", 0.0, n_beats * max(mood.gate, 0.8), within(player, root), 0.75)]
    parts = []
    for number, start in enumerate(np.arange(0, n_beats - 0.1, step).tolist()):
        pitch = root
        if step == 0.5 and mood.valence > 0 and number % 2:
            pitch = root + 12
        elif (step >= 1 and number % 2 and (turn + number // 2) % 2 == 0) or (
            step == 0.5 and number % 8 == 7 and turn % 2
        ):
            pitch = fifth
        length = min(step, n_beats - start) * mood.gate
        parts.append(Part(player, "bass", start, length, within(player, pitch), _accent(start, 0.82, 0.66)))
    return parts


def inner_voice(player: str, chord: Chord, previous: int | None, n_beats: float, mood: Mood) -> Part:
    """A slow line of thirds and sevenths, moving as little as it can."""
    aim = _INNER_CENTRE + 0.5 * mood.register if previous is None else previous
    tone = min((near(tone, aim) for tone in chord.tones[1:]), key=lambda pitch: abs(pitch - aim))
    return Part(player, "inner", 0.0, n_beats * max(mood.gate, 0.9), within(player, tone), 0.5)


def grind(player: str, chord: Chord, n_beats: float, mood: Mood) -> Part:
    """A second above the root, which rubs against it, in the middle of the bar."""
    pitch = near((chord.tones[0] + 1) % 12, _INNER_CENTRE + mood.register)
    start = np.floor(n_beats / 2)
    return Part(player, "inner", start, (n_beats - start) * 0.9, within(player, pitch), 0.42)


def _accent(start: float, strong: float, weak: float) -> float:
    """How hard: the first and the third beat are strong, places between beats weakest."""
    if start % 1:
        return weak - 0.06
    return weak if start % 2 else strong
