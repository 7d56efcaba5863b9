"""Storing a sound block by block."""

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import _blocks, store_track
from moodscore.samples import ArraySource

RATE = 8000


@pytest.fixture
def loud():
    return ArraySource((3 * np.random.default_rng(0).standard_normal((1000, 2))).astype(np.float32), RATE)


def test_what_is_not_finished_is_kept_to_the_bit(tmp_path, loud, monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK", 300)
    stored = store_track(loud, tmp_path / "rendered.wav")
    np.testing.assert_array_equal(stored.read(), loud.samples)
    assert stored.sample_rate == RATE
    assert [path.name for path in tmp_path.iterdir()] == ["rendered.wav"]


def test_a_sound_that_breaks_off_leaves_nothing(tmp_path, loud):
    class Broken(ArraySource):
        def read(self, start, stop):
            raise MoodscoreError("music: is silent")

    with pytest.raises(MoodscoreError, match="music: is silent"):
        store_track(Broken(loud.samples, RATE), tmp_path / "rendered.wav")
    assert list(tmp_path.iterdir()) == []
