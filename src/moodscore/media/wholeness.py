"""Whether a file goes on to the end it promises: a broken download plays well until it stops."""

import contextlib
from pathlib import Path

import av
from av.container import InputContainer

from moodscore.errors import MoodscoreError
from moodscore.media._source import open_file, reading_errors

#: Less may be missing at the end without a word: containers round their length.
_MISSING_S = 1.0
_MISSING_SHARE = 0.05


def check_is_whole(path: str | Path) -> None:
    """Refuse a file that breaks off.

    An mp4 or mov file lists where its packets lie, so it breaks off if one lies beyond its end. Of all
    others the last packets are looked at: they come no more than a second, or a twentieth, before the
    end that the file's head promises.

    Raises
    ------
    MoodscoreError
        If the file breaks off or cannot be read.
    """
    with reading_errors(path), open_file(path) as container:
        if "mp4" in container.format.name.split(","):
            is_whole = _holds_its_packets(container)
        else:
            is_whole = _reaches_its_end(container)
    if not is_whole:
        raise MoodscoreError(f"{path}: breaks off before its end; get the whole file")


def _holds_its_packets(container: InputContainer) -> bool:
    for stream in container.streams:
        entries = stream.index_entries
        if len(entries) and entries[-1].pos + entries[-1].size > container.size:
            return False
    return True


def _reaches_its_end(container: InputContainer) -> bool:
    promised = container.duration
    if not promised:
        return True
    end = promised + (container.start_time or 0)
    with contextlib.suppress(av.error.FFmpegError):  # what cannot be sought is looked at from its start
        container.seek(end)
    packets = (packet for packet in container.demux() if packet.pts is not None)
    last_s = max((float((p.pts + (p.duration or 0)) * p.time_base) for p in packets), default=0.0)
    missing_s = end / av.time_base - last_s
    return missing_s <= max(_MISSING_S, _MISSING_SHARE * promised / av.time_base)
