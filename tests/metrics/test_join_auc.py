import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moodscore.errors import MoodscoreError
from moodscore.metrics import join_auc_click, join_auc_flux, join_auc_loudness
from moodscore.metrics.join_auc import _auc

RATE = 8000
SECONDS = 60
JOINS = np.arange(1, SECONDS) * RATE
MEASURES = (join_auc_flux, join_auc_click, join_auc_loudness)


@pytest.fixture(scope="module")
def noise():
    return 0.1 * np.random.default_rng(0).normal(size=(SECONDS * RATE, 2))


@pytest.mark.parametrize("decimals", [1, 8], ids=["ties", "no ties"])
def test_area_is_that_of_scikit_learn(decimals):
    rng = np.random.default_rng(0)
    for n, m in ((1, 1), (3, 50), (40, 7)):
        positives, negatives = rng.normal(0.5, 1, n).round(decimals), rng.normal(0, 1, m).round(decimals)
        truth = np.repeat([1, 0], [n, m])
        expected = roc_auc_score(truth, np.append(positives, negatives))
        assert _auc(positives, negatives) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_what_goes_on_unbroken_cannot_be_told(noise, measure):
    assert measure(noise, JOINS, RATE) == pytest.approx(0.5, abs=0.1)  # 59 joins: sd about .04
    assert measure(np.zeros_like(noise), JOINS, RATE) == 0.5


def test_a_planted_click_is_always_told(noise):
    clicked = noise.copy()
    clicked[JOINS] += 3
    assert join_auc_click(clicked, JOINS, RATE) == 1
    assert join_auc_click(clicked[:, 0], JOINS, RATE) == 1
    assert join_auc_click(clicked, JOINS[:-1] + RATE // 2, RATE) < 0.9  # the clicks lie inside now


def test_a_planted_step_of_level_is_always_told(noise):
    louder = noise * np.where(np.arange(len(noise)) // RATE % 2, 4, 1)[:, np.newaxis]
    assert join_auc_loudness(louder, JOINS, RATE) == 1


def test_a_planted_change_of_pitch_is_always_told():
    time = np.arange(SECONDS * RATE) / RATE
    pitch = np.where(time.astype(int) % 2, 440.0, 660.0)
    sound = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)  # the phase runs on: neither click nor step
    assert join_auc_flux(sound, JOINS, RATE) == 1


def test_level_and_channels_do_not_matter(noise):
    for measure in MEASURES:
        expected = measure(noise, JOINS, RATE)
        assert measure(noise * 0.25, JOINS, RATE) == expected
        assert measure(noise.mean(axis=1), JOINS, RATE) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_with_nothing_to_compare_it_is_a_half(noise, measure):
    assert measure(noise, [], RATE) == measure(noise, [RATE], RATE) == 0.5
    assert measure(noise[:100], [10, 20, 30], RATE) == 0.5
    assert 0 <= measure(noise[: 3 * RATE], [3, RATE, 2 * RATE], RATE) <= 1  # the first is too near the start


@pytest.mark.parametrize("joins", [[0], [RATE, RATE], [2, 1], [SECONDS * RATE]])
def test_refuses_joins_that_are_none(noise, joins):
    with pytest.raises(MoodscoreError, match="joins: expected ascending"):
        join_auc_flux(noise, joins, RATE)
    with pytest.raises(MoodscoreError, match="track"):
        join_auc_click([0.0], JOINS, RATE)
