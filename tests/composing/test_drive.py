"""Each of the network's three numbers, turned alone, is heard by measurement of the sound."""

import librosa
import numpy as np
import pytest

from moodscore.composing import compose
from moodscore.sound import tempo_loudness_rhythm

pytestmark = pytest.mark.slow

RATE = 44100
LEVELS = (0.2, 0.5, 0.8)


def written(make_brief, seed=6, valence=6.5, arousal=6.0, seconds=14.0, **targets):
    """A piece of one mood whose other targets stay in the middle."""
    given = {"tempo": 0.5, "loudness": 0.5, "rhythm": 0.5} | targets
    return compose(make_brief([0, seconds], [(valence, arousal)], **given), seed=seed)


def heard(make_brief, **given):
    piece = written(make_brief, **given)
    return piece, piece.track().whole().mean(axis=1)


def test_tempo_is_heard(make_brief):
    """Librosa's tempo is the one asked for, or its double or half, to 4 %: a beat has no other tempi."""
    for level in LEVELS:
        piece, y = heard(make_brief, tempo=level)
        asked = 60 + 100 * level
        assert piece.bars["tempo_bpm"].median() == pytest.approx(asked, rel=0.085)
        tempo = float(np.squeeze(librosa.feature.tempo(y=y, sr=RATE, start_bpm=asked)))
        octaves = np.log2(tempo / piece.bars["tempo_bpm"].median())
        assert abs(octaves - round(octaves)) < 0.06


def test_loudness_is_heard_and_nothing_else_moves(make_brief):
    pieces = [heard(make_brief, loudness=level) for level in LEVELS]
    levels = [10 * np.log10(np.mean(y**2)) for _, y in pieces]
    assert np.diff(levels).min() > 3
    sones = [tempo_loudness_rhythm(y, RATE)["loudness"].median() for _, y in pieces]
    assert sones[0] < 0.75 * sones[1] < 0.75 * 0.75 * sones[2]
    onsets = [piece.notes["beat"].tolist() for piece, _ in pieces]
    assert onsets[0] == onsets[1] == onsets[2]


def test_rhythm_is_heard_as_onsets(make_brief):
    rates = []
    for level in LEVELS:
        heard_rates = []
        for seed in (6, 7):
            piece, y = heard(make_brief, rhythm=level, seed=seed)
            heard_rates.append(len(librosa.onset.onset_detect(y=y, sr=RATE, units="time")) / 14)
        rates.append(np.mean(heard_rates))
        assert piece.bars["tempo_bpm"].median() == pytest.approx(110, rel=0.085)
    assert rates[0] * 1.15 < rates[1]
    assert rates[1] * 1.15 < rates[2]


def test_a_rising_loudness_is_a_crescendo(make_brief):
    rising = np.linspace(0, 1, 20)
    _, y = heard(make_brief, loudness=rising, seconds=20.0)
    level = np.array([10 * np.log10(np.mean(y[k * RATE : (k + 2) * RATE] ** 2)) for k in range(1, 17)])
    assert np.corrcoef(level, rising[1:17])[0, 1] > 0.9
    assert level[-3:].mean() - level[:3].mean() > 6


def test_a_change_of_rhythm_within_a_scene_is_followed(make_brief):
    piece = written(make_brief, rhythm=np.repeat([0.2, 0.9], 10), seconds=20.0)
    starts = np.unique(piece.notes["start_s"].round(1))
    assert (starts > 11).sum() > 1.8 * (starts < 9).sum()


def test_mood_alone_sets_the_mode_and_the_register(make_brief):
    rises = []
    for seed in range(6):
        bright, dark = (written(make_brief, valence=valence, seed=seed) for valence in (8, 2))
        assert set(bright.bars["mode"]) == {"major"}
        assert set(dark.bars["mode"]) == {"minor"}
        low, high = (p.notes.loc[p.notes["role"] == "lead", "pitch"].mean() for p in (dark, bright))
        rises.append(high - low)
    assert min(rises) > 0
    assert 4 < np.mean(rises) < 10  # the table says 7.5 semitones for 6 points of valence
