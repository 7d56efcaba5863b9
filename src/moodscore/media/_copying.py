"""The packets of a copied picture, in order and on the clock of the file they go to.

What containers get wrong about time stamps is repaired here, in one chain of generators, packet by packet:
memory does not grow with the length of the video.
"""

from collections import deque
from collections.abc import Iterable, Iterator

import av
from av.container import InputContainer

from moodscore.media._source import decode, reading_errors

#: AVI knows no presentation times. For these codecs FFmpeg guesses that pictures are shown in the
#: order they are stored; only decoding tells.
_REORDERED_IN_AVI = ("h264", "hevc")
#: A picture is shown at most so many pictures later than it is decoded (H.264 and HEVC, level limits).
_MAX_REORDERING = 16


def copied_packets(
    container: InputContainer, picture: av.VideoStream, start: int, stop: int
) -> Iterator[av.Packet]:
    """The picture's packets in decoding order, the first picture that is shown at zero.

    Parameters
    ----------
    container, picture
        What is copied.
    start, stop : int
        When the first picture appears and the last one is gone, in ticks of the source.
    """
    with reading_errors(container.name):
        packets = (packet for packet in container.demux(picture) if _is_placed(packet))
        if container.format.name == "avi" and picture.codec_context.name in _REORDERED_IN_AVI:
            packets = _with_presentation_times(packets, picture, start)
        for packet in _in_order(_without_hidden_end(_with_decoding_times(packets), stop)):
            packet.pts -= start
            packet.dts -= start
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
