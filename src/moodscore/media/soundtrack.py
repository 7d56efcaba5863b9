"""The sound of a clip, on the clock of its picture, at one sample rate."""

import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soundfile as sf
import soxr

from moodscore.errors import MoodscoreError
from moodscore.media._errors import media_errors, open_file
from moodscore.media.audio_file import AudioFile

#: Every stored soundtrack has this sample rate, in Hz.
SAMPLE_RATE = 44_100
#: A sound that never exceeds this peak (-80 dBFS) is no sound.
SILENCE_PEAK = 1e-4


def decode_soundtrack(path: str | Path, out: str | Path, *, start_s: float, duration_s: float) -> AudioFile:
    """Decode the first sound track of a clip into a lossless file, block by block.

    The result starts with the first picture and is exactly as long as the picture: what the
    container starts earlier is cut, what starts later is padded with silence, and so is a track
    that ends early. More than two channels are mixed to stereo; the rate becomes 44.1 kHz (soxr).

    Parameters
    ----------
    path : str or Path
        The video file.
    out : str or Path
        The FLAC file to write; it appears under this name only when it is whole.
    start_s, duration_s : float
        First picture and length of the clip (:class:`ClipInfo`).

    Returns
    -------
    AudioFile
        The file just written, of ``round(duration_s * 44100)`` samples.

    Raises
    ------
    MoodscoreError
        If there is no sound track, it cannot be decoded, or it is silent from end to end.
    """
    out = Path(out)
    part = out.with_name(f".{out.name}.part")
    n_samples = round(duration_s * SAMPLE_RATE)
    peak, written = 0.0, 0
    try:
        with media_errors(path), open_file(path) as container:
            if not container.streams.audio:
                raise MoodscoreError(f"{path}: has no sound track")
            stream = container.streams.audio[0]
            channels = min(stream.codec_context.channels, 2)
            with sf.SoundFile(str(part), "w", SAMPLE_RATE, channels, subtype="PCM_24", format="FLAC") as file:
                for block in _resampled(_aligned(container, stream, channels, start_s), stream.rate):
                    block = block[: n_samples - written]
                    file.write(block)
                    written += len(block)
                    peak = max(peak, float(np.abs(block).max(initial=0.0)))
                    if written == n_samples:
                        break
                file.write(np.zeros((n_samples - written, channels), dtype=np.float32))
        if peak < SILENCE_PEAK:
            raise MoodscoreError(f"{path}: its sound track is silent")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return AudioFile.open(out)


def _aligned(
    container: av.container.InputContainer, stream: av.AudioStream, channels: int, start_s: float
) -> Iterator[np.ndarray]:
    """Blocks [shape=(n, channels)] at the track's own rate, from the first picture on."""
    mixer = av.AudioResampler(format="flt", layout="mono" if channels == 1 else "stereo", rate=stream.rate)
    end = None
    if stream.duration is not None:  # codecs pad their last block; the container knows the true end
        first = stream.start_time or 0
        end = round((float((first + stream.duration) * stream.time_base) - start_s) * stream.rate)
    position = None
    for frame in _frames(container, stream):
        if position is None:
            position = round(((frame.time or 0.0) - start_s) * stream.rate)
            if position > 0:
                yield np.zeros((position, channels), dtype=np.float32)
        for mixed in mixer.resample(frame):
            block = mixed.to_ndarray().reshape(-1, channels)
            first = max(-position, 0)
            last = len(block) if end is None else max(end - position, 0)
            position += len(block)
            yield block[first:last]


def _frames(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Decoded blocks of sound; a damaged packet is passed over, as players do."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _resampled(blocks: Iterator[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    """The same sound at 44.1 kHz."""
    if rate == SAMPLE_RATE:
        yield from blocks
        return
    resampler = None
    for block in blocks:
        if resampler is None:
            resampler = soxr.ResampleStream(rate, SAMPLE_RATE, block.shape[1], dtype="float32")
            channels = block.shape[1]
        yield resampler.resample_chunk(np.ascontiguousarray(block)).reshape(-1, channels)
    if resampler is not None:
        empty = np.zeros((0, channels), dtype=np.float32)
        yield resampler.resample_chunk(empty, last=True).reshape(-1, channels)
