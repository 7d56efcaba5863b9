import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.metrics import concordance_correlation


def by_definition(x, y):
    """Lin's first form: one less the mean squared difference over its value without correlation."""
    x, y = np.asarray(x), np.asarray(y)
    n = len(x)
    unrelated = np.sum((x[:, None] - y[None, :]) ** 2) / n**2
    return 1 - np.sum((x - y) ** 2) / n / unrelated


@pytest.mark.parametrize("seed", range(10))
def test_against_the_expected_squared_difference(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 9, 50)
    y = rng.uniform(-1, 1) * x + rng.normal(rng.uniform(-2, 2), rng.uniform(0, 3), 50)
    assert concordance_correlation(x, y) == pytest.approx(by_definition(x, y), abs=1e-12)
    assert concordance_correlation(y, x) == pytest.approx(concordance_correlation(x, y), abs=1e-15)


def test_it_is_pearsons_times_the_bias_correction():
    rng = np.random.default_rng(3)
    x = rng.normal(5, 1, 80)
    y = 0.5 * x + rng.normal(2, 1, 80)
    v, u = x.std() / y.std(), (x.mean() - y.mean()) / np.sqrt(x.std() * y.std())
    expected = np.corrcoef(x, y)[0, 1] * 2 / (v + 1 / v + u**2)
    assert concordance_correlation(x, y) == pytest.approx(expected)


def test_shift_and_scale_cost_what_the_formula_says():
    x = np.array([-1.0, 1.0])
    assert concordance_correlation(x, x) == 1
    assert concordance_correlation(x, -x) == -1
    assert concordance_correlation(x, x + 2) == pytest.approx(2 / (1 + 1 + 4))
    assert concordance_correlation(x, 3 * x) == pytest.approx(6 / (1 + 9))


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([0.1] * 3, [0.1] * 3, 1.0),
        ([0.1] * 3, [0.7] * 3, 0.0),
        ([0.1] * 3, [0.1, 0.2, 0.7], 0.0),
        ([0.3] * 11, list(range(11)), 0.0),  # binary rounding leaves a covariance of 1e-34
        ([5.0], [5.0], 1.0),
        ([5.0], [6.0], 0.0),
        ([0.0, 0.0], [0.0, 0.0], 1.0),
    ],
)
def test_constants(x, y, expected):
    assert concordance_correlation(x, y) == concordance_correlation(y, x) == expected


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1e12, 1e300])
def test_no_unit_is_too_small_or_too_large(factor):
    x, y = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.5, 3.0])
    assert concordance_correlation(factor * x, factor * y) == pytest.approx(concordance_correlation(x, y))


@pytest.mark.parametrize(
    ("x", "y"),
    [([], []), ([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]]), ([np.nan, 1], [1, 2]), ([1, 2], [np.inf, 1])],
)
def test_impossible_sequences_are_refused(x, y):
    with pytest.raises(MoodscoreError, match="true and predicted scores"):
        concordance_correlation(x, y)
