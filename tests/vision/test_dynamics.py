import numpy as np
import pytest

from moodscore.vision import cut_rate, motion
from moodscore.vision.dynamics import CUT_THRESHOLD, is_cut


def test_motion_is_the_median():
    assert motion(np.array([0.1, 0.1, 0.9, 0.2, 0.1, 0.1])) == pytest.approx(0.1)
    assert motion(np.array([])) == 0


def test_a_cut_is_a_change_of_more_than_the_threshold():
    before = np.zeros(256)
    before[10] = 1
    for moved, cut in ((CUT_THRESHOLD - 0.01, False), (CUT_THRESHOLD + 0.01, True)):
        after = before * (1 - moved)
        after[200] = moved
        assert is_cut(before, after) is cut


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
