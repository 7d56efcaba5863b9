"""Writing mp4 files: a new clip from pictures and sound, or a copied picture with a new soundtrack."""

import heapq
import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer, OutputContainer

from moodscore.errors import MoodscoreError
from moodscore.media._errors import media_errors, open_file
from moodscore.media.audio_file import AudioFile

#: AAC reads blocks of this many samples; feeding it whole blocks avoids an inner buffer.
_AAC_FRAME = 1024
_AAC_BIT_RATE = 192_000
#: Constant rate factor of x264: visually close to the original, small for drawn pictures.
_H264_CRF = "20"
#: Pictures a codec may hold back for reordering (h264 and hevc: 16).
_MAX_REORDER = 32


def write_clip(
    path: str | Path, frames: Iterable[np.ndarray], fps: int, audio: np.ndarray, sample_rate: int
) -> None:
    """Encode pictures and sound as an mp4 file (h264 and AAC).

    One thread and a fixed set of options: equal input gives equal bytes. The file appears under its
    name only when it is whole.

    Parameters
    ----------
    path : str or Path
        The file to write, ``*.mp4``.
    frames : iterable of np.ndarray of uint8 [shape=(h, w, 3)]
        RGB pictures with even sides.
    fps : int
        Pictures a second.
    audio : np.ndarray of float32 [shape=(n, channels)]
        One or two channels in [-1, 1].
    sample_rate : int
        Samples a second.
    """
    path = Path(path)
    part = _part_of(path)
    try:
        with (
            media_errors(path),
            av.open(str(part), "w", format="mp4", options={"fflags": "+bitexact"}) as out,
        ):
            video = out.add_stream("libx264", rate=fps)
            video.pix_fmt = "yuv420p"
            video.codec_context.thread_count = 1
            video.options = {"crf": _H264_CRF, "preset": "veryfast", "flags": "+bitexact"}
            sound = _add_aac(out, audio.shape[1], sample_rate)
            for number, picture in enumerate(frames):
                if number == 0:
                    video.height, video.width = picture.shape[:2]
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
            out.mux(_aac_packets(sound, audio, sample_rate))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True)
class ScoredVideo:
    """The video whose picture is kept, and the sound it gets."""

    source: Path
    soundtrack: AudioFile


def mux_soundtrack(scored: ScoredVideo, path: str | Path) -> None:
    """Copy a picture untouched and put a new soundtrack beside it as AAC.

    Time stamps of the picture are kept relative to its first one, so a clip that starts late starts
    at zero here. The file appears under its name only when it is whole.

    Parameters
    ----------
    scored : ScoredVideo
        The picture is copied packet by packet; the soundtrack counts from the first picture on.
    path : str or Path
        The file to write, ``*.mp4``.

    Raises
    ------
    MoodscoreError
        If the source cannot be read or mp4 cannot hold its picture.
    """
    path, source = Path(path), scored.source
    audio, sample_rate = scored.soundtrack.read(), scored.soundtrack.sample_rate
    part = _part_of(path)
    try:
        with media_errors(source), open_file(source) as container:
            if not container.streams.video:
                raise MoodscoreError(f"{source}: has no picture")
            picture = container.streams.video[0]
            with av.open(str(part), "w", format="mp4") as out:
                copied = _copy_stream(out, picture, source)
                sound = _add_aac(out, audio.shape[1], sample_rate)
                _start(out, picture, source)
                streams = [
                    _copied_packets(container, picture, copied),
                    _aac_packets(sound, audio, sample_rate),
                ]
                # In the order of time, so that nothing piles up in the writer.
                for packet in heapq.merge(*streams, key=_decoding_time):
                    out.mux(packet)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _part_of(path: Path) -> Path:
    """The name a file has until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.part")


def _copy_stream(out: OutputContainer, picture: av.VideoStream, source: str | Path) -> av.VideoStream:
    try:
        return out.add_stream_from_template(picture)
    except (ValueError, av.error.FFmpegError) as error:
        raise MoodscoreError(_wrong_codec(picture, source)) from error


def _start(out: OutputContainer, picture: av.VideoStream, source: str | Path) -> None:
    try:
        out.start_encoding()
    except av.error.FFmpegError as error:
        raise MoodscoreError(_wrong_codec(picture, source)) from error


def _wrong_codec(picture: av.VideoStream, source: str | Path) -> str:
    codec = picture.codec_context.name
    return f"{source}: an mp4 file cannot hold its picture ({codec}); convert it to h264 first"


def _copied_packets(
    container: InputContainer, picture: av.VideoStream, copied: av.VideoStream
) -> Iterator[av.Packet]:
    """The picture's packets in decoding order, presentation starting at zero."""
    packets = (packet for packet in container.demux(picture) if packet.dts is not None)
    # The first picture shown is among the first decoded: no codec reorders further than this.
    head = list(itertools.islice(packets, _MAX_REORDER))
    offset = min((packet.pts for packet in head if packet.pts is not None), default=0)
    for packet in itertools.chain(head, packets):
        packet.pts = None if packet.pts is None else packet.pts - offset
        packet.dts -= offset
        packet.stream = copied
        yield packet


def _decoding_time(packet: av.Packet) -> float:
    return float(packet.dts * packet.time_base)


def _add_aac(out: OutputContainer, channels: int, sample_rate: int) -> av.AudioStream:
    sound = out.add_stream("aac", rate=sample_rate, layout="mono" if channels == 1 else "stereo")
    sound.bit_rate = _AAC_BIT_RATE
    sound.options = {"flags": "+bitexact"}
    return sound


def _aac_packets(sound: av.AudioStream, audio: np.ndarray, sample_rate: int) -> Iterator[av.Packet]:
    layout = "mono" if audio.shape[1] == 1 else "stereo"
    for start in range(0, len(audio), _AAC_FRAME):
        block = np.ascontiguousarray(audio[start : start + _AAC_FRAME].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = sample_rate, start, Fraction(1, sample_rate)
        yield from sound.encode(frame)
    yield from sound.encode(None)
