import json

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from moodscore.errors import MoodscoreError
from moodscore.metrics import improvement


def series(values) -> pd.Series:
    return pd.Series(values, index=[f"clip{i:03}" for i in range(len(values))], dtype=float)


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    reference = rng.uniform(0.2, 0.5, 24)
    return series(reference * rng.normal(0.9, 0.15, 24)), series(reference)


def test_by_hand():
    result = improvement(series([1, 2, 3]), series([2, 2, 4]))
    assert result["percent"] == pytest.approx(25)
    assert result["wilcoxon_p"] == pytest.approx(0.5)  # two differences, both one way: 2 / 2**2


def test_halved_and_doubled_errors():
    reference = series([0.1, 0.2, 0.4, 0.3])
    assert improvement(reference / 2, reference)["percent"] == pytest.approx(50)
    assert improvement(reference / 2, reference)["ci95"] == pytest.approx([50, 50])
    assert improvement(reference * 2, reference)["percent"] == pytest.approx(-100)


def test_no_difference():
    errors = series([0.1, 0.2, 0.4])
    assert improvement(errors, errors) == {"percent": 0, "wilcoxon_p": 1.0, "ci95": [0, 0]}


def test_the_p_value_is_scipys_and_symmetric(pair):
    errors, reference = pair
    expected = scipy.stats.wilcoxon(errors, reference, alternative="two-sided").pvalue
    assert improvement(errors, reference)["wilcoxon_p"] == pytest.approx(expected)
    assert improvement(reference, errors)["wilcoxon_p"] == pytest.approx(expected)


def test_the_exact_p_value_of_six_clips_one_way():
    assert improvement(series([1, 1, 1, 1, 1, 1]), series([2, 3, 4, 5, 6, 7]))["wilcoxon_p"] == 2 / 2**6


def test_the_interval_against_scipys_bootstrap(pair):
    errors, reference = pair

    def percent(e, r, axis=-1):
        return 100 * (1 - e.sum(axis=axis) / r.sum(axis=axis))

    expected = scipy.stats.bootstrap(
        (errors, reference), percent, paired=True, method="percentile", n_resamples=10_000, rng=1
    ).confidence_interval
    result = improvement(errors, reference)
    assert result["ci95"] == pytest.approx(list(expected), abs=0.4)
    assert result["ci95"][0] < result["percent"] < result["ci95"][1]


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(4)
    covered = 0
    for trial in range(60):
        reference = rng.uniform(0.5, 1.5, 40)
        result = improvement(series(reference * rng.uniform(0.5, 1.1, 40)), series(reference), seed=trial)
        covered += result["ci95"][0] <= 20 <= result["ci95"][1]
    assert 50 <= covered <= 60


def test_the_order_of_clips_does_not_matter_and_the_seed_does(pair):
    errors, reference = pair
    shuffled = errors.sample(frac=1, random_state=1), reference.sample(frac=1, random_state=2)
    assert improvement(*shuffled, seed=3) == improvement(errors, reference, seed=3)
    assert improvement(errors, reference, seed=3)["ci95"] != improvement(errors, reference, seed=4)["ci95"]


def test_one_clip():
    assert improvement(series([1]), series([2])) == {"percent": 50, "wilcoxon_p": 1.0, "ci95": [50, 50]}


def test_resamples_without_an_error_of_the_reference_do_not_count():
    result = improvement(series([0, 1]), series([0, 2]))
    assert result["percent"] == 50 and result["ci95"] == [50, 50]


def test_many_clips_are_drawn_in_blocks():
    rng = np.random.default_rng(6)
    reference = rng.uniform(1, 2, 3000)
    result = improvement(series(reference * 0.9), series(reference))
    assert result["ci95"] == pytest.approx([10, 10])


def test_the_result_goes_into_json(pair):
    assert json.loads(json.dumps(improvement(*pair), allow_nan=False)) == improvement(*pair)


@pytest.mark.parametrize(
    ("errors", "reference", "message"),
    [
        (series([]), series([]), "at least one clip"),
        (series([1, 2]), series([1]), "clip 'clip001' has an error of only one"),
        (series([1, -1]), series([1, 1]), "errors: an error is negative"),
        (series([1, 1]), series([np.nan, 1]), "reference_errors: an error is negative or not finite"),
        (series([1, 1]), series([0, 0]), "reference_errors: all are zero"),
        (pd.Series([1.0, 1.0], index=["a", "a"]), series([1]), "one error a clip"),
    ],
)
def test_impossible_errors_are_refused(errors, reference, message):
    with pytest.raises(MoodscoreError, match=message):
        improvement(errors, reference)
