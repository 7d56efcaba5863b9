import itertools

import librosa.filters
import numpy as np
import pytest
import scipy.signal
import soxr

from moodscore.sound.onsets import (
    ENVELOPE_RATE,
    ENVELOPE_START_S,
    onset_peaks,
    splice_envelopes,
)


def obvious_envelope(low):
    """From the definition, frame by frame, in double precision; ``low`` is at 8 kHz."""
    mel = librosa.filters.mel(sr=8000, n_fft=256, n_mels=40).astype(np.float64)
    window = scipy.signal.get_window("hann", 256)
    level = []
    for start in range(0, len(low) - 256 + 1, 32):
        magnitude = np.abs(np.fft.rfft(low[start : start + 256] * window))
        level.append(20 * np.log10(np.maximum(1e-10, mel @ magnitude)))
    level = np.maximum(level, np.max(level) - 80)
    strength = np.array([np.maximum(0, b - a).mean() for a, b in itertools.pairwise(level)])
    strength -= strength.mean()
    passed = np.zeros(len(strength))
    for t in range(len(strength)):
        before = (strength[t - 1], passed[t - 1]) if t else (0.0, 0.0)
        passed[t] = strength[t] - before[0] + 0.99 * before[1]
    taps = np.exp(-0.5 * (np.arange(-10, 11) / 2.5) ** 2)
    return np.convolve(np.pad(passed, 10), taps / taps.sum(), mode="valid")


@pytest.fixture(scope="module")
def loop(drums):
    return drums(100, 12)


def test_against_the_definition(loop, onset_envelope):
    low = soxr.resample(loop, 44100, 8000, "HQ")
    np.testing.assert_allclose(onset_envelope(loop), obvious_envelope(low), atol=2e-4)


def test_splices_against_the_definition():
    splices = np.random.default_rng(0).standard_normal((5, 800)) * np.linspace(0, 1, 800)
    np.testing.assert_allclose(splice_envelopes(splices), [obvious_envelope(s) for s in splices], atol=2e-4)


def test_gain_changes_nothing(loop, onset_envelope):
    loud, quiet = (onset_envelope(gain * loop) for gain in (1, 0.01))
    np.testing.assert_allclose(quiet, loud, atol=1e-3)


def test_the_envelope_is_locally_zero_mean(loop, onset_envelope):
    envelope = onset_envelope(loop)
    assert abs(envelope.mean()) < 0.01 * envelope.std()


@pytest.mark.parametrize("n_samples", [0, 1, 255, 256, 287])
def test_too_short_to_rise(n_samples, onset_envelope):
    assert onset_envelope(np.ones(n_samples), 8000).size == 0


def test_clicks_are_found_where_they_are(clicks, onset_envelope):
    peaks = onset_peaks(onset_envelope(clicks(150, 10)))
    times = ENVELOPE_START_S + peaks / ENVELOPE_RATE
    np.testing.assert_allclose(times, 0.11 + 0.4 * np.arange(25), atol=0.025)


@pytest.mark.parametrize("colour", [[1.0], [1.0, -0.99]])
def test_steady_noise_has_no_onsets(colour, onset_envelope):
    noise = scipy.signal.lfilter([1.0], colour, np.random.default_rng(1).standard_normal(44100 * 10))
    assert len(onset_peaks(onset_envelope(0.01 * noise))) <= 1


def test_a_quiet_passage_keeps_its_onsets_beside_a_loud_one(clicks, drums, onset_envelope):
    y = np.concatenate([drums(120, 10), 0.05 * clicks(120, 10)])
    peaks = onset_peaks(onset_envelope(y)) / ENVELOPE_RATE
    assert np.count_nonzero((peaks > 11) & (peaks < 19)) == 16


def test_no_envelope_no_peaks():
    assert onset_peaks(np.zeros(0)).size == 0
    assert onset_peaks(np.zeros(100)).size == 0
