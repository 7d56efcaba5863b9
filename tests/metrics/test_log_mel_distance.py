import sys

import numpy as np
import pytest
import scipy.signal

from moodscore.errors import MoodscoreError
from moodscore.metrics import LogMelReference, log_mel_distance

RATE = 22_050


def noise(n, seed=0, rms=0.2):
    return np.random.default_rng(seed).normal(scale=rms, size=n)


def sine(hz, rate, seconds=1.0, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def mel_edges(highest_hz):
    """Slaney's scale: 200/3 Hz a mel up to 1000 Hz (15 mel), 27 mel for each factor of 6.4 above."""
    highest_mel = 15 + 27 * np.log(highest_hz / 1000) / np.log(6.4)
    mels = np.linspace(0, highest_mel, 64 + 2)
    return np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))


def levels_by_scipy(samples, rate):
    """Mel levels from scipy's STFT and triangles drawn by hand; a full-scale sine has 0 dB."""
    frame = round(rate * 2048 / 22_050)
    hop = frame // 4
    samples = np.pad(samples, (0, max(frame - len(samples), -(len(samples) - frame) % hop)))
    window = scipy.signal.get_window("hann", frame)
    stft = scipy.signal.ShortTimeFFT(window, hop, rate)
    n_frames = (len(samples) - frame) // hop + 1
    spectra = stft.stft(samples, p0=0, p1=n_frames, k_offset=frame // 2)  # its slices are centred
    edges, hz = mel_edges(11_025), np.arange(frame // 2 + 1) * rate / frame
    bank = [np.interp(hz, edges[b : b + 3], [0, 1, 0]) for b in range(64)]
    power = np.array(bank) @ np.abs(spectra) ** 2
    return 10 * np.log10(np.maximum(power / (frame * (window**2).sum() / 4), 1e-8))


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.05, 0.3, 8.3])
def test_against_scipy_and_triangles_by_hand(rate, seconds):
    n = round(seconds * rate)
    x = noise(n) * np.linspace(0, 1, n)
    y = sine(440, rate, seconds)[:n] * 0.3
    expected = np.abs(levels_by_scipy(x, rate) - levels_by_scipy(y, rate)).mean()
    assert log_mel_distance(x, y, rate) == pytest.approx(expected, rel=1e-9)


def test_nothing_from_itself_and_silence_from_silence():
    x = noise(RATE)
    assert log_mel_distance(x, x, RATE) == 0
    assert log_mel_distance(np.zeros(RATE), np.zeros(RATE), RATE) == 0


@pytest.mark.parametrize("gain_db", [-20, -6, 3])
def test_gain_is_heard_as_it_is(gain_db):
    x = noise(2 * RATE)
    assert log_mel_distance(x, x * 10 ** (gain_db / 20), RATE) == pytest.approx(abs(gain_db))


def test_silence_is_a_finite_distance_from_everything():
    x = noise(RATE)
    distance = log_mel_distance(x, np.zeros(RATE), RATE)
    assert distance == log_mel_distance(np.zeros(RATE), x, RATE)
    # the level of a band of white noise over the floor: its share of the power, less a few dB of spread
    assert 40 < distance < 80


def test_what_lies_under_the_floor_is_silence():
    assert log_mel_distance(noise(RATE, rms=1e-6), np.zeros(RATE), RATE) == 0


def test_a_full_scale_sine_has_zero_decibels():
    # one band alone is 80 dB above the floor, its neighbours share the rest of the triangle
    levels = levels_by_scipy(sine(1000, RATE), RATE)
    assert -3.1 < levels.max() < 0.1
    distance = log_mel_distance(sine(1000, RATE), np.zeros(RATE), RATE)
    assert 2 * 70 / 64 < distance < 8 * 80 / 64


def test_a_shift_by_a_sample_costs_far_less_than_another_piece():
    x = noise(2 * RATE)
    shifted, other = log_mel_distance(x[1:], x[:-1], RATE), log_mel_distance(x, noise(2 * RATE, seed=1), RATE)
    assert shifted < other / 5


def test_order_does_not_matter_and_length_is_the_shorter():
    x, y = noise(RATE), noise(2 * RATE, seed=1)
    assert log_mel_distance(x, y, RATE) == log_mel_distance(y, x, RATE)
    assert log_mel_distance(x, y, RATE) == log_mel_distance(x, y[:RATE], RATE)


def test_channels_are_averaged():
    x, y = noise(RATE), noise(RATE, seed=1)
    stereo = np.column_stack([x + y, x - y])
    assert log_mel_distance(stereo, x, RATE) == pytest.approx(0, abs=1e-9)


def test_the_sample_rate_hardly_matters():
    x, y = (
        sine(300, 44_100, 2) * 0.5,
        scipy.signal.sawtooth(2 * np.pi * 440 * np.arange(88_200) / 44_100) * 0.2,
    )
    half = [scipy.signal.resample_poly(samples, 1, 2) for samples in (x, y)]
    assert log_mel_distance(*half, RATE) == pytest.approx(log_mel_distance(x, y, 44_100), rel=0.05)


@pytest.mark.parametrize("rate", [4000, 8000, 16_000])
def test_low_rates_have_no_empty_band(rate):
    assert log_mel_distance(noise(rate), 0.5 * noise(rate), rate) == pytest.approx(20 * np.log10(2))


@pytest.mark.parametrize("n", [1, 2, 2047, 2048, 2049])
def test_the_shortest_pieces(n):
    assert np.isfinite(log_mel_distance(noise(n), noise(n, seed=1), RATE))


@pytest.mark.parametrize("bad", [np.zeros(0), np.array([np.nan]), np.array([1, 2])])
def test_what_is_not_audio_is_refused(bad):
    with pytest.raises(MoodscoreError, match=r"^output: "):
        log_mel_distance(np.zeros(10), bad, RATE)


@pytest.mark.parametrize("rate", [0, -1, 3999, np.nan])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(MoodscoreError, match="sample_rate"):
        log_mel_distance(np.zeros(10), np.zeros(10), rate)


@pytest.mark.parametrize("n", [RATE // 2, 3 * RATE, 7 * RATE])
def test_a_reference_gives_what_the_function_gives(n):
    original = np.column_stack([noise(3 * RATE), noise(3 * RATE, seed=1)]).astype(np.float32)
    reference = LogMelReference(original, RATE)
    for seed in (2, 3):  # more than once: nothing is used up
        output = noise(n, seed=seed)
        assert reference.distance(output) == log_mel_distance(original, output, RATE)


def test_a_reference_computes_its_own_levels_once(monkeypatch):
    reference = LogMelReference(noise(RATE), RATE)
    calls = []
    module = sys.modules["moodscore.metrics.log_mel_distance"]
    levels = module._levels
    monkeypatch.setattr(module, "_levels", lambda *args: calls.append(1) or levels(*args))
    reference.distance(noise(RATE, seed=1))
    assert len(calls) == 1


def test_a_reference_refuses_what_the_function_refuses():
    with pytest.raises(MoodscoreError, match=r"^original: "):
        LogMelReference(np.zeros(0), RATE)
    with pytest.raises(MoodscoreError, match="sample_rate"):
        LogMelReference(np.zeros(10), 3999)
    with pytest.raises(MoodscoreError, match=r"^output: "):
        LogMelReference(np.zeros(10), RATE).distance(np.array([np.inf]))
