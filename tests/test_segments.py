import numpy as np
import pytest

from moodscore.segments import sample_bounds, segment_bounds


@pytest.mark.parametrize(
    ("duration_s", "segment_s", "ends"),
    [
        (3.0, 1.0, [1, 2, 3]),
        (3.4, 1.0, [1, 2, 3]),  # less than half a segment is dropped
        (3.5, 1.0, [1, 2, 3, 3.5]),
        (3.7, 1.0, [1, 2, 3, 3.7]),
        (0.5, 1.0, [0.5]),
        (0.4, 1.0, []),
        (0.0, 1.0, []),
        (1.0, 0.25, [0.25, 0.5, 0.75, 1.0]),
        (5.0, 2.0, [2, 4, 5]),
        (4.9, 2.0, [2, 4]),
    ],
)
def test_segments_tile_the_clip(duration_s, segment_s, ends):
    bounds = segment_bounds(duration_s, segment_s)
    assert bounds.shape == (len(ends), 2)
    np.testing.assert_allclose(bounds[:, 1], ends)
    np.testing.assert_allclose(bounds[:, 0], [0, *ends[:-1]][: len(ends)])


@pytest.mark.parametrize("tick", [-1, 1])
def test_a_clock_tick_changes_nothing(tick):
    for whole in (1, 3, 240):
        bounds = segment_bounds(whole + tick / 90000)
        assert len(bounds) == whole
        assert bounds[-1, 1] == pytest.approx(whole, abs=1e-4)
    assert len(segment_bounds(2.5 + tick / 90000)) == 3


@pytest.mark.parametrize("segment_s", [0.1, 0.3, 1 / 3, 0.7, 1.1])
def test_lengths_that_binary_numbers_cannot_hold(segment_s):
    for n in range(1, 60):
        bounds = segment_bounds(n * segment_s, segment_s)
        assert len(bounds) == n
        np.testing.assert_allclose(np.diff(bounds, axis=1), segment_s, atol=1e-9)
        np.testing.assert_array_equal(bounds[1:, 0], np.arange(1, n) * segment_s)


def test_any_duration_by_the_rule():
    for duration_s in np.random.default_rng(0).uniform(0, 20, 500):
        bounds = segment_bounds(duration_s, 0.8)
        covered = bounds[-1, 1] if len(bounds) else 0.0
        assert duration_s - covered < 0.4 + 1e-9
        assert covered <= duration_s + 1e-3
        assert (np.diff(bounds, axis=1) >= 0.4 - 1e-3).all()
        np.testing.assert_allclose(bounds[1:, 0], bounds[:-1, 1], atol=1e-9)


@pytest.mark.parametrize(("segment_s", "rate"), [(1.0, 44100), (0.7, 44100), (1 / 3, 8000), (0.1, 22050)])
def test_samples_are_contiguous_and_inside(segment_s, rate):
    n_samples = round(9.9 * segment_s * rate)
    bounds = sample_bounds(10, segment_s, rate, n_samples)
    assert bounds.dtype == np.int64
    assert bounds[0, 0] == 0
    assert bounds[-1, 1] == n_samples
    np.testing.assert_array_equal(bounds[1:, 0], bounds[:-1, 1])
    np.testing.assert_allclose(bounds[:-1, 1] / rate, np.arange(1, 10) * segment_s, atol=0.5 / rate + 1e-12)


def test_samples_and_seconds_name_the_same_segments():
    for duration_s in (2.6, 7.0, 12.51):
        seconds = segment_bounds(duration_s)
        samples = sample_bounds(len(seconds), 1.0, 44100, round(duration_s * 44100))
        np.testing.assert_allclose(samples / 44100, seconds, atol=0.5 / 44100 + 1e-12)


def test_segments_past_the_end_are_empty():
    np.testing.assert_array_equal(sample_bounds(3, 1.0, 100, 150), [[0, 100], [100, 150], [150, 150]])
    assert sample_bounds(0, 1.0, 100, 150).shape == (0, 2)
