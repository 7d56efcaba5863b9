import numpy as np
import pytest

from moodscore.vision import cut_rate, motion
from moodscore.vision.dynamics import CUT_THRESHOLD, intensity_difference, is_cut


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


def test_a_cut_is_a_change_of_more_than_the_threshold():
    before = np.zeros(256)
    before[10] = 1
    for moved, cut in ((CUT_THRESHOLD - 0.01, False), (CUT_THRESHOLD + 0.01, True)):
        after = before * (1 - moved)
        after[200] = moved
        assert is_cut(before, after) is cut
        assert is_cut(before * 65536, after * 65536) is cut


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
