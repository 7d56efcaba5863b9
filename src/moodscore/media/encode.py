"""Writing mp4 files: a new clip from pictures and sound, or a copied picture with a new soundtrack."""

import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer, OutputContainer

from moodscore.errors import MoodscoreError
from moodscore.media._source import moving_picture, open_file, reading_errors, writing_errors
from moodscore.media.audio_file import AudioFile
from moodscore.media.probe import probe_clip

#: AAC encodes blocks of this many samples; feeding it whole blocks avoids an inner buffer.
_AAC_FRAME = 1024
_AAC_BIT_RATE = 192_000
#: FFmpeg's default search ("twoloop") now and then bursts on pure tones; this one does not, and is
#: as good on music at this bit rate.
_AAC_SEARCH = {"aac_coder": "fast"}
#: Constant rate factor of x264: visually close to the original, small for drawn pictures.
_H264_CRF = "20"
#: Stored sound is read in pieces of this many samples, whole AAC blocks.
_READ_SAMPLES = 256 * _AAC_FRAME


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

    Raises
    ------
    MoodscoreError
        If the file cannot be written.
    """
    path = Path(path)
    part = _part_of(path)
    try:
        with writing_errors(path), _open_mp4(part, sample_rate) as out:
            video = out.add_stream("libx264", rate=fps)
            video.pix_fmt = "yuv420p"
            video.codec_context.thread_count = 1
            # Without its macroblock tree x264 gives the same stream every time; with it, it does not.
            video.options = {"crf": _H264_CRF, "preset": "veryfast", "mbtree": "0", "flags": "+bitexact"}
            sound = _add_aac(out, audio.shape[1], sample_rate)
            for number, picture in enumerate(frames):
                if number == 0:
                    video.height, video.width = picture.shape[:2]
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
            out.mux(_aac_packets(sound, [audio], sample_rate))
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
        If the source cannot be read, mp4 cannot hold its picture or the file cannot be written.
    """
    path, source = Path(path), scored.source
    part = _part_of(path)
    try:
        with reading_errors(source), open_file(source) as container:
            picture = moving_picture(container, source)
            with writing_errors(path), _open_mp4(part, scored.soundtrack.sample_rate) as out:
                _copy_picture(out, container, picture, scored)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _open_mp4(part: Path, sample_rate: int) -> OutputContainer:
    """An empty mp4 file without a date, whose clock is fine enough to end the sound on a sample."""
    options = {"fflags": "+bitexact", "movie_timescale": str(sample_rate)}
    return av.open(str(part), "w", format="mp4", options=options)


def _copy_picture(
    out: OutputContainer, container: InputContainer, picture: av.VideoStream, scored: ScoredVideo
) -> None:
    soundtrack = scored.soundtrack
    with _mp4_can_hold(picture, scored.source):
        copied = out.add_stream_from_template(picture)
        sound = _add_aac(out, soundtrack.channels, soundtrack.sample_rate)
        out.start_encoding()
    streams = [
        _copied_packets(container, picture, copied, scored.source),
        _aac_packets(sound, _blocks(soundtrack), soundtrack.sample_rate),
    ]
    # In the order of time, so that nothing piles up in the writer.
    for packet in heapq.merge(*streams, key=_decoding_time):
        out.mux(packet)


def _part_of(path: Path) -> Path:
    """The name a file has until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.part")


@contextmanager
def _mp4_can_hold(picture: av.VideoStream, source: Path) -> Iterator[None]:
    """Turn the refusal of a stream into one line."""
    try:
        yield
    except (ValueError, av.error.FFmpegError) as error:
        codec = picture.codec_context.name
        raise MoodscoreError(
            f"{source}: an mp4 file cannot hold its picture ({codec}); convert it to h264 first"
        ) from error


def _copied_packets(
    container: InputContainer, picture: av.VideoStream, copied: av.VideoStream, source: Path
) -> Iterator[av.Packet]:
    """The picture's packets in decoding order, the first picture that is shown at zero."""
    offset = round(probe_clip(source).start_s / picture.time_base)
    with reading_errors(source):
        # The packet that flushes the decoder is empty.
        for packet in _with_decoding_times(packet for packet in container.demux(picture) if packet.size):
            packet.pts = (packet.dts if packet.pts is None else packet.pts) - offset
            packet.dts -= offset
            packet.stream = copied
            yield packet


def _with_decoding_times(packets: Iterable[av.Packet]) -> Iterator[av.Packet]:
    """Fill in what Matroska leaves out: the decoding times of the first packets, counted backwards."""
    waiting = []
    for packet in packets:
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


def _decoding_time(packet: av.Packet) -> float:
    return float(packet.dts * packet.time_base)


def _add_aac(out: OutputContainer, channels: int, sample_rate: int) -> av.AudioStream:
    sound = out.add_stream("aac", rate=sample_rate, layout="mono" if channels == 1 else "stereo")
    sound.bit_rate = _AAC_BIT_RATE
    sound.options = {"flags": "+bitexact"} | _AAC_SEARCH
    return sound


def _blocks(soundtrack: AudioFile) -> Iterator[np.ndarray]:
    """A stored sound piece by piece [shape=(n, channels)]."""
    for start in range(0, soundtrack.n_samples, _READ_SAMPLES):
        yield soundtrack.read(start, min(start + _READ_SAMPLES, soundtrack.n_samples))


def _aac_packets(
    sound: av.AudioStream, blocks: Iterable[np.ndarray], sample_rate: int
) -> Iterator[av.Packet]:
    """Encode blocks whose lengths, but for the last, are whole AAC frames."""
    time_base = Fraction(1, sample_rate)
    position = 0
    for block in blocks:
        for start in range(0, len(block), _AAC_FRAME):
            piece = np.ascontiguousarray(block[start : start + _AAC_FRAME].T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=sound.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = sample_rate, position, time_base
            position += piece.shape[1]
            yield from sound.encode(frame)
    yield from sound.encode(None)
