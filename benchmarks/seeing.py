"""What measuring the pictures of a clip costs beyond decoding it."""

import tempfile
from pathlib import Path

import av
import numpy as np

from benchmarks.timing import paired_ratio
from moodscore.media import probe_clip, write_clip
from moodscore.vision import measure_clip

TITLE = "visual measures of 20 s h264, seconds (reference: decoding every picture, same decoder settings)"


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for width, height in ((640, 360), (1280, 720)):
            path = Path(folder) / f"{height}.mp4"
            write_clip(path, _pictures(width, height), 25, np.zeros((20 * 44_100, 1), np.float32), 44_100)
            info = probe_clip(path)
            yield (
                f"{width}x{height}",
                *paired_ratio(
                    lambda path=path, info=info: measure_clip(
                        path, start_s=info.start_s, duration_s=info.duration_s
                    ),
                    lambda path=path: _decode(path),
                    runs=3,
                ),
            )


def _pictures(width, height):
    """Textured pictures that drift, so that the codec has something to do."""
    texture = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    smooth = (texture[::8, ::8].repeat(8, 0).repeat(8, 1)[:height, :width] // 2) + texture // 8
    for number in range(500):
        yield np.roll(smooth, 3 * number, axis=1)


def _decode(path):
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass
