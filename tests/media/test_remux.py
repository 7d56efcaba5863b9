import os
import resource
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

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
    score_video,
    write_audio,
)
from moodscore.progress import told

#: Half a tick of a 90 kHz clock and of a 1 kHz one, in seconds.
CLOCK_S = 6e-4
#: How a codec is made to hurry.
HASTE = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "13", "svtav1-params": "lp=1"},
}
SUBTITLES = {".mkv": ("subrip", b"Hello"), ".mp4": ("mov_text", b"\0\5Hello")}
#: Mastering display and light level of a 1000 nit film.
HDR = (
    "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:max-cll=1000,400:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)


def write_film(
    path,
    codec="libx264",
    *,
    n=20,
    fps=25,
    size=(64, 48),
    pix_fmt="yuv420p",
    b_frames=0,
    pts_ms=None,
    options=(),
    colours=(),
    aspect=None,
    turned=None,
    sounds=(),
    subtitles=0,
    attachment=False,
):
    """A film of grey pictures, each a little brighter than the one before, with all that may hang on it."""
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        context = video.codec_context
        context.thread_count, context.gop_size, context.max_b_frames = 1, 10, b_frames
        context.time_base = Fraction(1, fps) if pts_ms is None else Fraction(1, 1000)
        for name, value in dict(colours).items():
            setattr(context, name, value)
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        if turned is not None:
            video.set_display_rotation(turned)
        video.options = HASTE.get(codec, {}) | {"bf": str(b_frames)} | dict(options)
        if codec not in ("libx264", "mpeg4"):
            video.options = {name: value for name, value in video.options.items() if name != "bf"}
        tracks = [out.add_stream(codec, rate=48000, layout="stereo") for codec in sounds]
        captions = [out.add_mux_stream(SUBTITLES[path.suffix][0]) for _ in range(subtitles)]
        if attachment:
            out.add_attachment("font.ttf", "font/ttf", b"letters")
        packets = []
        for number, pts in enumerate(range(n) if pts_ms is None else pts_ms):
            grey = np.full((size[1], size[0], 3), 16 + 8 * number % 220, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = pts, context.time_base
            packets += video.encode(frame)
        packets += video.encode(None)
        for track in tracks:
            packets += silence(track, n / fps)
        for caption in captions:
            packet = av.Packet(SUBTITLES[path.suffix][1])
            packet.stream, packet.time_base, packet.duration = caption, Fraction(1, 1000), 300
            packet.pts = packet.dts = 0
            packets.append(packet)
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    return path


def silence(track, seconds):
    """The packets of a track in which nothing is heard."""
    resampler = av.AudioResampler(track.format.name, "stereo", track.rate, track.codec_context.frame_size)
    samples = np.zeros((2, round(seconds * track.rate)), dtype=np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = track.rate, 0, Fraction(1, track.rate)
    for piece in resampler.resample(frame) + resampler.resample(None):
        yield from track.encode(piece)
    yield from track.encode(None)


def picture_bytes(path):
    """The bytes of every picture in the order of decoding, whichever way a container parts them.

    H.264 is cut into units by a start code or by a length; only the units count.
    """
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        packets = [packet for packet in container.demux(video) if packet.size]
        if video.codec_context.name != "h264":
            return [bytes(packet) for packet in packets]
        if (video.codec_context.extradata or b"\0")[0] == 1:  # lengths
            to_start_codes = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", video)
            packets = [cut for packet in packets for cut in to_start_codes.filter(packet)]
        units = [bytes(packet).replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") for packet in packets]
        # The filter repeats the parameter sets (7, 8) that stand in a container's header.
        return [[unit for unit in cut if unit and unit[0] & 31 not in (7, 8)] for cut in units]


def facts_of_picture(path):
    """What rides on a picture beside its bytes."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        context, first = video.codec_context, next(container.decode(video))
        return {
            "size": (context.width, context.height),
            "format": context.pix_fmt,
            "aspect": video.sample_aspect_ratio or 1,
            "turned": first.rotation,
            "colour": (context.color_primaries, context.color_trc, context.colorspace, context.color_range),
            "beside": sorted(str(side.type) for side in first.side_data if "SEI" not in str(side.type)),
        }


def shown_pictures(path):
    """Time and brightness of every picture, from the first to the last."""
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


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


TEN_BITS = {"pix_fmt": "yuv420p10le"}
WIDE = {"color_primaries": 9, "color_trc": 16, "colorspace": 9, "color_range": 1}
FILMS = {
    "h264.mp4": {"b_frames": 2},
    "h264.mov": {"b_frames": 2, "fps": 24},
    "h264.mkv": {"b_frames": 2},
    "h264.avi": {"b_frames": 2, "n": 30},
    "straight.avi": {},
    "hevc.mp4": {"codec": "libx265", "fps": 50},
    "hevc.mkv": {"codec": "libx265"},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "vp9.mkv": {"codec": "libvpx-vp9", "aspect": Fraction(4, 3)},
    "av1.mp4": {"codec": "libsvtav1"},
    "av1.webm": {"codec": "libsvtav1", "fps": 60},
    "mpeg4.avi": {"codec": "mpeg4", "b_frames": 2, "aspect": Fraction(16, 15)},
    "slow.mp4": {"fps": 15, "n": 9},
    "ntsc.mkv": {"fps": Fraction(30000, 1001), "n": 31},
    "fast.mp4": {"fps": 60, "b_frames": 3},
    "changing.mp4": {"pts_ms": [0, 16, 100, 133, 700, 720, 1500], "b_frames": 1},
    "changing.mkv": {"pts_ms": [0, 16, 100, 133, 700, 720, 1500]},
    "late.mov": {"pts_ms": range(5000, 5800, 40), "b_frames": 2},
    "portrait.mp4": {"turned": 90},
    "portrait.mov": {"turned": -90, "codec": "libx265"},
    "upside down.mkv": {"turned": 180},
    "hdr.mp4": {"codec": "libx265", "options": {"x265-params": f"log-level=none:{HDR}"}, "colours": WIDE}
    | TEN_BITS,
    "hdr.mkv": {"codec": "libx265", "options": {"x265-params": f"log-level=none:{HDR}"}, "colours": WIDE}
    | TEN_BITS,
    "wide colour.webm": {"codec": "libvpx-vp9", "colours": WIDE},
    "large.mp4": {"size": (3840, 2160), "n": 25},
    "mute.mkv": {},
    "ten sounds.mkv": {"sounds": ["aac", "libopus", "libmp3lame", "flac", "ac3"] * 2},
    "été, 夏 (1).mp4": {"sounds": ["aac"]},
}


@pytest.mark.parametrize("name", FILMS)
def test_any_film(outputs, tmp_path, soundtrack, name):
    source = write_film(tmp_path / name, **FILMS[name])
    before = probe_clip(source)
    made = score_video(source, soundtrack(before.duration_s), outputs / f"{name}.mp4")
    assert made.path == outputs / f"{name}.mp4"
    assert (made.reason, made.left_out) == (None, ())
    assert made.duration_s == before.duration_s
    after = probe_clip(made.path)
    assert after.start_s == 0
    assert after.duration_s == pytest.approx(before.duration_s, abs=CLOCK_S)
    assert sound_span(made.path) == (0, round(before.duration_s * 44100))
    with av.open(str(made.path)) as container:
        assert container.duration / av.time_base == pytest.approx(before.duration_s, abs=CLOCK_S)
    assert picture_bytes(made.path) == picture_bytes(source)
    assert facts_of_picture(made.path) == facts_of_picture(source)
    shown = shown_pictures(made.path)
    assert len(shown) == len(picture_bytes(source))
    assert np.all(np.diff([time for time, _ in shown]) > 0)
    assert np.all(np.diff([grey for _, grey in shown][:20]) >= 0)


@pytest.mark.parametrize("n_shown", [17, 18, 19, 20])
def test_pictures_an_edit_list_cuts_off_the_end_stay_away(outputs, tmp_path, soundtrack, n_shown):
    """Wherever the cut falls; one that an earlier picture is built on may be seen for a moment."""
    source = write_film(tmp_path / "cut.mp4", b_frames=2, n=30)
    content = bytearray(source.read_bytes())
    length = content.index(b"elst") + 12
    content[length : length + 4] = (n_shown * 40).to_bytes(4, "big")  # milliseconds
    source.write_bytes(content)
    heard = []
    with told(heard.append):
        made = score_video(source, soundtrack(1.2), outputs / "out.mp4")
    assert heard and heard == sorted(heard) and 0 <= heard[0] <= heard[-1] <= 1
    assert made.duration_s == pytest.approx(n_shown / 25)
    assert sound_span(made.path) == (0, n_shown * 44100 / 25)
    assert probe_clip(made.path).duration_s == pytest.approx(n_shown / 25, abs=1 / 25 + CLOCK_S)
    with av.open(str(made.path)) as container:
        assert container.duration / av.time_base == pytest.approx(n_shown / 25, abs=1 / 25 + CLOCK_S)
    np.testing.assert_allclose(shown_pictures(made.path)[:n_shown], shown_pictures(source)[:n_shown])


def test_a_broken_picture_in_avi_leaves_the_others_in_their_places(outputs, tmp_path, soundtrack):
    """Which picture is shown when is read from the pictures; one is missing there."""
    source = write_film(tmp_path / "a.avi", b_frames=2, n=26, fps=25)
    content = source.read_bytes()
    chunks = [at for at in range(len(content)) if content.startswith(b"00dc", at)]
    content = bytearray(content)
    content[chunks[4] + 8 : chunks[4] + 40] = bytes(32)
    source.write_bytes(content)
    made = score_video(source, soundtrack(1.04), outputs / "out.mp4")
    shown = shown_pictures(made.path)
    assert len(shown) == 25
    assert np.all(np.diff([time for time, _ in shown]) > 0)
    assert np.all(np.diff([grey for _, grey in shown]) > 0)
    assert shown[-1][0] == pytest.approx(25 / 25)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [("vp8.webm", "libvpx", "yuv420p"), ("prores.mov", "prores_ks", "yuv422p10le")],
)
def test_a_picture_that_mp4_cannot_hold_goes_to_mkv(
    outputs, tmp_path, soundtrack, lag_of, name, codec, pix_fmt
):
    source = write_film(tmp_path / name, codec, pix_fmt=pix_fmt, turned=90)
    track = soundtrack(0.8)
    made = score_video(source, track, outputs / "out.mp4")
    assert made.path == outputs / "out.mkv"
    assert made.reason == f"an mp4 file cannot hold its picture ({Path(name).stem})"
    assert [entry.name for entry in outputs.iterdir()] == ["out.mkv"]
    assert picture_bytes(made.path) == picture_bytes(source)
    assert facts_of_picture(made.path)["turned"] == facts_of_picture(source)["turned"]
    assert probe_clip(made.path).duration_s == pytest.approx(0.8, abs=CLOCK_S)
    with av.open(str(made.path)) as container:  # the last AAC frame may reach over the end
        assert 0.8 <= container.duration / av.time_base < 0.8 + 1024 / 44100 + CLOCK_S
    heard = decode_soundtrack(made.path, outputs / "a.flac", start_s=0, duration_s=0.8)
    assert abs(lag_of(heard.read()[:, 0], track.read()[:, 0])) <= 1


def test_further_pictures_are_left_out_and_named(outputs, tmp_path, soundtrack):
    source = tmp_path / "angles.mkv"
    with av.open(str(source), "w") as out:
        angles = [out.add_stream("libx264", rate=25) for _ in range(2)]
        for angle in angles:
            angle.width, angle.height, angle.pix_fmt = 64, 48, "yuv420p"
        for number in range(20):
            for angle in angles:
                frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 100, np.uint8), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(angle.encode(frame))
        for angle in angles:
            out.mux(angle.encode(None))
    made = score_video(source, soundtrack(0.8), outputs / "out.mkv")
    assert made.left_out == ("video (h264)",)
    with av.open(str(made.path)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_apple_players_show_hevc(outputs, tmp_path, soundtrack):
    source = write_film(tmp_path / "a.mkv", "libx265")
    made = score_video(source, soundtrack(0.8), outputs / "out.mp4")
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"


def test_equal_input_gives_equal_bytes(outputs, tmp_path, soundtrack):
    source = write_film(tmp_path / "a.mp4", b_frames=2)
    for suffix in (".mp4", ".mkv"):
        made = [score_video(source, soundtrack(0.8), outputs / (n + suffix)).path for n in "ab"]
        assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize("name", ["out.webm", "out", "out.mov"])
def test_another_ending(outputs, tmp_path, soundtrack, name):
    with pytest.raises(MoodscoreError, match=r"a scored video ends in \.mp4 or \.mkv"):
        score_video(write_film(tmp_path / "a.mp4"), soundtrack(0.8), outputs / name)


def test_no_input_is_replaced(tmp_path, soundtrack):
    """By its own name, another way to it, a link of either kind, or the container it had to go to."""
    film, track = write_film(tmp_path / "a.mp4"), soundtrack(0.8)
    vp8 = write_film(tmp_path / "b.mkv", "libvpx")
    (tmp_path / "soft.mp4").symlink_to(film)
    os.link(film, tmp_path / "hard.mp4")
    (tmp_path / "folder").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    ways_round = [tmp_path / folder / ".." / "a.mp4" for folder in ("folder", "not there yet")]
    targets = [film, tmp_path / "soft.mp4", tmp_path / "hard.mp4", *ways_round]
    for source, out in [*((film, target) for target in targets), (vp8, tmp_path / "b.mp4")]:
        with pytest.raises(MoodscoreError, match=r"would replace .*, which is read; name another"):
            score_video(source, track, out)
    os.link(track.path, tmp_path / "sound.mp4")
    with pytest.raises(MoodscoreError, match=r"would replace .*sound\.wav"):
        score_video(film, track, tmp_path / "sound.mp4")
    assert {path: path.read_bytes() for path in before} == before


def test_where_nothing_can_be_written(outputs, tmp_path, soundtrack):
    film, track = write_film(tmp_path / "a.mp4"), soundtrack(0.8)
    (outputs / "folder.mp4").mkdir()
    (outputs / "file").touch()
    for name in ("folder.mp4", "file/out.mp4", "x" * 300 + ".mp4"):
        with pytest.raises(MoodscoreError, match="cannot be written") as refused:
            score_video(film, track, outputs / name)
        assert "\n" not in str(refused.value)
    assert sorted(entry.name for entry in outputs.iterdir()) == ["file", "folder.mp4"]


def test_a_disk_that_fills_up(outputs, tmp_path, soundtrack):
    """The system refuses every byte beyond some size, at whatever point of the writing that is."""
    film, track = write_film(tmp_path / "a.mp4", n=50), soundtrack(2.0)
    whole = score_video(film, track, outputs / "out.mp4").path.stat().st_size
    (outputs / "out.mp4").unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (0, 40, whole // 2, whole - 100, whole - 1):
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
            with pytest.raises(MoodscoreError, match=r"out\.mp4: cannot be written \(file too large\)"):
                score_video(film, track, outputs / "out.mp4")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert not list(outputs.iterdir())


def test_ctrl_c(outputs, tmp_path, soundtrack, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("moodscore.media.remux.aac_packets", interrupted)
    with pytest.raises(KeyboardInterrupt):
        score_video(write_film(tmp_path / "a.mp4"), soundtrack(0.8), outputs / "out.mp4")
    assert not list(outputs.iterdir())


def test_sigterm(outputs, tmp_path, soundtrack):
    """A program that is ended while it writes leaves nothing behind, and still dies of the signal."""
    film, track = write_film(tmp_path / "a.mp4"), soundtrack(0.8)
    program = (
        "import os, signal, sys; from moodscore.media import *; from moodscore.media import remux\n"
        "def blocks(*_):\n"
        "    assert len(os.listdir(os.path.dirname(sys.argv[3]))) == 1\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    while True: yield\n"
        "remux.blocks_of = blocks\n"
        "score_video(sys.argv[1], AudioFile.open(sys.argv[2]), sys.argv[3])\n"
    )
    arguments = [str(film), str(track.path), str(outputs / "out.mp4")]
    ended = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True)
    assert (ended.returncode, ended.stderr) == (-signal.SIGTERM, b"")
    assert not list(outputs.iterdir())
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_folder_that_can_only_be_read(outputs, tmp_path, soundtrack):
    (tmp_path / "films").mkdir()
    film = write_film(tmp_path / "films" / "a.mp4")
    film.chmod(0o400)
    film.parent.chmod(0o500)
    score_video(film, soundtrack(0.8), outputs / "out.mp4")
    film.parent.chmod(0o700)
    assert [entry.name for entry in film.parent.iterdir()] == ["a.mp4"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written(outputs, make_clip, soundtrack):
    outputs.chmod(0o500)
    with pytest.raises(MoodscoreError, match=r"out\.mp4: cannot be written \(permission denied\)"):
        mux_soundtrack(ScoredVideo(make_clip("a.mp4"), soundtrack(1.2)), outputs / "out.mp4")


def test_a_full_disk(outputs, make_clip, soundtrack, monkeypatch):
    """Whatever FFmpeg says while writing names the output, not the source."""

    def full(*_):
        raise av.error.OSError(28, "No space left on device", "out.mp4")

    monkeypatch.setattr("moodscore.media.remux.aac_packets", full)
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
    source = make_clip("source.mp4", pts_ms=range(late_ms, late_ms + 2961, 47), b_frames=2)
    seconds = probe_clip(source).duration_s
    assert seconds * rate % 1024 > 0  # no whole number of AAC frames
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


def test_sound_of_another_length_than_the_picture(outputs, make_clip, soundtrack, chirp):
    """What is too long is cut, after what is too short it is quiet."""
    for seconds in (0.5, 2.0):
        mux_soundtrack(ScoredVideo(make_clip("a.mp4"), soundtrack(seconds)), outputs / "out.mp4")
        assert probe_clip(outputs / "out.mp4").duration_s == 1.2
        assert sound_span(outputs / "out.mp4") == (0, round(1.2 * 44100))
        heard = decode_soundtrack(outputs / "out.mp4", outputs / "a.flac", start_s=0, duration_s=1.2).read()
        wanted = np.zeros_like(heard)
        music = chirp(min(seconds, 1.2), channels=2)
        wanted[: len(music)] = music
        kept = np.abs(np.arange(len(heard)) - len(music)) > 1024  # a sound that ends at once rings
        np.testing.assert_allclose(heard[kept][500:-500], wanted[kept][500:-500], atol=0.03)


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
