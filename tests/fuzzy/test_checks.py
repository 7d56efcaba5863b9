import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor

RNG = np.random.default_rng(0)
X = RNG.random((30, 2))
Y = X.sum(axis=1)


def altered(value, row=3, column=1):
    other = X.copy()
    other[row, column] = value
    return other


def named(values):
    return pd.DataFrame(values, columns=["hue", "motion"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_mfs": 0}, "n_mfs is 0"),
        ({"n_mfs": 2.5}, "n_mfs is 2.5"),
        ({"n_mfs": "4"}, "n_mfs is '4'"),
        ({"n_mfs": (2, True)}, "n_mfs is True"),
        ({"n_mfs": (2, 2, 2)}, "3 numbers for 2 inputs"),
        ({"n_mfs": 23}, "529 rules, max_rules is 512.*raise max_rules"),
        ({"n_mfs": 3, "max_rules": 8}, "9 rules, max_rules is 8"),
        ({"max_epochs": 0}, "max_epochs is 0"),
        ({"max_rules": "many"}, "max_rules is 'many'"),
        ({"patience": 0}, "patience is 0"),
        ({"initial_step": 0.0}, "initial_step is 0.0"),
        ({"initial_step": float("inf")}, "initial_step is inf"),
        ({"ridge": float("nan")}, "ridge is nan"),
        ({"ridge": -1e-6}, "ridge is -1e-06"),
    ],
)
def test_options_out_of_range(options, words):
    with pytest.raises(MoodscoreError, match=words):
        ANFISRegressor(**options).fit(X, Y)


@pytest.mark.parametrize(
    ("inputs", "targets", "words"),
    [
        (named(altered(np.nan)), Y, "input 'motion', row 3: value is NaN.*drop"),
        (altered(-np.inf, column=0), Y, "input 'x1', row 3: value is NaN or infinity"),
        (altered(1e200), Y, "input 'x2', row 3: value beyond .*rescale"),
        (np.where([True, False], X, np.nan), Y, r"input 'x2', row 0, 1, 2, \.\.\."),
        (named(np.where([True, False], X, 0.1)), Y, "input 'motion' is constant .0.1.*leave it out"),
        (np.where([True, False], X, 1 + 1e-15 * X), Y, "input 'x2' is constant"),
        (np.where([True, False], X, 1e-60 * X), Y, "input 'x2' varies by .*rescale"),
        (X[:1], Y[:1], "1 sample with a weight above zero: give at least 2"),
        (X, np.where(Y > 1, np.nan, Y), "target 'y', row"),
        (X, pd.DataFrame({"valence": Y, "arousal": np.inf}), "target 'arousal', row 0, 1, 2"),
        (named(X).assign(motion="fast"), Y, "input 'motion' is not numeric .*'fast'.*leave the column out"),
        (X, pd.DataFrame({"valence": Y, "mood": "glad"}), "target 'mood' is not numeric .*'glad'"),
        (X, None, "requires y"),
        (X, Y[:-1], "inconsistent numbers of samples"),
        (X[:, 0], Y, "Expected 2D array"),
    ],
)
def test_data_that_cannot_be_used(inputs, targets, words):
    with pytest.raises(MoodscoreError, match=words) as refusal:
        ANFISRegressor(n_mfs=2).fit(inputs, targets)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(29), "sample_weight has shape"),
        (np.ones((30, 1)), "sample_weight has shape"),
        (-np.ones(30), "negative"),
        (np.full(30, np.nan), "NaN"),
        (np.zeros(30), "0 samples with a weight above zero"),
        (np.eye(30)[0], "1 sample with a weight above zero"),
    ],
)
def test_weights_that_cannot_be_used(weights, words):
    with pytest.raises(MoodscoreError, match=words):
        ANFISRegressor(n_mfs=2).fit(X, Y, sample_weight=weights)


@pytest.mark.parametrize(
    ("checking", "words"),
    [
        (X, "must be a tuple"),
        ((X, Y, np.ones(len(Y)), 1), "must be a tuple"),
        ((X, Y, -np.ones(len(Y))), "sample_weight"),
        ((X[:, :1], Y), "features"),
        ((X, np.stack([Y, Y], axis=1)), "2 targets a row, not 1"),
        ((altered(np.nan), Y), "input 'x2', row 3"),
    ],
)
def test_checking_data_that_cannot_be_used(checking, words):
    with pytest.raises(MoodscoreError, match=words):
        ANFISRegressor(n_mfs=2).fit(X, Y, validation_data=checking)


@pytest.mark.parametrize("method", ["predict", "firing_strengths", "rule_coverage", "extrapolates"])
def test_inputs_of_a_prediction_are_checked(method):
    model = ANFISRegressor(n_mfs=2, max_epochs=1).fit(named(X), Y)
    with pytest.raises(MoodscoreError, match="input 'motion', row 3"):
        getattr(model, method)(named(altered(np.nan)))
    with pytest.raises(MoodscoreError, match="feature names"):
        getattr(model, method)(named(X).rename(columns={"hue": "tint"}))


def test_an_input_far_from_zero_may_vary_little():
    model = ANFISRegressor(n_mfs=2, max_epochs=20).fit(1e6 + X, Y)
    assert np.isfinite(model.training_rmse_).all()
    assert model.training_rmse_.min() < np.std(Y)
