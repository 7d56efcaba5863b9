from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from moodscore.errors import MoodscoreError
from moodscore.media import (
    PICTURE_SIDE,
    _source,
    frames,
    preview_frames,
    probe_clip,
    sampled_frames,
    watched_frames,
)
from moodscore.media._source import decode

REAL_CLIP = Path(__file__).parents[2].parent / "shared/data/media/real_bird.mp4"


def shown_at(path, times_s):
    return sampled_frames(path, times_s, start_s=probe_clip(path).start_s)


def wanted_at(appearances_s, times_s):
    """The last picture that appeared by each moment, the slow way."""
    return [max([k for k, t in enumerate(appearances_s) if t <= time + 5e-4], default=0) for time in times_s]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plain.mp4", {}),
        ("reordered.mp4", {"b_frames": 3}),
        ("reordered.mkv", {"b_frames": 3}),
        ("plain.webm", {"codec": "libvpx"}),
        ("without_pts.avi", {"codec": "mpeg4"}),
        ("reordered.avi", {"codec": "mpeg4", "b_frames": 2}),
        ("numbered_as_decoded.avi", {"b_frames": 3}),
    ],
)
def test_the_picture_on_screen(make_clip, numbers_of, name, options):
    path = make_clip(name, n=60, fps=25, **options)
    times = np.sort(np.concatenate([np.linspace(0, 2.4, 57), np.arange(60) / 25]))
    assert numbers_of(shown_at(path, times)) == wanted_at(np.arange(60) / 25, times)


@pytest.mark.parametrize("name", ["vfr.mp4", "vfr.mkv"])
@pytest.mark.parametrize("late_ms", [0, 7300])
def test_variable_frame_rate_and_a_late_start(make_clip, numbers_of, name, late_ms):
    appear_ms = np.array([0, 10, 500, 510, 520, 530, 540, 1500, 2000])
    path = make_clip(name, pts_ms=(appear_ms + late_ms).tolist())
    times = [0, 0.005, 0.01, 0.499, 0.5, 0.505, 0.511, 0.54, 1, 1.4, 1.5, 1.9, 2.0, 2.03]
    assert numbers_of(shown_at(path, times)) == wanted_at(appear_ms / 1000, times)


def test_pictures_an_edit_list_hides_are_not_seen(make_clip, numbers_of):
    path = make_clip("trimmed.mp4", pts_ms=range(-400, 800, 40), gop=30)
    assert numbers_of(shown_at(path, [0, 0.1, 0.79])) == [10, 12, 29]


def test_more_moments_than_pictures(make_clip, numbers_of):
    path = make_clip("slow.mp4", n=3, fps=2)
    times = np.arange(0, 1.5, 0.1)
    assert numbers_of(shown_at(path, times)) == wanted_at([0, 0.5, 1.0], times)


def test_the_first_and_last_picture_serve_the_rest(make_clip, numbers_of):
    path = make_clip("short.mp4", n=4, fps=25)
    assert numbers_of(shown_at(path, [-1.0, -0.1, 0, 0.12, 0.2, 7, 7])) == [0, 0, 0, 3, 3, 3, 3]


def test_a_single_picture_serves_every_moment(make_clip, numbers_of):
    assert numbers_of(shown_at(make_clip("one.mp4", n=1), [0, 1, 2])) == [0, 0, 0]


def test_every_decoded_picture_is_glimpsed_once(make_clip, numbers_of):
    path = make_clip("plain.webm", n=40, fps=25, codec="libvpx")
    samples = list(watched_frames(path, [0, 0.2, 0.2, 1.0], start_s=0))
    assert samples[1] is samples[2]
    seen = [
        glimpse.appears_s for sample in (samples[0], samples[1], samples[3]) for glimpse in sample.glimpses
    ]
    np.testing.assert_allclose(seen, np.arange(26) / 25, atol=1e-3)
    assert [round(25 * sample.glimpses[-1].appears_s) for sample in samples] == [0, 5, 5, 25]
    points = samples[3].glimpses[-1].points
    assert points.shape == (32, 32)
    bright = points[16].reshape(8, 4).mean(axis=1) > 128
    assert int((bright << np.arange(8)).sum()) == 25


def test_no_moment_no_picture(make_clip):
    assert list(shown_at(make_clip("clip.mp4"), [])) == []


def test_pictures_are_small_rgb_squares(make_clip):
    pictures = list(shown_at(make_clip("clip.mp4"), [0, 0.5]))
    assert all(p.shape == (PICTURE_SIDE, PICTURE_SIDE, 3) and p.dtype == np.uint8 for p in pictures)


def test_a_picture_kept_is_not_overwritten(make_clip, numbers_of):
    kept = list(shown_at(make_clip("clip.mp4", n=30), np.arange(30) / 25))
    assert numbers_of(kept) == list(range(30))


def test_damage_in_the_middle_is_passed_over(make_clip, numbers_of):
    path = make_clip("damaged.mp4", n=60, gop=12)
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat")
    middle = start + (len(content) - start) // 3
    content[middle : middle + 300] = bytes(300)
    path.write_bytes(content)
    numbers = numbers_of(shown_at(path, np.arange(60) / 25))
    assert len(numbers) == 60
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert numbers[-5:] == [55, 56, 57, 58, 59]


def test_a_file_that_is_no_video(tmp_path):
    path = tmp_path / "fake.mp4"
    path.write_text("no film")
    for pictures in (
        sampled_frames(path, [0], start_s=0),
        preview_frames(path, start_s=0, duration_s=1),
    ):
        with pytest.raises(MoodscoreError, match=r"fake\.mp4: cannot be decoded"):
            next(pictures)


@pytest.mark.parametrize("name", ["preview.mp4", "preview.mkv", "preview.avi"])
def test_a_preview_is_spread_over_the_clip(make_clip, numbers_of, name):
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    path = make_clip(name, n=96, fps=1, gop=6, codec=codec)
    info = probe_clip(path)
    numbers = numbers_of(preview_frames(path, start_s=info.start_s, duration_s=info.duration_s))
    assert len(numbers) == 8
    assert numbers == sorted(numbers)
    assert numbers[0] < 12
    assert numbers[-1] >= 84


def test_a_preview_of_a_clip_that_starts_late(make_clip, numbers_of):
    path = make_clip("late.mkv", pts_ms=range(500_000, 596_000, 1000), gop=6)
    numbers = numbers_of(preview_frames(path, start_s=500.0, duration_s=96.0))
    assert numbers[0] < 12
    assert numbers[-1] >= 84


@pytest.mark.parametrize(("n", "gop", "wanted"), [(4, 1, 1), (20, 1, 2), (300, 1, 8), (96, 40, 3)])
def test_a_preview_takes_its_time_from_the_clip(make_clip, numbers_of, n, gop, wanted):
    """One picture for ten seconds, at most eight, and none twice."""
    path = make_clip("seconds.mp4", n=n, fps=1, gop=gop)
    assert len(list(preview_frames(path, start_s=0, duration_s=n))) == wanted


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("times", ["few", "uneven", "none but the last"])
def test_passing_pictures_over_changes_none_that_is_seen(make_clip, monkeypatch, suffix, times):
    """The ones left out are neither seen nor built on, so the others are the same to the bit."""
    appear_ms = np.cumsum(np.random.default_rng(2).integers(20, 90, 120))
    path = make_clip(f"pyramid.{suffix}", pts_ms=appear_ms.tolist(), b_frames=4, gop=60)
    length_s = (appear_ms[-1] - appear_ms[0]) / 1000
    moments = {
        "few": np.arange(0, length_s, 1 / 7),
        "uneven": np.sort(np.random.default_rng(3).uniform(0, length_s, 25)),
        "none but the last": [length_s],
    }[times]
    decoded = []
    monkeypatch.setattr(frames, "decode", lambda packet: decoded.append(decode(packet)) or decoded[-1])
    results = []
    for known in (frames._KNOWN_REFERENCES, ()):
        monkeypatch.setattr(frames, "_KNOWN_REFERENCES", known)
        decoded.clear()
        results.append((list(shown_at(path, moments)), sum(map(len, decoded))))
    (passing, n_decoded), (patient, n_pictures) = results
    assert n_pictures > 0.95 * len(appear_ms)  # the last ones are not waited for once all are served
    assert n_decoded < 0.75 * n_pictures
    np.testing.assert_array_equal(passing, patient)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turn_is_left_to_players(make_clip, turn, degrees):
    """Neither histograms nor motion nor bars mind it."""
    path = make_clip("camera.mp4")
    times = np.arange(0, 1.2, 0.1)
    np.testing.assert_array_equal(list(shown_at(turn(path, degrees), times)), list(shown_at(path, times)))


def test_as_many_threads_as_you_like(make_clip, monkeypatch):
    path = make_clip("clip.mp4", n=60, b_frames=3)
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(_source, "_threads", lambda decoder, n=threads: n)
        results.append(list(shown_at(path, np.arange(0, 2.4, 0.1))))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)


@pytest.mark.parametrize(
    ("levels", "options", "rgb"),
    [
        ((235, 128, 128), {}, WHITE),
        ((16, 128, 128), {}, BLACK),
        ((126, 128, 128), {}, GREY),
        ((255, 128, 128), {"full_range": True}, WHITE),
        ((0, 128, 128), {"full_range": True}, BLACK),
        ((128, 128, 128), {"full_range": True}, GREY),
        ((255, 128, 128), {"pix_fmt": "yuvj420p", "full_range": True}, WHITE),
        ((0, 128, 128), {"pix_fmt": "yuvj420p", "full_range": True}, BLACK),
        ((940, 512, 512), {"pix_fmt": "yuv420p10le"}, WHITE),
        ((64, 512, 512), {"pix_fmt": "yuv420p10le"}, BLACK),
        ((504, 512, 512), {"pix_fmt": "yuv420p10le", "codec": "libx265"}, GREY),
        ((940, 512, 512), {"pix_fmt": "yuv420p10le", "codec": "libx265"}, WHITE),
        ((235, 128, 128), {"size": (321, 241), "codec": "ffv1"}, WHITE),
        ((126, 128, 128), {"size": (321, 241), "codec": "ffv1"}, GREY),
    ],
)
def test_levels_are_those_the_stream_means(make_plain_clip, levels, options, rgb):
    path = make_plain_clip("plain.mkv", levels, **options)
    for picture in (next(shown_at(path, [0])), next(preview_frames(path, start_s=0, duration_s=1))):
        np.testing.assert_allclose(picture, np.broadcast_to(rgb, picture.shape), atol=rgb == GREY)


@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 200, 50), (30, 60, 240)])
@pytest.mark.parametrize(
    ("matrix", "of_red", "of_blue"),
    [(Colorspace.ITU709, 0.2126, 0.0722), (Colorspace.ITU601, 0.299, 0.114), (None, 0.299, 0.114)],
)
def test_the_matrix_is_the_one_the_stream_names(make_plain_clip, rgb, matrix, of_red, of_blue):
    """And that of BT.601 where it names none."""
    red, green, blue = np.array(rgb) / 255
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    to_blue, to_red = (blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red)
    levels = [round(16 + 219 * luma), round(128 + 224 * to_blue), round(128 + 224 * to_red)]
    path = make_plain_clip("colour.mp4", levels, matrix=None if matrix is None else matrix.value)
    np.testing.assert_allclose(next(shown_at(path, [0]))[100, 100], rgb, atol=2)


def test_every_pixel_is_the_mean_of_its_area(tmp_path):
    """Against the means of the planes: colour is linear in them, and each area is a whole number of them."""
    rng = np.random.default_rng(1)
    planes = [rng.integers(100, 156, (side, side), dtype=np.uint8) for side in (1024, 512, 512)]
    path = tmp_path / "noise.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("ffv1", rate=1)
        video.width, video.height, video.pix_fmt = 1024, 1024, "yuv420p"
        stacked = np.concatenate([plane.reshape(-1, 1024) for plane in planes])
        out.mux(video.encode(av.VideoFrame.from_ndarray(stacked, format="yuv420p")))
        out.mux(video.encode(None))
    luma, to_blue, to_red = (
        plane.reshape(PICTURE_SIDE, len(plane) // PICTURE_SIDE, PICTURE_SIDE, -1).mean(axis=(1, 3))
        for plane in planes
    )
    luma, to_blue, to_red = (luma - 16) / 219, (to_blue - 128) / 112, (to_red - 128) / 112
    green = (0.587 * luma - 0.299 * 0.701 * to_red - 0.114 * 0.886 * to_blue) / 0.587
    wanted = np.stack([luma + 0.701 * to_red, green, luma + 0.886 * to_blue], axis=-1)
    assert np.abs(next(sampled_frames(path, [0], start_s=0)) - 255 * wanted).max() < 0.6


@pytest.mark.skipif(not REAL_CLIP.exists(), reason="the real clip is not here")
def test_area_averaging_of_a_real_picture():
    """Against another library: PyAV's own full-size picture, averaged by OpenCV."""
    import cv2

    with av.open(str(REAL_CLIP)) as container:
        full = next(container.decode(video=0)).to_ndarray(format="gbrp")
    wanted = cv2.resize(full, (PICTURE_SIDE, PICTURE_SIDE), interpolation=cv2.INTER_AREA)
    picture = next(sampled_frames(REAL_CLIP, [0], start_s=0))
    assert np.abs(picture.astype(int) - wanted).mean() < 1.5
