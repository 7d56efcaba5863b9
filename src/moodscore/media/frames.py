"""Pictures of a clip at given moments, decoded once and in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from moodscore.media._source import decode, moving_picture, open_file, reading_errors

#: Side of the square every sampled picture is scaled to, in pixels.
PICTURE_SIDE = 256
#: Time stamps are rational; half a tick of the coarsest common clock (1/1000 s) absorbs rounding.
_CLOCK_S = 5e-4
#: Pictures of a preview.
_N_PREVIEWS = 8


def sampled_frames(path: str | Path, times_s: Sequence[float], *, start_s: float) -> Iterator[np.ndarray]:
    """The picture on screen at each of ``times_s``.

    The file is decoded once, in order; only pictures that are asked for are converted, by one reused
    scaler (area averaging). The picture at ``t`` is the last one whose presentation time is not
    after ``t``; the first (last) picture also serves what lies before (after) it. A picture that
    serves several moments is converted once.

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
    np.ndarray of uint8 [shape=(256, 256, 3)]
        RGB, one for each moment.

    Raises
    ------
    MoodscoreError
        If the file cannot be decoded.
    """
    scaler = VideoReformatter()
    waiting = iter(times_s)
    moment = next(waiting, None)
    shown = picture = None
    for frame in _decoded(path):
        while moment is not None and shown is not None and frame.time - start_s > moment + _CLOCK_S:
            picture = _to_rgb(scaler, shown) if picture is None else picture
            yield picture
            moment = next(waiting, None)
        if moment is None:
            return
        shown, picture = frame, None
    while moment is not None and shown is not None:
        picture = _to_rgb(scaler, shown) if picture is None else picture
        yield picture
        moment = next(waiting, None)


def _decoded(path: str | Path) -> Iterator[av.VideoFrame]:
    """All pictures in presentation order."""
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        video.thread_type = "AUTO"
        for packet in container.demux(video):
            # A picture without a time, as damage may leave behind, cannot be placed.
            yield from (frame for frame in decode(packet) if frame.pts is not None)


def _to_rgb(scaler: VideoReformatter, frame: av.VideoFrame) -> np.ndarray:
    scaled = scaler.reformat(
        frame, width=PICTURE_SIDE, height=PICTURE_SIDE, format="rgb24", interpolation=Interpolation.AREA
    )
    return scaled.to_ndarray()


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
        RGB, at most eight; fewer where the file cannot be sought.
    """
    scaler = VideoReformatter()
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        for part in range(_N_PREVIEWS):
            moment = start_s + duration_s * (part + 0.5) / _N_PREVIEWS
            try:
                container.seek(int(moment / video.time_base), stream=video)
                frame = next(container.decode(video), None)
            except av.error.FFmpegError:  # a stream without an index
                return
            if frame is not None:
                yield _to_rgb(scaler, frame)
