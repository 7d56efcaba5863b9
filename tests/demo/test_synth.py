import numpy as np
import pytest

from moodscore.demo import Note, render_soundtrack
from moodscore.demo.synth import (
    _VOICES,
    SAMPLE_RATE,
    _finish,
    _harmonic_sum,
    _play_scene,
    _room_response,
    _tone,
)


@pytest.fixture(scope="module")
def lively(liveliest):
    return render_soundtrack(liveliest)


@pytest.fixture(scope="module")
def calm(calmest):
    return render_soundtrack(calmest)


def level_db(y):
    return 10 * np.log10(np.mean(np.square(y, dtype=float)))


def test_length_range_and_type(lively, calm, liveliest, calmest):
    for y, recipe in ((lively, liveliest), (calm, calmest)):
        assert y.shape == (recipe.n_frames * 2940, 2)
        assert y.dtype == np.float32
        assert np.isfinite(y).all()
        assert np.abs(y).max() < 0.85


def test_level_is_the_cue_and_loud_is_far_from_soft(lively, calm, liveliest, calmest):
    for y, recipe in ((lively, liveliest), (calm, calmest)):
        assert level_db(y) == pytest.approx(recipe.scenes[0].cues.level_db, abs=1)
    assert level_db(lively) - level_db(calm) > 9


def test_it_is_stereo_and_without_offset(lively, calm):
    for y in (lively, calm):
        assert 0.3 < np.corrcoef(y.T)[0, 1] < 0.999
        assert np.abs(y.mean(axis=0)).max() < 1e-3


def test_it_starts_and_ends_without_a_click(lively, calm):
    for y in (lively, calm):
        assert np.abs(y[[0, -1]]).max() < 1e-3


def test_no_sample_jumps_in_calm_music(calm):
    # A wave of frequency f and amplitude a moves by at most 2 pi f a / rate from sample to sample.
    assert np.abs(np.diff(calm, axis=0)).max() < 2 * np.pi * 3000 * np.abs(calm).max() / SAMPLE_RATE


@pytest.mark.parametrize("instrument", list(_VOICES))
def test_a_tone_swells_from_and_dies_to_nothing(instrument, liveliest):
    tone = _tone(69, 0.4, _VOICES[instrument], liveliest.scenes[0].cues)
    assert np.abs(tone[[0, -1]]).max() < 1e-3
    assert np.abs(tone).max() > 0.1
    spectrum = np.abs(np.fft.rfft(tone[:, 0], 1 << 16))
    frequencies = np.fft.rfftfreq(1 << 16, 1 / SAMPLE_RATE)
    assert frequencies[spectrum.argmax()] == pytest.approx(440, abs=3)
    assert np.sum(spectrum[frequencies > 13000] ** 2) < 1e-4 * np.sum(spectrum**2)


def test_horner_sums_the_harmonics():
    time = np.arange(500) / SAMPLE_RATE
    angle, fading, weights = 2 * np.pi * 300 * time, np.exp(-time / 0.1), np.array([1.0, 0.5, 0.3, 0.2])
    slow = sum(w * fading**k * np.sin((k + 1) * angle) for k, w in enumerate(weights))
    np.testing.assert_allclose(_harmonic_sum(np.exp(1j * angle), fading, weights), slow, atol=1e-12)


def test_the_room_adds_a_tail(calmest):
    rng = np.random.default_rng(0)
    note = Note("harp", 0.0, 0.2, 60, 0.8)
    scene = calmest.scenes[0]
    sound = _play_scene(scene, [note], _room_response(rng), {})
    tail = sound[round(0.8 * SAMPLE_RATE) : round(1.2 * SAMPLE_RATE)]
    assert -60 < level_db(tail) - level_db(sound[: round(0.2 * SAMPLE_RATE)]) < -10


def test_the_limiter_leaves_soft_sound_alone_and_bends_loud_sound():
    ramp = np.linspace(-3, 3, 200001)[:, None] * np.ones(2)
    limited = _finish(np.concatenate([ramp, np.zeros((SAMPLE_RATE, 2))]))[: len(ramp)]
    soft = np.abs(ramp) <= 0.55
    np.testing.assert_allclose(limited[soft], ramp[soft], atol=1e-6)
    assert np.abs(limited).max() <= 0.84
    assert np.all(np.diff(limited[:, 0]) >= 0)


def test_rendering_is_deterministic(calm, calmest):
    assert np.array_equal(calm, render_soundtrack(calmest))


def test_it_sounds_as_planned(lively, calm, liveliest, calmest):
    from moodscore.sound import sound_features

    fast, slow = (sound_features(y, SAMPLE_RATE) for y in (lively, calm))
    beats = fast["tempo"] / liveliest.scenes[0].cues.tempo_bpm
    assert np.mean(np.abs(beats - 1) < 0.04) > 0.8
    for feature in ("loudness", "rhythm", "brightness", "onset_rate"):
        assert fast[feature].median() > slow[feature].median()
    assert np.sign(slow["mode"].mean()) == np.sign(calmest.scenes[0].cues.mode)
