import numpy as np
import pandas as pd
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from moodscore.emotion import QUADRANTS, balanced_weights


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_against_scikit_learn(dtype):
    quadrants = np.random.default_rng(0).choice(QUADRANTS, p=[0.7, 0.2, 0.08, 0.02], size=300)
    rows = pd.Series(quadrants, dtype=dtype, index=np.arange(300)[::-1])
    np.testing.assert_allclose(balanced_weights(rows), compute_sample_weight("balanced", quadrants))


def test_every_quadrant_that_occurs_weighs_the_same_and_the_mean_is_one():
    quadrants = pd.Series(["pos_high"] * 6 + ["neg_low"] * 2 + ["neg_high"])
    weights = balanced_weights(quadrants)
    np.testing.assert_allclose(pd.Series(weights).groupby(quadrants).sum(), 3)
    assert weights.mean() == pytest.approx(1)


def test_one_quadrant_is_not_weighted():
    np.testing.assert_array_equal(balanced_weights(pd.Series(["pos_low"] * 5)), np.ones(5))
