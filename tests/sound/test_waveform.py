import numpy as np
import pytest
import soxr

from moodscore.errors import MoodscoreError
from moodscore.sound import waveform
from moodscore.sound.waveform import (
    as_channels,
    framed,
    mono_blocks,
    mono_mix,
    n_resampled,
    segment_means,
    spliced,
)


@pytest.fixture
def noise():
    return np.random.default_rng(0).standard_normal((30011, 2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mono_mix_is_the_mean_of_the_channels(noise, dtype):
    y = noise.astype(dtype)
    mix = mono_mix(y)
    assert mix.dtype == dtype
    np.testing.assert_array_equal(mix, y.mean(axis=1))


def test_mono_mix_leaves_its_input_alone(noise):
    before = noise.copy()
    mono_mix(noise)
    mono_mix(noise[:, :1])
    np.testing.assert_array_equal(noise, before)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
@pytest.mark.parametrize("block_s", [0.01, 0.1, 5.0])
def test_blocks_join_to_the_resampled_whole(noise, rate, block_s, monkeypatch):
    monkeypatch.setattr(waveform, "BLOCK_S", block_s)
    joined = np.concatenate(list(mono_blocks(noise, 44100, rate)))
    mono = noise.mean(axis=1)
    whole = mono if rate == 44100 else soxr.resample(mono, 44100, rate, "HQ")
    assert len(joined) == n_resampled(len(noise), 44100, rate)
    shared = min(len(joined), len(whole))
    np.testing.assert_allclose(joined[:shared], whole[:shared], rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_samples", [0, 1, 2, 7, 100, 44099])
@pytest.mark.parametrize("sr", [8000, 11025, 48000, 44100.5])
def test_blocks_have_the_length_that_was_promised(n_samples, sr):
    y = np.ones((n_samples, 1))
    assert sum(map(len, mono_blocks(y, sr, 44100))) == n_resampled(n_samples, sr, 44100)


@pytest.mark.parametrize("sizes", [[1000], [1, 2, 3, 400, 5, 589], [10] * 100, [0, 999, 0, 1]])
def test_frames_do_not_depend_on_the_blocks(sizes):
    signal = np.random.default_rng(1).standard_normal(1000)
    blocks = np.split(signal, np.cumsum(sizes)[:-1])
    frames = np.concatenate(list(framed(blocks, 64, 16)))
    expected = [signal[start : start + 64] for start in range(0, 1000 - 64 + 1, 16)]
    np.testing.assert_array_equal(frames, expected)


def test_no_frame_fits_a_signal_that_is_too_short():
    assert list(framed([np.ones(63)], 64, 16)) == []


def all_splices(y, sr, rate, segment_s, n_segments):
    splices, owners = [], []
    for segments, some, owner in spliced(y, sr, rate, segment_s, n_segments):
        splices.extend(some)
        owners.extend(owner + segments.start)
    return np.array(splices), owners


@pytest.mark.parametrize("segment_s", [0.1, 0.33, 0.5, 1.0, 2.5, 20.0])
def test_splices_are_cut_from_the_start_of_each_segment(segment_s):
    y = np.arange(8000 * 21.3)[:, None]
    n = int(21.3 / segment_s)
    splices, owners = all_splices(y, 8000, 8000, segment_s, n)
    expected, expected_owners = [], []
    for segment in range(n):
        first, last = round(segment * segment_s * 8000), round((segment + 1) * segment_s * 8000)
        for start in range(first, last - 800 + 1, 800):
            expected.append(y[start : start + 800, 0])
            expected_owners.append(segment)
    np.testing.assert_array_equal(splices, expected)
    assert owners == expected_owners


def test_a_segment_shorter_than_a_splice_is_completed_with_silence():
    y = np.ones((8000 + 300, 1))
    splices, owners = all_splices(y, 8000, 8000, 1.0, 3)
    assert owners == [0] * 10 + [1, 2]
    np.testing.assert_array_equal(splices.sum(axis=1), [800] * 10 + [300, 0])


def test_segment_means_against_a_loop():
    rng = np.random.default_rng(2)
    owner = np.repeat(np.arange(5), [1, 4, 2, 10, 3])
    for values in (rng.standard_normal(20), rng.standard_normal((20, 7)), rng.random(20) > 0.5):
        expected = [values[owner == segment].mean(axis=0) for segment in range(5)]
        np.testing.assert_allclose(segment_means(values, owner), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("y", "sr", "word"),
    [
        (np.zeros(10, dtype=np.int16), 44100, "int16"),
        (np.zeros((2, 2, 2)), 44100, "shape"),
        (np.zeros((10, 0)), 44100, "shape"),
        (np.zeros(10), 0, "sample rate"),
        (np.zeros(10), np.nan, "sample rate"),
    ],
)
def test_what_is_no_waveform_is_refused(y, sr, word):
    with pytest.raises(MoodscoreError, match=word):
        as_channels(y, sr)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite_are_refused(bad):
    y = np.zeros((1000, 2))
    y[500, 1] = bad
    with pytest.raises(MoodscoreError, match="NaN or infinity"):
        mono_mix(y)
