import doctest
import importlib
import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor


def smooth(n_rows=200, seed=0):
    rng = np.random.default_rng(seed)
    inputs = rng.random((n_rows, 3))
    return inputs, np.sin(5 * inputs[:, 0]) + inputs[:, 1] * inputs[:, 2]


def refused_checks(estimator):
    if estimator.n_mfs == 1:
        return {}
    return {
        "check_sample_weight_equivalence_on_dense_data": "its 30 inputs make 2^30 rules, which is refused"
    }


@parametrize_with_checks(
    [
        ANFISRegressor(n_mfs=1, max_epochs=5),
        ANFISRegressor(n_mfs=2, max_epochs=5, max_rules=2**10),
        ANFISRegressor(n_mfs=2, max_epochs=5, max_rules=2**10, shrinkage=0.1),
    ],
    expected_failed_checks=refused_checks,
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_importing_the_room_imports_none_of_it():
    code = "import sys, moodscore.fuzzy; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert "moodscore.fuzzy" in imported
    assert not [name for name in imported if name.startswith(("sklearn", "scipy", "moodscore.fuzzy."))]


@pytest.mark.parametrize("module", ["anfis", "examples", "membership", "rule_text"])
def test_the_examples_run(module):
    outcome = doctest.testmod(importlib.import_module(f"moodscore.fuzzy.{module}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_fitted_attributes():
    inputs, targets = smooth()
    model = ANFISRegressor(n_mfs=(4, 2, 1), max_epochs=6).fit(inputs, np.stack([targets, -targets], axis=1))
    assert model.premises_.shape == model.initial_premises_.shape == (3, 4, 3)
    assert np.isfinite(model.premises_).sum() == 3 * (4 + 2 + 1)
    assert model.consequents_.shape == (8, 4, 2)
    assert model.training_rmse_.shape == (6,)
    assert model.validation_rmse_.shape == (0,)
    assert model.n_mfs_ == (4, 2, 1)
    assert model.input_names_ == ["x1", "x2", "x3"]
    assert model.output_names_ == ["y1", "y2"]
    np.testing.assert_array_equal(
        model.input_range_, np.stack([inputs.min(axis=0), inputs.max(axis=0)], axis=1)
    )


def test_answers_are_weighted_averages_of_the_rules():
    inputs, targets = smooth(50)
    model = ANFISRegressor(n_mfs=2, max_epochs=5).fit(inputs, targets)
    answers = np.column_stack([inputs, np.ones(50)]) @ model.consequents_[:, :, 0].T
    expected = (model.firing_strengths(inputs) * answers).sum(axis=1)
    np.testing.assert_allclose(model.predict(inputs), expected, rtol=1e-12)


def test_training_learns():
    inputs, targets = smooth()
    model = ANFISRegressor(n_mfs=2, max_epochs=200, initial_step=0.05).fit(inputs, targets)
    assert model.training_rmse_.min() < 0.5 * model.training_rmse_[0]
    unseen, truth = smooth(seed=1)
    assert model.score(unseen, truth) > 0.999


def test_one_function_each_is_linear_ridge_regression():
    inputs, targets = smooth()
    model = ANFISRegressor(n_mfs=1, max_epochs=3).fit(inputs, targets)
    columns = np.column_stack([inputs, np.ones(200)])
    coefficients = np.linalg.solve(columns.T @ columns + 1e-6 * np.eye(4), columns.T @ targets)
    np.testing.assert_allclose(model.consequents_[0, :, 0], coefficients, rtol=1e-9)


def test_the_same_output_twice_is_trained_as_once():
    inputs, targets = smooth()
    one = ANFISRegressor(n_mfs=2, max_epochs=10).fit(inputs, targets)
    two = ANFISRegressor(n_mfs=2, max_epochs=10).fit(inputs, np.stack([targets, targets], axis=1))
    assert two.predict(inputs).shape == (200, 2)
    np.testing.assert_allclose(two.predict(inputs), one.predict(inputs)[:, None].repeat(2, axis=1), atol=1e-9)
    np.testing.assert_allclose(two.training_rmse_, one.training_rmse_, rtol=1e-9)


def test_a_column_gives_a_column():
    inputs, targets = smooth(30)
    assert ANFISRegressor(n_mfs=2, max_epochs=1).fit(inputs, targets[:, None]).predict(inputs).shape == (
        30,
        1,
    )


@pytest.mark.parametrize("n_rows", [40, 400])
def test_integer_weights_are_repeated_rows(n_rows):
    inputs, targets = smooth(n_rows)
    weights = np.random.default_rng(2).integers(0, 3, n_rows)
    weighted = ANFISRegressor(n_mfs=2, max_epochs=20).fit(inputs, targets, sample_weight=weights)
    repeated = ANFISRegressor(n_mfs=2, max_epochs=20).fit(inputs.repeat(weights, 0), targets.repeat(weights))
    np.testing.assert_allclose(weighted.training_rmse_, repeated.training_rmse_, rtol=1e-6)
    np.testing.assert_allclose(weighted.predict(inputs), repeated.predict(inputs), atol=1e-5)
    np.testing.assert_allclose(weighted.rule_coverage_, repeated.rule_coverage_, atol=1e-6)
    np.testing.assert_array_equal(weighted.input_range_, repeated.input_range_)


def test_validation_data_stop_the_training():
    inputs, targets = smooth()
    noise = np.random.default_rng(3).normal(size=200)
    model = ANFISRegressor(n_mfs=3, max_epochs=300, initial_step=0.1, patience=5)
    model.fit(inputs, targets + noise, validation_data=smooth(seed=4))
    assert len(model.validation_rmse_) == len(model.training_rmse_) == model.best_epoch_ + 6 < 300
    unseen, truth = smooth(seed=4)
    rmse = np.sqrt(np.mean((model.predict(unseen) - truth) ** 2))
    assert rmse == pytest.approx(model.validation_rmse_.min(), rel=1e-9)


@pytest.mark.parametrize("n_rows", [90, 200])
def test_4000_epochs_on_rank_deficient_counts(n_rows):
    rng = np.random.default_rng(5)
    counts = rng.poisson(1.5, (n_rows, 3)).astype(float)
    quadrant = rng.integers(1, 5, n_rows)
    model = ANFISRegressor(n_mfs=(4, 3, 3), max_epochs=4000).fit(counts, quadrant)
    assert len(model.training_rmse_) == 4000
    for values in (model.training_rmse_, model.consequents_, model.predict(10 * counts - 5)):
        assert np.isfinite(values).all()
    assert (model.premises_[~np.isnan(model.premises_[..., 0]), 0] > 0).all()


def test_the_number_of_threads_changes_no_bit():
    inputs, targets = smooth(700)
    models = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            models.append(ANFISRegressor(n_mfs=3, max_epochs=10).fit(inputs, targets))
    np.testing.assert_array_equal(models[0].consequents_, models[1].consequents_)
    np.testing.assert_array_equal(models[0].premises_, models[1].premises_)


def test_memory_is_that_of_the_rows_not_of_the_rules():
    rng = np.random.default_rng(6)
    inputs = rng.random((60_000, 3))
    targets = inputs.sum(axis=1)
    model = ANFISRegressor(n_mfs=4, max_epochs=1)
    tracemalloc.start()
    model.fit(inputs, targets).predict(inputs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    strengths = len(inputs) * 4**3 * 8
    assert peak < 1.5 * strengths


def test_firing_strengths_and_coverage():
    inputs, targets = smooth(5000)
    model = ANFISRegressor(n_mfs=3, max_epochs=2).fit(inputs, targets)
    strengths = model.firing_strengths(inputs)
    assert strengths.shape == (5000, 27)
    np.testing.assert_allclose(strengths.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(model.rule_coverage_, strengths.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(model.rule_coverage(inputs[:9]), strengths[:9].mean(axis=0), rtol=1e-12)
    far = model.firing_strengths([[1e9, -1e9, 0.5]])
    assert far.sum() == pytest.approx(1.0)


def test_extrapolation_is_flagged():
    inputs, targets = smooth()
    model = ANFISRegressor(n_mfs=2, max_epochs=1).fit(inputs, targets)
    assert not model.extrapolates(inputs).any()
    assert model.extrapolates([[0.5, 0.5, 0.5], [0.5, 0.5, 1.5], [-0.1, 0.5, 0.5]]).tolist() == [
        False,
        True,
        True,
    ]


def test_names_reach_the_rules():
    inputs, targets = smooth(60)
    table = pd.DataFrame(inputs, columns=["hue", "saturation", "motion"])
    model = ANFISRegressor(n_mfs=2, max_epochs=1).fit(
        table, pd.DataFrame({"valence": targets, "arousal": -targets})
    )
    assert model.output_names_ == ["valence", "arousal"]
    assert model.feature_names_in_.tolist() == model.input_names_ == ["hue", "saturation", "motion"]
    lines = model.rules().splitlines()
    assert len(lines) == 8
    for line in lines:
        assert "IF hue is" in line and "AND motion is" in line and "valence =" in line and "arousal =" in line
    assert ANFISRegressor(n_mfs=2, max_epochs=1).fit(
        table, pd.Series(targets, name="mood")
    ).output_names_ == ["mood"]


def test_a_refused_fit_leaves_no_fitted_model():
    model = ANFISRegressor(n_mfs=2)
    with pytest.raises(MoodscoreError):
        model.fit(np.ones((10, 2)), np.arange(10.0))
    for use in (model.rules, lambda: model.predict([[1.0, 1.0]]), lambda: model.save("never.json")):
        with pytest.raises(NotFittedError):
            use()


def test_a_clone_trains_to_the_same_bits():
    inputs, targets = smooth()
    model = ANFISRegressor(n_mfs=(2, 3, 2), max_epochs=5).fit(inputs, targets)
    np.testing.assert_array_equal(clone(model).fit(inputs, targets).predict(inputs), model.predict(inputs))


def test_checking_rows_may_weigh_differently():
    """Weight 0 leaves a checking row out; a wrong row with it changes nothing."""
    inputs, targets = smooth()
    checked, right = smooth(seed=4)
    wrong = np.concatenate([right, right + 100])
    weights = np.repeat([1.0, 0.0], len(right))
    model = ANFISRegressor(n_mfs=2, max_epochs=5)
    plain = model.fit(inputs, targets, validation_data=(checked, right)).validation_rmse_
    twice = np.concatenate([checked, checked])
    weighted = model.fit(inputs, targets, validation_data=(twice, wrong, weights)).validation_rmse_
    np.testing.assert_allclose(weighted, plain)


def test_shrunk_rules_do_little_harm():
    """Noise on a plane: more rules than data allow, held back to the plane."""
    rng = np.random.default_rng(3)
    inputs, others = rng.random((60, 3)), rng.random((500, 3))
    plane = np.array([1.0, -2.0, 0.5])
    targets = inputs @ plane + rng.normal(0, 0.5, 60)

    def error(**options):
        model = ANFISRegressor(max_epochs=5, **options).fit(inputs, targets)
        return np.sqrt(np.mean((model.predict(others) - others @ plane) ** 2))

    linear = error(n_mfs=1)
    assert error(n_mfs=3, shrinkage=100.0) < 1.1 * linear
    assert error(n_mfs=3) > 3 * linear


@pytest.mark.parametrize("shrinkage", [0, -1.0, float("nan"), "much"])
def test_a_shrinkage_that_makes_no_sense_is_refused(shrinkage):
    with pytest.raises(MoodscoreError, match="shrinkage"):
        ANFISRegressor(shrinkage=shrinkage).fit(*smooth(20))


@pytest.mark.parametrize("places", [[[0]], [[0], [3]], [0, 1], "both"])
def test_output_inputs_that_make_no_sense_are_refused(places):
    inputs, targets = smooth(30)
    with pytest.raises(MoodscoreError, match=r"^output_inputs is .* 0 to 2, for each of the 2 outputs"):
        ANFISRegressor(n_mfs=2, output_inputs=places).fit(inputs, np.column_stack([targets, targets]))


def test_output_inputs_survive_saving(tmp_path):
    inputs, targets = smooth(60)
    model = ANFISRegressor(n_mfs=2, max_epochs=3, shrinkage=5.0, output_inputs=[[0, 1], [2]])
    model.fit(inputs, np.column_stack([targets, targets]))
    model.save(tmp_path / "model.json")
    again = ANFISRegressor.load(tmp_path / "model.json")
    np.testing.assert_array_equal(again.predict(inputs), model.predict(inputs))
    assert (again.shrinkage, again.output_inputs) == (5.0, [[0, 1], [2]])
    assert not model.consequents_[:, 2, 0].any() and not model.consequents_[:, :2, 1].any()
