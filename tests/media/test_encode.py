import os
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import (
    AudioFile,
    ScoredVideo,
    Waveform,
    decode_soundtrack,
    mux_soundtrack,
    probe_clip,
    sampled_frames,
    write_audio,
    write_clip,
)

#: Half a tick of a 90 kHz clock and of a 1 kHz one, in seconds.
CLOCK_S = 6e-4


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


@pytest.fixture
def soundtrack(tmp_path, chirp):
    def make(seconds, rate=44100, channels=2):
        path = tmp_path / "sound.wav"
        write_audio(path, Waveform(chirp(seconds, rate, channels), rate))
        return AudioFile.open(path)

    return make


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


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written(outputs, make_clip, soundtrack):
    outputs.chmod(0o500)
    with pytest.raises(MoodscoreError, match=r"out\.mp4: cannot be written \(permission denied\)"):
        mux_soundtrack(ScoredVideo(make_clip("a.mp4"), soundtrack(1.2)), outputs / "out.mp4")


def test_a_full_disk(outputs, make_clip, soundtrack, monkeypatch):
    """Whatever FFmpeg says while writing names the output, not the source."""

    def full(*_):
        raise av.error.OSError(28, "No space left on device", "out.mp4")

    monkeypatch.setattr("moodscore.media.encode._aac_packets", full)
    with pytest.raises(MoodscoreError, match=r"out\.mp4: cannot be written \(no space left on device\)"):
        mux_soundtrack(ScoredVideo(make_clip("a.mp4"), soundtrack(1.2)), outputs / "out.mp4")
    assert not list(outputs.iterdir())


SOURCES = {
    "plain.mp4": {},
    "reordered.mp4": {"b_frames": 3},
    "reordered.mkv": {"b_frames": 3},
    "few_reordered.mkv": {"b_frames": 3, "n": 6},
    "hevc.mp4": {"codec": "libx265", "b_frames": 2},
    "plain.webm": {"codec": "libvpx-vp9"},
    "without_pts.avi": {"codec": "mpeg4"},
    "reordered.avi": {"codec": "mpeg4", "b_frames": 2},
    "late.mp4": {"pts_ms": range(5000, 6200, 40), "b_frames": 2},
    "late.mkv": {"pts_ms": range(5000, 6200, 40)},
    "vfr.mp4": {"pts_ms": [0, 10, 500, 510, 520, 1500, 2000]},
    "vfr.mkv": {"pts_ms": [0, 10, 500, 510, 520, 1500, 2000]},
    "thirds.mkv": {"n": 45, "fps": 30},
    "single.mp4": {"n": 1},
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_picture_is_copied_untouched(outputs, make_clip, soundtrack, packets_of, numbers_of, name):
    source = make_clip(name, **SOURCES[name])
    before = probe_clip(source)
    mux_soundtrack(ScoredVideo(source, soundtrack(before.duration_s)), outputs / "out.mp4")
    after = probe_clip(outputs / "out.mp4")
    assert after.start_s == 0
    assert after.duration_s == pytest.approx(before.duration_s, abs=CLOCK_S)
    given, copied = packets_of(source), packets_of(outputs / "out.mp4")
    assert [content for content, _ in copied] == [content for content, _ in given]
    shown = [moment - before.start_s for _, moment in given]
    np.testing.assert_allclose([moment for _, moment in copied], shown, atol=CLOCK_S)
    moments = np.linspace(0, before.duration_s, 23)
    assert numbers_of(sampled_frames(outputs / "out.mp4", moments, start_s=0)) == numbers_of(
        sampled_frames(source, moments, start_s=before.start_s)
    )


def test_pictures_an_edit_list_hides_stay_hidden(outputs, make_clip, soundtrack, numbers_of):
    source = make_clip("trimmed.mp4", pts_ms=range(-400, 800, 40), gop=30)
    mux_soundtrack(ScoredVideo(source, soundtrack(0.8)), outputs / "out.mp4")
    info = probe_clip(outputs / "out.mp4")
    assert info.start_s == 0
    assert info.duration_s == pytest.approx(0.8)
    assert numbers_of(sampled_frames(outputs / "out.mp4", [0, 0.4, 0.79], start_s=0)) == [10, 20, 29]


def test_a_picture_filmed_sideways_stays_upright(outputs, make_clip, soundtrack):
    """A telephone stores how it was held in the track header, not in the picture."""
    source = make_clip("phone.mp4")
    upright = b"".join(n.to_bytes(4, "big") for n in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    turned = b"".join(
        (n % (1 << 32)).to_bytes(4, "big") for n in (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    )
    content = source.read_bytes()
    header = content.index(b"tkhd")
    source.write_bytes(content[:header] + content[header:].replace(upright, turned, 1))
    mux_soundtrack(ScoredVideo(source, soundtrack(1.2)), outputs / "out.mp4")
    rotations = []
    for path in (source, outputs / "out.mp4"):
        with av.open(str(path)) as container:
            rotations.append(next(container.decode(video=0)).rotation)
    assert rotations[0] in (90, -90)
    assert rotations[1] == rotations[0]


@pytest.mark.parametrize(("channels", "rate"), [(1, 44100), (2, 44100), (2, 48000)])
@pytest.mark.parametrize("late_ms", [0, 5000])
def test_the_new_sound_is_in_its_place(
    outputs, make_clip, soundtrack, chirp, lag_of, channels, rate, late_ms
):
    source = make_clip("source.mp4", pts_ms=range(late_ms, late_ms + 2960, 40), b_frames=2)
    seconds = 2.9604  # not a whole number of milliseconds
    mux_soundtrack(ScoredVideo(source, soundtrack(seconds, rate, channels)), outputs / "out.mp4")
    assert sound_span(outputs / "out.mp4") == (0, round(seconds * rate))
    heard = decode_soundtrack(outputs / "out.mp4", outputs / "a.flac", start_s=0, duration_s=seconds).read()
    wanted = chirp(seconds, channels=channels)
    assert heard.shape == wanted.shape
    assert abs(lag_of(heard[:, 0], wanted[:, 0])) <= 1
    np.testing.assert_allclose(heard[500:-500], wanted[500:-500], atol=0.02)


def test_the_old_sound_is_gone(outputs, make_clip, soundtrack, sound_of, chirp):
    source = make_clip("noisy.mp4", sound=sound_of(chirp(1.2)))
    mux_soundtrack(ScoredVideo(source, soundtrack(1.2)), outputs / "out.mp4")
    with av.open(str(outputs / "out.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_sound_of_another_length_than_the_picture(outputs, make_clip, soundtrack):
    for seconds in (0.5, 2.0):
        mux_soundtrack(ScoredVideo(make_clip("a.mp4"), soundtrack(seconds)), outputs / "out.mp4")
        assert probe_clip(outputs / "out.mp4").duration_s == 1.2
        assert sound_span(outputs / "out.mp4") == (0, seconds * 44100)


def test_a_long_soundtrack_is_read_piece_by_piece(outputs, make_clip, tmp_path, lag_of, monkeypatch):
    """Several pieces of 256 AAC blocks each: nothing is lost between them."""
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, (700_000, 1)).astype(np.float32)
    write_audio(tmp_path / "noise.flac", Waveform(noise, 44100))
    read, longest = AudioFile.read, []

    def watched(self, start=0, stop=None):
        longest.append(stop - start)
        return read(self, start, stop)

    monkeypatch.setattr(AudioFile, "read", watched)
    scored = ScoredVideo(make_clip("a.mp4", n=400, fps=25), AudioFile.open(tmp_path / "noise.flac"))
    mux_soundtrack(scored, outputs / "out.mp4")
    assert max(longest) < 300_000
    monkeypatch.undo()
    heard = decode_soundtrack(
        outputs / "out.mp4", outputs / "a.flac", start_s=0, duration_s=float(Fraction(700_000, 44100))
    ).read()[:, 0]
    for start in (0, 262_144 - 5000, 524_288 - 5000, 690_000):
        part = slice(start, start + 10_000)
        assert lag_of(heard[part], noise[part, 0]) == 0


@pytest.mark.parametrize(("name", "codec"), [("vp8.webm", "libvpx"), ("ut.avi", "utvideo")])
def test_a_codec_mp4_cannot_hold(outputs, make_clip, soundtrack, name, codec):
    with pytest.raises(MoodscoreError, match="an mp4 file cannot hold its picture") as refused:
        mux_soundtrack(ScoredVideo(make_clip(name, codec=codec), soundtrack(1.2)), outputs / "out.mp4")
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not list(outputs.iterdir())


@pytest.mark.parametrize("content", [None, b"no film"])
def test_a_broken_source_keeps_what_was_there(outputs, tmp_path, soundtrack, content):
    source = tmp_path / "source.mp4"
    if content is not None:
        source.write_bytes(content)
    (outputs / "out.mp4").write_text("of yesterday")
    with pytest.raises(MoodscoreError, match=r"source\.mp4"):
        mux_soundtrack(ScoredVideo(source, soundtrack(1.0)), outputs / "out.mp4")
    assert [entry.name for entry in outputs.iterdir()] == ["out.mp4"]
    assert (outputs / "out.mp4").read_text() == "of yesterday"


def test_a_source_without_a_picture(outputs, make_clip, sound_of, chirp, soundtrack):
    song = make_clip("song.mp4", n=0, sound=sound_of(chirp(1.0)))
    with pytest.raises(MoodscoreError, match=r"song\.mp4: has no moving picture"):
        mux_soundtrack(ScoredVideo(song, soundtrack(1.0)), outputs / "out.mp4")
