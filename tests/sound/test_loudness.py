import itertools

import numpy as np
import pytest
import scipy.signal

from moodscore.sound.loudness import BARK_EDGES_HZ, loudness, phon, power_spectral_density, sone

SPLICE = 4410


HANN = scipy.signal.get_window("hann", 1024)


def without_windowed_mean(frames):
    return frames - (frames * HANN).sum(axis=-1, keepdims=True) / HANN.sum()


def welch(splices):
    return scipy.signal.welch(splices, 44100, window="hann", nperseg=1024, detrend=without_windowed_mean)


def obvious_loudness(splice):
    """Band by band, straight from the definition."""
    hertz, density = welch(splice)
    total = 0.0
    for low, high in itertools.pairwise(BARK_EDGES_HZ):
        power = density[(hertz >= low) & (hertz < high)].sum() * (hertz[1] - hertz[0])
        level = max(0.0, 10 * np.log10(max(power, 1e-300) / 0.5) + 94)
        total += 2 ** ((level - 40) / 10) if level >= 40 else (level / 40) ** 2.642
    return total


def sone_of(splices):
    return loudness(power_spectral_density(splices))


@pytest.fixture(scope="module")
def splices():
    rng = np.random.default_rng(0)
    gains = 10 ** rng.uniform(-5, 0, (40, 1))
    coloured = scipy.signal.lfilter([1], [1, -0.9], rng.standard_normal((40, SPLICE)))
    return gains * coloured + rng.uniform(-0.1, 0.1, (40, 1))


def test_welch_is_scipys(splices):
    np.testing.assert_allclose(power_spectral_density(splices), welch(splices)[1], rtol=1e-9, atol=1e-25)


def test_a_constant_is_not_heard(splices):
    density = power_spectral_density(splices + 0.5)
    np.testing.assert_allclose(density, power_spectral_density(splices), rtol=1e-6, atol=1e-20)


def test_against_the_definition(splices):
    expected = [obvious_loudness(splice) for splice in splices]
    np.testing.assert_allclose(sone_of(splices), expected, rtol=1e-10)


@pytest.mark.parametrize(("spl", "expected"), [(40, 1.0), (60, 4.5), (70, 9.2)])
def test_calibration_with_a_sine_of_1_khz(spl, expected, sine):
    amplitude = 10 ** ((spl - 94) / 20)
    assert sone_of(sine(1000, 0.1, amplitude)[None])[0] == pytest.approx(expected, abs=0.06)


def test_a_full_scale_sine_has_94_db():
    assert phon(np.array([0.5])) == pytest.approx(94)
    assert phon(np.array([0.0, 1e-30])) == pytest.approx([0, 0])


def test_sone_doubles_every_10_phon_and_joins_at_40():
    assert sone(np.array([40.0, 50, 60, 90])) == pytest.approx([1, 2, 4, 32])
    assert sone(np.array([40 - 1e-9])) == pytest.approx(1)
    assert sone(np.array([0.0, 20])) == pytest.approx([0, 0.5**2.642])


def test_louder_sounds_louder(splices):
    gains = 10 ** (np.arange(-80, 1, 5) / 20)
    by_gain = np.array([sone_of(gain * splices[0][None])[0] for gain in gains])
    audible = by_gain > 0
    assert audible.sum() > 10
    assert (np.diff(by_gain[audible]) > 0).all()


def test_silence_and_a_constant_have_none():
    np.testing.assert_array_equal(sone_of(np.stack([np.zeros(SPLICE), np.full(SPLICE, 0.7)])), [0, 0])


def test_above_the_last_band_nothing_counts(sine):
    assert sone_of(sine(10_000, 0.1)[None])[0] < 1e-3 * sone_of(sine(1000, 0.1)[None])[0]
