import mir_eval
import numpy as np
import pytest

from moodscore.pieces.beats import find_beats
from moodscore.pieces.listening import hear


def f_measure(truth, found):
    inside = (found > truth[0] - 0.07) & (found < truth[-1] + 0.07)
    return mir_eval.beat.f_measure(truth, found[inside])


@pytest.mark.parametrize("bpm", [64, 90, 120, 152])
def test_clicks_are_beats(bpm, clicks, source):
    truth = np.arange(0.3, 24, 60 / bpm)
    pulse = find_beats(hear(source(clicks(truth, 25))), 25.0)
    assert pulse.has_beat
    assert f_measure(truth, pulse.beats_s) == 1
    # to half a frame of the onsets: a click, which has no attack at all, is seen coming
    nearest = np.abs(truth[:, None] - pulse.beats_s).min(axis=1)
    assert np.quantile(nearest, 0.9) < 0.016


def test_a_tempo_that_drifts_is_followed(clicks, source):
    periods = 0.5 * np.exp(0.15 * np.sin(np.arange(70) / 12))
    truth = 0.3 + np.cumsum(periods)
    duration = truth[-1] + 0.5
    pulse = find_beats(hear(source(clicks(truth, duration))), duration)
    assert pulse.has_beat
    assert f_measure(truth, pulse.beats_s) > 0.98


def test_hands_that_are_uneven_and_beats_that_are_missing_do_not_matter(clicks, source):
    rng = np.random.default_rng(4)
    truth = np.arange(0.4, 30, 0.55)
    played = truth + rng.normal(0, 0.01, len(truth))
    played = played[rng.random(len(truth)) > 0.15]
    pulse = find_beats(hear(source(clicks(played, 31))), 31.0)
    assert f_measure(truth, pulse.beats_s) > 0.97


@pytest.mark.parametrize("silence_s", [0.0, 6.0])
def test_beats_reach_to_both_ends(silence_s, clicks, source):
    duration = 20 + 2 * silence_s
    pulse = find_beats(
        hear(source(clicks(np.arange(silence_s + 0.2, 19 + silence_s, 0.6), duration))), duration
    )
    steps = np.diff(pulse.beats_s)
    assert (steps > 0).all()
    assert 0 <= pulse.beats_s[0] <= steps[0] + 1e-9
    assert 0 <= duration - pulse.beats_s[-1] <= steps[-1] + 1e-9


def random_strokes(rate, rng):
    y = np.zeros(30 * rate)
    for first in rng.integers(0, len(y) - rate, 90):
        y[first : first + 3000] += (
            rng.uniform(0.1, 0.4) * rng.standard_normal(3000) * np.exp(-np.arange(3000) / 600)
        )
    return y


@pytest.mark.parametrize(
    "make",
    [
        lambda rate, rng: np.zeros(30 * rate),
        lambda rate, rng: 0.1 * rng.standard_normal(30 * rate),
        random_strokes,
    ],
    ids=["silence", "noise", "strokes at random"],
)
def test_where_there_is_no_beat_time_is_counted_in_half_seconds(make, rate, source):
    pulse = find_beats(hear(source(make(rate, np.random.default_rng(0)))), 30.0)
    assert not pulse.has_beat
    np.testing.assert_allclose(pulse.beats_s, np.arange(61) / 2)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.3, 1.3])
def test_the_shortest_sounds_have_a_beat_to_be_placed_on(seconds, rate, source):
    y = 0.1 * np.random.default_rng(0).standard_normal(int(seconds * rate))
    pulse = find_beats(hear(source(y)), seconds)
    assert not pulse.has_beat
    assert len(pulse.beats_s) >= 2 or seconds == 0
