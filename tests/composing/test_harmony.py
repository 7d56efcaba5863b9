import itertools

import numpy as np
import pytest

from moodscore.composing.harmony import (
    MODES,
    Key,
    chord_on,
    common_tone_chord,
    dominant_of,
    mode_at,
    progression,
)
from moodscore.composing.melody import Line, make_motif, scale_classes
from moodscore.composing.voicing import voice


@pytest.mark.parametrize(
    ("key", "degree", "colour", "name", "tones"),
    [
        (Key(0, "major"), 0, "", "C", (0, 4, 7)),
        (Key(0, "major"), 4, "7", "G7", (7, 11, 2, 5)),
        (Key(0, "major"), 0, "7", "Cmaj7", (0, 4, 7, 11)),
        (Key(9, "minor"), 4, "", "E", (4, 8, 11)),
        (Key(9, "minor"), 4, "7", "E7", (4, 8, 11, 2)),
        (Key(9, "minor"), 1, "", "Bdim", (11, 2, 5)),
        (Key(2, "dorian"), 3, "", "G", (7, 11, 2)),
        (Key(4, "phrygian"), 1, "", "F", (5, 9, 0)),
        (Key(5, "lydian"), 1, "", "G", (7, 11, 2)),
        (Key(3, "major"), 3, "add9", "Abadd9", (8, 0, 3, 10)),
        (Key(6, "mixolydian"), 6, "sus4", "Esus4", (4, 9, 11)),
    ],
)
def test_chords_are_those_of_the_textbook(key, degree, colour, name, tones):
    chord = chord_on(key, degree, colour)
    assert (chord.name, chord.tones) == (name, tones)


def test_modes_go_from_bright_to_dark_by_one_note_at_a_time():
    order = ["lydian", "major", "mixolydian", "dorian", "minor", "phrygian"]
    assert [mode_at(x) for x in (1, 0.5, 0.08, 0, -0.5, -1)] == order
    assert list(MODES) == order
    for bright, dark in itertools.pairwise(order):
        change = np.subtract(MODES[bright].scale, MODES[dark].scale)
        assert sorted(change.tolist()) == [0] * 6 + [1]


@pytest.mark.parametrize("mode", list(MODES))
def test_phrases_close_on_the_tonic_or_stay_open(mode):
    rng = np.random.default_rng(0)
    for n in range(1, 8):
        closed = progression(Key(4, mode), n, closes=True, opens=True, complexity=0.5, rng=rng)
        assert len(closed) == n
        assert closed[-1].degree == 0
        assert n < 2 or closed[-2].degree != 0
        opened = progression(Key(4, mode), n, closes=False, opens=True, complexity=0.5, rng=rng)
        assert opened[-1].degree == MODES[mode].open_end
        scale = {(4 + step) % 12 for step in MODES[mode].scale}
        if MODES[mode].raised_leading_tone:
            scale |= {3, 6}  # of B major, the dominant
        assert all(set(chord.tones) <= scale for chord in closed + opened)


def test_a_dominant_has_the_leading_tone_and_a_pivot_shares_notes():
    assert set(dominant_of(Key(0, "minor")).tones) == {7, 11, 2, 5}
    old, new = Key(0, "major"), Key(9, "minor")
    assert len(set(common_tone_chord(old, new).tones) & {9, 0, 4}) >= 2


def test_voices_move_little():
    rng = np.random.default_rng(3)
    chords = [
        c
        for _ in range(20)
        for c in progression(Key(7, "major"), 4, closes=True, opens=True, complexity=0.3, rng=rng)
    ]
    before, moves = None, []
    for chord in chords:
        now = voice(chord, before, 60, 4)
        assert len(now) == 4
        assert list(now) == sorted(now)
        assert {pitch % 12 for pitch in now} <= set(chord.tones)
        assert 45 <= now[0] <= now[-1] <= 78
        if before:
            moves += np.abs(np.subtract(now, before)).tolist()
        before = now
    assert np.mean(moves) < 3.2


@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize("density", range(4))
def test_melody_stays_in_scale_and_reach_and_comes_home(mode, density):
    key = Key(2, mode)
    rng = np.random.default_rng(density)
    line = Line(make_motif(rng), rng)
    pitches = []
    for phrase in range(12):
        line.begin_phrase(answers=phrase % 2 == 1)
        chords = progression(key, 4, closes=phrase % 2 == 1, opens=True, complexity=0.4, rng=rng)
        for place, chord in enumerate(chords):
            tones = line.bar(chord, 4.0, density, 70, place=place, phrase_bars=4, closes=phrase % 2 == 1)
            assert tones[0].start >= 0
            assert all(t.length > 0 and t.start + t.length <= 4 + 1e-9 for t in tones)
            assert {t.pitch % 12 for t in tones} <= set(scale_classes(chord))
            pitches += [t.pitch for t in tones]
        if phrase % 2:
            assert pitches[-1] % 12 == key.tonic
    assert max(pitches) - min(pitches) <= 26
    assert np.mean(np.abs(np.diff(pitches)) <= 7) > 0.85
