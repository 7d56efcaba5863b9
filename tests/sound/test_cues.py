from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from moodscore.sound.cues import MAJOR_PROFILE, MINOR_PROFILE, brightness, mode_and_key, onset_rate
from moodscore.sound.loudness import power_spectral_density

MEDIA = Path(__file__).parents[2].parent / "shared" / "data" / "media"


def overall_key(strengths):
    mode, key = mode_and_key(strengths.sum(axis=0, keepdims=True))
    return mode[0], key[0]


@pytest.mark.parametrize("midi", range(48, 96))
def test_a_sine_is_its_pitch_class(midi, sine, chroma):
    strengths = chroma(sine(440 * 2 ** ((midi - 69) / 12), 1.0))
    assert len(strengths)
    assert (strengths.argmax(axis=1) == midi % 12).all()
    assert (strengths.max(axis=1) > 0.95 * strengths.sum(axis=1)).all()


@pytest.mark.parametrize("cents", [-30, 30])
def test_a_mistuned_sine_is_its_pitch_class(cents, sine, chroma):
    strengths = chroma(sine(440 * 2 ** (cents / 1200), 1.0))
    assert (strengths.argmax(axis=1) == 9).all()


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("scale", ["major", "minor"])
@pytest.mark.parametrize("tonic", [0, 3, 5, 10])
def test_cadences(tonic, scale, noise, cadence, chroma):
    mode, key = overall_key(chroma(cadence(tonic, scale, noise=noise)))
    assert key == tonic + (12 if scale == "minor" else 0)
    assert mode > 0.1 if scale == "major" else mode < -0.1


def test_correlations_are_pearsons():
    strengths = np.random.default_rng(0).random((20, 12))
    mode, key = mode_and_key(strengths)
    for row, its_mode, its_key in zip(strengths, mode, key, strict=True):
        fits = [
            np.corrcoef(row, np.roll(profile, tonic))[0, 1]
            for profile in (MAJOR_PROFILE, MINOR_PROFILE)
            for tonic in range(12)
        ]
        assert its_mode == pytest.approx(max(fits[:12]) - max(fits[12:]), abs=1e-12)
        assert its_key == np.argmax(fits)


def test_the_profiles_themselves_fit_best():
    majors = np.array([np.roll(MAJOR_PROFILE, tonic) for tonic in range(12)])
    minors = np.array([np.roll(MINOR_PROFILE, tonic) for tonic in range(12)])
    mode, key = mode_and_key(np.concatenate([majors, minors]))
    np.testing.assert_array_equal(key, np.arange(24))
    assert (mode[:12] > 0.3).all()
    assert (mode[12:] < -0.3).all()


def test_level_does_not_matter():
    strengths = np.random.default_rng(1).random((5, 12))
    np.testing.assert_allclose(mode_and_key(1e-6 * strengths)[0], mode_and_key(strengths)[0], atol=1e-12)


def test_no_pitch_is_neither_major_nor_minor():
    np.testing.assert_array_equal(mode_and_key(np.stack([np.zeros(12), np.ones(12)]))[0], [0, 0])


@pytest.mark.parametrize("hertz", [200, 500, 1000, 3000, 8000, 15000])
def test_brightness_of_a_sine_is_its_frequency(hertz, sine):
    value = brightness(power_spectral_density(sine(hertz, 0.1)[None]))[0]
    assert value == pytest.approx(np.log(hertz), abs=0.05)


def test_brightness_of_white_noise_is_the_middle_of_the_band():
    noise = np.random.default_rng(2).standard_normal((10, 4410))
    np.testing.assert_allclose(brightness(power_spectral_density(noise)), np.log(11025), atol=0.03)


def test_brightness_of_silence_is_undefined():
    assert np.isnan(brightness(np.zeros((2, 513)))).all()


@pytest.mark.parametrize("bpm", [60, 120, 240, 480])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_onset_rate_of_clicks(bpm, noise, clicks, onset_envelope):
    rate = onset_rate(onset_envelope(clicks(bpm, 12, noise)), 1.0, 12)
    np.testing.assert_allclose(rate, bpm / 60, atol=0.26)  # one click more or less in 4 s


def test_no_track_no_onsets():
    np.testing.assert_array_equal(onset_rate(np.zeros(0), 1.0, 3), [0, 0, 0])


def test_a_recording_of_an_orchestra_in_e_minor(chroma):
    path = MEDIA / "sugar_plum_fairy.ogg"
    if not path.exists():
        pytest.skip("the recording is not here")
    y, sr = sf.read(path, dtype="float32", stop=22050 * 24)
    mode, key = overall_key(chroma(y, sr))
    assert key == 16
    assert mode < -0.1
