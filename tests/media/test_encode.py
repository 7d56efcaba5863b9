import time

import av
import numpy as np
import pytest

from moodscore.media import decode_soundtrack, probe_clip, write_clip


def pictures(n, height=48, width=64):
    ramp = np.linspace(0, 200, width, dtype=np.uint8)
    for k in range(n):
        yield np.broadcast_to(np.roll(ramp, 3 * k)[:, None], (height, width, 3))


def sound_span(path):
    """Start and length of the sound in samples, as the container says."""
    with av.open(str(path)) as container:
        track = container.streams.audio[0]
        ticks = track.time_base * track.rate
        return track.start_time * ticks, track.duration * ticks


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "outputs"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("channels", "rate"), [(1, 44100), (2, 44100), (2, 48000)])
def test_a_clip_lasts_as_long_as_its_pictures_and_its_sound(outputs, chirp, lag_of, channels, rate):
    path = outputs / "clip.mp4"
    write_clip(path, pictures(37), 15, chirp(37 / 15, rate, channels), rate)
    info = probe_clip(path)
    assert (info.start_s, info.fps, info.width, info.height) == (0, 15, 64, 48)
    assert info.duration_s == pytest.approx(37 / 15, abs=1e-9)
    assert sound_span(path) == (0, round(37 / 15 * rate))
    heard = decode_soundtrack(path, outputs / "a.flac", start_s=0, duration_s=info.duration_s)
    assert heard.channels == channels
    wanted = chirp(37 / 15)
    assert abs(lag_of(heard.read()[:, 0], wanted[:, 0])) <= 1
    wanted = np.repeat(wanted, channels, axis=1)
    np.testing.assert_allclose(heard.read()[500:-500], wanted[500:-500], atol=0.02)


def test_pictures_come_back(outputs):
    write_clip(outputs / "clip.mp4", pictures(20), 15, np.zeros((44100, 1), np.float32), 44100)
    with av.open(str(outputs / "clip.mp4")) as container:
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(decoded) == 20
    for seen, drawn in zip(decoded, pictures(20), strict=True):
        assert np.abs(seen.astype(int) - drawn).mean() < 4


def test_equal_input_gives_equal_bytes(outputs, chirp):
    content = []
    for name in ("one.mp4", "two.mp4"):
        write_clip(outputs / name, pictures(30), 15, chirp(2.0, channels=2), 44100)
        content.append((outputs / name).read_bytes())
        time.sleep(1.1)  # a date inside the file would count seconds
    assert content[0] == content[1]


def test_a_clip_that_fails_leaves_nothing_behind(outputs, chirp):
    def failing():
        yield from pictures(3)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_clip(outputs / "clip.mp4", failing(), 15, chirp(1.0), 44100)
    assert not list(outputs.iterdir())
