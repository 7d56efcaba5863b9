import numpy as np

from moodscore.sound.contexts import context_bounds


def test_centred_inside_and_moved_inwards_at_the_ends():
    bounds = context_bounds(2000, 100.0, 0.0, 8.0, 1.0, 20)
    np.testing.assert_array_equal(bounds[:, 1] - bounds[:, 0], 800)
    np.testing.assert_array_equal(bounds[10], [650, 1450])
    np.testing.assert_array_equal(bounds[0], [0, 800])
    np.testing.assert_array_equal(bounds[-1], [1200, 2000])


def test_the_time_of_the_first_frame_counts():
    assert context_bounds(2000, 100.0, 0.5, 8.0, 1.0, 20)[10, 0] == 600


def test_a_short_track_is_its_own_context():
    np.testing.assert_array_equal(context_bounds(30, 100.0, 0.0, 8.0, 1.0, 3), [[0, 30]] * 3)
    np.testing.assert_array_equal(context_bounds(0, 100.0, 0.0, 8.0, 1.0, 2), [[0, 0]] * 2)
    assert context_bounds(30, 100.0, 0.0, 8.0, 1.0, 0).shape == (0, 2)
