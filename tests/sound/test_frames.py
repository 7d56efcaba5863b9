import numpy as np
import pytest

from moodscore.sound.frames import Framer, Splicer, segment_means


@pytest.mark.parametrize("sizes", [[1000], [1, 2, 3, 400, 5, 589], [10] * 100, [0, 999, 0, 1]])
def test_frames_do_not_depend_on_the_blocks(sizes):
    signal = np.random.default_rng(1).standard_normal(1000)
    blocks = np.split(signal, np.cumsum(sizes)[:-1])
    framer = Framer(64, 16)
    frames = np.concatenate([framer.cut(block) for block in blocks])
    expected = [signal[start : start + 64] for start in range(0, 1000 - 64 + 1, 16)]
    np.testing.assert_array_equal(frames, expected)


def test_no_frame_fits_a_signal_that_is_too_short():
    assert Framer(64, 16).cut(np.ones(63)).shape == (0, 64)


def all_splices(y, segment_s, n_segments, block=3001):
    splicer = Splicer(8000, len(y), segment_s, n_segments)
    splices, owners = [], []
    for start in range(0, len(y), block):
        for segments, some, counts in splicer.cut(y[start : start + block]):
            splices.extend(some)
            owners.extend(np.repeat(np.arange(segments.start, segments.stop), counts))
    return np.array(splices), owners


@pytest.mark.parametrize("block", [97, 8000, 200_000])
@pytest.mark.parametrize("segment_s", [0.1, 0.33, 0.5, 1.0, 2.5, 20.0])
def test_splices_are_cut_from_the_start_of_each_segment(segment_s, block):
    y = np.arange(8000 * 21.3)
    n = int(21.3 / segment_s)
    splices, owners = all_splices(y, segment_s, n, block)
    expected, expected_owners = [], []
    for segment in range(n):
        first, last = round(segment * segment_s * 8000), round((segment + 1) * segment_s * 8000)
        for start in range(first, last - 800 + 1, 800):
            expected.append(y[start : start + 800])
            expected_owners.append(segment)
    np.testing.assert_array_equal(splices, expected)
    assert owners == expected_owners


def test_a_segment_shorter_than_a_splice_is_completed_with_silence():
    y = np.ones(8000 + 300)
    splices, owners = all_splices(y, 1.0, 3)
    assert owners == [0] * 10 + [1, 2]
    np.testing.assert_array_equal(splices.sum(axis=1), [800] * 10 + [300, 0])


def test_segment_means_against_a_loop():
    rng = np.random.default_rng(2)
    counts = np.array([1, 4, 2, 10, 3])
    owner = np.repeat(np.arange(5), counts)
    for values in (rng.standard_normal(20), rng.standard_normal((20, 7)), rng.random(20) > 0.5):
        expected = [values[owner == segment].mean(axis=0) for segment in range(5)]
        np.testing.assert_allclose(segment_means(values, counts), expected, rtol=1e-14)
