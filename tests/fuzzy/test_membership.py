import numpy as np
import pytest
import skfuzzy

from moodscore.fuzzy import generalised_bell
from moodscore.fuzzy.membership import evaluate_memberships, premise_gradient

PREMISES = np.array([[0.3, 2.0, 0.0], [0.5, 1.2, 0.4], [0.2, 3.0, 1.0], [1.0, 2.0, 0.0], [1.0, 2.0, 5.0]])
SLICES = (slice(0, 3), slice(3, 5))


@pytest.mark.parametrize(("a", "b", "c"), [(0.3, 2.0, 0.5), (2.0, 0.7, -1.0), (-0.4, 3.5, 0.0)])
def test_bell_is_that_of_scikit_fuzzy(a, b, c):
    x = np.linspace(-3, 3, 301)
    np.testing.assert_allclose(
        generalised_bell(x, a, b, c), skfuzzy.gbellmf(x, a, b, c), rtol=1e-12, atol=1e-15
    )


def test_bell_is_one_at_the_centre_and_half_at_the_half_width():
    assert generalised_bell(2.0, a=0.5, b=2.0, c=2.0) == 1.0
    np.testing.assert_allclose(generalised_bell([1.5, 2.5], a=0.5, b=7.0, c=2.0), 0.5, rtol=1e-14)


def test_shares_are_memberships_over_their_sum():
    inputs = np.random.default_rng(0).random((2, 40))
    shares = evaluate_memberships(inputs, PREMISES, SLICES).shares
    for values, functions in zip(inputs, SLICES, strict=True):
        bells = np.array([skfuzzy.gbellmf(values, *premise) for premise in PREMISES[functions]])
        np.testing.assert_allclose(shares[functions], bells / bells.sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 1e-300, 1.0, -1e6, 1e50, -1e50])
def test_shares_exist_however_far_a_point_is(value):
    premises = np.array([[1e-6, 50.0, 0.0], [1e-6, 50.0, 1.0], [0.1, 2.0, 0.0], [0.1, 9.0, 1.0]])
    slices = (slice(0, 2), slice(2, 4))
    memberships = evaluate_memberships(np.full((2, 1), value), premises, slices)
    for functions in slices:
        assert memberships.shares[functions].sum() == pytest.approx(1.0, abs=1e-15)
    assert np.isfinite(premise_gradient(memberships, premises, np.ones((4, 1)))).all()


def test_gradient_equals_central_differences():
    rng = np.random.default_rng(1)
    inputs, factors = rng.random((2, 30)), rng.normal(size=(5, 30))

    def error(premises):
        return (factors * evaluate_memberships(inputs, premises, SLICES).log_membership).sum()

    gradient = premise_gradient(evaluate_memberships(inputs, PREMISES, SLICES), PREMISES, factors)
    step = 1e-6
    for place in np.ndindex(PREMISES.shape):
        moved = np.zeros_like(PREMISES)
        moved[place] = step
        difference = (error(PREMISES + moved) - error(PREMISES - moved)) / (2 * step)
        assert gradient[place] == pytest.approx(difference, rel=1e-7, abs=1e-7)


def test_a_sample_at_the_centre_has_no_gradient():
    memberships = evaluate_memberships(np.array([[0.0], [0.0]]), PREMISES, SLICES)
    gradient = premise_gradient(memberships, PREMISES, np.ones((5, 1)))
    np.testing.assert_array_equal(gradient[[0, 3]], 0.0)
