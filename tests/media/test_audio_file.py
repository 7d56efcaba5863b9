import numpy as np
import pytest
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Waveform, write_audio


@pytest.fixture
def noise():
    return np.random.default_rng(1).uniform(-1, 1, (1000, 2)).astype(np.float32)


@pytest.mark.parametrize(("name", "atol"), [("a.wav", 0.0), ("a.flac", 2.0**-23), ("b.WAV", 0.0)])
def test_what_is_written_is_read(tmp_path, noise, name, atol):
    write_audio(tmp_path / name, Waveform(noise, 8000))
    file = AudioFile.open(tmp_path / name)
    assert (file.sample_rate, file.n_samples, file.channels) == (8000, 1000, 2)
    np.testing.assert_allclose(file.read(), noise, atol=atol)
    assert file.read().dtype == np.float32


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, 10),
        (990, 1000),
        (-5, 5),
        (995, 1010),
        (-3, 1003),
        (-20, -10),
        (1000, 1010),
        (2000, 2010),
        (7, 7),
        (9, 3),
    ],
)
def test_silence_outside_the_file(tmp_path, noise, start, stop):
    write_audio(tmp_path / "a.wav", Waveform(noise, 8000))
    padded = np.concatenate([np.zeros((20, 2)), noise, np.zeros((2000, 2))])
    wanted = padded[start + 20 : max(stop, start) + 20]
    np.testing.assert_array_equal(AudioFile.open(tmp_path / "a.wav").read(start, stop), wanted)


def test_to_the_end_by_default(tmp_path, noise):
    write_audio(tmp_path / "a.wav", Waveform(noise[:, :1], 8000))
    np.testing.assert_array_equal(AudioFile.open(tmp_path / "a.wav").read(990), noise[990:, :1])


def test_samples_of_one_channel_may_be_flat(tmp_path, noise):
    write_audio(tmp_path / "a.wav", Waveform(noise[:, 0], 8000))
    assert AudioFile.open(tmp_path / "a.wav").read().shape == (1000, 1)


def test_formats(tmp_path, noise):
    write_audio(tmp_path / "a.wav", Waveform(noise, 8000))
    write_audio(tmp_path / "a.flac", Waveform(noise, 8000))
    assert sf.info(str(tmp_path / "a.wav")).subtype == "FLOAT"
    assert sf.info(str(tmp_path / "a.flac")).subtype == "PCM_24"


@pytest.mark.parametrize("content", [None, b"", b"no sound"])
def test_a_file_that_is_no_sound(tmp_path, content):
    path = tmp_path / "a.flac"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MoodscoreError, match=r"a\.flac: cannot be read as a sound file") as refused:
        AudioFile.open(path)
    assert "\n" not in str(refused.value)
