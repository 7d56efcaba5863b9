"""What a video file is: listing a folder, and the facts of one clip by its packets."""

import unicodedata
from array import array
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.media._source import decode, moving_picture, open_file, reading_errors

#: Containers a folder of clips is searched for.
VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi")
#: Pictures a second where a file says nothing about it.
_USUAL_FPS = 25


@dataclass(frozen=True)
class Clip:
    """One video file; ``clip_id`` is the file's name without its ending."""

    clip_id: str
    path: Path


@dataclass(frozen=True)
class ClipInfo:
    """The facts of one clip.

    Attributes
    ----------
    start_s : float
        Presentation time of the first picture on the container's clock, in seconds.
    duration_s : float
        From the first picture's appearance to the last one's disappearance, in seconds.
    fps : float
        Mean number of pictures a second.
    width, height : int
        Size of the picture in pixels as it is shown: a film taken with the camera on its side is high.
    has_audio : bool
        Whether there is a sound track at all.
    """

    start_s: float
    duration_s: float
    fps: float
    width: int
    height: int
    has_audio: bool


def list_clips(folder: str | Path) -> list[Clip]:
    """The video files of a folder, sorted by name.

    Raises
    ------
    MoodscoreError
        If the folder is missing or holds no video, or if two files differ in their ending alone.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MoodscoreError(f"{folder}: there is no such folder; create it and put your video files there")
    files = sorted(
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in VIDEO_SUFFIXES and entry.is_file() and not entry.name.startswith(".")
    )
    if not files:
        raise MoodscoreError(f"{folder}: holds no video file ({', '.join(VIDEO_SUFFIXES)})")
    by_id: dict[str, Path] = {}
    for file in files:
        twin = by_id.setdefault(_clip_id(file), file)
        if twin is not file:
            raise MoodscoreError(
                f"{folder}: {twin.name} and {file.name} would both be clip {_clip_id(file)}; rename one"
            )
    return [Clip(clip_id, path) for clip_id, path in by_id.items()]


def _clip_id(file: Path) -> str:
    """The name without its ending, composed: some file systems take accented letters apart."""
    return unicodedata.normalize("NFC", file.stem)


def probe_clip(path: str | Path) -> ClipInfo:
    """Read the facts of a clip from its packets; only the first picture is decoded.

    The duration a container claims is often rounded or wrong; the time stamps of its packets are
    what a player follows. The clip starts with the first picture that can be decoded and is shown:
    pictures before it that an edit list hides, or that lack the picture they build on, do not count.

    Raises
    ------
    MoodscoreError
        If the file is missing, is no video or has no moving picture that can be decoded.
    """
    with reading_errors(path), open_file(path) as container:
        video = moving_picture(container, path)
        first, times = _first_picture_and_times(container, video)
        if not len(times):
            raise MoodscoreError(f"{path}: its pictures carry no time stamps; put them into an mp4 file")
        if first is None:
            raise MoodscoreError(f"{path}: has no picture that can be decoded")
        width, height = _size_shown(first)
        duration_s = float(int(times[:, 1].max() - first.pts) * video.time_base)
        return ClipInfo(
            start_s=float(first.pts * video.time_base),
            duration_s=duration_s,
            fps=float((times[:, 0] >= first.pts).sum() / duration_s),
            width=width,
            height=height,
            has_audio=bool(container.streams.audio),
        )


def _first_picture_and_times(
    container: av.container.InputContainer, video: av.VideoStream
) -> tuple[av.VideoFrame | None, np.ndarray]:
    """The first picture that can be decoded; appearance and disappearance of every packet, in ticks."""
    first, times = None, array("q")  # not a list: a film has hundreds of thousands
    usual = max(int(1 / (video.average_rate or _USUAL_FPS) / video.time_base), 1)
    for packet in container.demux(video):
        if first is None:
            first = next((frame for frame in decode(packet) if frame.pts is not None), None)
        shown = packet.dts if packet.pts is None else packet.pts
        # An edit list may hide pictures; the packet that flushes the decoder has no time.
        if shown is not None and not packet.is_discard:
            times.extend((shown, shown + (packet.duration or usual)))
    return first, np.array(times, dtype=np.int64).reshape(-1, 2)


def _size_shown(frame: av.VideoFrame) -> tuple[int, int]:
    """Width and height after the turn that the file asks players for."""
    on_its_side = abs(frame.rotation) % 180 == 90
    return (frame.height, frame.width) if on_its_side else (frame.width, frame.height)
