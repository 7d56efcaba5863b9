"""Small media files, made here, whose every picture and sound is known."""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest
from scipy.signal import correlate

BITS = 8
BLOCK = 16
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


@dataclass
class Sound:
    """A sound track: samples [shape=(n, channels)], their rate, where they start, how they are packed."""

    samples: np.ndarray
    rate: int = 44100
    start_s: float = 0.0
    codec: str = "aac"
    missing: range = range(0)  # packets that are left out


def numbered_picture(number):
    """A picture that carries its number as a row of dark and bright blocks, 8 bits, low bit first."""
    bits = (number >> np.arange(BITS)) & 1
    row = np.repeat(bits * 200 + 20, BLOCK).astype(np.uint8)
    return np.repeat(np.broadcast_to(row, (64, len(row)))[..., None], 3, axis=2)


@pytest.fixture
def numbers_of():
    """Read what :func:`numbered_picture` wrote, from the middle of each block."""

    def read(pictures):
        numbers = []
        for picture in pictures:
            width = picture.shape[1] // BITS
            bits = picture[picture.shape[0] // 2, np.arange(BITS) * width + width // 2, 0] > 128
            numbers.append(int((bits << np.arange(BITS)).sum()))
        return numbers

    return read


@pytest.fixture
def make_clip(tmp_path):
    """Write a clip of numbered pictures, shown ``fps`` a second or each at its ``pts_ms``."""

    def make(name, **options):
        path = tmp_path / name
        write(path, **options)
        return path

    return make


@pytest.fixture
def sound_of():
    return Sound


@pytest.fixture
def chirp():
    """A tone that rises: it matches itself in one place only."""

    def make(seconds, rate=44100, channels=1):
        t = np.arange(round(seconds * rate)) / rate
        wave = 0.4 * np.sin(2 * np.pi * (200 * t + 500 * t**2))
        return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)

    return make


@pytest.fixture
def lag_of():
    """By how many samples ``heard`` is late."""

    def lag(heard, wanted):
        return int(correlate(heard, wanted, method="fft").argmax()) - (len(wanted) - 1)

    return lag


@pytest.fixture
def packets_of():
    """Bytes and presentation time of each packet of the picture, in decoding order."""

    def packets(path):
        with av.open(str(path)) as container:
            video = container.streams.video[0]
            return [(bytes(p), float(p.pts * p.time_base)) for p in container.demux(video) if p.size]

    return packets


def write(path, *, n=30, fps=25, pts_ms=None, codec="libx264", gop=12, b_frames=0, sound=None, options=None):
    time_base = Fraction(1, fps) if pts_ms is None else Fraction(1, 1000)
    times = range(n) if pts_ms is None else pts_ms
    with av.open(str(path), "w", options=options or {}) as out:
        packets = []
        if n or pts_ms:
            packets += _picture_packets(out, times, time_base, fps, codec, gop, b_frames)
        if sound is not None:
            packets += _sound_packets(out, sound)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            out.mux(packet)


def _picture_packets(out, times, time_base, fps, codec, gop, b_frames):
    video = out.add_stream(codec, rate=fps)
    video.height, video.width = numbered_picture(0).shape[:2]
    video.pix_fmt = "yuv420p"
    context = video.codec_context
    context.gop_size, context.max_b_frames, context.thread_count = gop, b_frames, 1
    context.time_base = time_base
    if codec == "libx264":
        video.options = {"preset": "ultrafast", "bf": str(b_frames)}
    packets = []
    for number, pts in enumerate(times):
        frame = av.VideoFrame.from_ndarray(numbered_picture(number), format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        packets += video.encode(frame)
    return packets + video.encode(None)


def _sound_packets(out, sound):
    layout = LAYOUTS[sound.samples.shape[1]]
    track = out.add_stream(sound.codec, rate=sound.rate, layout=layout)
    if sound.codec == "aac":
        track.options = {"aac_coder": "fast"}
    converter = av.AudioResampler(track.format.name, layout, sound.rate)
    packets, block = [], 1024
    for position in range(0, len(sound.samples), block):
        piece = np.ascontiguousarray(sound.samples[position : position + block].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.time_base = sound.rate, Fraction(1, sound.rate)
        frame.pts = round(sound.start_s * sound.rate) + position
        for converted in converter.resample(frame):
            packets += track.encode(converted)
    packets += track.encode(None)
    return [packet for number, packet in enumerate(packets) if number not in sound.missing]
