"""A copied picture beside a new soundtrack: the last step of scoring a video.

The picture is never encoded again. Its packets go from container to container as they are, with
everything that rides on them (colour, HDR, rotation, aspect ratio, edit list); only their time
stamps are moved, so that the first picture that is shown stands at zero and the music starts with
it. What containers get wrong about time stamps on the way is repaired here, in one chain of
generators, packet by packet: memory does not grow with the length of the video.
"""

import heapq
import io
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer

from moodscore.ahead import read_ahead
from moodscore.errors import MoodscoreError
from moodscore.media._blocks import blocks_of
from moodscore.media._output import whole_file, writing_errors
from moodscore.media._source import decode, moving_picture, open_file, reading_errors
from moodscore.media.audio_file import AudioFile
from moodscore.media.encode import aac_packets, add_aac, open_output
from moodscore.media.probe import ClipInfo, probe_clip
from moodscore.progress import tell

#: FFmpeg's names of the containers a scored video may have, by ending.
_FORMATS = {".mp4": "mp4", ".mkv": "matroska"}
#: Where a picture goes that the wanted container cannot hold.
_SPACIOUS = ".mkv"
#: Apple's players know HEVC in an mp4 file by this tag only, all others by this one too.
_HEVC_TAG = "hvc1"
#: AVI knows no presentation times. For these codecs FFmpeg guesses that pictures are shown in the
#: order they are stored; only decoding tells.
_REORDERED_IN_AVI = ("h264", "hevc")
#: A picture is shown at most so many pictures later than it is decoded (H.264 and HEVC, level limits).
_MAX_REORDERING = 16
#: Packets of sound that are encoded while as many are written: six seconds.
_ENCODED_AHEAD = 256
#: Every so many packets it is told how far the file is.
_TOLD_EVERY = 64


@dataclass(frozen=True)
class ScoredVideo:
    """The video whose picture is kept, and the sound it gets."""

    source: Path
    soundtrack: AudioFile


@dataclass(frozen=True)
class ScoredFile:
    """What :func:`score_video` wrote.

    Attributes
    ----------
    path : Path
        Where it lies: the name asked for, or that name with ``.mkv`` where ``reason`` is given.
    duration_s : float
        Length of picture and sound in seconds.
    reason : str or None
        Why the container is another one than was asked for.
    left_out : tuple of str
        The streams of the source that were not taken over, besides its sound: further pictures,
        subtitles, data, attachments; each as ``"subtitle (subrip)"``.
    """

    path: Path
    duration_s: float
    reason: str | None
    left_out: tuple[str, ...]


def score_video(video: str | Path, soundtrack: AudioFile, out: str | Path) -> ScoredFile:
    """Copy the picture of a video untouched and put a new soundtrack beside it as AAC.

    The music starts with the first picture that is shown and is exactly as long as the picture: a
    longer soundtrack is cut, a shorter one followed by silence. The source's own sound, subtitles,
    data, attachments and further pictures stay behind. The file appears under its name only when
    it is whole.

    Parameters
    ----------
    video : str or Path
        The picture is copied from here, packet by packet; mp4, mov, mkv, webm or avi.
    soundtrack : AudioFile
        The new sound, mono or stereo; it counts from the first picture on.
    out : str or Path
        The file to write, ``*.mp4`` or ``*.mkv``. A picture that an mp4 file cannot hold (VP8,
        ProRes, …) goes to an mkv file beside it.

    Returns
    -------
    ScoredFile
        Where it lies, and what became of the rest.

    Raises
    ------
    MoodscoreError
        If the ending is another one, the video cannot be read, no container can hold its picture,
        ``out`` is one of the inputs or cannot be written.
    """
    video, out = Path(video), Path(out)
    _format_of(out)
    with _picture_of(video) as (container, picture):
        path, reason = _place_for(picture, video, out)
        duration_s = _remux(container, picture, ScoredVideo(video, soundtrack), path)
        left_out = tuple(
            f"{stream.type} ({stream.name or 'unknown'})"
            for stream in container.streams
            if stream.index != picture.index and stream.type != "audio"
        )
    return ScoredFile(path, duration_s, reason, left_out)


def mux_soundtrack(scored: ScoredVideo, path: str | Path) -> None:
    """As :func:`score_video`, but into no other container than ``path`` names.

    Parameters
    ----------
    scored : ScoredVideo
        The picture is copied packet by packet; the soundtrack counts from the first picture on.
    path : str or Path
        The file to write, ``*.mp4`` or ``*.mkv``.

    Raises
    ------
    MoodscoreError
        If the source cannot be read, the container cannot hold its picture or the file cannot be
        written.
    """
    path, source = Path(path), scored.source
    with _picture_of(source) as (container, picture):
        if not _can_hold(_format_of(path), picture):
            raise MoodscoreError(f"{source}: {_refusal(path, picture)}; convert it to h264 first")
        _remux(container, picture, scored, path)


@contextmanager
def _picture_of(source: Path) -> Iterator[tuple[InputContainer, av.VideoStream]]:
    with reading_errors(source), open_file(source) as container:
        yield container, moving_picture(container, source)


def _format_of(path: Path) -> str:
    """FFmpeg's name of the container a file's ending stands for."""
    if path.suffix.lower() not in _FORMATS:
        raise MoodscoreError(f"{path}: a scored video ends in {' or '.join(_FORMATS)}; name it so")
    return _FORMATS[path.suffix.lower()]


def _place_for(picture: av.VideoStream, video: Path, out: Path) -> tuple[Path, str | None]:
    """The file that can hold the picture, and why if it is not ``out``."""
    if _can_hold(_format_of(out), picture):
        return out, None
    path = out.with_suffix(_SPACIOUS)
    if not _can_hold(_format_of(path), picture):
        raise MoodscoreError(f"{video}: {_refusal(path, picture)}; convert it to h264 first")
    return path, _refusal(out, picture)


def _refusal(path: Path, picture: av.VideoStream) -> str:
    codec = picture.codec_context.name if picture.codec_context else "of an unknown codec"
    return f"an {path.suffix.lower()[1:]} file cannot hold its picture ({codec})"


def _can_hold(container_format: str, picture: av.VideoStream) -> bool:
    """Whether a container takes a picture, by writing the header of one into memory."""
    try:
        with av.open(io.BytesIO(), "w", format=container_format) as trial:
            trial.add_stream_from_template(picture, opaque=True)
            trial.start_encoding()
    except (ValueError, av.error.FFmpegError):
        return False
    return True


def _remux(container: InputContainer, picture: av.VideoStream, scored: ScoredVideo, path: Path) -> float:
    """Write picture and sound; their length in seconds."""
    source, soundtrack = scored.source, scored.soundtrack
    clip = probe_clip(source)
    n_samples = round(clip.duration_s * soundtrack.sample_rate)
    with (
        whole_file(path, inputs=(source, soundtrack.path)) as part,
        writing_errors(path),
        open_output(part, _format_of(path), soundtrack.sample_rate) as out,
    ):
        copied = _add_copy(out, picture)
        sound = add_aac(out, soundtrack.channels, soundtrack.sample_rate)
        out.start_encoding()
        streams = [
            _copied_packets(container, picture, copied, clip),
            read_ahead(aac_packets(sound, blocks_of(soundtrack, n_samples)), _ENCODED_AHEAD),
        ]
        # In the order of time, so that nothing piles up in the writer.
        for number, packet in enumerate(heapq.merge(*streams, key=_decoding_time)):
            if number % _TOLD_EVERY == 0:
                tell(min(max(_decoding_time(packet) / clip.duration_s, 0.0), 1.0))
            out.mux(packet)
    return clip.duration_s


def _add_copy(out: OutputContainer, picture: av.VideoStream) -> av.VideoStream:
    """A stream for a picture that is not encoded again."""
    # Opaque: a codec that FFmpeg only decodes can be copied too.
    copied = out.add_stream_from_template(picture, opaque=True)
    if picture.sample_aspect_ratio is not None:  # some containers keep it beside the codec
        copied.codec_context.sample_aspect_ratio = picture.sample_aspect_ratio
    if out.format.name == "mp4" and picture.codec_context.name == "hevc":
        copied.codec_context.codec_tag = _HEVC_TAG
    return copied


def _copied_packets(
    container: InputContainer, picture: av.VideoStream, copied: av.VideoStream, clip: ClipInfo
) -> Iterator[av.Packet]:
    """The picture's packets in decoding order, the first picture that is shown at zero."""
    start, stop = (round(s / picture.time_base) for s in (clip.start_s, clip.start_s + clip.duration_s))
    with reading_errors(container.name):
        packets = (packet for packet in container.demux(picture) if _is_placed(packet))
        if container.format.name == "avi" and picture.codec_context.name in _REORDERED_IN_AVI:
            packets = _with_presentation_times(packets, picture, start)
        for packet in _in_order(_without_hidden_end(_with_decoding_times(packets), stop)):
            packet.pts -= start
            packet.dts -= start
            packet.stream = copied
            yield packet


def _is_placed(packet: av.Packet) -> bool:
    """Whether a packet is a picture in its time: the one that flushes the decoder is empty."""
    return packet.size > 0 and (packet.pts is not None or packet.dts is not None)


def _with_presentation_times(
    packets: Iterable[av.Packet], picture: av.VideoStream, start: int
) -> Iterator[av.Packet]:
    """Decode to learn in which order pictures are shown; the first is shown at ``start``.

    AVI stores one picture an interval: the n-th that is shown takes the n-th interval.
    """
    picture.codec_context.options = {"skip_loop_filter": "all"}  # nobody sees these pictures
    waiting: dict[int, av.Packet] = {}  # by their number, in the order of decoding
    intervals = deque()
    shift = None

    def place(numbers: Iterable[int]) -> None:
        for number in numbers:
            if number in waiting and waiting[number].pts is None:
                waiting[number].pts = intervals.popleft()

    def placed() -> Iterator[av.Packet]:
        for number in list(waiting):
            if waiting[number].pts is None:
                return
            yield waiting.pop(number)

    for number, packet in enumerate(packets):
        shift = start - packet.dts if shift is None else shift
        packet.dts += shift
        intervals.append(packet.dts)
        packet.dts -= _MAX_REORDERING * max(packet.duration or 0, 1)
        packet.pts = number  # the picture takes it along
        shown = [frame.pts for frame in decode(packet)]
        packet.pts = None
        waiting[number] = packet
        place(shown)
        place(overdue for overdue in list(waiting) if overdue < number - _MAX_REORDERING)  # broken
        yield from placed()
    place(frame.pts for frame in picture.decode(None))
    place(list(waiting))
    yield from placed()


def _with_decoding_times(packets: Iterable[av.Packet]) -> Iterator[av.Packet]:
    """Fill in what Matroska leaves out: the decoding times of the first packets, counted backwards."""
    waiting = []
    for packet in packets:
        if packet.pts is None:
            packet.pts = packet.dts
        waiting.append(packet)
        if packet.dts is None:
            continue
        for earlier, later in zip(waiting[-2::-1], waiting[:0:-1], strict=True):
            earlier.dts = later.dts - max(earlier.duration or 0, 1)
        yield from waiting
        waiting = []
    # A handful of pictures in all: each is decoded when as many have been shown.
    shown = sorted(packet.pts for packet in waiting)
    delay = max((time - packet.pts for time, packet in zip(shown, waiting, strict=True)), default=0)
    for packet, time in zip(waiting, shown, strict=True):
        packet.dts = time - delay
        yield packet


def _without_hidden_end(packets: Iterable[av.Packet], stop: int) -> Iterator[av.Packet]:
    """Leave out what an edit list cuts off the end.

    A picture there that an earlier one is built on stays, and is shown for one tick.
    """
    hidden = []
    n_hidden = 0
    for packet in packets:
        if packet.is_discard and packet.pts >= stop:
            packet.pts, packet.duration = stop + n_hidden, 1
            n_hidden += 1
            hidden.append(packet)
        else:
            yield from hidden
            hidden = []
            yield packet


def _in_order(packets: Iterable[av.Packet]) -> Iterator[av.Packet]:
    """Decoding times that rise, as every writer demands; damaged files repeat or turn back."""
    earliest = None
    for packet in packets:
        if earliest is not None and packet.dts < earliest:
            packet.dts = earliest
        packet.pts = max(packet.pts, packet.dts)
        earliest = packet.dts + 1
        yield packet


def _decoding_time(packet: av.Packet) -> float:
    return float(packet.dts * packet.time_base)
