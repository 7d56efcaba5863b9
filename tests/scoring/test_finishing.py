import numpy as np
import pytest

from moodscore.media import measure_loudness, probe_clip
from moodscore.progress import told
from moodscore.samples import ArraySource
from moodscore.scoring import finish_soundtrack

RATE = 44_100


@pytest.fixture
def music():
    rng = np.random.default_rng(0)
    return ArraySource((0.05 * rng.standard_normal((3 * RATE, 2))).astype(np.float32), RATE)


def finished(music, film, folder, keep_db):
    folder.mkdir()
    result = finish_soundtrack(music, film, probe_clip(film), folder, keep_db=keep_db)
    assert [path.name for path in folder.iterdir()] == ["soundtrack.wav"]
    assert result.track.n_samples == music.n_samples
    assert result.loudness == measure_loudness(result.track)
    assert result.loudness.lufs == pytest.approx(-16, abs=0.2)
    assert result.loudness.dbtp <= -1
    return result.track.read()


def test_the_music_alone(music, make_film, tmp_path):
    track = finished(music, make_film(), tmp_path / "a", None)
    ratio = track / music.samples
    assert ratio.std() < 0.01 * ratio.mean()


def test_its_own_sound_is_kept_at_its_level(music, make_film, tmp_path):
    film = make_film()
    tones = []
    for name, keep_db in (("a", 0.0), ("b", -12.0)):
        track = finished(music, film, tmp_path / name, keep_db)[RATE : 2 * RATE, 0]
        spectrum = np.abs(np.fft.rfft(track))
        tones.append(spectrum[330] / np.sqrt((spectrum**2).sum()))
    assert tones[0] > 0.8  # the music makes room
    assert tones[1] == pytest.approx(tones[0], rel=0.1)  # and is as loud as what is kept


@pytest.mark.parametrize("loudness", [0.0])
def test_silence_is_not_kept(music, make_film, tmp_path, caplog, loudness):
    track = finished(music, make_film(loudness=loudness), tmp_path / "a", 0.0)
    np.testing.assert_array_equal(track, finished(music, make_film(), tmp_path / "b", None))
    assert "its own sound is not kept" in caplog.text


def test_it_is_told_how_far_the_work_is(make_film, tmp_path):
    sound = 0.02 * np.random.default_rng(0).standard_normal((13 * RATE, 2)).astype(np.float32)
    sound[:: RATE // 2] = 0.9  # what the limiter has to turn down
    film, heard = make_film(seconds=13), []
    with told(heard.append):
        finish_soundtrack(ArraySource(sound, RATE), film, probe_clip(film), tmp_path, keep_db=-6.0)
    assert len(heard) > 20
    assert heard == sorted(heard)
    assert heard[0] < 0.2 and heard[-1] == 1.0
    assert max(np.diff(heard)) < 0.25
