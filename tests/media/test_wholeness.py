import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import check_is_whole

FASTSTART = {"movflags": "faststart"}


@pytest.fixture(params=[("a.mp4", FASTSTART), ("a.mkv", {}), ("a.avi", {}), ("a.webm", {})])
def clip(request, make_clip):
    name, options = request.param
    codec = {"webm": "libvpx", "avi": "mpeg4"}.get(name[2:], "libx264")
    return make_clip(name, n=100, fps=10, codec=codec, options=options)


def test_a_whole_file_passes(clip):
    check_is_whole(clip)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_file_that_breaks_off_is_refused(clip, share):
    content = clip.read_bytes()
    clip.write_bytes(content[: round(share * len(content))])
    with pytest.raises(MoodscoreError, match=r"breaks off|cannot be decoded"):
        check_is_whole(clip)


def test_sound_that_goes_on_after_the_picture_breaks_nothing_off(make_clip, sound_of, chirp):
    for name in ("a.mkv", "a.mp4"):
        check_is_whole(make_clip(name, n=10, fps=10, sound=sound_of(chirp(5))))
