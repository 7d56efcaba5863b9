import numpy as np
import pytest

from moodscore.media import write_clip

RATE, FPS = 44_100, 10


@pytest.fixture
def make_film(tmp_path):
    """A short film of moving stripes, with or without a tone."""

    def make(name="film.mp4", seconds=3, *, loudness=0.2):
        x = np.linspace(0, 3, 64)[None, :, None]
        frames = [
            np.broadcast_to(127 + 100 * np.sin(x * 6 + k / 3), (48, 64, 3)).astype(np.uint8)
            for k in range(round(seconds * FPS))
        ]
        tone = loudness * np.sin(2 * np.pi * 330 * np.arange(round(seconds * RATE)) / RATE)
        write_clip(tmp_path / name, frames, FPS, np.column_stack([tone, tone]).astype(np.float32), RATE)
        return tmp_path / name

    return make
