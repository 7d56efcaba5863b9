import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error

from moodscore.errors import MoodscoreError
from moodscore.metrics import mae_waveform


@pytest.fixture
def noise():
    samples = np.random.default_rng(0).uniform(-1, 1, 30_000)
    return samples / np.abs(samples).max() * 0.95


def test_a_piece_is_no_distance_from_itself_at_any_gain(noise):
    assert mae_waveform(noise, noise) == pytest.approx(0, abs=1e-15)
    assert mae_waveform(noise, 0.01 * noise) == pytest.approx(0, abs=1e-15)
    assert mae_waveform(noise, -noise) == pytest.approx(2 * np.abs(noise).mean())


def test_against_scikit_learn(noise):
    output = np.random.default_rng(1).normal(size=25_000)
    expected = mean_absolute_error(noise[:25_000], output * 0.95 / np.abs(output).max())
    assert mae_waveform(noise, output) == pytest.approx(expected, rel=1e-12)


def test_silence_is_the_mean_of_the_original(noise):
    assert mae_waveform(noise, np.zeros(30_000)) == pytest.approx(np.abs(noise).mean())
    assert mae_waveform(np.zeros(5), np.zeros(5)) == 0


def test_noise_under_the_threshold_of_silence_is_not_raised(noise):
    hiss = 0.9e-4 * np.sign(noise)
    assert mae_waveform(np.zeros(30_000), hiss) == pytest.approx(0.9e-4)
    assert mae_waveform(np.zeros(30_000), 1.1e-4 * np.sign(noise)) == pytest.approx(0.95)
    assert mae_waveform(noise, np.full(30_000, 5e-324)) == pytest.approx(np.abs(noise).mean())


def test_silence_beats_an_unrelated_piece(noise):
    unrelated = np.random.default_rng(2).permutation(noise)
    assert mae_waveform(noise, 0 * noise) < mae_waveform(noise, unrelated)


def test_the_shorter_length_counts_but_the_peak_is_of_all():
    assert mae_waveform(np.array([0.5, 0.5]), np.array([0.475, 0.475, -0.95])) == pytest.approx(0.025)
    assert mae_waveform(np.array([0.5, 0.5, 9.0]), np.array([0.1, 0.1])) == pytest.approx(0.45)


def test_the_first_channel_counts(noise):
    other = np.random.default_rng(4).uniform(-1, 1, 30_000)
    original, output = np.column_stack([noise, other]), np.column_stack([noise, -other, other])
    assert mae_waveform(original, output) == pytest.approx(0, abs=1e-15)


def test_a_long_piece_in_blocks_equals_the_whole():
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-0.5, 0.5, (2, (1 << 20) * 2 + 12_345)).astype(np.float32)
    y[-1] = 0.95
    expected = np.abs(x.astype(float) - y.astype(float)).mean()
    assert mae_waveform(x, y) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros(0),
        np.zeros((3, 0)),
        np.zeros((2, 2, 2)),
        np.array([0, 1]),
        np.array([0.0, np.nan]),
        [0.0, 1.0],
    ],
    ids=["empty", "no channel", "3-d", "integers", "nan", "list"],
)
def test_what_is_not_audio_is_refused(bad):
    good = np.zeros(4)
    with pytest.raises(MoodscoreError, match=r"^original: "):
        mae_waveform(bad, good)
    with pytest.raises(MoodscoreError, match=r"^output: "):
        mae_waveform(good, bad)
