import av
import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import list_clips, probe_clip


def refusal(path, function=probe_clip):
    """The one line an impossible file is answered with."""
    with pytest.raises(MoodscoreError) as refused:
        function(path)
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_lists_videos_by_name(tmp_path):
    for name in ("b.mp4", "a.MKV", "c.Mov", "d.webm", "e.avi", ".hidden.mp4", "notes.txt", "f.mp4.part"):
        (tmp_path / name).touch()
    (tmp_path / "folder.mp4").mkdir()
    clips = list_clips(tmp_path)
    assert [clip.clip_id for clip in clips] == ["a", "b", "c", "d", "e"]
    assert clips[0].path == tmp_path / "a.MKV"


def test_a_missing_or_empty_folder_is_refused(tmp_path):
    assert "no such folder" in refusal(tmp_path / "nowhere", list_clips)
    (tmp_path / "notes.txt").touch()
    assert "no video file" in refusal(tmp_path, list_clips)


def test_two_files_for_one_clip_are_refused(tmp_path):
    for name in ("a.mp4", "b.mkv", "b.mp4"):
        (tmp_path / name).touch()
    assert "b.mkv and b.mp4 would both be clip b" in refusal(tmp_path, list_clips)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plain.mp4", {}),
        ("reordered.mp4", {"b_frames": 3}),
        ("reordered.mkv", {"b_frames": 3}),
        ("plain.mov", {"codec": "mpeg4"}),
        ("plain.webm", {"codec": "libvpx"}),
        ("without_pts.avi", {"codec": "mpeg4"}),
        ("reordered.avi", {"codec": "mpeg4", "b_frames": 2}),
        ("numbered_as_decoded.avi", {"b_frames": 3}),
    ],
)
def test_facts_of_a_clip(make_clip, name, options):
    info = probe_clip(make_clip(name, n=30, fps=25, **options))
    assert info.duration_s == 1.2
    assert info.fps == 25
    assert (info.width, info.height) == (128, 64)
    assert not info.has_audio
    if "avi" not in name:
        assert info.start_s == 0


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_clip_that_starts_late(make_clip, suffix, b_frames):
    info = probe_clip(make_clip(f"late.{suffix}", pts_ms=range(5000, 6200, 40), b_frames=b_frames))
    assert info.start_s == 5.0
    assert info.duration_s == 1.2
    assert info.fps == pytest.approx(25)


@pytest.mark.parametrize(
    ("degrees", "size"), [(0, (128, 64)), (90, (64, 128)), (180, (128, 64)), (270, (64, 128))]
)
def test_the_size_is_that_of_the_picture_shown(make_clip, turn, degrees, size):
    info = probe_clip(turn(make_clip("camera.mp4"), degrees))
    assert (info.width, info.height) == size


def test_an_odd_size(make_plain_clip):
    info = probe_clip(make_plain_clip("odd.mkv", (235, 128, 128), size=(321, 241), codec="ffv1"))
    assert (info.width, info.height) == (321, 241)


@pytest.mark.parametrize("sound_s", [0.4, 2.5])
def test_sound_of_another_length_does_not_count(make_clip, sound_of, chirp, sound_s):
    info = probe_clip(make_clip("clip.mp4", n=30, fps=25, sound=sound_of(chirp(sound_s))))
    assert (info.start_s, info.duration_s, info.has_audio) == (0, 1.2, True)


def test_pictures_an_edit_list_hides_do_not_count(make_clip):
    info = probe_clip(make_clip("trimmed.mp4", pts_ms=range(-400, 800, 40), gop=30))
    assert info.start_s == 0
    assert info.duration_s == pytest.approx(0.8)
    assert info.fps == pytest.approx(25)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_variable_frame_rate(make_clip, suffix):
    info = probe_clip(make_clip(f"vfr.{suffix}", pts_ms=[0, 10, 500, 510, 520, 1500, 2000]))
    assert info.duration_s == 2.04  # the last picture stays for 1/25 s
    assert info.fps == pytest.approx(7 / 2.04)


def test_a_single_picture(make_clip):
    assert probe_clip(make_clip("one.mp4", n=1)).duration_s == 0.04


def test_a_clip_that_starts_without_a_key_picture(make_clip):
    """As a recording of a broadcast does: nothing is seen before the first whole picture."""
    whole = make_clip("whole.mkv", n=30, gop=12)
    cut = whole.with_name("cut.mkv")
    with av.open(str(whole)) as source, av.open(str(cut), "w") as out:
        copied = out.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size and number >= 5:
                packet.stream = copied
                packet.dts = packet.pts
                out.mux(packet)
    info = probe_clip(cut)
    assert info.start_s == 0.48
    assert info.duration_s == 0.72
    assert info.fps == pytest.approx(25)


def test_sound_is_noticed(make_clip, sound_of, chirp):
    assert probe_clip(make_clip("loud.mp4", sound=sound_of(chirp(1.2)))).has_audio


@pytest.mark.parametrize("share", [0.7, 0.9])
def test_a_truncated_file(make_clip, share):
    """The index of an mp4 lies at its end; with the index in front what is there can be used."""
    for name, options in (("index_last.mp4", {}), ("index_first.mp4", {"movflags": "faststart"})):
        path = make_clip(name, n=60, options=options)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        if name == "index_last.mp4":
            assert "is it a whole video file?" in refusal(path)
        else:
            assert 0 < probe_clip(path).duration_s <= 60 / 25


@pytest.mark.parametrize("content", [b"", b"this is no film at all\n" * 100, bytes(4096)])
def test_a_file_that_is_no_video(tmp_path, content):
    path = tmp_path / "fake.mp4"
    path.write_bytes(content)
    assert "cannot be decoded" in refusal(path)


def test_a_missing_file(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "nowhere.mp4")
    assert "there is no such file" in refusal(tmp_path)


def test_no_protocol_but_files(tmp_path):
    assert "there is no such file" in refusal("http://127.0.0.1:9/a.mp4")
    playlist = tmp_path / "list.mp4"
    playlist.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    )
    refusal(playlist)


def test_sound_alone(make_clip, sound_of, chirp):
    assert "has no moving picture" in refusal(make_clip("song.mp4", n=0, sound=sound_of(chirp(1))))


def test_the_cover_of_a_song_is_no_film(tmp_path, make_clip, sound_of, chirp):
    song = make_clip("song.mka", n=0, sound=sound_of(chirp(1)))
    path = tmp_path / "covered.mp4"
    with av.open(str(song)) as source, av.open(str(path), "w") as out:
        copied = out.add_stream_from_template(source.streams.audio[0])
        cover = out.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        out.mux(cover.encode(picture))
        out.mux(cover.encode(None))
        for packet in source.demux(audio=0):
            if packet.size:
                packet.stream = copied
                out.mux(packet)
    assert "has no moving picture" in refusal(path)


def test_an_unknown_codec(make_clip):
    path = make_clip("unknown.mp4")
    content = path.read_bytes()
    assert content.count(b"avc1") >= 1
    path.write_bytes(content.replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC"))
    assert "decoder not found" in refusal(path)


def test_pictures_without_times(make_clip):
    assert "no time stamps" in refusal(make_clip("raw.h264"))
