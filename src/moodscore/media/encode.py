"""Encoding: a new clip from pictures and sound, and the AAC that any video gets."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer

from moodscore.media._output import whole_file, writing_errors

#: AAC encodes blocks of this many samples; feeding it whole blocks avoids an inner buffer.
AAC_FRAME = 1024
_AAC_BIT_RATE = 192_000
#: FFmpeg's default search ("twoloop") now and then bursts on pure tones; this one does not, and is
#: as good on music at this bit rate.
_AAC_SEARCH = {"aac_coder": "fast"}
#: Constant rate factor of x264: visually close to the original, small for drawn pictures.
_H264_CRF = "20"


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
    with whole_file(path) as part, writing_errors(path), open_output(part, "mp4", sample_rate) as out:
        video = out.add_stream("libx264", rate=fps)
        video.pix_fmt = "yuv420p"
        video.codec_context.thread_count = 1
        # Without its macroblock tree x264 gives the same stream every time; with it, it does not.
        video.options = {"crf": _H264_CRF, "preset": "veryfast", "mbtree": "0", "flags": "+bitexact"}
        sound = add_aac(out, audio.shape[1], sample_rate)
        for number, picture in enumerate(frames):
            if number == 0:
                video.height, video.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        out.mux(aac_packets(sound, [audio]))


def open_output(part: Path, container_format: str, sample_rate: int) -> OutputContainer:
    """An empty file without a date; an mp4's clock is fine enough to end the sound on a sample."""
    # Dolby Vision stands in no standard of these containers.
    options = {"fflags": "+bitexact", "strict": "unofficial"}
    if container_format == "mp4":
        options["movie_timescale"] = str(sample_rate)
    return av.open(str(part), "w", format=container_format, options=options)


def add_aac(out: OutputContainer, channels: int, sample_rate: int) -> av.AudioStream:
    """A new sound track, mono or stereo."""
    sound = out.add_stream("aac", rate=sample_rate, layout="mono" if channels == 1 else "stereo")
    sound.bit_rate = _AAC_BIT_RATE
    sound.options = {"flags": "+bitexact"} | _AAC_SEARCH
    return sound


def aac_packets(sound: av.AudioStream, blocks: Iterable[np.ndarray]) -> Iterator[av.Packet]:
    """Encode blocks [shape=(n, channels)] whose lengths, but for the last, are whole AAC frames."""
    time_base = Fraction(1, sound.rate)
    position = 0
    for block in blocks:
        for start in range(0, len(block), AAC_FRAME):
            piece = np.ascontiguousarray(block[start : start + AAC_FRAME].T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=sound.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = sound.rate, position, time_base
            position += piece.shape[1]
            yield from sound.encode(frame)
    yield from sound.encode(None)
