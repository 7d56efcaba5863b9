"""Chained Ogg: recordings of web radio, several streams in one file, one after the other [1]_.

A stream begins with a page that says so (or with several, of streams that are played together). FFmpeg
refuses most files in which another one follows, so each link of the chain is given to it as a file of its
own.

References
----------
.. [1] S. Pfeiffer, The Ogg Encapsulation Format Version 0, RFC 3533, 2003.
"""

import io
import struct
from pathlib import Path

#: How a page begins, and how long its head is without the table of its parts.
_SYNC, _HEAD = b"OggS", 27
#: Where in the head the flags and the number of parts stand, and the flag of a stream's first page.
_FLAGS_AT, _PARTS_AT, _BEGINS = 5, 26, 2
_AT_ONCE = 1 << 16


def ogg_links(path: str | Path) -> list[tuple[int, int]]:
    """Where each link of a chain begins and ends, in bytes; empty for what is no Ogg file.

    What stands before the first beginning, as in a recording that was begun in the middle of a stream,
    belongs to no link: nothing says how to decode it.
    """
    starts = []
    with open(path, "rb") as file:
        place, was_first = 0, False
        while True:
            file.seek(place)
            head = file.read(_HEAD)
            if len(head) < _HEAD:
                break
            if not head.startswith(_SYNC):
                if not place:
                    return []
                place = _next_page(file, place + 1)
                continue
            is_first = bool(head[_FLAGS_AT] & _BEGINS)
            if is_first and not was_first:
                starts.append(place)
            was_first = is_first
            parts = file.read(head[_PARTS_AT])
            place += _HEAD + len(parts) + sum(struct.unpack(f"{len(parts)}B", parts))
        end = file.seek(0, io.SEEK_END)
    return list(zip(starts, [*starts[1:], end], strict=False))


def _next_page(file: io.BufferedReader, place: int) -> int:
    """Where the next page begins after what is damaged; the end of the file if there is none."""
    while True:
        file.seek(place)
        piece = file.read(_AT_ONCE)
        at = piece.find(_SYNC)
        if at >= 0:
            return place + at
        if len(piece) < _AT_ONCE:
            return place + len(piece)
        place += len(piece) - len(_SYNC) + 1


class Section(io.RawIOBase):
    """A part of a file that reads as if it were all of it."""

    def __init__(self, path: str | Path, start: int, stop: int):
        self._file = open(path, "rb")  # noqa: SIM115 - closed with this object
        self._start, self._stop = start, stop
        self._file.seek(start)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        left = max(self._stop - self._file.tell(), 0)
        return self._file.read(left if size is None or size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte of the section."""
        origin = {io.SEEK_SET: self._start, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._stop}[whence]
        return self._file.seek(max(origin + offset, self._start)) - self._start

    def tell(self) -> int:
        """Where it stands."""
        return self._file.tell() - self._start

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
