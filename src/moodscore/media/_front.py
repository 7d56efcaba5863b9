"""An mp4 file whose index stands in front and whose every tag is kept.

FFmpeg writes the index (``moov``) behind the media, so that a browser must have the whole file before it
shows a picture, and drops each tag for which iTunes has no place. Here the index moves in front of the media,
in place, and takes all tags along, under their own names as QuickTime's key-value metadata (``mdta``) [1]_.

References
----------
.. [1] Apple, QuickTime File Format, chapters "Movie Atoms" and "Metadata".
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

#: Boxes that hold the tables of where each chunk of media lies, from the outside in.
_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_HEADER, _LONG_HEADER = 8, 16
#: Size fields that mean "in 64 bits behind the name" and "up to the end of the file".
_IN_64_BITS, _TO_THE_END = 1, 0
_LARGEST = 2**32 - 1
_UTF8 = 1
#: Bytes that are moved at once.
_AT_ONCE = 1 << 22
#: What FFmpeg has written where every player looks for it.
_WRITTEN = frozenset(
    [
        *("title", "artist", "album_artist", "composer", "album", "date", "comment", "genre", "copyright"),
        *("grouping", "lyrics", "description", "synopsis", "show", "episode_id", "network"),
        *("creation_time", "location"),
    ]
)


class _Box(NamedTuple):
    kind: bytes
    start: int
    size: int


def put_index_first(path: Path, tags: Mapping[str, str]) -> None:
    """Move the index of a finished mp4 file in front of its media, and the tags into it.

    Parameters
    ----------
    path : Path
        The file; one whose index is not its last box stays as it is.
    tags : Mapping of str to str
        All tags of the film; those that every player knows stand in it already.

    Raises
    ------
    OSError
        If the disk is full.
    """
    with path.open("r+b") as file:
        boxes = list(_boxes(file))
        if not boxes or boxes[-1].kind != b"moov":
            return
        index = boxes[-1]
        file.seek(index.start)
        content = file.read(index.size) + b""
        content = _box(b"moov", content[_HEADER:], _key_values(tags))
        place = boxes[0].start + boxes[0].size if boxes[0].kind == b"ftyp" else 0
        is_wide = index.start + 2 * len(content) > _LARGEST
        length = len(_moved(content, 0, is_wide))  # offsets of 64 bits make it longer
        moved = _moved(content, length, is_wide)
        _shift(file, place, index.start, length)
        file.seek(place)
        file.write(moved)
        file.truncate(index.start + length)


def _boxes(file: BinaryIO) -> Iterator[_Box]:
    end = file.seek(0, 2)
    start = 0
    while start + _HEADER <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(_HEADER))
        if size == _IN_64_BITS:
            (size,) = struct.unpack(">Q", file.read(_LONG_HEADER - _HEADER))
        size = end - start if size == _TO_THE_END else size
        yield _Box(kind, start, size)
        start += size


def _shift(file: BinaryIO, start: int, stop: int, by: int) -> None:
    """Move the bytes from ``start`` to ``stop`` back by so many, the last ones first."""
    while stop > start:
        length = min(_AT_ONCE, stop - start)
        stop -= length
        file.seek(stop)
        piece = file.read(length)
        file.seek(stop + by)
        file.write(piece)


def _moved(content: bytes, by: int, is_wide: bool) -> bytes:
    """A box with all that is in it, media ``by`` bytes further back."""
    size, kind = struct.unpack_from(">I4s", content)
    if kind in _PARENTS:
        parts, place = [], _HEADER
        while place < size:
            (length,) = struct.unpack_from(">I", content, place)
            parts.append(_moved(content[place : place + length], by, is_wide))
            place += length
        return _box(kind, *parts)
    if kind not in (b"stco", b"co64"):
        return content
    version, count = struct.unpack_from(">II", content, _HEADER)
    was_wide = kind == b"co64"
    offsets = struct.unpack_from(f">{count}{'Q' if was_wide else 'I'}", content, _LONG_HEADER)
    kind, form = (b"co64", "Q") if is_wide or was_wide else (kind, "I")
    return _box(kind, struct.pack(f">II{count}{form}", version, count, *(offset + by for offset in offsets)))


def _key_values(tags: Mapping[str, str]) -> bytes:
    """Tags under their own names; nothing where all are written already."""
    own = {name.encode(): value.encode() for name, value in tags.items() if name.casefold() not in _WRITTEN}
    if not own:
        return b""
    keys = b"".join(struct.pack(">I4s", _HEADER + len(name), b"mdta") + name for name in own)
    values = b"".join(
        _box(struct.pack(">I", number), _box(b"data", struct.pack(">II", _UTF8, 0), value))
        for number, value in enumerate(own.values(), start=1)
    )
    flags = bytes(4)
    handler = _box(b"hdlr", flags, bytes(4), b"mdta", bytes(13))
    return _box(
        b"meta",
        flags,
        handler,
        _box(b"keys", flags, struct.pack(">I", len(own)), keys),
        _box(b"ilst", values),
    )


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", _HEADER + len(content), kind) + content
