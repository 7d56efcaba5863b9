"""How many threads decode a picture."""

from types import SimpleNamespace

import pytest

from moodscore.media import _source


@pytest.mark.parametrize(
    ("cores", "width", "height", "threads"),
    [
        (1, 3840, 2160, 1),  # another clip has the other cores
        (2, 640, 360, 1),
        (8, 640, 360, 1),
        (2, 1280, 720, 8),
        (16, 1920, 1080, 16),
    ],
)
def test_small_pictures_and_a_single_core_take_one_thread(monkeypatch, cores, width, height, threads):
    monkeypatch.setattr(_source, "clip_cores", lambda: cores)
    assert _source._threads(SimpleNamespace(width=width, height=height)) == threads
