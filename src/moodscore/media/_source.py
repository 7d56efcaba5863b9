"""Opening and decoding a source file, and one line for whatever FFmpeg says of a broken one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from moodscore.compute import clip_cores
from moodscore.errors import MoodscoreError

#: Pictures of fewer pixels are decoded by one thread: several would mostly wait for each other.
_SMALL = 1 << 19
#: Larger ones take so many threads a core, but never more in all. A thread waits for the pictures that its
#: own builds on, so that about one a core, FFmpeg's choice, leaves the cores idle for a third of the time.
_THREADS_PER_CORE, _MAX_THREADS = 4, 16


@contextmanager
def reading_errors(path: str | Path) -> Iterator[None]:
    """Turn whatever FFmpeg says of ``path`` while reading it into one line that names the file."""
    try:
        yield
    except av.error.FFmpegError as error:
        raise MoodscoreError(
            f"{path}: cannot be decoded ({_reason(error)}); is it a whole video file?"
        ) from error


def _reason(error: av.error.FFmpegError) -> str:
    return (error.strerror or type(error).__name__).lower()


def open_file(path: str | Path) -> av.container.InputContainer:
    """Open a local file for reading; no protocol other than ``file`` is ever used.

    Raises
    ------
    MoodscoreError
        If there is no such file.
    """
    if not Path(path).is_file():
        raise MoodscoreError(f"{path}: there is no such file")
    return av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace")


def moving_picture(container: av.container.InputContainer, path: str | Path) -> av.VideoStream:
    """The video stream a player would show; the cover of an album is none.

    Raises
    ------
    MoodscoreError
        If the file holds no moving picture.
    """
    video = container.streams.best("video")
    if video is None or video.disposition & av.stream.Disposition.attached_pic:
        raise MoodscoreError(f"{path}: has no moving picture")
    if video.codec_context is not None:  # there is none for a codec that FFmpeg does not know
        video.codec_context.thread_count = _threads(video.codec_context)
    return video


def _threads(decoder: av.VideoCodecContext) -> int:
    """As many as decode soonest on the cores that the clip may use."""
    cores = clip_cores()
    if cores == 1 or decoder.width * decoder.height < _SMALL:
        return 1
    return min(_THREADS_PER_CORE * cores, _MAX_THREADS)


def decode(packet: av.Packet) -> list:
    """The frames that come out after ``packet``; a damaged packet is passed over, as players do."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []
