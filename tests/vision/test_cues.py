import numpy as np
import pytest

from moodscore.vision import CUES, cues_of


@pytest.fixture
def measures():
    rng = np.random.default_rng(0)
    return {
        "histograms": rng.dirichlet(np.ones(256), size=(5, 3)).astype(np.float32),
        "motion": np.array([0.0, 0.01, 0.02, 0.04, 0.2]),
        "cut_rate": np.array([0.0, 0.125, 0.25, 0.5, 1.0]),
        "vividness": rng.uniform(0, 1, 5),
        "colourfulness": rng.uniform(0, 1, 5),
    }


def test_each_segment_has_every_cue(measures):
    cues = cues_of(measures)
    assert tuple(cues) == CUES
    assert all(values.shape == (5,) and np.isfinite(values).all() for values in cues.values())


def test_dark_is_the_share_below_an_intensity_of_15_in_100(measures):
    levels = np.arange(256) / 255
    wanted = [histogram[levels < 0.15].sum() for histogram in measures["histograms"][:, 2].astype(float)]
    np.testing.assert_allclose(cues_of(measures)["dark"], wanted)


def test_logarithms_keep_the_order_and_bear_stills(measures):
    cues = cues_of(measures)
    for name in ("log_motion", "log_cut_rate"):
        assert (np.diff(cues[name]) > 0).all()
    assert np.exp(cues["log_motion"][0]) == pytest.approx(0.002)
