"""What a film carries beside its picture and its sound, on its way into the file that is written.

Tags, chapters, time code, languages, subtitles, covers, attachments and data: whatever the new container
takes goes over as it is, text subtitles in the container's own form where it has another one, all of it on
the clock of the new file. What it does not take is named.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Disposition, Stream

import moodscore
from moodscore.media._source import open_file, reading_errors
from moodscore.media.probe import ClipInfo

#: The tag by which a scored file says so, for people and programs.
OWN_TAG = "soundtrack"
#: What a file says of its own container alone.
_OF_THE_CONTAINER = {"major_brand", "minor_version", "compatible_brands", OWN_TAG}
#: A tag that is there once more for a language.
_IN_A_LANGUAGE = re.compile(r"(.+)-[a-z]{3}")
#: What other programs counted in a stream; it is true of their file alone.
_COUNTED = re.compile(
    r"(bps|duration|number_of_(frames|bytes)|_statistics_.*|vendor_id|creation_time)(-\w+)?", re.I
)
_TIMECODE, _LANGUAGE, _TITLE = "timecode", "language", "title"
#: The form in which a container holds subtitles of text if not as they come, and an empty one.
_TEXT = {"mp4": "mov_text", "matroska": "subrip"}
#: A time stamp of a subtitle that an encoder is asked for.
_MS = Fraction(1, 1000)
#: What an mp4 file holds between two subtitles.
_NO_TEXT = b"\0\0"
_COVERS = {"mjpeg": ("jpg", "image/jpeg"), "png": ("png", "image/png")}


@dataclass(frozen=True)
class _Passage:
    """How a stream goes over: into which one, and through which encoder if its form changes."""

    source: Stream
    target: Stream
    encoder: av.codec.CodecContext | None = None


class Companions:
    """The streams beside picture and sound of a source, and where each goes.

    Parameters
    ----------
    source : Path
        The film. It is opened a second time: its picture is read at another pace.
    picture : int
        Index of the stream that is the picture.
    out : OutputContainer
        Not begun yet; streams, attachments, tags and chapters are added to it.
    clip : ClipInfo
        Of the film: what begins with its picture begins at zero.

    Attributes
    ----------
    left_out : list of str
        What ``out`` does not take, each as ``"subtitle (subrip)"``.
    """

    def __init__(self, source: Path, picture: int, out: OutputContainer, clip: ClipInfo):
        self.left_out: list[str] = []
        self._source, self._clip = source, clip
        self._stack = contextlib.ExitStack()
        self._container = self._stack.enter_context(open_file(source))
        self._passages: dict[int, _Passage] = {}
        out.metadata.update(_tags_of(self._container))
        out.set_chapters(_chapters(self._container, clip))
        for stream in self._container.streams:
            if stream.index != picture and stream.type != "audio":
                self._add(stream, out)

    def __enter__(self) -> "Companions":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def packets(self) -> Iterator[av.Packet]:
        """All of them in the order of the source, those before the first and after the last picture cut."""
        if not self._passages:
            return
        with reading_errors(self._source):
            last: dict[int, int] = {}
            streams = [passage.source for passage in self._passages.values()]
            for packet in self._container.demux(streams):
                passage = self._passages[packet.stream.index]
                if self._place(packet) and (packet := _through(packet, passage)) is not None:
                    index = passage.target.index
                    packet.dts = max(packet.dts, last.get(index, packet.dts))
                    packet.pts = max(packet.pts, packet.dts)
                    last[index] = packet.dts
                    packet.stream = passage.target
                    yield packet

    def _add(self, stream: Stream, out: OutputContainer) -> None:
        is_cover = stream.type == "video" and stream.disposition & Disposition.attached_pic
        if stream.type == "video" and not is_cover:
            self._leave(stream)
        elif is_cover and out.format.name == "matroska":
            self._attach(stream, out)
        elif _is_made_anew(stream, self._container, self._source):
            return
        elif takes(out.format.name, stream):
            target = out.add_stream_from_template(stream)
            describe(target, stream)
            if stream.type != "attachment":
                self._passages[stream.index] = _Passage(stream, target)
        elif _is_text(stream) and out.format.name in _TEXT:
            target = out.add_stream(_TEXT[out.format.name])
            target.time_base = _MS
            describe(target, stream)
            self._passages[stream.index] = _Passage(stream, target, _text_encoder(target))
        else:
            self._leave(stream)

    def _attach(self, cover: Stream, out: OutputContainer) -> None:
        """A picture of an album is an attachment in Matroska."""
        ending, mime = _COVERS.get(cover.codec_context.name, ("", ""))
        with open_file(self._source) as container:
            packet = next((p for p in container.demux(container.streams[cover.index]) if p.size), None)
        if packet is None or not mime:
            self._leave(cover)
        else:
            out.add_attachment(f"cover.{ending}", mime, bytes(packet))

    def _leave(self, stream: Stream) -> None:
        self.left_out.append(f"{stream.type} ({getattr(stream, 'name', None) or 'unknown'})")

    def _place(self, packet: av.Packet) -> bool:
        """Move a packet to the clock of the new file; whether anything of it is left."""
        if packet.size and packet.stream.disposition & Disposition.attached_pic:
            packet.pts = packet.dts = 0
            return True
        if packet.pts is None or not packet.size:
            return False
        start, stop = (
            round(s / packet.time_base)
            for s in (self._clip.start_s, self._clip.start_s + self._clip.duration_s)
        )
        begins, ends = max(packet.pts, start), min(packet.pts + packet.duration, stop)
        if begins >= stop or (packet.duration and ends <= begins):
            return False
        packet.pts = packet.dts = begins - start
        packet.duration = max(ends - begins, 0)
        return True


def _through(packet: av.Packet, passage: _Passage) -> av.Packet | None:
    """The packet in the form of its new stream; None where there is nothing to read."""
    if passage.source.type == "subtitle" and bytes(packet) == _NO_TEXT:
        return None
    if passage.encoder is None:
        return packet
    try:
        shown = passage.source.codec_context.decode2(packet)
        written = None if shown is None else passage.encoder.encode_subtitle(shown)
    except av.error.FFmpegError:  # a damaged line is passed over, as players do
        return None
    if written is None or not written.size:
        return None
    placed = av.Packet(bytes(written))
    placed.time_base = packet.time_base
    placed.pts, placed.dts, placed.duration = packet.pts, packet.dts, packet.duration
    return placed


def _text_encoder(target: Stream) -> av.codec.CodecContext:
    # Words and what is slanted or bold in them go over; of size, colour and place every player has its own
    # idea, and what the two forms say of them does not agree.
    plain = av.CodecContext.create("subrip", "r")
    plain.open(strict=False)
    target.codec_context.subtitle_header = plain.subtitle_header
    return target.codec_context


def _is_text(stream: Stream) -> bool:
    return (
        stream.type == "subtitle" and stream.codec_context is not None and stream.codec_context.codec.text_sub
    )


def _is_made_anew(stream: Stream, container: InputContainer, source: Path) -> bool:
    """Whether an mp4 file lists this stream for what its chapters or its time code are read from."""
    if stream.type not in ("data", "subtitle") or "mp4" not in container.format.name.split(","):
        return False
    if stream.type == "data" and _TIMECODE in stream.metadata:
        return True
    chapters = container.chapters()
    if not chapters or stream.frames != len(chapters):
        return False
    with open_file(source) as again:
        packet = next((p for p in again.demux(again.streams[stream.index]) if p.size), None)
    title = chapters[0]["metadata"].get(_TITLE, "").encode()
    return packet is None or bytes(packet)[len(_NO_TEXT) :].startswith(title)


def takes(container_format: str, stream: Stream, tags: dict[str, str] | None = None) -> bool:
    """Whether a container takes a stream as it is, by writing the header of one into memory."""
    try:
        with av.open(io.BytesIO(), "w", format=container_format, options={"strict": "unofficial"}) as trial:
            if stream.codec_context is None:
                trial.add_stream_from_template(stream)
            else:  # opaque: a codec that FFmpeg only decodes can be copied, too
                copied = trial.add_stream_from_template(stream, opaque=True)
                copied.metadata.update(tags or {})
            trial.start_encoding()
    except (ValueError, av.error.FFmpegError):
        return False
    return True


def describe(target: Stream, source: Stream) -> None:
    """Say of a stream what was said of the one it comes from: its language, its name, what it is for."""
    tags = {name: value for name, value in source.metadata.items() if not _COUNTED.fullmatch(name)}
    if "name" in tags and _TITLE not in tags:
        tags[_TITLE] = tags.pop("name")
    target.metadata.update(tags)
    target.disposition = source.disposition


def timecode_of(container: InputContainer, picture: Stream) -> str | None:
    """The time code of the first picture, wherever a container keeps it."""
    owners = [picture, container, *container.streams]
    return next(filter(None, (_tag(owner.metadata, _TIMECODE) for owner in owners)), None)


def _tag(tags: dict[str, str], name: str) -> str | None:
    return next((value for key, value in tags.items() if key.casefold() == name), None)


def _tags_of(container: InputContainer) -> dict[str, str]:
    """What the film says of itself, and that its sound is new."""
    tags = dict(container.metadata)
    for name in list(tags):
        twin = _IN_A_LANGUAGE.fullmatch(name)
        if name.casefold() in _OF_THE_CONTAINER or (twin and twin[1] in tags):
            del tags[name]
    return tags | {OWN_TAG: f"made by moodscore {moodscore.__version__}"}


def _chapters(container: InputContainer, clip: ClipInfo) -> list[dict]:
    """The chapters on the clock of the new file, those outside of it left out."""
    moved = []
    for chapter in container.chapters():
        start, stop = _ticks(clip, chapter["time_base"])
        begins, ends = max(chapter["start"], start), min(chapter["end"], stop)
        if begins < ends:
            moved.append(chapter | {"start": begins - start, "end": ends - start})
    return moved


def _ticks(clip: ClipInfo, time_base: Fraction) -> tuple[int, int]:
    """When the first picture appears and the last one is gone."""
    return round(clip.start_s / time_base), round((clip.start_s + clip.duration_s) / time_base)


def label_sound(sound: Stream, language: str | None) -> None:
    """Say of the new sound who made it, and its language where the film's own is in it."""
    sound.metadata.update({_TITLE: "moodscore", "handler_name": "moodscore"})
    sound.disposition = Disposition.default
    if language:
        sound.metadata[_LANGUAGE] = language
