import numpy as np
import pytest

from moodscore.samples import ArraySource
from moodscore.sound import music_share, speech_presence
from moodscore.sound.presence import SPEECH_STEP_S, MusicListener, SpeechListener, spread

RATE = 44_100
SECONDS = 12


def source(y):
    return ArraySource(np.asarray(y, np.float32)[:, None], RATE)


def noise(level=0.1, seed=0):
    return level * np.random.default_rng(seed).standard_normal(SECONDS * RATE)


def time():
    return np.arange(SECONDS * RATE) / RATE


def wandering(rng, step_s, low, high):
    """A value that is another every so many seconds, and glides from the one to the next."""
    times = np.arange(0, SECONDS, step_s)
    return np.interp(time(), times, rng.uniform(low, high, len(times)))


def voice(seed=0):
    """A larynx that glides through three formants, syllable by syllable."""
    rng = np.random.default_rng(seed)
    pitch = 120 * 2 ** wandering(rng, 0.15, -0.5, 0.5)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = [wandering(rng, 0.12, *span) for span in ((300, 800), (900, 2200), (2300, 3200))]
    y = np.zeros(len(pitch))
    for harmonic in range(1, 28):
        weight = sum(np.exp(-(((harmonic * pitch - formant) / 120) ** 2)) for formant in formants)
        y += weight * np.sin(harmonic * phase)
    return 0.05 * y * wandering(rng, 0.1, 0, 1)


def engine():
    """A hum that stays, in noise."""
    return sum(0.05 / k * np.sin(2 * np.pi * 50 * k * time()) for k in range(1, 12)) + noise(0.01)


@pytest.mark.parametrize("level", [0.05, 0.3, 1.0])
def test_music_is_heard_at_any_level_and_under_noise(cadence, level):
    chords = cadence(0, "major", SECONDS)[: SECONDS * RATE]
    assert music_share([source(level * chords)]) > 0.8
    assert music_share([source(level * (chords + 0.2 * noise()))]) > 0.8


@pytest.mark.parametrize("sound", [noise(), engine(), voice(), noise() * (time() * 2 % 1 < 0.1), 0 * time()])
def test_noises_voices_and_hums_are_no_music(sound):
    assert music_share([source(sound)]) < 0.4


def test_nothing_is_heard_in_nothing():
    assert music_share([]) == 0
    assert music_share([source(np.zeros(100))]) == 0
    assert len(speech_presence(source(np.zeros(100)))) == 0


def test_how_the_sound_is_cut_into_blocks_changes_nothing(cadence):
    y = cadence(0, "minor", 6)[::4].astype(np.float32)
    whole, parts = MusicListener(), MusicListener()
    whole.hear(y)
    for start in range(0, len(y), 1000):
        parts.hear(y[start : start + 1000])
    np.testing.assert_array_equal(parts.activity, whole.activity)
    np.testing.assert_array_equal(parts.is_heard, whole.is_heard)
    one, many = SpeechListener(), SpeechListener()
    one.hear(y)
    for start in range(0, len(y), 777):
        many.hear(y[start : start + 777])
    assert many.probabilities == one.probabilities


def test_no_speech_is_heard_in_noise_or_music(cadence):
    for sound in (noise(), cadence(0, "major", SECONDS)):
        assert speech_presence(source(sound)).mean() < 0.1


def test_presence_reaches_over_pauses_and_a_little_beyond():
    steps = np.arange(round(10 / SPEECH_STEP_S)) * SPEECH_STEP_S
    speaks = ((steps > 3) & (steps < 4)) | ((steps > 4.5) & (steps < 5))
    presence = spread(np.where(speaks, 0.9, 0.1))
    assert (presence[(steps > 2.95) & (steps < 5.4)] == 1).all()
    assert (presence[(steps < 2.5) | (steps > 5.9)] == 0).all()
    assert np.abs(np.diff(presence)).max() < 0.2
    hesitating = spread(np.where(speaks, np.where(steps % 0.2 < 0.1, 0.9, 0.4), 0.1))
    np.testing.assert_array_equal(hesitating, presence)
