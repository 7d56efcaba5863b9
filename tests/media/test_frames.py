from pathlib import Path

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import PICTURE_SIDE, preview_frames, probe_clip, sampled_frames

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
    path = make_clip(name, n=96, gop=6, codec=codec)
    info = probe_clip(path)
    numbers = numbers_of(preview_frames(path, start_s=info.start_s, duration_s=info.duration_s))
    assert len(numbers) == 8
    assert numbers == sorted(numbers)
    assert numbers[0] < 12
    assert numbers[-1] >= 84


def test_a_preview_of_a_clip_that_starts_late(make_clip, numbers_of):
    path = make_clip("late.mkv", pts_ms=range(5000, 8840, 40), gop=6)
    numbers = numbers_of(preview_frames(path, start_s=5.0, duration_s=3.84))
    assert numbers[0] < 12
    assert numbers[-1] >= 84


@pytest.mark.skipif(not REAL_CLIP.exists(), reason="the real clip is not here")
def test_area_averaging_of_a_real_picture():
    """Against another library: PyAV's own full-size picture, averaged by OpenCV."""
    import av
    import cv2

    with av.open(str(REAL_CLIP)) as container:
        full = next(container.decode(video=0)).to_ndarray(format="rgb24")
    wanted = cv2.resize(full, (PICTURE_SIDE, PICTURE_SIDE), interpolation=cv2.INTER_AREA)
    picture = next(sampled_frames(REAL_CLIP, [0], start_s=0))
    assert np.abs(picture.astype(int) - wanted).mean() < 2
