"""A copied picture beside a new soundtrack: the last step of scoring a video.

The picture is not encoded again where any container takes it. Its packets go from container to
container as they are, with everything that rides on them (colour, HDR, Dolby Vision, rotation, aspect
ratio, edit list); only their time stamps are moved, so that the first picture that is shown stands at
zero and the music starts with it. What the film carries beside its picture comes along.
"""

import heapq
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer

from moodscore.ahead import read_ahead
from moodscore.errors import MoodscoreError
from moodscore.media._blocks import blocks_of
from moodscore.media._copying import copied_packets
from moodscore.media._front import put_index_first
from moodscore.media._output import whole_file, writing_errors
from moodscore.media._source import moving_picture, open_file, reading_errors
from moodscore.media.audio_file import AudioFile
from moodscore.media.carrying import Companions, describe, label_sound, takes, timecode_of
from moodscore.media.encode import aac_packets, add_aac, open_output
from moodscore.media.probe import probe_clip
from moodscore.media.reencode import AnewEncoder, first_frame
from moodscore.progress import tell

#: FFmpeg's names of the containers a scored video may have, by ending.
_FORMATS = {".mp4": "mp4", ".mkv": "matroska"}
#: Where a picture goes that the wanted container cannot hold.
_OTHER = {".mp4": ".mkv", ".mkv": ".mp4"}
#: Apple's players know HEVC in an mp4 file by this tag only, all others by this one too.
_HEVC_TAG = "hvc1"
#: Hours, minutes, seconds and pictures (SMPTE ST 12).
_TIMECODE = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d[:;.]\d{2,3}", re.ASCII)
#: Packets of sound that are encoded while as many are written: six seconds.
_ENCODED_AHEAD = 256
#: Every so many packets it is told how far the file is.
_TOLD_EVERY = 64


@dataclass(frozen=True)
class ScoredVideo:
    """The video whose picture is kept, and the sound it gets.

    Attributes
    ----------
    source : Path
        The film.
    soundtrack : AudioFile
        Counts from the first picture on.
    language : str or None
        What is spoken in the soundtrack, as a film says it (``eng``).
    """

    source: Path
    soundtrack: AudioFile
    language: str | None = None


@dataclass(frozen=True)
class ScoredFile:
    """What :func:`score_video` wrote.

    Attributes
    ----------
    path : Path
        Where it lies: the name asked for, or that name with another ending where ``reason`` says so.
    duration_s : float
        Length of picture and sound in seconds.
    reason : str or None
        Why the container is another one than was asked for, or the picture is encoded anew.
    left_out : tuple of str
        What the source carries besides its sound and the container does not take, such as
        ``"subtitle (hdmv_pgs_subtitle)"``, and further pictures.
    """

    path: Path
    duration_s: float
    reason: str | None
    left_out: tuple[str, ...]


def score_video(
    video: str | Path, soundtrack: AudioFile, out: str | Path, *, language: str | None = None
) -> ScoredFile:
    """Copy the picture of a video untouched and put a new soundtrack beside it as AAC.

    The music starts with the first picture that is shown and is exactly as long as the picture: a
    longer soundtrack is cut, a shorter one followed by silence. The source's own sound stays behind;
    its tags, chapters, time code, languages, subtitles and the like come along, on the new clock. The
    index of an mp4 file stands in front. The file appears under its name only when it is whole.

    Parameters
    ----------
    video : str or Path
        The picture is copied from here, packet by packet; mp4, mov, mkv, webm or avi.
    soundtrack : AudioFile
        The new sound, mono or stereo; it counts from the first picture on.
    out : str or Path
        The file to write, ``*.mp4`` or ``*.mkv``. A picture that the one cannot hold (VP8, ProRes, …)
        goes to the other beside it; one that neither can hold is encoded as H.264 of high quality.
    language : str or None
        What is spoken in the soundtrack, as a film says it (``eng``).

    Returns
    -------
    ScoredFile
        Where it lies, and what became of the rest.

    Raises
    ------
    MoodscoreError
        If the ending is another one, the video cannot be read, ``out`` is one of the inputs or cannot
        be written.
    """
    video, out = Path(video), Path(out)
    _format_of(out)
    scored = ScoredVideo(video, soundtrack, language)
    with _picture_of(video) as (container, picture):
        path, reason = _place_for(picture, out)
        duration_s, left_out = _remux(container, picture, scored, path)
    return ScoredFile(path, duration_s, reason, left_out)


def mux_soundtrack(scored: ScoredVideo, path: str | Path) -> None:
    """As :func:`score_video`, but into no other container than ``path`` names, and copied or not at all.

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
        if not takes(_format_of(path), picture):
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


def _place_for(picture: av.VideoStream, out: Path) -> tuple[Path, str | None]:
    """The file for the picture; why it is not ``out``, or not a copy."""
    if takes(_format_of(out), picture):
        return out, None
    other = out.with_suffix(_OTHER[out.suffix.lower()])
    if takes(_format_of(other), picture):
        return other, _refusal(out, picture)
    return out, f"no container takes its picture ({_codec_of(picture)}): encoded anew as h264"


def _refusal(path: Path, picture: av.VideoStream) -> str:
    return f"an {path.suffix.lower()[1:]} file cannot hold its picture ({_codec_of(picture)})"


def _codec_of(picture: av.VideoStream) -> str:
    return picture.codec_context.name if picture.codec_context else "of an unknown codec"


def _remux(
    container: InputContainer, picture: av.VideoStream, scored: ScoredVideo, path: Path
) -> tuple[float, tuple[str, ...]]:
    """Write picture and sound; their length in seconds, and what was left out."""
    source, soundtrack = scored.source, scored.soundtrack
    clip = probe_clip(source)
    n_samples = round(clip.duration_s * soundtrack.sample_rate)
    span = [round(s / picture.time_base) for s in (clip.start_s, clip.start_s + clip.duration_s)]
    with whole_file(path, inputs=(source, soundtrack.path)) as part, writing_errors(path):
        with open_output(part, _format_of(path), soundtrack.sample_rate) as out:
            target, pictures = _picture_into(out, container, picture, span)
            sound = add_aac(out, soundtrack.channels, soundtrack.sample_rate)
            label_sound(sound, scored.language)
            with Companions(source, picture.index, out, clip) as companions:
                left_out = [*companions.left_out, *_keep_timecode(container, picture, target)]
                tags = dict(out.metadata)
                out.start_encoding()
                streams = [
                    _bound_for(target, pictures),
                    read_ahead(aac_packets(sound, blocks_of(soundtrack, n_samples)), _ENCODED_AHEAD),
                    companions.packets(),
                ]
                # In the order of time, so that nothing piles up in the writer.
                for number, packet in enumerate(heapq.merge(*streams, key=_decoding_time)):
                    if number % _TOLD_EVERY == 0:
                        tell(min(max(_decoding_time(packet) / clip.duration_s, 0.0), 1.0))
                    out.mux(packet)
        if _format_of(path) == "mp4":
            put_index_first(part, tags)
    return clip.duration_s, tuple(left_out)


def _picture_into(
    out: OutputContainer, container: InputContainer, picture: av.VideoStream, span: list[int]
) -> tuple[av.VideoStream, Iterator[av.Packet]]:
    """The stream for the picture, and what goes into it: a copy, or where that cannot be, H.264."""
    if takes(out.format.name, picture):
        target = _add_copy(out, picture)
        return target, copied_packets(container, picture, *span)
    encoder = AnewEncoder(out, picture, first_frame(container, picture))
    describe(encoder.stream, picture)
    return encoder.stream, encoder.packets(container, *span)


def _add_copy(out: OutputContainer, picture: av.VideoStream) -> av.VideoStream:
    """A stream for a picture that is not encoded again."""
    # Opaque: a codec that FFmpeg only decodes can be copied too.
    copied = out.add_stream_from_template(picture, opaque=True)
    describe(copied, picture)
    if picture.sample_aspect_ratio is not None:  # some containers keep it beside the codec
        copied.codec_context.sample_aspect_ratio = picture.sample_aspect_ratio
    if out.format.name == "mp4" and picture.codec_context.name == "hevc":
        copied.codec_context.codec_tag = _HEVC_TAG
    return copied


def _keep_timecode(container: InputContainer, picture: av.VideoStream, target: av.VideoStream) -> list[str]:
    """Let the picture's time code come along; what is left out of it."""
    timecode = timecode_of(container, picture)
    for name in [name for name in target.metadata if name.lower() == "timecode"]:
        del target.metadata[name]
    if timecode is None:
        return []
    if not target.codec_context.framerate and picture.average_rate:
        target.codec_context.framerate = picture.average_rate
    # Matroska holds any text; an mp4 file counts pictures from it.
    is_counted = target.container.format.name == "mp4"
    if is_counted and not (_TIMECODE.fullmatch(timecode) and takes("mp4", target, {"timecode": timecode})):
        return [f"timecode ({timecode})"]
    target.metadata["timecode"] = timecode
    return []


def _bound_for(target: av.VideoStream, packets: Iterator[av.Packet]) -> Iterator[av.Packet]:
    for packet in packets:
        packet.stream = target
        yield packet


def _decoding_time(packet: av.Packet) -> float:
    return float(packet.dts * packet.time_base)
