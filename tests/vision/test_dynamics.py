import numpy as np
import pytest

from moodscore.media import Glimpse
from moodscore.vision import cut_rate, moment_of_cut, motion, strongest_cuts, total_variation
from moodscore.vision.dynamics import intensity_difference


@pytest.mark.parametrize(
    ("differences", "cuts", "wanted"),
    [
        ([0.1, 0.1, 0.9, 0.2, 0.1, 0.1], [2], 0.1),
        ([0.1, 0.3, 0.9], [2], 0.3),  # the median alone passes over the cut
        ([0.1, 0.9], [1], 0.1),  # two cannot outvote it
        ([0.9], [0], 0.0),
        ([0.2], [], 0.2),
        ([0.8, 0.9, 0.7, 0.8], [0, 1, 2, 3], 0.8),  # nothing but cuts is a flicker
        ([], [], 0.0),
    ],
)
def test_motion_is_the_median_and_a_cut_is_none(differences, cuts, wanted):
    are_cuts = np.isin(np.arange(len(differences)), cuts)
    assert motion(np.array(differences), are_cuts) == pytest.approx(wanted)


def test_intensity_difference_of_every_extreme():
    black, white = np.zeros((9, 7), dtype=np.uint16), np.full((9, 7), 765, dtype=np.uint16)
    assert intensity_difference(black, white) == intensity_difference(white, black) == 1
    assert intensity_difference(white, white) == 0
    one, two = np.random.default_rng(0).integers(0, 766, (2, 30, 40), dtype=np.uint16)
    wanted = np.abs(one.astype(float) - two).mean() / 765
    assert intensity_difference(one, two) == pytest.approx(wanted, rel=1e-12)


def test_total_variation_is_the_share_that_moved():
    before = np.zeros(256)
    before[10] = 1
    for moved in (0, 0.34, 1):
        after = before * (1 - moved)
        after[200] = moved
        assert total_variation(before, after) == pytest.approx(moved)
        assert total_variation(before * 65536, after * 7) == pytest.approx(moved)


def test_a_cut_is_where_successive_pictures_differ_most():
    rng = np.random.default_rng(0)
    one, two = rng.integers(0, 200, (2, 32, 32), dtype=np.uint8)
    shown = [one, one + 5, one + 10, two, two + 5]
    glimpses = [Glimpse(k / 10, points) for k, points in enumerate(shown)]
    assert moment_of_cut(glimpses) == pytest.approx(0.3)
    assert moment_of_cut(glimpses[2:4]) == pytest.approx(0.3)


def test_the_strongest_cut_of_each_segment():
    bounds = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0], [3.0, 3.6]])
    cuts = np.array([0.2, 0.9, 1.0, 3.0, 3.1, 3.7])
    cut_s, strength = strongest_cuts(cuts, np.array([0.4, 0.8, 0.5, 0.6, 0.6, 0.9]), bounds)
    np.testing.assert_array_equal(cut_s, [0.9, 1.0, np.nan, 3.0])
    np.testing.assert_array_equal(strength, [0.8, 0.5, 0, 0.6])
    nothing = strongest_cuts(np.zeros(0), np.zeros(0), np.zeros((0, 2)))
    assert [len(values) for values in nothing] == [0, 0]


def test_cuts_are_counted_around_each_segment():
    bounds = np.column_stack([np.arange(20.0), np.arange(1, 21.0)])
    rate = cut_rate(np.array([10.2]), bounds)
    counted = np.flatnonzero(rate)
    np.testing.assert_array_equal(counted, np.arange(6, 14))  # middles within 4 s
    np.testing.assert_allclose(rate[counted], 1 / 8)


def test_at_the_ends_of_a_clip_the_window_is_what_is_there():
    bounds = np.column_stack([np.arange(20.0), np.arange(1, 21.0)])
    rate = cut_rate(np.array([1.0, 2.0]), bounds)
    assert rate[0] == pytest.approx(2 / 4.5)
    assert cut_rate(np.array([0.5]), np.array([[0.0, 1.0]])) == pytest.approx(1.0)
    assert (cut_rate(np.array([]), bounds) == 0).all()
