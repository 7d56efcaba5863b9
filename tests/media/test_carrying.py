"""What a film carries comes along: one table of what is kept, one of what is said to be left out."""

import re
import struct
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
import pytest
from av.stream import Disposition

from moodscore.media import AudioFile, Waveform, probe_clip, score_video, write_audio

FPS = 25
TAGS = {
    "title": "Ångström",
    "comment": "for you",
    "creation_time": "2020-01-02T03:04:05.000000Z",
    "location": "+48.1000-011.5000/",
    "com.apple.quicktime.make": "A camera",
    "project": "number 7",
}
NTSC = Fraction(30000, 1001)
LATE_CHAPTERS = ((0, 600, "One"), (600, 1200, "Two"))
CHAPTERS = ((0, 400, "One"), (400, 1000, "Two"))
#: How each container is given a subtitle, and what is read in it.
SUBTITLES = {
    "subrip": (".mkv", b"Hello <i>you</i>"),
    "webvtt": (".mkv", b"Hello <i>you</i>"),
    "ass": (".mkv", b"0,0,Default,,0,0,0,,Hello {\\i1}you{\\i0}"),
    "mov_text": (".mp4", b"\0\x09Hello you"),
    "hdmv_pgs_subtitle": (".mkv", b"\x16\0\0"),
    "dvb_subtitle": (".mkv", b"\x0f\0\0"),
}


@dataclass(frozen=True)
class Film:
    """A film of a second, with what may hang on it."""

    name: str
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    size: tuple = (64, 48)
    rate: Fraction = Fraction(FPS)
    tags: dict = field(default_factory=dict)
    chapters: tuple = ()
    timecode: str = ""
    language: str = ""
    subtitles: tuple = ()
    attachment: bool = False
    cover: bool = False
    begins_s: float = 0.0
    n: int = 25


def write(folder, film):
    path = folder / film.name
    options = {"movflags": "use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options={} if film.cover else options) as out:
        out.metadata.update(film.tags)
        video = out.add_stream(film.codec, rate=film.rate)
        (video.width, video.height), video.pix_fmt = film.size, film.pix_fmt
        if film.codec == "libx265":
            video.options = {"x265-params": "log-level=none", "preset": "ultrafast"}
        if film.language:
            video.metadata["language"] = film.language
        if film.timecode:
            video.metadata["timecode"] = film.timecode
        if film.chapters:
            out.set_chapters(
                [
                    {"id": k, "start": a, "end": b, "time_base": Fraction(1, 1000), "metadata": {"title": c}}
                    for k, (a, b, c) in enumerate(film.chapters)
                ]
            )
        captions = [out.add_mux_stream(name) for name in film.subtitles]
        for caption in captions:
            caption.metadata["language"] = "deu"
        if film.attachment:
            out.add_attachment("font.ttf", "font/ttf", b"letters")
        cover = out.add_stream("png") if film.cover else None
        if cover is not None:
            cover.width, cover.height, cover.pix_fmt = 8, 8, "rgb24"
            cover.disposition = Disposition.attached_pic
        packets = []
        for number in range(film.n):
            grey = np.full((*film.size[::-1], 3), 20 + 8 * number, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=film.pix_fmt)
            frame.pts, frame.time_base = number + round(film.begins_s * film.rate), 1 / film.rate
            packets += video.encode(frame)
        packets += video.encode(None)
        for caption, name in zip(captions, film.subtitles, strict=True):
            packet = av.Packet(SUBTITLES[name][1])
            packet.stream, packet.time_base, packet.duration = caption, Fraction(1, 1000), 300
            packet.pts = packet.dts = 200 + round(1000 * film.begins_s)
            packets.append(packet)
        if cover is not None:
            frame = av.VideoFrame.from_ndarray(np.full((8, 8, 3), 99, np.uint8), format="rgb24")
            frame.pts, frame.time_base = 0, Fraction(1, FPS)
            packets += cover.encode(frame) + cover.encode(None)
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    return path


def with_dolby_vision(path):
    """Put a record of Dolby Vision (profile 8.1, level 1) where a camera puts it: into the sample entry."""
    content = path.read_bytes()
    version, profile, level = 1, 8, 1
    flags = profile << 9 | level << 3 | 0b101  # metadata and base layer are there
    record = struct.pack(">I4sBBHB19x", 32, b"dvvC", version, 0, flags, 1 << 4)
    place = content.index(b"hvcC") - 4
    place += struct.unpack_from(">I", content, place)[0]
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"hev1"):
        start = content.rindex(parent, 0, place) - 4
        size = struct.unpack_from(">I", content, start)[0] + len(record)
        content = content[:start] + struct.pack(">I", size) + content[start + 4 :]
    path.write_bytes(content[:place] + record + content[place:])
    return record


@pytest.fixture
def soundtrack(tmp_path):
    noise = 0.1 * np.random.default_rng(0).standard_normal((44100, 2)).astype(np.float32)
    write_audio(tmp_path / "music.wav", Waveform(noise, 44100))
    return AudioFile.open(tmp_path / "music.wav")


def tags_of(path):
    with av.open(str(path)) as container:
        return {name.casefold(): value for name, value in container.metadata.items()}


def chapters_of(path):
    with av.open(str(path)) as container:
        return [
            (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]), c["metadata"]["title"])
            for c in container.chapters()
        ]


def subtitles_of(path):
    """Words, start and length of each, whatever its form."""
    found = []
    with av.open(str(path)) as container:
        for stream in container.streams.subtitles:
            container.seek(0)
            for packet in container.demux(stream):
                if packet.size > 2 and b"One" not in bytes(packet):  # nor the list of chapters
                    words = stream.codec_context.decode2(packet)[0].ass.decode()
                    times = float(packet.pts * packet.time_base), float(packet.duration * packet.time_base)
                    found.append((words.rpartition(",,")[2], *times))
    return found


def languages_of(path):
    with av.open(str(path)) as container:
        told = [stream.metadata.get("language", "und") for stream in container.streams.subtitles]
        return [language for language in told if language != "eng"]  # the list of chapters


EVERYTHING = {"tags": TAGS, "chapters": CHAPTERS, "timecode": "01:02:03:04", "language": "fra"}
KEPT = (
    Film("a.mp4", subtitles=("mov_text",), **EVERYTHING),
    Film("a.mov", subtitles=("mov_text",), **EVERYTHING),
    Film("a.mkv", subtitles=("subrip", "ass", "webvtt"), **EVERYTHING),
    Film(
        "late.mkv",
        subtitles=("subrip",),
        begins_s=0.2,
        **EVERYTHING | {"chapters": ((0, 600, "One"), (600, 1200, "Two"))},
    ),
    Film("hevc.mp4", "libx265", **EVERYTHING),
    Film(
        "drop.mov",
        "prores_ks",
        "yuv422p10le",
        rate=Fraction(30000, 1001),
        n=30,
        **EVERYTHING | {"timecode": "00:59:59;28"},
    ),
    Film("animation.mov", "qtrle", "rgb24", **EVERYTHING),
)


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
@pytest.mark.parametrize("film", KEPT, ids=lambda film: film.name)
def test_what_a_film_carries_comes_along(film, ending, soundtrack, tmp_path):
    source = write(tmp_path, film)
    made = score_video(source, soundtrack, tmp_path / f"out{ending}")
    assert made.left_out == ()
    tags = tags_of(made.path)
    given = {name.casefold(): value for name, value in TAGS.items()}
    given["location"] = tags_of(source)["location"]
    assert {name: tags.get(name) for name in given} == given
    assert tags["soundtrack"].startswith("made by moodscore")
    halves = [[0, 0.4, "One"], [0.4, 1.0, "Two"]]
    for found, (start, end, title) in zip(chapters_of(made.path), halves, strict=True):
        assert found[2] == title
        assert found[:2] == pytest.approx((start, end), abs=0.002)
    with av.open(str(made.path)) as container:
        video = container.streams.video[0]
        told = {name.casefold(): value for name, value in video.metadata.items()}
        assert (told["timecode"], told["language"]) == (film.timecode, "fra")
        assert container.streams.audio[0].metadata.get("language", "und") == "und"
    expected = [(0.2, 0.3)] * len(film.subtitles)
    for found, wanted in zip(subtitles_of(made.path), expected, strict=True):
        assert re.sub(r"\{.*?\}", "", found[0]) == "Hello you"
        assert found[1:] == pytest.approx(wanted, abs=0.002)
    assert languages_of(made.path) == languages_of(source)


@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_dolby_vision_is_kept(ending, soundtrack, tmp_path):
    source = write(tmp_path, Film("phone.mp4", "libx265"))
    record = with_dolby_vision(source)
    made = score_video(source, soundtrack, tmp_path / f"out{ending}")
    assert record[8:13] in made.path.read_bytes()
    assert b"dvvC" in made.path.read_bytes()


def test_a_cover_and_a_font_are_kept(soundtrack, tmp_path):
    with_cover = write(tmp_path, Film("cover.mp4", cover=True))
    with_font = write(tmp_path, Film("font.mkv", attachment=True, subtitles=("ass",)))
    made = {
        name: score_video(path, soundtrack, tmp_path / f"{name}.out{name}")
        for name, path in ((".mp4", with_cover), (".mkv", with_cover))
    }
    for name, scored in made.items():
        assert scored.left_out == ()
        with av.open(str(scored.path)) as container:
            covers = [s for s in container.streams.video if s.disposition & Disposition.attached_pic]
            assert [cover.codec_context.name for cover in covers] == ["png"], name
            picture = next(container.decode(covers[0])).to_ndarray(format="rgb24")
            assert (picture == 99).all()
    kept = score_video(with_font, soundtrack, tmp_path / "font.out.mkv")
    assert kept.left_out == ()
    with av.open(str(kept.path)) as container:
        assert [stream.data for stream in container.streams.attachments] == [b"letters"]


@pytest.mark.parametrize(
    ("film", "left_out"),
    [
        (Film("b.mkv", subtitles=("hdmv_pgs_subtitle",)), ("subtitle (pgssub)",)),
        (Film("c.mkv", subtitles=("dvb_subtitle", "subrip")), ("subtitle (dvbsub)",)),
        (Film("d.mkv", attachment=True), ("attachment (font.ttf)",)),
        (Film("e.mkv", timecode="99:99:99:99"), ("timecode (99:99:99:99)",)),
    ],
    ids=lambda value: value.name if isinstance(value, Film) else "",
)
def test_what_an_mp4_file_cannot_hold_is_named(film, left_out, soundtrack, tmp_path):
    made = score_video(write(tmp_path, film), soundtrack, tmp_path / "out.mp4")
    assert made.left_out == left_out
    assert score_video(tmp_path / film.name, soundtrack, tmp_path / "out.mkv").left_out == ()


@pytest.mark.parametrize(
    "film", [Film("a.mp4"), Film("b.mkv"), Film("c.mov", "qtrle", "rgb24")], ids=lambda f: f.name
)
def test_the_index_stands_in_front(film, soundtrack, tmp_path):
    content = score_video(write(tmp_path, film), soundtrack, tmp_path / "out.mp4").path.read_bytes()
    kinds, place = [], 0
    while place < len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        kinds.append(kind)
        place += size
    assert place == len(content)
    assert kinds.index(b"moov") == 1 < kinds.index(b"mdat")


FOREIGN = (
    Film("animation.mov", "qtrle", "rgb24"),
    Film("moving.gif", "gif", "rgb8", size=(63, 47)),
    Film("camcorder.dv", "dvvideo", "yuv420p", size=(720, 576)),
    Film("old.avi", "cinepak", "rgb24"),
    Film("capture.avi", "huffyuv", "yuv422p"),
    Film("ut.avi", "utvideo", "yuv420p"),
    Film("odd.avi", "ffvhuff", "yuv444p", size=(63, 47)),
    Film("plain.avi", "rawvideo", "bgr24"),
    Film("web.wmv", "wmv2", "yuv420p"),
    Film("ten.mov", "v210", "yuv422p10le", size=(96, 48)),
    Film("quicktime.mov", "svq1", "yuv410p"),
)


@pytest.mark.parametrize("film", FOREIGN, ids=lambda film: film.name)
def test_a_picture_that_no_container_takes_is_encoded_anew(film, soundtrack, tmp_path):
    source = write(tmp_path, film)
    made = score_video(source, soundtrack, tmp_path / "out.mp4")
    was, now = probe_clip(source), probe_clip(made.path)
    assert (made.path.suffix, made.reason) == (
        ".mp4",
        f"no container takes its picture ({codec_of(source)}): encoded anew as h264",
    )
    assert codec_of(made.path) == "h264"
    assert now.start_s == 0
    assert now.duration_s == pytest.approx(was.duration_s, abs=1e-3)
    before, after = (levels_of(path, was) for path in (source, made.path))
    assert len(after) == len(before) == film.n
    np.testing.assert_allclose(after, before, atol=4)
    assert (now.width, now.height) == tuple(side + side % 2 for side in film.size)


def codec_of(path):
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.name


def levels_of(path, clip):
    """The mean grey of every picture."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24").mean() for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    "film", [Film("a.mov", "prores_ks", "yuv422p10le"), Film("b.mov", "png", "rgb24")], ids=lambda f: f.codec
)
@pytest.mark.parametrize("ending", [".mp4", ".mkv"])
def test_what_a_container_takes_is_copied(film, ending, soundtrack, tmp_path):
    source = write(tmp_path, film)
    made = score_video(source, soundtrack, tmp_path / f"out{ending}")
    assert codec_of(made.path) == codec_of(source)
    assert packets_of(made.path) == packets_of(source)


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "size"),
    [
        ("a.mov", "qtrle", "rgb24", (64, 48)),
        ("b.avi", "huffyuv", "yuv422p", (64, 48)),
        ("c.avi", "ffvhuff", "yuv444p", (63, 47)),
    ],
)
def test_colours_stay_when_a_picture_is_encoded_anew(name, codec, pix_fmt, size, soundtrack, tmp_path):
    colour = np.array([200, 40, 90], np.uint8)
    with av.open(str(tmp_path / name), "w") as out:
        video = out.add_stream(codec, rate=FPS)
        (video.width, video.height), video.pix_fmt = size, pix_fmt
        for number in range(FPS):
            picture = np.broadcast_to(colour, (*size[::-1], 3)).copy()
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    made = score_video(tmp_path / name, soundtrack, tmp_path / "out.mp4")
    with av.open(str(made.path)) as container:
        seen = next(container.decode(video=0)).to_ndarray(format="rgb24")
    np.testing.assert_allclose(seen.reshape(-1, 3), np.broadcast_to(colour, (seen.size // 3, 3)), atol=6)
