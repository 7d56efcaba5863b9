"""What a video file is: listing a folder, and the facts of one clip by its packets."""

from dataclasses import dataclass
from pathlib import Path

import av

from moodscore.errors import MoodscoreError
from moodscore.media._errors import media_errors, open_file

#: Containers a folder of clips is searched for.
VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi")


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
        Size of the picture in pixels.
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
        twin = by_id.setdefault(file.stem, file)
        if twin is not file:
            raise MoodscoreError(
                f"{folder}: {twin.name} and {file.name} would both be clip {file.stem}; rename one"
            )
    return [Clip(clip_id, path) for clip_id, path in by_id.items()]


def probe_clip(path: str | Path) -> ClipInfo:
    """Read the facts of a clip from its packets; only the first picture is decoded.

    The duration a container claims is often rounded or wrong; the time stamps of its packets are
    what a player follows.

    Raises
    ------
    MoodscoreError
        If the file is missing, is no video or has no picture that can be decoded.
    """
    with media_errors(path), open_file(path) as container:
        if not container.streams.video:
            raise MoodscoreError(f"{path}: has no picture")
        video = container.streams.video[0]
        start, stop, count = _span(container, video)
        if not count:
            raise MoodscoreError(f"{path}: has no picture that can be decoded")
        container.seek(0)
        first = next(container.decode(video), None)
        if first is None:
            raise MoodscoreError(f"{path}: has no picture that can be decoded")
        duration = stop - start
        return ClipInfo(
            start_s=start,
            duration_s=duration,
            fps=count / duration,
            width=first.width,
            height=first.height,
            has_audio=bool(container.streams.audio),
        )


def _span(container: av.container.InputContainer, video: av.VideoStream) -> tuple[float, float, int]:
    """First appearance, last disappearance (seconds) and number of pictures."""
    start = stop = None
    count = 0
    usual = int(1 / (video.average_rate or 25) / video.time_base)
    for packet in container.demux(video):
        shown = packet.pts if packet.pts is not None else packet.dts
        if shown is None:  # the packet that flushes the decoder
            continue
        count += 1
        gone = shown + (packet.duration or usual)
        start = shown if start is None else min(start, shown)
        stop = gone if stop is None else max(stop, gone)
    if start is None:
        return 0.0, 0.0, 0
    return float(start * video.time_base), float(stop * video.time_base), count
