import numpy as np
import pytest

from moodscore.demo.patterns import ASPECT, STYLES

X, Y = np.meshgrid(
    np.linspace(-ASPECT, ASPECT, 160, dtype=np.float32), np.linspace(-1, 1, 90, dtype=np.float32)
)


@pytest.mark.parametrize("name", list(STYLES))
def test_a_pattern_is_finite_varied_and_moves_smoothly(name):
    for seed in range(5):
        pattern = STYLES[name].make(np.random.default_rng(seed))
        start, near, far = (pattern(X, Y, phase) for phase in (0.5, 0.503, 1.5))
        assert start.shape == X.shape
        assert np.isfinite(start).all()
        spread = start.std()
        assert spread > 0.05
        assert np.abs(near - start).mean() < 0.05 * spread
        assert np.abs(far - start).mean() > 0.1 * spread


@pytest.mark.parametrize("name", list(STYLES))
def test_a_pattern_hangs_on_its_seed_alone(name):
    first, second, other = (STYLES[name].make(np.random.default_rng(seed))(X, Y, 1.0) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_calm_scenes_are_round_and_lively_ones_angular():
    calm, lively = (max(STYLES, key=lambda name: STYLES[name].fit(activity)) for activity in (0.1, 0.95))
    assert calm in ("hills", "clouds", "veils", "orbs")
    assert lively in ("chevrons", "bars", "rays", "tiles")
