import itertools

import numpy as np
import pytest
import scipy.signal
import scipy.stats

from moodscore.sound import tempo_loudness_rhythm
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


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_a_sound_grows_louder_with_every_decibel_of_60(which, splices):
    gains = 10 ** (np.arange(-60, 1) / 20)
    sound = splices[which] - splices[which].mean()
    by_gain = sone_of(gains[:, None] * sound / np.abs(sound).max())
    assert (np.diff(by_gain) > 0).all()


def test_silence_and_a_constant_have_none():
    np.testing.assert_array_equal(sone_of(np.stack([np.zeros(SPLICE), np.full(SPLICE, 0.7)])), [0, 0])


def test_above_the_last_band_nothing_counts(sine):
    assert sone_of(sine(10_000, 0.1)[None])[0] < 1e-3 * sone_of(sine(1000, 0.1)[None])[0]


# Zwicker's loudness, by the standard: ISO 532-1:2017, method for time-varying sounds.
#
# The numbers below were computed once with mosqito 1.2.1, for every signal of ISO_SIGNALS:
#     sone, *_ = mosqito.sq_metrics.loudness_zwtv(np.sqrt(2) * y, ISO_RATE, field_type="free"); sone.mean()
# The root of 2 is the calibration: a sine that just reaches full scale is 1 Pa, that is 94 dB SPL.
ISO_RATE = 48_000  # the only one the standard knows
#: Level (dB SPL) and full modulation (Hz, 0 for none) of the four signals of each spectrum.
ISO_LEVELS = ((40, 0), (55, 4), (70, 0), (85, 16))
ISO_SONE = {
    "sine of 100 Hz": (0.2268, 0.932, 3.904, 15.02),
    "sine of 1 kHz": (0.9572, 2.23, 7.782, 18.73),
    "sine of 4 kHz": (1.491, 3.407, 11.72, 27.63),
    "chord": (0.9504, 2.326, 7.851, 19.18),
    "harmonics of 110 Hz": (1.141, 3.522, 11.96, 29.3),
    "harmonics of 440 Hz": (2.032, 5.235, 17.3, 38.11),
    "white noise": (2.101, 5.781, 19.54, 42.52),
    "pink noise": (2.423, 6.655, 22.3, 49.11),
    "brown noise": (0.7687, 3.298, 12.26, 28.52),
    "noise, 50-300 Hz": (0.6321, 1.929, 6.827, 18.88),
    "noise, 300-3000 Hz": (2.389, 5.919, 19.18, 42.05),
    "noise, 2-8 kHz": (2.192, 5.097, 16.24, 34.69),
}
#: Pure tones far from 1 kHz: a scale without contours of equal loudness rates the low one too high and the
#: high one too low.
FAR_TONES = ("sine of 100 Hz", "sine of 4 kHz")


def tones(*partials):
    t = np.arange(ISO_RATE) / ISO_RATE
    return sum(amplitude * np.sin(2 * np.pi * hertz * t) for hertz, amplitude in partials)


def harmonics(hertz, n):
    return tones(*((k * hertz, 1 / k) for k in range(1, n + 1)))


def band_noise(low, high, slope_db=0):
    """A second of noise between two frequencies, its level falling or rising by so many dB an octave."""
    hertz = np.fft.rfftfreq(ISO_RATE, 1 / ISO_RATE)
    level = np.where(
        (hertz >= low) & (hertz <= high), slope_db * np.log2(np.maximum(hertz, 1) / 1000), -np.inf
    )
    phase = 2j * np.pi * np.random.default_rng(low).random(len(hertz))
    return np.fft.irfft(10 ** (level / 20) * np.exp(phase), ISO_RATE)


ISO_SPECTRA = {
    "sine of 100 Hz": tones((100, 1)),
    "sine of 1 kHz": tones((1000, 1)),
    "sine of 4 kHz": tones((4000, 1)),
    "chord": tones((262, 1), (330, 1), (392, 1)),
    "harmonics of 110 Hz": harmonics(110, 20),
    "harmonics of 440 Hz": harmonics(440, 8),
    "white noise": band_noise(20, 20_000),
    "pink noise": band_noise(20, 20_000, -3),
    "brown noise": band_noise(20, 20_000, -6),
    "noise, 50-300 Hz": band_noise(50, 300),
    "noise, 300-3000 Hz": band_noise(300, 3000),
    "noise, 2-8 kHz": band_noise(2000, 8000),
}


def iso_signal(spectrum, spl, modulation_hz):
    t = np.arange(ISO_RATE) / ISO_RATE
    y = ISO_SPECTRA[spectrum] * (1 + np.sin(2 * np.pi * modulation_hz * t))
    return 10 ** ((spl - 94) / 20) * y * np.sqrt(0.5 / np.mean(y**2))


@pytest.fixture(scope="module")
def beside_iso():
    """Ours and the standard's loudness of every signal [shape=(4, 2)], by spectrum."""
    return {
        spectrum: np.array(
            [
                (tempo_loudness_rhythm(iso_signal(spectrum, *level), ISO_RATE)["loudness"].mean(), sone)
                for level, sone in zip(ISO_LEVELS, ISO_SONE[spectrum], strict=True)
            ]
        )
        for spectrum in ISO_SPECTRA
    }


def rank_correlation(pairs):
    return scipy.stats.spearmanr(*np.concatenate(list(pairs)).T).statistic


def test_loudness_ranks_sounds_as_iso_532_does(beside_iso):
    wide = [pairs for spectrum, pairs in beside_iso.items() if spectrum not in FAR_TONES]
    assert sum(map(len, wide)) == 40
    assert rank_correlation(wide) > 0.96
    assert rank_correlation(beside_iso.values()) > 0.94


@pytest.mark.parametrize("spectrum", ISO_SPECTRA)
def test_of_one_spectrum_the_louder_is_louder(spectrum, beside_iso):
    assert (np.diff(beside_iso[spectrum], axis=0) > 0).all()
