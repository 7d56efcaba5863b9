import itertools

import numpy as np
import pytest
import soxr

from moodscore.errors import MoodscoreError
from moodscore.samples import ArraySource
from moodscore.sound import listening
from moodscore.sound.listening import as_source, listen, mono_blocks, mono_mix, n_resampled


@pytest.fixture
def noise():
    return np.random.default_rng(0).standard_normal((30011, 2))


class Recorder:
    """Keeps all it hears."""

    def __init__(self, rate):
        self.rate, self.heard = rate, []

    def hear(self, block):
        self.heard.append(block)

    def all(self):
        return np.concatenate(self.heard)


class CountingSource(ArraySource):
    """Knows which slices were read."""

    def read(self, start, stop):
        self.__dict__.setdefault("slices", []).append((start, stop))
        return super().read(start, stop)


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
def test_what_is_heard_is_the_resampled_whole(noise, rate, block_s, monkeypatch):
    monkeypatch.setattr(listening, "BLOCK_S", block_s)
    source, recorder = ArraySource(noise, 44100), Recorder(rate)
    listen(source, recorder, Recorder(16000))
    mono, joined = noise.mean(axis=1), recorder.all()
    whole = mono if rate == 44100 else soxr.resample(mono, 44100, rate, "HQ")
    assert len(joined) == n_resampled(source, rate)
    shared = min(len(joined), len(whole))
    np.testing.assert_allclose(joined[:shared], whole[:shared], rtol=0, atol=1e-12)


def test_however_many_listen_each_sample_is_read_once(noise, monkeypatch):
    monkeypatch.setattr(listening, "BLOCK_S", 0.1)
    source = CountingSource(noise, 44100)
    listen(source, Recorder(8000), Recorder(44100), Recorder(8000), Recorder(48000))
    edges = [0, *itertools.chain.from_iterable(source.slices), len(noise)]
    assert edges[::2] == edges[1::2]


@pytest.mark.parametrize("n_samples", [0, 1, 2, 7, 100, 44099])
@pytest.mark.parametrize("sr", [8000, 11025, 48000, 44100.5])
def test_blocks_have_the_length_that_was_promised(n_samples, sr):
    source = ArraySource(np.ones((n_samples, 1)), sr)
    for which, rate in enumerate((44100, 8000)):
        blocks = mono_blocks(source, (44100, 8000))
        assert sum(len(block[which]) for block in blocks) == n_resampled(source, rate)


@pytest.mark.parametrize(
    ("y", "sr", "word"),
    [
        (np.zeros(10, dtype=np.int16), 44100, "int16"),
        (np.zeros((2, 2, 2)), 44100, "shape"),
        (np.zeros((10, 0)), 44100, "shape"),
        (np.zeros(10), 0, "sample rate"),
        (np.zeros(10), np.nan, "sample rate"),
        (np.zeros(10), None, "sr: is missing"),
        (ArraySource(np.zeros((10, 1)), 44100), 44100, "sr: is 44100"),
        (ArraySource(np.zeros((10, 1)), -1), None, "sample rate"),
    ],
)
def test_what_is_no_sound_is_refused(y, sr, word):
    with pytest.raises(MoodscoreError, match=word):
        as_source(y, sr)


@pytest.mark.parametrize(
    ("bad", "word"),
    [(np.nan, "NaN or infinity"), (np.inf, "NaN or infinity"), (-np.inf, "NaN or infinity"), (-1e30, "1e")],
)
def test_samples_that_are_no_numbers_or_no_sound_are_refused(bad, word):
    y = np.zeros((1000, 2))
    y[500, 1] = bad
    with pytest.raises(MoodscoreError, match=word):
        mono_mix(y)


def test_a_source_that_reads_integers_is_refused():
    with pytest.raises(MoodscoreError, match="int16"):
        listen(ArraySource(np.zeros((10, 1), dtype=np.int16), 8000), Recorder(8000))
