import numpy as np
import pytest
from scipy import linalg

from moodscore.errors import MoodscoreError
from moodscore.metrics import MFCCStatistics, fd_mfcc

RATE = 22_050


def noise(seed, seconds=3.0, level=0.1):
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def coefficients_by_librosa(samples):
    """Every frame's coefficients, by another library from the definition."""
    from librosa.feature import melspectrogram, mfcc

    power = melspectrogram(
        y=samples, sr=RATE, n_fft=2048, hop_length=512, center=False, n_mels=64, fmax=11_025, norm=None
    )
    full_scale_sine = 2048 * np.sum(np.hanning(2049)[:-1] ** 2) / 4
    levels = 10 * np.log10(np.maximum(power / full_scale_sine, 1e-8))
    return mfcc(S=levels, n_mfcc=20, norm="ortho").T


def frechet(first, second):
    """The formula, with the root of the matrix product as it stands."""
    covariances = [np.cov(x, rowvar=False) for x in (first, second)]
    root = linalg.sqrtm(covariances[0] @ covariances[1]).real
    return float(
        np.square(first.mean(axis=0) - second.mean(axis=0)).sum() + np.trace(sum(covariances) - 2 * root)
    )


def test_agrees_with_another_library():
    n_whole = 2048 + 512 * 100  # no padded frame
    tone = np.sin(2 * np.pi * 440 * np.arange(n_whole) / RATE) * np.linspace(0, 0.5, n_whole)
    first, second = noise(0)[:n_whole], noise(1)[:n_whole] * 0.3 + tone
    ours = fd_mfcc(MFCCStatistics.of(first, RATE), MFCCStatistics.of(second, RATE))
    theirs = frechet(coefficients_by_librosa(first), coefficients_by_librosa(second))
    assert ours == pytest.approx(theirs, rel=1e-5)


def test_identical_audio_is_at_distance_zero():
    piece = MFCCStatistics.of(noise(0), RATE)
    assert fd_mfcc(piece, piece) == pytest.approx(0, abs=1e-6)


def test_silence_has_a_finite_distance_even_from_itself():
    silence = MFCCStatistics.of(np.zeros(RATE), RATE)
    assert fd_mfcc(silence, silence) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(fd_mfcc(MFCCStatistics.of(noise(0), RATE), silence))


def test_a_gain_costs_what_the_docstring_says():
    piece, softer = noise(0), 10 ** (-6 / 20) * noise(0)
    distance = fd_mfcc(MFCCStatistics.of(piece, RATE), MFCCStatistics.of(softer, RATE))
    assert distance == pytest.approx(64 * 6**2, rel=1e-6)


def test_symmetric():
    first, second = MFCCStatistics.of(noise(0), RATE), MFCCStatistics.of(np.cumsum(noise(1)) / 50, RATE)
    assert fd_mfcc(first, second) == pytest.approx(fd_mfcc(second, first))


def test_pieces_add_up():
    pieces = [noise(seed, seconds) for seed, seconds in enumerate((1.0, 2.0, 0.7))]
    pooled = MFCCStatistics.pooled(MFCCStatistics.of(piece, RATE) for piece in pieces)
    frames = pooled.n
    assert frames == sum(MFCCStatistics.of(piece, RATE).n for piece in pieces)
    mean, covariance = pooled.mean_and_covariance()
    parts = [MFCCStatistics.of(piece, RATE) for piece in pieces]
    np.testing.assert_allclose(mean, sum(part.total for part in parts) / frames)
    assert np.linalg.eigvalsh(covariance).min() > -1e-6


def test_one_frame_is_no_distribution():
    piece = MFCCStatistics.of(noise(0)[:2048], RATE)
    with pytest.raises(MoodscoreError, match="1 frames, a distribution takes two"):
        fd_mfcc(piece, piece)
