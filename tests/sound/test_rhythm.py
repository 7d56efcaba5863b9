import numpy as np
import pytest
import scipy.signal

from moodscore.sound.rhythm import RHYTHM_FLOOR, mean_power, periodogram, rhythm


@pytest.fixture(scope="module")
def splices():
    rng = np.random.default_rng(0)
    return 10 ** rng.uniform(-1, 0, (30, 1)) * rng.standard_normal((30, 4410)) + rng.uniform(
        -0.1, 0.1, (30, 1)
    )


def rhythm_of(splices):
    return rhythm(periodogram(splices))


def test_against_scipy(splices):
    expected = []
    for splice in splices:
        _, density = scipy.signal.periodogram(splice, 44100, window="boxcar", nfft=8192)
        expected.append(np.log(np.var(density, ddof=1)))
    np.testing.assert_allclose(rhythm_of(splices), expected, rtol=1e-11)


def test_a_gain_of_a_tenth_shifts_it_by_ln_1e_minus_4(splices):
    np.testing.assert_allclose(rhythm_of(0.1 * splices) - rhythm_of(splices), np.log(1e-4), rtol=0, atol=1e-9)


def test_a_tone_is_more_rhythmic_than_noise_of_the_same_power(sine):
    tone = sine(440, 0.1, 0.1)
    noise = np.random.default_rng(1).standard_normal(len(tone))
    noise *= np.sqrt(np.mean(tone**2) / np.mean(noise**2))
    quiet, loud = rhythm_of(np.stack([noise, tone]))
    assert loud > quiet + 3


def test_silence_has_the_floor():
    assert pytest.approx(np.log(1e-20)) == RHYTHM_FLOOR
    np.testing.assert_array_equal(rhythm_of(np.stack([np.zeros(4410), np.full(4410, 0.3)])), RHYTHM_FLOOR)


def test_mean_power_is_the_variance(splices):
    np.testing.assert_allclose(mean_power(periodogram(splices)), splices.var(axis=1), rtol=1e-12)


def test_single_precision_costs_no_more_than_its_rounding(splices):
    single = splices.astype(np.float32)
    np.testing.assert_allclose(rhythm_of(single), rhythm_of(single.astype(np.float64)), atol=1e-6)
