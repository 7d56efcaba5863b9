"""Small media files, made here, whose every picture and sound is known."""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
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
def make_plain_clip(tmp_path):
    """Write a clip of one colour, given by the levels of its planes, at 5 pictures a second."""

    def make(name, levels, **options):
        path = tmp_path / name
        write_plain(path, levels, **options)
        return path

    return make


@pytest.fixture
def turn():
    """Ask players to show an mp4 file turned by so many degrees, as cameras do."""

    def turned(path, degrees):
        cosine, sine = (round(part(np.radians(degrees))) for part in (np.cos, np.sin))
        content = path.read_bytes()
        assert content.count(_display_matrix(1, 0)) == 2  # of the file, then of the track
        track = content.rindex(_display_matrix(1, 0))
        matrix = _display_matrix(cosine, sine)
        out = path.with_stem(f"{path.stem}_{degrees}")
        out.write_bytes(content[:track] + matrix + content[track + len(matrix) :])
        return out

    return turned


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


def _display_matrix(cosine, sine):
    """As an mp4 file holds it: rows of two 16.16 numbers and a 2.30 one, all big-endian."""
    one = 1 << 16
    rows = (cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30)
    return np.array(rows, dtype=">i4").tobytes()


def write_plain(
    path, levels, *, n=5, size=(64, 48), pix_fmt="yuv420p", codec="libx264", full_range=False, matrix=None
):
    """Without any loss, so that the levels are those that were asked for."""
    lossless = {"libx264": {"qp": "0"}, "libx265": {"x265-params": "lossless=1:log-level=none"}}
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=5, options=lossless.get(codec, {}))
        (video.width, video.height), video.pix_fmt = size, pix_fmt
        for number in range(n):
            frame = av.VideoFrame(*size, pix_fmt)
            frame.pts = number
            for plane, level in zip(frame.planes, levels, strict=True):
                dtype = np.uint16 if pix_fmt.endswith("10le") else np.uint8
                values = np.full(plane.buffer_size // np.dtype(dtype).itemsize, level, dtype=dtype)
                plane.update(values.tobytes())
            for told in (frame, video.codec_context):
                told.color_range = ColorRange.JPEG if full_range else ColorRange.MPEG
                if matrix is not None:
                    told.colorspace = matrix
            out.mux(video.encode(frame))
        out.mux(video.encode(None))


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
