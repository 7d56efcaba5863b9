import numpy as np
import pytest

from moodscore.pieces.features import beat_attacks, beat_means, standardised
from moodscore.pieces.listening import FRAME_RATE, FRAME_START_S, hear, in_tune, median_of_five


def test_the_median_of_five_is_the_median():
    values = np.random.default_rng(0).integers(0, 9, (5, 1000)).astype(float)
    np.testing.assert_array_equal(median_of_five(*values), np.median(values, axis=0))


def test_means_are_those_of_a_loop():
    rng = np.random.default_rng(1)
    times, values = np.sort(rng.uniform(0, 20, 200)), rng.standard_normal((200, 3))
    beats = np.sort(rng.uniform(0.5, 21, 30))
    means = beat_means(values, times, beats)
    for mean, start, stop in zip(means, beats[:-1], beats[1:], strict=True):
        inside = (times >= start) & (times < stop)
        if inside.any():
            np.testing.assert_allclose(mean, values[inside].mean(axis=0), atol=1e-9)
        else:
            assert (np.abs(values - mean) < 1e-9).all(axis=1).any()


def test_attacks_are_those_of_a_loop():
    rng = np.random.default_rng(2)
    times, strength = np.arange(1000) / 100, rng.standard_normal(1000)
    beats = np.arange(0, 11, 0.37)
    attacks = beat_attacks(strength, times, beats)
    for attack, beat in zip(attacks, beats[:-1], strict=True):
        near = strength[(times >= beat - 0.05) & (times < beat + 0.05)]
        assert attack == pytest.approx(max(near.max(initial=0), 0))


def test_what_does_not_change_is_no_feature():
    x = np.column_stack([np.full(50, 1e5) + 1e-6 * np.arange(50) % 2, np.arange(50.0)])
    scaled = standardised(x)
    assert (scaled[:, 0] == 0).all()
    assert scaled[:, 1].mean() == pytest.approx(0) and scaled[:, 1].std() == pytest.approx(1)


def test_a_held_note_is_heard_at_its_pitch_whatever_the_tuning(rate, source):
    t = np.arange(4 * rate) / rate
    for cents in (-30, 0, 30):
        for pitch_class, hertz in ((9, 440.0), (0, 261.63), (4, 329.63)):
            tone = 0.3 * np.sin(2 * np.pi * hertz * 2 ** (cents / 1200) * t)
            chroma = hear(source(tone)).chroma.sum(axis=0)
            assert chroma.argmax() == pitch_class
            assert chroma[pitch_class] > 0.85 * chroma.sum()


def test_drums_leave_the_harmony_alone(rate, source):
    rng = np.random.default_rng(3)
    t = np.arange(6 * rate) / rate
    tone = 0.2 * np.sin(2 * np.pi * 440 * t)
    hit = rng.standard_normal(500) * np.exp(-np.arange(500) / 100)
    struck = tone.copy()
    for first in range(0, len(t) - 500, rate // 2):
        struck[first : first + 500] += 0.4 * hit
    clean, dirty = (hear(source(y)).chroma.sum(axis=0) for y in (tone, struck))
    assert dirty[9] / dirty.sum() > 0.8 * clean[9] / clean.sum()


def test_the_level_is_the_mean_square(rate, source):
    y = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(3 * rate) / rate)
    power = hear(source(y)).power
    np.testing.assert_allclose(power, 0.125, rtol=0.01)
    assert len(power) == int((3 - 2 * FRAME_START_S) * FRAME_RATE) + 1


def test_thirds_of_semitones_are_put_together_around_the_tuning():
    fine = np.zeros((1, 36))
    fine[0, [12, 13, 14]] = 1, 5, 1  # a third of a semitone above E
    np.testing.assert_allclose(in_tune(fine)[0, 4], 7)
