import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import film_strip, probe_clip


def strip_of(path, n_pictures, height=32):
    info = probe_clip(path)
    return film_strip(
        path, start_s=info.start_s, duration_s=info.duration_s, n_pictures=n_pictures, height=height
    )


def test_pictures_are_those_in_the_middle_of_equal_parts(make_clip, numbers_of):
    path = make_clip("a.mp4", n=100, fps=25, gop=30)
    assert numbers_of(strip_of(path, 4, height=64)) == [12, 37, 62, 87]


def test_it_keeps_the_aspect_ratio(make_clip):
    pictures = strip_of(make_clip("a.mp4", n=10), 3)
    assert [picture.shape for picture in pictures] == [(32, 64, 3)] * 3  # the source has 128x64


def test_a_late_start_is_no_shift(make_clip, numbers_of):
    path = make_clip("late.mkv", pts_ms=[5000 + 100 * k for k in range(21)])
    assert numbers_of(strip_of(path, 2, height=64)) == [5, 15]


def test_b_frames_come_in_the_order_of_presentation(make_clip, numbers_of):
    path = make_clip("b.mp4", n=60, fps=25, gop=30, b_frames=2)
    assert numbers_of(strip_of(path, 6, height=64)) == [5, 15, 25, 35, 45, 55]


def test_one_picture_serves_every_moment(make_clip, numbers_of):
    assert numbers_of(strip_of(make_clip("one.mp4", n=1), 3, height=64)) == [0, 0, 0]


def test_pictures_are_bytes_of_rgb(make_clip):
    (picture,) = strip_of(make_clip("a.mp4", n=5), 1)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous


def test_no_video_is_refused(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("hello")
    with pytest.raises(MoodscoreError, match=r"text\.mp4"):
        film_strip(path, start_s=0, duration_s=1, n_pictures=2, height=32)
