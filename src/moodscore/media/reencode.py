"""A picture that no container takes, encoded anew.

The frames of Animation, GIF, DV, Cinepak, HuffYUV and their like cannot be copied into an mp4 or mkv file.
They become H.264 of high quality that every player shows: each picture at its own time, with its colours,
its shape and its turn.
"""

from collections.abc import Iterable, Iterator

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from moodscore.media._source import decode

#: Nobody sees a difference (x264, constant rate factor).
_CRF = "14"
_OPTIONS = {"crf": _CRF, "preset": "medium", "mbtree": "0"}
#: What cameras interlace stays so.
_INTERLACED = {"flags": "+ilme+ildct+bitexact"}
_PROGRESSIVE = {"flags": "+bitexact"}
#: Every player shows 8 bits, and light beyond white needs 10.
_USUAL, _DEEP = "yuv420p", "yuv420p10le"
#: FFmpeg's numbers of the curves of light beyond white: PQ and HLG.
_HDR_CURVES = (16, 18)
#: Ticks a second where a container's clock says nothing.
_USUAL_FPS = 25
#: A rate above this is a clock, not a rate of pictures.
_MOST_FPS = 480


class AnewEncoder:
    """The stream that takes a picture encoded anew.

    Parameters
    ----------
    out : OutputContainer
        Where the stream is added.
    picture : av.VideoStream
        What is encoded.
    first : av.VideoFrame
        Its first picture.
    """

    def __init__(self, out: OutputContainer, picture: av.VideoStream, first: av.VideoFrame):
        rate = picture.average_rate or _USUAL_FPS
        self._picture, self._reformatter = picture, VideoReformatter()
        self.stream = out.add_stream("libx264", rate=rate if rate <= _MOST_FPS else _USUAL_FPS)
        context = self.stream.codec_context
        context.width, context.height = (side + side % 2 for side in (first.width, first.height))
        context.pix_fmt = _DEEP if picture.codec_context.color_trc in _HDR_CURVES else _USUAL
        context.time_base = picture.time_base
        context.options = _OPTIONS | (_INTERLACED if first.interlaced_frame else _PROGRESSIVE)
        if picture.sample_aspect_ratio:
            context.sample_aspect_ratio = picture.sample_aspect_ratio
        # What passes through RGB comes back by a matrix that is known.
        is_odd = first.width % 2 or first.height % 2
        self._matrix = Colorspace.ITU709 if is_odd or picture.codec_context.format.is_rgb else None
        self._keep_colours(context)
        if first.rotation:
            self.stream.set_display_rotation(first.rotation)

    def _converted(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A picture in the form its encoder takes, one row or column repeated where a side is odd."""
        context = self.stream.codec_context
        size = context.width, context.height
        missing = context.width - frame.width, context.height - frame.height
        time, time_base = frame.pts, frame.time_base
        if missing != (0, 0) and all(n in (0, 1) for n in missing):
            rows = [(0, missing[1]), (0, missing[0]), (0, 0)]
            rgb = np.pad(frame.to_ndarray(format="rgb24"), rows, mode="edge")
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        made = self._reformatter.reformat(
            frame, *size, context.pix_fmt, dst_colorspace=self._matrix, dst_color_range=ColorRange.MPEG
        )
        made.pts, made.time_base, made.pict_type = time, time_base, 0
        return made

    def _keep_colours(self, context: av.VideoCodecContext) -> None:
        own = self._picture.codec_context
        context.colorspace = own.colorspace if self._matrix is None else self._matrix
        context.color_range = ColorRange.MPEG
        context.color_primaries, context.color_trc = own.color_primaries, own.color_trc

    def packets(self, container: InputContainer, start: int, stop: int) -> Iterator[av.Packet]:
        """All pictures from ``start`` to ``stop`` (ticks of the source), the first at zero."""
        lengths: dict[int, int] = {}
        shown = _timed(_frames(container, self._picture), start, stop)
        for frame, duration in shown:
            lengths[frame.pts] = duration
            yield from self._finished(self.stream.encode(self._converted(frame)), lengths)
        yield from self._finished(self.stream.encode(None), lengths)

    def _finished(self, packets: Iterable[av.Packet], lengths: dict[int, int]) -> Iterator[av.Packet]:
        for packet in packets:
            ticks = round(packet.pts * packet.time_base / self._picture.time_base)
            packet.duration = round(lengths.pop(ticks, 1) * self._picture.time_base / packet.time_base)
            yield packet


def _frames(container: InputContainer, picture: av.VideoStream) -> Iterator[av.VideoFrame]:
    for packet in container.demux(picture):
        yield from (frame for frame in decode(packet) if frame.pts is not None)


def _timed(frames: Iterable[av.VideoFrame], start: int, stop: int) -> Iterator[tuple[av.VideoFrame, int]]:
    """Frames from ``start`` on, moved to zero, each with the ticks it is shown for."""
    waiting, time = None, start - 1
    for frame in frames:
        if time < frame.pts < stop:
            if waiting is not None:
                yield waiting, frame.pts - time
            waiting, time = frame, frame.pts
            waiting.pts -= start
    if waiting is not None:
        yield waiting, stop - time


def first_frame(container: InputContainer, picture: av.VideoStream) -> av.VideoFrame | None:
    """The first picture that can be decoded; reading begins at the start again afterwards."""
    first = next(_frames(container, picture), None)
    container.seek(0)
    return first
