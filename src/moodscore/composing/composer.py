"""The composer: from a brief to every note.

Form, then key and chords of every phrase, then melody, figures, bass and percussion bar by bar, then the
hand that plays them. All chance comes from the seed and the take.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.composing.brief import CompositionBrief, SceneLike
from moodscore.composing.composition import Composition
from moodscore.composing.expression import perform
from moodscore.composing.form import Bar, Form, make_form
from moodscore.composing.harmony import (
    MODES,
    Chord,
    Key,
    chord_on,
    common_tone_chord,
    dominant_of,
    mode_at,
    next_key,
    progression,
)
from moodscore.composing.instruments import choose_ensemble, within
from moodscore.composing.melody import Line, Motif, fitted_to, make_motif
from moodscore.composing.moods import Mood
from moodscore.composing.percussion import groove
from moodscore.composing.texture import (
    Part,
    bass,
    choose_figure,
    chord_centre,
    figure,
    grind,
    held_chord,
    inner_voice,
    nearest_step,
)
from moodscore.composing.voicing import voice

_MELODY_CENTRE = 71
#: Onsets a second at scaled rhythm 0, and how often they double up to 1.
_SLOWEST_RATE, _RATE_DOUBLINGS = 0.6, 3.4
_RHYTHM_SMOOTHING_S = 6.0
#: Onsets a beat from which the melody has its middle and dense rhythms.
_MELODY_DENSITIES = (0.55, 1.05, 2.0)
#: Below this there is no figure.
_LEAST_FIGURE = 0.3
#: In a long scene the key moves every so many periods of two phrases.
_PERIODS_IN_A_KEY = 3
#: A dominant of a dark mode lasts a bar unless that is longer than this (s).
_LONGEST_DOMINANT_S = 2.2
#: The metres, by how readily a film is written in them.
_METRES = (4, 4, 4, 3)


class _Scene(NamedTuple):
    """What stays the same through a scene."""

    mood: Mood
    ensemble: dict[str, str]
    figure: str
    groove: int
    metre: int


def compose(brief: CompositionBrief, *, seed: int, take: int = 0) -> Composition:
    """Write the music for a film.

    Parameters
    ----------
    brief : CompositionBrief
        Scenes, targets, cuts and length.
    seed, take : int
        Not negative; takes of one seed differ in motif, keys, progressions and instruments.

    Returns
    -------
    Composition
        Notes, bars, MIDI and sound.

    Examples
    --------
    >>> from moodscore.composing import CompositionBrief, FilmScene, plain_targets
    >>> scene = FilmScene(0, 8, 7.5, 3.0, "pos_low")
    >>> brief = CompositionBrief([scene], plain_targets(7.5, 3.0, 8), n_samples=8 * 44100)
    >>> compose(brief, seed=0).bars["scene"].nunique()
    1
    """
    rng = np.random.default_rng([seed, take, 15])
    scenes = list(brief.scenes)[: len(brief.edges_s()) - 1]
    moods = [Mood.of(s.valence, s.arousal, is_neutral=bool(s.is_neutral)) for s in scenes]
    metre = _METRES[rng.integers(len(_METRES))]
    form = make_form(brief, metre)
    motif = make_motif(rng)
    plans = _plan_scenes(moods, metre, seed, take, rng)
    chords = _harmonise(form, scenes, moods, rng)
    parts = _write(brief, form, plans, chords, motif, rng)
    notes = perform(parts, form, brief, moods, rng)
    return Composition(notes, _bar_table(form, chords, plans, moods, parts), form, brief)


def _plan_scenes(
    moods: list[Mood], metre: int, seed: int, take: int, rng: np.random.Generator
) -> list[_Scene]:
    """Players and patterns of each scene; those of one kind of mood share them."""
    known: dict[str, tuple] = {}
    plans = []
    for mood in moods:
        if mood.name not in known:
            own = np.random.default_rng([seed, take, *mood.name.encode()])
            known[mood.name] = (choose_ensemble(mood, own), choose_figure(mood, own), int(own.integers(20)))
        plans.append(_Scene(mood, *known[mood.name], metre))
    return plans


def _harmonise(
    form: Form, scenes: list[SceneLike], moods: list[Mood], rng: np.random.Generator
) -> list[list[Chord]]:
    """The chords of every bar, one or two. The film begins and ends in keys that are related."""
    key = Key(int(rng.integers(12)), mode_at(moods[0].mode))
    home = key
    chords: list[list[Chord]] = []
    phrases = _phrases(form)
    for number, phrase in enumerate(phrases):
        scene = phrase[0].scene
        mood = moods[scene]
        if number and phrase[0].phrase == 0:
            before = moods[phrases[number - 1][0].scene]
            lifts = int(np.sign(round(2 * (mood.valence - before.valence + mood.arousal - before.arousal))))
            key = next_key(key, mode_at(mood.mode), lifts=lifts, rng=rng)
            if scene == len(scenes) - 1 and abs((home.tonic - key.tonic + 6) % 12 - 6) in (0, 1, 2, 5):
                key = key._replace(tonic=home.tonic)  # the film comes home
            _lead_over(chords, key)
        elif phrase[0].phrase and phrase[0].phrase % (2 * _PERIODS_IN_A_KEY) == 0:
            key = next_key(key, key.mode, lifts=0, rng=rng)
            _lead_over(chords, key)
        closes = phrase[-1].is_last or phrase[0].phrase % 2 == 1 or len(phrase) < 3
        complexity = mood.complexity * (0.4 if phrase[-1].is_last else 1)
        row = progression(
            key, len(phrase), closes=closes, opens=phrase[0].phrase % 2 == 0, complexity=complexity, rng=rng
        )
        chords += [_slowed(chord, bar) for chord, bar in zip(row, phrase, strict=True)]
    chords[-1] = [chord_on(key, 0)]
    if len(form.bars) == 1 and form.bars[0].n_beats >= 1.5:
        chords[-1] = [dominant_of(key), chord_on(key, 0)]
    return chords


def _slowed(chord: Chord, bar: Bar) -> list[Chord]:
    """A long bar on a dark mode's dominant delays it: by itself that major triad would be the mood."""
    mode = MODES[chord.key.mode]
    if mode.raised_leading_tone and chord.degree == 4 and bar.end_s - bar.start_s > _LONGEST_DOMINANT_S:
        return [chord_on(chord.key, 0 if bar.place % 2 else 3), chord]
    return [chord]


def _lead_over(chords: list[list[Chord]], key: Key) -> None:
    """Let the last bar so far lead into a key: by its dominant, or by a chord the two have in common."""
    old = chords[-1][0].key
    if old == key:
        return
    second = common_tone_chord(old, key) if old.tonic == key.tonic else dominant_of(key)
    chords[-1] = [chords[-1][0], second] if second.tones != chords[-1][0].tones else chords[-1]


def _phrases(form: Form) -> list[list[Bar]]:
    phrases: list[list[Bar]] = []
    for bar in form.bars:
        if bar.place == 0:
            phrases.append([])
        phrases[-1].append(bar)
    return phrases


def _write(
    brief: CompositionBrief,
    form: Form,
    plans: list[_Scene],
    chords: list[list[Chord]],
    motif: Motif,
    rng: np.random.Generator,
) -> list[list[Part]]:
    """The parts of every bar, in beats from its start."""
    middles = np.array([(bar.start_s + bar.end_s) / 2 for bar in form.bars])
    rhythm = np.clip(brief.target("rhythm", middles, smooth_s=_RHYTHM_SMOOTHING_S), 0, 1)
    line = Line(motif, rng)
    written, voices, inner = [], None, None
    per_beat = 1.0
    for number, bar in enumerate(form.bars):
        plan = plans[bar.scene]
        if bar.place % 2 == 0:
            per_beat = _onsets_a_beat(float(rhythm[number]), bar.tempo_bpm, plan.mood)
        if bar.place == 0:
            line.begin_phrase(answers=bar.phrase % 2 == 1)
        first = chords[number][0]
        voices = voice(first, voices, chord_centre(plan.mood), 4 if plan.mood.fullness > 0.5 else 3)
        if bar.is_last:
            written.append(_last_bar(plan, bar, chords[number], voices, line))
            continue
        layers = _layers(bar, form, plan.mood, per_beat)
        parts = _chord_parts(plan, bar, chords[number], voices, per_beat, layers)
        if "inner" in layers:
            part = inner_voice(plan.ensemble["inner"], first, inner, bar.n_beats, plan.mood)
            inner = part.pitch
            parts.append(part)
        if rng.random() < plan.mood.dissonance:
            parts.append(grind(plan.ensemble["inner"], first, bar.n_beats, plan.mood))
        if "lead" in layers:
            parts += _lead_parts(plan, bar, chords[number], per_beat, line)
        if "percussion" in layers:
            step = nearest_step(per_beat)
            opens = bar.phrase == 0 and bar.place == 0
            parts += groove(plan.mood, bar.n_beats, step, kind=plan.groove, closes=bar.closes, opens=opens)
        written.append(parts)
    return written


def _onsets_a_beat(rhythm: float, bpm: float, mood: Mood) -> float:
    """How often something begins: doubled `_RATE_DOUBLINGS` times from scaled rhythm 0 to 1."""
    rate = _SLOWEST_RATE * 2 ** (_RATE_DOUBLINGS * rhythm) * np.sqrt(bpm / 100)
    return float(rate * 60 / bpm * (0.75 if mood.is_neutral else 1.0))


def _layers(bar: Bar, form: Form, mood: Mood, per_beat: float) -> set[str]:
    """Who plays in a bar: an arch over the periods of a scene; a film with room begins with less."""
    period, answer = divmod(bar.phrase, 2)
    layers = {"chords", "bass", "lead", "figure", "percussion"}
    if per_beat < _LEAST_FIGURE:
        layers.discard("figure")
    long_scene = bar.phrase_bars >= 4 and len(form.bars) > 12
    if long_scene and bar.scene == 0 and bar.phrase == 0:
        layers -= {"percussion", "lead"} if per_beat >= _LEAST_FIGURE else {"percussion"}
    if period % 4 == 3 and not answer:
        layers.discard("lead")
    if mood.is_neutral and (period + answer) % 2 == 1:
        layers.discard("bass" if answer else "lead")
    if mood.fullness > 0.35 and (period % 2 == 1 or answer):
        layers.add("inner")
    if period % 4 == 2 and not answer and mood.fullness < 0.7:
        layers.discard("figure")
    return layers


def _chord_parts(
    plan: _Scene,
    bar: Bar,
    chords: list[Chord],
    voices: tuple[int, ...],
    per_beat: float,
    layers: set[str],
) -> list[Part]:
    """Held chords, figure and bass of a bar, half by half where it has two chords."""
    parts: list[Part] = []
    start, share = 0.0, first_share(bar.n_beats)
    for half, chord in enumerate(chords):
        n_beats = share if half == 0 and len(chords) == 2 else bar.n_beats - start
        held = voices if half == 0 else voice(chord, voices, chord_centre(plan.mood), len(voices))
        own = held_chord(plan.ensemble["chords"], chord, held, n_beats, plan.mood)
        if "figure" in layers:
            step = min(nearest_step(per_beat), max(n_beats, 0.25))
            own += figure(
                plan.ensemble["figure"], chord, n_beats, step, plan.mood, kind=plan.figure, turn=bar.phrase
            )
        if "bass" in layers:
            own += bass(plan.ensemble["bass"], chord, n_beats, 0.6 * per_beat, plan.mood, turn=bar.place)
        parts += [part._replace(start=part.start + start) for part in own]
        start += n_beats
    return parts


def _lead_parts(plan: _Scene, bar: Bar, chords: list[Chord], per_beat: float, line: Line) -> list[Part]:
    density = int(np.searchsorted(_MELODY_DENSITIES, per_beat, side="right"))
    centre = _MELODY_CENTRE + plan.mood.register + (3 if bar.phrase % 4 == 3 else 0)
    place = {"place": bar.place, "phrase_bars": bar.phrase_bars, "closes": bar.phrase % 2 == 1}
    gate, player = 0.5 + 0.5 * plan.mood.gate, plan.ensemble["lead"]
    parts = []
    for tone in line.bar(chords[0], bar.n_beats, density, centre, **place):
        chord = chords[0] if tone.start < first_share(bar.n_beats) else chords[-1]
        pitch = within(player, fitted_to(chord, tone.pitch))
        velocity = 0.68 if tone.start % 1 else 0.78
        parts.append(Part(player, "lead", tone.start, tone.length * gate, pitch, velocity))
    return parts


def first_share(n_beats: float) -> float:
    """Beats that the first of two chords of a bar has."""
    return max(float(np.floor(n_beats / 2)), 0.5)


def _last_bar(plan: _Scene, bar: Bar, chords: list[Chord], voices: tuple[int, ...], line: Line) -> list[Part]:
    """The tonic, struck by all and left to ring until the film ends."""
    start = 0.0 if len(chords) == 1 else bar.n_beats / 2
    length, chord = bar.n_beats - start, chords[-1]
    parts = []
    if start:
        led = voice(chords[0], voices, chord_centre(plan.mood), len(voices))
        parts += held_chord(plan.ensemble["chords"], chords[0], led, start, plan.mood)
    tonic = voice(chord, voices, chord_centre(plan.mood), len(voices))
    centre = _MELODY_CENTRE + plan.mood.register
    ending = [(plan.ensemble["chords"], "chords", pitch, 0.6) for pitch in tonic]
    ending += [(plan.ensemble["figure"], "figure", pitch, 0.55) for pitch in tonic]
    ending += [(plan.ensemble["lead"], "lead", tone.pitch, 0.75) for tone in line.last(chord, length, centre)]
    low = bass(plan.ensemble["bass"], chord, length, 0.0, plan.mood, turn=0)
    ending += [(part.instrument, "bass", part.pitch, 0.8) for part in low]
    parts += [
        Part(player, role, start, length, within(player, pitch), velocity)
        for player, role, pitch, velocity in ending
    ]
    kit = groove(plan.mood, length, 2.0, kind=plan.groove, closes=False, opens=True)
    return parts + [part._replace(start=start) for part in kit if part.start == 0]


def _bar_table(
    form: Form,
    chords: list[list[Chord]],
    plans: list[_Scene],
    moods: list[Mood],
    parts: list[list[Part]],
) -> pd.DataFrame:
    """One row a bar."""
    rows = []
    for number, bar in enumerate(form.bars):
        key = chords[number][0].key
        rows.append(
            {
                "bar": number,
                "scene": bar.scene,
                "start_s": bar.start_s,
                "end_s": bar.end_s,
                "chord": " ".join(chord.name for chord in chords[number]),
                "key": key.name,
                "tonic": key.tonic,
                "mode": key.mode,
                "tempo_bpm": bar.tempo_bpm,
                "predicted_bpm": float(form.predicted_bpm[bar.scene]),
                "metre": f"{bar.n_beats:g}/4",
                "n_beats": bar.n_beats,
                "phrase": bar.phrase,
                "mood": moods[bar.scene].name,
                "instruments": ", ".join(sorted({part.instrument for part in parts[number]})),
            }
        )
    return pd.DataFrame(rows)
