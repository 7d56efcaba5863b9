import resource

import numpy as np
import pytest
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.media import (
    AudioFile,
    Presence,
    Waveform,
    measure_loudness,
    mix_with_original,
    write_audio,
    write_stem,
)

RATE = 44100
SECONDS = 20
#: When somebody speaks.
SPEECH_S = (5, 12)


def seconds(*, start=0.0, stop=SECONDS):
    return slice(round(start * RATE), round(stop * RATE))


@pytest.fixture
def stored(tmp_path):
    def store(samples, name, rate=RATE):
        write_audio(tmp_path / name, Waveform(np.asarray(samples, np.float32), rate))
        return AudioFile.open(tmp_path / name)

    return store


@pytest.fixture
def music(stored):
    """A tone of 440 Hz in stereo."""
    t = np.arange(SECONDS * RATE) / RATE
    return stored(np.repeat(0.2 * np.sin(2 * np.pi * 440 * t)[:, None], 2, axis=1), "music.wav")


@pytest.fixture
def speech(stored):
    """A mono track of noise for a while, before and after it hardly anything."""
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 1e-4, (SECONDS * RATE, 1))
    talk = seconds(start=SPEECH_S[0], stop=SPEECH_S[1])
    sound[talk] = rng.normal(0, 0.05, sound[talk].shape)
    return stored(sound, "speech.wav")


def level_of_the_tone(sound):
    """Of the 440 Hz in it, in dB relative to what the music has, however loud the rest is."""
    t = np.arange(len(sound)) / RATE
    return 20 * np.log10(2 * np.abs(np.mean(sound[:, 0] * np.exp(-2j * np.pi * 440 * t))) / 0.2)


def test_the_music_steps_back_while_somebody_speaks(tmp_path, music, speech):
    mixed = mix_with_original(music, speech, tmp_path / "out.flac", keep_db=-6)
    assert (mixed.n_samples, mixed.channels, mixed.sample_rate) == (music.n_samples, 2, RATE)
    sound = mixed.read()
    assert level_of_the_tone(sound[seconds(stop=5)]) == pytest.approx(0, abs=0.05)
    assert level_of_the_tone(sound[seconds(start=6, stop=12)]) == pytest.approx(-10, abs=0.2)
    assert level_of_the_tone(sound[seconds(start=17)]) == pytest.approx(0, abs=0.05)
    original = speech.read()[seconds(start=6, stop=12)]
    heard = sound[seconds(start=6, stop=12)] - music.read()[seconds(start=6, stop=12)] * 10 ** (-10 / 20)
    assert np.sqrt(np.mean(heard**2) / np.mean(original**2)) == pytest.approx(0.501, abs=0.01)


def test_the_music_falls_fast_and_comes_back_slowly(tmp_path, music, speech):
    sound = mix_with_original(music, speech, tmp_path / "out.flac").read()
    down, up = SPEECH_S
    assert level_of_the_tone(sound[seconds(start=down + 0.2, stop=down + 0.5)]) < -9
    assert level_of_the_tone(sound[seconds(start=up, stop=up + 0.3)]) < -8
    assert level_of_the_tone(sound[seconds(start=up + 2.5, stop=up + 3)]) > -1


def test_the_gain_is_the_formula(tmp_path, music, stored):
    """Against the envelope written out hop by hop."""
    rng = np.random.default_rng(2)
    levels = np.repeat(rng.uniform(0, 1, SECONDS) ** 3, RATE)
    sound = rng.normal(0, 0.1, (SECONDS * RATE, 2)) * levels[:, None]
    original = stored(sound, "original.wav")
    mixed = mix_with_original(music, original, tmp_path / "out.wav").read()
    loudness, hop = measure_loudness(original).lufs, 512
    envelope, gains = 0.0, []
    for start in range(0, len(sound), hop):
        power = np.mean(np.sum(sound[start : start + hop].astype(np.float32).astype(float) ** 2, axis=1))
        constant = 0.05 if power > envelope else 0.5
        keep = np.exp(-hop / (constant * RATE))
        envelope = keep * envelope + (1 - keep) * power
        level = -0.691 + 10 * np.log10(max(envelope, 1e-10))
        gains.append(-10 * min(1, max(0, (level - (loudness - 20)) / 10)))
    points = np.minimum(np.arange(len(gains) + 1) * hop, len(gains) * hop)
    gain = 10 ** (np.interp(np.arange(1, len(sound) + 1), points, [0, *gains]) / 20)
    wanted = music.read() * gain[:, None] + sound
    assert np.abs(wanted).max() < 0.8  # the limiter has nothing to do
    np.testing.assert_allclose(mixed, wanted, atol=1e-6)


def test_how_the_sound_is_cut_into_blocks_changes_nothing(tmp_path, music, speech, monkeypatch):
    whole = mix_with_original(music, speech, tmp_path / "whole.flac").read()
    monkeypatch.setattr("moodscore.media._blocks.BLOCK", 512 * 7)
    np.testing.assert_allclose(
        mix_with_original(music, speech, tmp_path / "parts.flac").read(), whole, atol=1e-6
    )


def test_a_loud_sum_stays_under_the_ceiling(tmp_path, music, stored):
    loud = stored(np.random.default_rng(3).uniform(-1, 1, (SECONDS * RATE, 1)), "loud.wav")
    mixed = mix_with_original(music, loud, tmp_path / "out.flac", keep_db=6)
    assert measure_loudness(mixed).dbtp <= -1
    assert mixed.n_samples == music.n_samples


@pytest.mark.parametrize("length", [SECONDS / 2, SECONDS + 1])
def test_an_original_of_another_length(tmp_path, music, stored, length):
    original = stored(np.full((round(length * RATE), 1), 1e-3), "original.wav")
    assert mix_with_original(music, original, tmp_path / "out.flac").n_samples == music.n_samples


def test_mono_music_with_a_stereo_original(tmp_path, stored):
    music = stored(np.zeros((RATE, 1)), "music.wav")
    original = stored(np.random.default_rng(4).uniform(-0.3, 0.3, (RATE, 2)), "original.wav")
    mixed = mix_with_original(music, original, tmp_path / "out.flac")
    np.testing.assert_allclose(mixed.read(), original.read(), atol=2**-23)


@pytest.mark.parametrize("silence", ["none", "zeros", "hiss"])
def test_an_original_in_which_nothing_is_heard(tmp_path, music, stored, silence):
    sound = np.random.default_rng(5).normal(0, 1e-5 if silence == "hiss" else 0, (SECONDS * RATE, 1))
    original = None if silence == "none" else stored(sound, "original.wav")
    mixed = mix_with_original(music, original, tmp_path / "out.flac")
    np.testing.assert_allclose(mixed.read(), music.read(), atol=1e-4)


def test_different_rates(tmp_path, music, stored):
    original = stored(np.zeros((100, 1)), "original.wav", 48000)
    with pytest.raises(MoodscoreError, match=r"original\.wav: has 48000 samples a second and .* 44100"):
        mix_with_original(music, original, tmp_path / "out.flac")


def test_no_input_is_replaced(tmp_path, music, speech):
    for track in (music, speech):
        with pytest.raises(MoodscoreError, match="would replace"):
            mix_with_original(music, speech, track.path)


def test_equal_input_gives_equal_bytes(tmp_path, music, speech):
    made = [mix_with_original(music, speech, tmp_path / f"{n}.flac").path.read_bytes() for n in "ab"]
    assert made[0] == made[1]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
def test_a_stem_is_the_music_bit_by_bit(tmp_path, suffix):
    samples = np.random.default_rng(6).integers(-(2**23), 2**23, (700_000, 2)) << 8
    sf.write(tmp_path / "music.flac", samples.astype(np.int32), RATE, subtype="PCM_24")
    stem = write_stem(AudioFile.open(tmp_path / "music.flac"), tmp_path / f"stem{suffix}")
    assert sf.info(stem.path).subtype == "PCM_24"
    np.testing.assert_array_equal(sf.read(stem.path, dtype="int32")[0], samples)


@pytest.mark.parametrize("duration_s", [19.98765, 20.0, 20.4321])
def test_a_stem_is_as_long_as_the_video(tmp_path, music, duration_s):
    stem = write_stem(music, tmp_path / "stem.wav", duration_s=duration_s)
    n_samples = round(duration_s * RATE)
    assert stem.n_samples == sf.info(stem.path).frames == n_samples
    kept = min(n_samples, music.n_samples)
    np.testing.assert_allclose(stem.read()[:kept], music.read()[:kept], atol=2**-23)
    assert not stem.read()[kept:].any()


def test_a_stem_longer_than_wav_can_count_is_rf64(tmp_path, music, monkeypatch):
    monkeypatch.setattr("moodscore.media._blocks._WAV_BYTES", 1000)
    stem = write_stem(music, tmp_path / "stem.wav")
    assert sf.info(stem.path).format == "RF64"
    np.testing.assert_allclose(stem.read(), music.read(), atol=2**-23)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_disk_that_fills_up(tmp_path, music, suffix):
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    whole = write_stem(music, outputs / f"a{suffix}").path.stat().st_size
    (outputs / f"a{suffix}").unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (0, 10, whole // 2, whole - 100, whole - 1):
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
            with pytest.raises(MoodscoreError, match="cannot be written") as refused:
                write_stem(music, outputs / f"a{suffix}")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "\n" not in str(refused.value)
        assert not list(outputs.iterdir())


def test_the_music_steps_back_under_speech_alone(tmp_path, music, stored):
    """Of two noises as loud as each other, the one in which somebody speaks."""
    rng = np.random.default_rng(6)
    sound = rng.normal(0, 1e-4, (SECONDS * RATE, 1))
    for start, stop in ((2, 8), (12, 18)):
        part = seconds(start=start, stop=stop)
        sound[part] = rng.normal(0, 0.05, sound[part].shape)
    steps = np.arange(SECONDS * 20) / 20
    speech = Presence(((steps >= 12) & (steps < 18)).astype(float), 0.05)
    mixed = mix_with_original(music, stored(sound, "film.wav"), tmp_path / "out.flac", speech=speech).read()
    assert level_of_the_tone(mixed[seconds(start=3, stop=8)]) == pytest.approx(0, abs=0.2)
    assert level_of_the_tone(mixed[seconds(start=13, stop=17)]) == pytest.approx(-10, abs=0.3)
    nobody = Presence(np.zeros(0), 0.05)
    unmoved = mix_with_original(music, stored(sound, "b.wav"), tmp_path / "b.flac", speech=nobody).read()
    np.testing.assert_allclose(unmoved, music.read() + sound, atol=1e-6)
