"""A film strip: small pictures of a clip at evenly spaced moments, as a player would show them."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from moodscore.media._source import decode, moving_picture, open_file, reading_errors

#: Narrowest and widest picture, as shares of its height: a strip of a freak format stays readable.
_ASPECTS = (0.4, 3.0)
#: Half a tick of the coarsest common clock: a picture that begins at the moment asked for is the one.
_CLOCK_S = 5e-4


def film_strip(
    path: str | Path, *, start_s: float, duration_s: float, n_pictures: int, height: int
) -> list[np.ndarray]:
    """Small pictures of the clip, upright and in its aspect ratio.

    The clip is divided into equal parts, and the picture in the middle of each is shown. Only what lies
    between a key frame and that picture is decoded.

    Parameters
    ----------
    path : str or Path
        The video file.
    start_s, duration_s : float
        First picture and length of the clip (:class:`moodscore.media.ClipInfo`).
    n_pictures : int
        How many.
    height : int
        Of each, in pixels.

    Returns
    -------
    list of np.ndarray of uint8 [shape=(height, width, 3)]
        RGB, all of one size; fewer where a part of the file cannot be decoded.

    Raises
    ------
    MoodscoreError
        If the file cannot be opened or has no moving picture.
    """
    moments = [duration_s * (part + 0.5) / n_pictures for part in range(n_pictures)]
    scaler = VideoReformatter()
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        video.thread_type = "AUTO"
        found = (_picture_at(container, video, start_s + moment) for moment in moments)
        pixel_aspect = float(video.sample_aspect_ratio or 1)
        pictures = [_upright(scaler, frame, pixel_aspect, height) for frame in found if frame is not None]
    # A stream may change its format on the way; a strip does not.
    return [picture for picture in pictures if picture.shape == pictures[0].shape]


def _picture_at(
    container: av.container.InputContainer, video: av.VideoStream, moment_s: float
) -> av.VideoFrame | None:
    """The picture on screen at a moment of the container's clock; None if nothing there can be decoded."""
    try:
        container.seek(round(moment_s / video.time_base), stream=video)
    except av.error.FFmpegError:  # a stream without an index
        container.seek(0)
    shown = None
    for frame in _frames(container, video):
        if shown is not None and frame.time > moment_s + _CLOCK_S:
            break
        shown = frame
    return shown


def _frames(container: av.container.InputContainer, video: av.VideoStream) -> Iterator[av.VideoFrame]:
    for packet in container.demux(video):
        yield from (frame for frame in decode(packet) if frame.pts is not None)


def _upright(scaler: VideoReformatter, frame: av.VideoFrame, pixel_aspect: float, height: int) -> np.ndarray:
    quarter_turns = round(frame.rotation / 90) % 4  # counter-clockwise, as numpy turns
    is_on_its_side = quarter_turns % 2 == 1
    aspect = frame.width * pixel_aspect / frame.height
    shown_aspect = 1 / aspect if is_on_its_side else aspect
    width = max(round(height * float(np.clip(shown_aspect, *_ASPECTS))), 1)
    small = scaler.reformat(
        frame,
        width=height if is_on_its_side else width,
        height=width if is_on_its_side else height,
        format="rgb24",
        interpolation=Interpolation.AREA,
    )
    return np.ascontiguousarray(np.rot90(small.to_ndarray(), quarter_turns))
