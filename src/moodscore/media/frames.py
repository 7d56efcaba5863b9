"""Pictures of a clip at given moments, decoded once and in order."""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from moodscore.ahead import read_ahead
from moodscore.errors import MoodscoreError
from moodscore.media._source import decode, moving_picture, open_file, reading_errors

#: Side of the square every sampled picture is scaled to, in pixels.
PICTURE_SIDE = 256
#: Pictures fetched while as many are looked at.
_AHEAD = 4
#: Time stamps are rational; half a tick of the coarsest common clock (1/1000 s) absorbs rounding.
_CLOCK_S = 5e-4
#: The next picture on screen is sought among so many packets before and after a picture's own.
_NEARBY = 8
#: In these a picture that is marked as not referenced is needed by no other picture.
_KNOWN_REFERENCES = ("h264",)
#: The first picture of a shot cannot be built on others: its packet is so many times as large as those of
#: most pictures that others build on. The third largest around it stands for these.
_NEW_SHOT_SIZE, _TYPICAL_RANK = 2, 3
#: Points a side at which every decoded picture is remembered, to find a cut among them.
_GLIMPSE_SIDE = 32
#: AVI numbers packets in decoding order; FFmpeg puts that right, but not for these codecs.
_NUMBERED_AS_DECODED = ("h264", "hevc")
#: A preview shows one picture for so many seconds, and never more than so many in all.
_PREVIEW_EVERY_S = 10
_MAX_PREVIEWS = 8
#: Planar RGB keeps the chroma of every pixel, where packed RGB shares it between neighbours.
_PLANAR_RGB = "gbrp"
#: Where red, green and blue are among its planes.
_RED_GREEN_BLUE = (2, 0, 1)


class Glimpse(NamedTuple):
    """What is remembered of a decoded picture that nobody asked for.

    Attributes
    ----------
    appears_s : float
        When it appears, in seconds from the clip's first picture.
    points : np.ndarray [shape=(32, 32)]
        Its first plane (luma, where the stream has it) at evenly spaced points, in the stream's own levels.
    """

    appears_s: float
    points: np.ndarray


class Sample(NamedTuple):
    """A picture that was asked for.

    Attributes
    ----------
    picture : np.ndarray of uint8 [shape=(256, 256, 3)]
        RGB; each colour lies in one piece in memory.
    glimpses : list of Glimpse
        Of all pictures decoded since the one asked for before, up to and with this one, in order.
    """

    picture: np.ndarray
    glimpses: list[Glimpse]


def sampled_frames(path: str | Path, times_s: Sequence[float], *, start_s: float) -> Iterator[np.ndarray]:
    """The picture on screen at each of ``times_s``.

    As :func:`watched_frames`, without what was decoded between them.

    Parameters
    ----------
    path, times_s, start_s
        As for :func:`watched_frames`.

    Yields
    ------
    np.ndarray of uint8 [shape=(256, 256, 3)]
        RGB, one for each moment; each colour lies in one piece in memory.

    Raises
    ------
    MoodscoreError
        If the file cannot be decoded or holds no picture that can be.
    """
    return (sample.picture for sample in watched_frames(path, times_s, start_s=start_s))


def watched_frames(path: str | Path, times_s: Sequence[float], *, start_s: float) -> Iterator[Sample]:
    """The picture on screen at each of ``times_s``, and a glimpse of all that were decoded for it.

    The file is decoded once, in order. A picture that is neither asked for nor needed to decode
    another is passed over where the codec tells, unless a shot may begin with it; only those asked for are
    converted, by one reused scaler (area averaging). The picture at ``t`` is the last one whose presentation
    time is not after ``t``; the first (last) picture also serves what lies before (after) it. A picture that
    serves several moments is converted once, and the same sample is yielded for all of them.

    Parameters
    ----------
    path : str or Path
        The video file.
    times_s : sequence of float
        Ascending moments in seconds from the clip's first picture.
    start_s : float
        Presentation time of that first picture (:attr:`ClipInfo.start_s`).

    Yields
    ------
    Sample
        One for each moment.

    Raises
    ------
    MoodscoreError
        If the file cannot be decoded or holds no picture that can be.
    """
    scaler = VideoReformatter()
    moments = [max(time, 0.0) + start_s + _CLOCK_S for time in times_s]
    for frame, glimpses, n_moments in read_ahead(_on_screen(path, moments), _AHEAD):
        since_start = [Glimpse(appears_s - start_s, points) for appears_s, points in glimpses]
        yield from repeat(Sample(_to_rgb(scaler, frame), since_start), n_moments)


def _on_screen(
    path: str | Path, moments: Sequence[float]
) -> Iterator[tuple[av.VideoFrame, list[Glimpse], int]]:
    """Each picture on screen at any of ``moments``, the glimpses up to it, and at how many of them it is."""
    served, shown = 0, None
    glimpses: list[Glimpse] = []
    for appears_s, frame in _decoded(path, moments):
        gone = bisect_left(moments, appears_s)
        if shown is not None and gone > served:
            yield shown, glimpses, gone - served
            served, glimpses = gone, []
        if served == len(moments):
            return
        shown = frame
        glimpses.append(Glimpse(appears_s, _points(frame)))
    if shown is None:
        raise MoodscoreError(f"{path}: has no picture that can be decoded")
    yield shown, glimpses, len(moments) - served


def _points(frame: av.VideoFrame) -> np.ndarray:
    plane = frame.planes[0]
    # Samples of more than eight bits take two bytes each.
    levels = np.frombuffer(plane, np.uint8 if frame.format.components[0].bits <= 8 else np.uint16)
    width = plane.line_size // levels.itemsize
    return levels.take(_places(frame.height, min(frame.width, width), width))


@lru_cache(maxsize=8)
def _places(height: int, width: int, line: int) -> np.ndarray:
    """Where evenly spaced points lie in a plane whose lines are ``line`` samples apart."""
    middle = (np.arange(_GLIMPSE_SIDE) + 0.5) / _GLIMPSE_SIDE
    return (middle * height).astype(np.intp)[:, None] * line + (middle * width).astype(np.intp)


def _decoded(path: str | Path, moments: Sequence[float]) -> Iterator[tuple[float, av.VideoFrame]]:
    """When each picture appears and the picture, in order: at least those on screen at ``moments``."""
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        video.thread_type = "AUTO"
        packets, codec, tick_s = container.demux(video), video.codec.name, float(video.time_base)
        if container.format.name == "avi" and codec in _NUMBERED_AS_DECODED:
            frames = _renumbered(packets)
        elif codec in _KNOWN_REFERENCES:
            frames = _frames(_passing_over(packets, video.codec_context, tick_s, moments))
        else:
            frames = _frames(packets)
        for pts, frame in frames:
            yield pts * tick_s, frame


def _frames(packets: Iterable[av.Packet]) -> Iterator[tuple[int, av.VideoFrame]]:
    for packet in packets:
        # A picture without a time, as damage may leave behind, cannot be placed.
        yield from ((frame.pts, frame) for frame in decode(packet) if frame.pts is not None)


def _renumbered(packets: Iterable[av.Packet]) -> Iterator[tuple[int, av.VideoFrame]]:
    """A decoder gives pictures in the order they are shown: the earliest time left is the next one's."""
    times: list[int] = []
    for packet in packets:
        if packet.pts is not None:
            heappush(times, packet.pts)
        yield from ((heappop(times), frame) for frame in decode(packet) if times)


def _passing_over(
    packets: Iterable[av.Packet], decoder: av.VideoCodecContext, tick_s: float, moments: Sequence[float]
) -> Iterator[av.Packet]:
    """The packets, the decoder told before each whether its picture is on screen at one of ``moments``.

    One that is not is left out by the decoder if no other picture builds on it, unless a shot may begin
    with it: then which picture is its first one is to be seen. A picture is on screen until the next one
    appears, whose packet is nearby; were it not, fewer would be left out.
    """
    nearby = deque(repeat(None, 2 * _NEARBY + 1), maxlen=2 * _NEARBY + 1)
    for coming in chain(packets, repeat(None, _NEARBY)):
        nearby.append(coming)
        packet = nearby[_NEARBY]
        if packet is not None:
            times = [near.pts * tick_s for near in nearby if near is not None and near.pts is not None]
            seen = (
                packet.pts is None
                or _is_seen(packet.pts * tick_s, times, moments)
                or _may_open_a_shot(nearby)
            )
            decoder.skip_frame = "DEFAULT" if seen else "NONREF"
            yield packet


def _is_seen(appears: float, times: Sequence[float], moments: Sequence[float]) -> bool:
    """Whether there is a moment from when a picture appears to the next one of ``times``."""
    gone = min((time for time in times if time > appears), default=math.inf)
    return bisect_left(moments, appears) < bisect_left(moments, gone)


def _may_open_a_shot(nearby: Sequence[av.Packet | None]) -> bool:
    """Whether the middle packet's picture leads up to one that was sent before it and may be a new shot's."""
    sizes = sorted(near.size for near in nearby if near is not None)
    large = _NEW_SHOT_SIZE * sizes[-min(_TYPICAL_RANK, len(sizes))]
    middle = nearby[_NEARBY]
    return any(
        near is not None and near.pts is not None and near.pts > middle.pts and near.size > large
        for near in list(nearby)[:_NEARBY]
    )


def _to_rgb(scaler: VideoReformatter, frame: av.VideoFrame) -> np.ndarray:
    scaled = scaler.reformat(
        frame,
        width=PICTURE_SIDE,
        height=PICTURE_SIDE,
        format=_PLANAR_RGB,
        interpolation=Interpolation.AREA,
        threads=1,  # those of the decoder keep the cores busy
    )
    planes = [
        np.frombuffer(plane, dtype=np.uint8).reshape(PICTURE_SIDE, plane.line_size)[:, :PICTURE_SIDE]
        for plane in scaled.planes
    ]
    return np.moveaxis(np.stack([planes[colour] for colour in _RED_GREEN_BLUE]), 0, -1)


def preview_frames(path: str | Path, *, start_s: float, duration_s: float) -> Iterator[np.ndarray]:
    """A few pictures spread over a clip, cheaply: the key frames next to evenly spaced moments.

    Parameters
    ----------
    path : str or Path
        The video file.
    start_s, duration_s : float
        First picture and length of the clip (:class:`ClipInfo`).

    Yields
    ------
    np.ndarray of uint8 [shape=(256, 256, 3)]
        RGB, one for every ten seconds, at most eight; fewer where there are fewer key frames or the
        file cannot be sought.
    """
    n_previews = min(max(round(duration_s / _PREVIEW_EVERY_S), 1), _MAX_PREVIEWS)
    scaler = VideoReformatter()
    seen = set()
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        for part in range(n_previews):
            moment = start_s + duration_s * (part + 0.5) / n_previews
            try:
                container.seek(int(moment / video.time_base), stream=video)
            except av.error.FFmpegError:  # a stream without an index
                return
            packet = next(container.demux(video))
            if packet.size and packet.dts not in seen:
                seen.add(packet.dts)
                # Draining the decoder brings the picture out now and not beside those that follow it.
                frames = [*decode(packet), *video.codec_context.decode(None)]
                yield from (_to_rgb(scaler, frame) for frame in frames[:1])
