"""What measuring the pictures of a clip costs beyond decoding it.

The film is made here: two layers of texture with the spectrum of natural pictures, one moving before the
other, grain over both and a cut every four seconds, encoded by x264 at the bit rates that YouTube asks for.
What costs nothing to decode, or far too much, would say little about films.
"""

import tempfile
from pathlib import Path

import av
import numpy as np

from benchmarks.timing import paired_ratio
from moodscore.media import probe_clip
from moodscore.media._source import moving_picture, open_file
from moodscore.vision import measure_clip

TITLE = (
    "visual measures of 20 s of film-like h264 (moving texture, grain, cuts; 1, 5 and 8 Mbit/s), seconds "
    "(reference: decoding every picture)"
)
#: Width, height, bits a second.
_STREAMS = ((640, 360, 1_000_000), (1280, 720, 5_000_000), (1920, 1080, 8_000_000))
_SECONDS, _FPS, _FRAMES_PER_SHOT = 20, 25, 100
#: The amplitude of natural pictures falls with spatial frequency about like this.
_FALL = 1.2
_REAL_CLIP = Path(__file__).parents[2] / "shared/data/media/real_bird.mp4"


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for width, height, bit_rate in _STREAMS:
            path = Path(folder) / f"{height}.mp4"
            _encode(path, width, height, bit_rate)
            yield from _against_decoding(f"{width}x{height}", path)
    if _REAL_CLIP.exists():
        yield from _against_decoding("a real clip, 1280x720, 4:4:4, 11 s", _REAL_CLIP)


def _against_decoding(name, path):
    info = probe_clip(path)

    def measures():
        return measure_clip(path, start_s=info.start_s, duration_s=info.duration_s)

    for settings, n_threads in (("same decoder settings", None), ("FFmpeg's own choice of threads", 0)):
        yield f"{name}, {settings}", *paired_ratio(measures, lambda n=n_threads: _decode(path, n))


def _decode(path, n_threads):
    with open_file(path) as container:
        video = moving_picture(container, path)
        video.thread_type = "AUTO"
        if n_threads is not None:
            video.codec_context.thread_count = n_threads
        for _ in container.decode(video):
            pass


def _encode(path, width, height, bit_rate):
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=_FPS, options={"preset": "veryfast"})
        video.width, video.height, video.pix_fmt, video.bit_rate = width, height, "yuv420p", bit_rate
        for picture in _film(width, height):
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(video.encode(None))


def _film(width, height):
    rng = np.random.default_rng(0)
    grain = rng.integers(-4, 5, (8, height, width, 1), dtype=np.int16)
    for number in range(_SECONDS * _FPS):
        if number % _FRAMES_PER_SHOT == 0:
            back, front = _texture(rng, width, height), _texture(rng, width // 3, height // 2)
        picture = np.roll(back, (number // 3, number * width // 320), axis=(0, 1)).astype(np.int16)
        left = (number * width // 200) % (width - width // 3)
        top = height // 4 + int(height / 8 * np.sin(number / 12))
        picture[top : top + height // 2, left : left + width // 3] = front
        yield np.clip(picture + grain[number % len(grain)], 0, 255).astype(np.uint8)


def _texture(rng, width, height):
    """Noise whose amplitude falls with spatial frequency as it does in natural pictures."""
    vertical, horizontal = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    frequency = np.maximum(np.hypot(vertical, horizontal), 1 / max(width, height))
    spectrum = np.fft.rfft2(rng.standard_normal((height, width, 3)), axes=(0, 1))
    texture = np.fft.irfft2(spectrum / frequency[..., None] ** _FALL, (height, width), axes=(0, 1))
    return np.clip(45 * texture / texture.std() + 110, 0, 255).astype(np.uint8)
