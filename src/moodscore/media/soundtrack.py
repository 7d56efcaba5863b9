"""The sound of a clip, on the clock of its picture, at one sample rate."""

import logging
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import soundfile as sf
import soxr
from av.stream import Disposition

from moodscore.errors import MoodscoreError
from moodscore.media._source import decode, open_file, reading_errors
from moodscore.media.audio_file import AudioFile
from moodscore.samples import ArraySource

logger = logging.getLogger(__name__)

#: Every stored soundtrack has this sample rate, in Hz.
SAMPLE_RATE = 44_100
#: A sound that never exceeds this peak (-80 dBFS) is no sound.
SILENCE_PEAK = 1e-4
#: What a container says where it does not know the language.
_NOT_TOLD = (None, "", "und")
#: Time stamps may be off by this much (containers round them) before sound is taken to be missing.
_JITTER_S = 0.02


def decode_soundtrack(path: str | Path, out: str | Path, *, start_s: float, duration_s: float) -> AudioFile:
    """Decode the sound track of a clip into a lossless file, block by block.

    Of several tracks it is the one that players choose by themselves, or the first that is not silent; the
    log says which.

    The result starts with the first picture and is exactly as long as the picture: what the
    container starts earlier is cut, what starts later is padded with silence, and so is a track
    that ends early or lacks a piece. More than two channels are mixed to stereo; the rate becomes
    44.1 kHz (soxr).

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
    try:
        tracks = _tracks(path)
        for taken in tracks:
            with reading_errors(path), open_file(path) as container:
                track = container.streams[taken.index]
                blocks = _aligned(_decoded(container, track), track, start_s, duration_s)
                peak = _store(part, _resampled(blocks, track.rate), _channels(track), n_samples)
            if peak >= SILENCE_PEAK:
                break
        else:
            are_silent = "its sound track is" if len(tracks) == 1 else "all its sound tracks are"
            raise MoodscoreError(f"{path}: {are_silent} silent")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    if len(tracks) > 1:
        number = sorted(tracks).index(taken) + 1
        spoken = f" ({taken.language})" if taken.language else ""
        logger.warning("%s: of its %d sound tracks, track %d%s is taken", path, len(tracks), number, spoken)
    return AudioFile.open(out)


def spoken_language(path: str | Path) -> str | None:
    """What is spoken in a clip, where it has sound tracks that all say the same (``eng``)."""
    with reading_errors(path), open_file(path) as container:
        languages = {track.metadata.get("language") for track in container.streams.audio} - set(_NOT_TOLD)
    return languages.pop() if len(languages) == 1 else None


def sampled_sound(path: str | Path, *, n: int, length_s: float) -> list[ArraySource]:
    """Some excerpts of a clip's sound track, evenly spread; of a short clip all of it in one.

    Of several tracks it is the first that is not silent, those before the others that players choose by
    themselves.

    Parameters
    ----------
    path : str or Path
        The video file.
    n : int
        How many excerpts.
    length_s : float
        Length of each in seconds.

    Returns
    -------
    list of ArraySource
        At the track's own rate, in one or two channels; empty if there is no sound.

    Raises
    ------
    MoodscoreError
        If it cannot be decoded.
    """
    try:
        tracks = _tracks(path)
    except MoodscoreError:
        return []
    for taken in tracks:
        with reading_errors(path), open_file(path) as container:
            track = container.streams[taken.index]
            excerpts = list(_excerpts(container, track, n, length_s))
        if any(np.abs(excerpt.samples).max(initial=0) >= SILENCE_PEAK for excerpt in excerpts):
            return excerpts
    return []


def _excerpts(
    container: av.container.InputContainer, track: av.AudioStream, n: int, length_s: float
) -> Iterator[ArraySource]:
    duration_s = (container.duration or 0) / av.time_base
    begin_s = (container.start_time or 0) / av.time_base
    starts = [None] if duration_s <= n * length_s else np.linspace(0, duration_s - length_s, n).tolist()
    for start in starts:
        if start is not None:
            container.seek(round((begin_s + start) / track.time_base), stream=track)
        wanted = round((n if start is None else 1) * length_s * track.rate)
        blocks, held = [], 0
        for time, block in _decoded(container, track):
            if start is not None and time is not None and time + len(block) / track.rate < begin_s + start:
                continue  # some containers are sought by their pictures alone
            blocks.append(block)
            held += len(block)
            if held >= wanted:
                break
        if blocks:
            yield ArraySource(np.concatenate(blocks)[:wanted], track.rate)


class _Track(NamedTuple):
    index: int
    language: str | None


def _tracks(path: str | Path) -> list[_Track]:
    """All sound tracks, those first that players choose by themselves."""
    with reading_errors(path), open_file(path) as container:
        tracks = [track for track in container.streams.audio if track.codec_context is not None]
        if not tracks:
            unknown = " that can be decoded" if container.streams.audio else ""
            raise MoodscoreError(f"{path}: has no sound track{unknown}")
        tracks.sort(key=lambda track: not track.disposition & Disposition.default)
        languages = [track.metadata.get("language") for track in tracks]
        return [
            _Track(track.index, None if language in _NOT_TOLD else language)
            for track, language in zip(tracks, languages, strict=True)
        ]


def _channels(track: av.AudioStream) -> int:
    return min(track.codec_context.channels, 2)


def _store(path: Path, blocks: Iterator[np.ndarray], channels: int, n_samples: int) -> float:
    """Write exactly ``n_samples``, the missing ones as silence; the peak of what was written."""
    peak, written = 0.0, 0
    with sf.SoundFile(str(path), "w", SAMPLE_RATE, channels, subtype="PCM_24", format="FLAC") as file:
        for block in blocks:
            block = block[: n_samples - written]
            file.write(block)
            written += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if written == n_samples:
                break
        file.write(np.zeros((n_samples - written, channels), dtype=np.float32))
    return peak


def _decoded(
    container: av.container.InputContainer, track: av.AudioStream
) -> Iterator[tuple[float | None, np.ndarray]]:
    """Blocks [shape=(n, channels)] at the track's own rate, each with the time it starts at."""
    channels = _channels(track)
    mixers = {}
    for packet in container.demux(track):
        for frame in decode(packet):
            # Broadcasts change between stereo and surround in mid-stream.
            form = frame.format.name, frame.layout.name, frame.sample_rate
            if form not in mixers:
                layout = "mono" if channels == 1 else "stereo"
                mixers[form] = av.AudioResampler(format="flt", layout=layout, rate=track.rate)
            time = frame.time
            for mixed in mixers[form].resample(frame):
                yield time, mixed.to_ndarray().reshape(-1, channels)
                time = None


def _aligned(
    blocks: Iterator[tuple[float | None, np.ndarray]],
    track: av.AudioStream,
    start_s: float,
    duration_s: float,
) -> Iterator[np.ndarray]:
    """The same sound without overlap or gap, from the first picture on and no longer than the picture."""
    rate = track.rate
    end = math.ceil(duration_s * rate)
    if track.duration is not None:  # codecs pad their last block; the container knows the true end
        stop = float(((track.start_time or 0) + track.duration) * track.time_base)
        end = min(end, round((stop - start_s) * rate))
    written, expected = 0, None
    for time, block in blocks:
        begins = (expected or 0) if time is None else round((time - start_s) * rate)
        if expected is not None and abs(begins - expected) <= _JITTER_S * rate:
            begins = expected
        expected = begins + len(block)
        gap = min(begins, end) - written
        if gap > 0:
            yield np.zeros((gap, block.shape[1]), dtype=np.float32)
            written += gap
        kept = block[max(written - begins, 0) : max(end - begins, 0)]
        yield kept
        written += len(kept)


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
