"""From whatever sound comes in to mono blocks, frames and splices at the rate a feature wants.

A soundtrack may last hours, so nothing here copies one whole: mixing, resampling and cutting pass
blocks of a few seconds along. Blocks join without a seam; their length changes no result.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view

from moodscore.errors import MoodscoreError
from moodscore.segments import sample_bounds
from moodscore.sound.constants import SPLICE_S

#: Short enough to stay in the processor's cache while it is transformed.
BLOCK_S = 5.0

_RESAMPLING_QUALITY = "HQ"  # linear phase, 20 bit


def as_channels(y: np.ndarray, sr: float) -> np.ndarray:
    """The waveform as ``[shape=(n, channels)]``, refused if nothing can be measured on it.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples, full scale at ±1.
    sr : float
        Samples a second.

    Raises
    ------
    MoodscoreError
        If the samples are not floating point or not of that shape, or ``sr`` is not positive.
    """
    y = np.asarray(y)
    if not np.issubdtype(y.dtype, np.floating):
        raise MoodscoreError(f"sound: samples are {y.dtype}, not float; scale them to [-1, 1]")
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise MoodscoreError(f"sound: samples have shape {y.shape}; pass (n,) or (n, channels)")
    if not (np.isfinite(sr) and sr > 0):
        raise MoodscoreError(f"sound: sample rate is {sr}; pass a positive number of samples a second")
    return y[:, None] if y.ndim == 1 else y


def mono_mix(y: np.ndarray) -> np.ndarray:
    """Mean of the channels, in single or double precision.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n, channels)]

    Returns
    -------
    np.ndarray [shape=(n,)]

    Raises
    ------
    MoodscoreError
        If a sample is NaN or infinite.
    """
    mix = y[:, 0].astype(_sample_type(y))
    for channel in range(1, y.shape[1]):  # np.mean over so short an axis takes ten times as long
        mix += y[:, channel]
    mix /= y.shape[1]
    if not np.isfinite(mix).all():
        raise MoodscoreError("sound: samples contain NaN or infinity; decode the soundtrack again")
    return mix


def n_resampled(n_samples: int, sr: float, rate: float) -> int:
    """How many samples `mono_blocks` makes of `n_samples`."""
    return round(n_samples * rate / sr)


def mono_blocks(y: np.ndarray, sr: float, rate: float) -> Iterator[np.ndarray]:
    """The mono mix at another sample rate, block by block.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n, channels)]
        The waveform.
    sr, rate : float
        Its sample rate and the one wanted.

    Yields
    ------
    np.ndarray [shape=(m,)]
        Together `n_resampled` samples.
    """
    step = max(1, round(BLOCK_S * sr))
    stream = soxr.ResampleStream(sr, rate, 1, _sample_type(y), _RESAMPLING_QUALITY) if sr != rate else None
    missing = n_resampled(len(y), sr, rate)
    for start in range(0, len(y), step):
        block = mono_mix(y[start : start + step])
        if stream is not None:
            block = stream.resample_chunk(block, last=start + step >= len(y))[:missing]
        missing -= len(block)
        yield block
    yield np.zeros(missing, dtype=np.float32)  # should the resampler round its length down


def framed(blocks: Iterable[np.ndarray], length: int, hop: int) -> Iterator[np.ndarray]:
    """Overlapping frames of a signal that comes in blocks; frame ``t`` starts at sample ``t * hop``.

    Only frames that lie wholly inside the signal: padding would put an onset at its edges.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(m,)]
        The signal, in order.
    length, hop : int
        Samples of a frame, and from one frame to the next.

    Yields
    ------
    np.ndarray [shape=(frames, length)]
        A read-only view.
    """
    held = np.zeros(0, dtype=np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        if len(held) >= length:
            frames = sliding_window_view(held, length)[::hop]
            yield frames
            held = held[len(frames) * hop :]


def spliced(
    y: np.ndarray, sr: float, rate: int, segment_s: float, n_segments: int
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """The splices of every segment, some segments at a time.

    A segment is cut from its start into whole splices; a rest shorter than a splice is left out.
    A segment too short for any gives one, completed with silence.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n, channels)]
        The waveform.
    sr, rate : float
        Its sample rate and the one the splices shall have.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many segments, counted from the start; what lies beyond the end is silence.

    Yields
    ------
    segments : slice
        Which segments these are.
    splices : np.ndarray [shape=(m, splice_samples)]
        Their splices, a copy.
    owner : np.ndarray of int [shape=(m,)]
        The segment of each splice, counted from ``segments.start``.
    """
    splice = round(SPLICE_S * rate)
    bounds = sample_bounds(n_segments, segment_s, rate, n_resampled(len(y), sr, rate))
    at_once = max(1, round(BLOCK_S / segment_s))
    groups = [bounds[first : first + at_once] for first in range(0, n_segments, at_once)]
    samples = _pieces(mono_blocks(y, sr, rate), [group[-1, 1] - group[0, 0] for group in groups])
    for index, (group, piece) in enumerate(zip(groups, samples, strict=True)):
        counts = np.maximum(1, (group[:, 1] - group[:, 0]) // splice)
        owner = np.repeat(np.arange(len(group)), counts)
        order = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        starts = group[owner, 0] - group[0, 0] + order * splice
        windows = sliding_window_view(np.pad(piece, (0, splice)), splice)
        yield slice(index * at_once, index * at_once + len(group)), windows[starts], owner


def segment_means(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Mean over the splices of each segment.

    Parameters
    ----------
    values : np.ndarray [shape=(m, ...)]
        One entry a splice.
    owner : np.ndarray of int [shape=(m,)]
        The segment of each splice: 0, …, n - 1 in ascending order, none left out.

    Returns
    -------
    np.ndarray [shape=(n, ...)]
    """
    firsts = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(firsts, append=len(owner))
    return np.add.reduceat(values, firsts, axis=0) / counts.reshape(-1, *(1,) * (values.ndim - 1))


def hann(length: int) -> np.ndarray:
    """The periodic Hann window, whose copies at half its length apart add up to 1."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def squared_magnitudes(spectrum: np.ndarray) -> np.ndarray:
    """``|X|²`` of a complex spectrum, which is overwritten: it is the largest array around."""
    parts = spectrum.view(spectrum.real.dtype)
    np.square(parts, out=parts)
    return parts[..., ::2] + parts[..., 1::2]


def _sample_type(y: np.ndarray) -> np.dtype:
    """Single or double precision, whichever holds the samples: the resampler knows no other."""
    return np.dtype(np.float32 if y.dtype.itemsize <= 4 else np.float64)


def _pieces(blocks: Iterable[np.ndarray], lengths: Iterable[int]) -> Iterator[np.ndarray]:
    """Join blocks and cut them anew, into successive pieces of the given lengths."""
    blocks = iter(blocks)
    held = np.zeros(0, dtype=np.float32)
    for length in lengths:
        parts, ready = [held], len(held)
        while ready < length:
            parts.append(next(blocks))
            ready += len(parts[-1])
        joined = np.concatenate(parts)
        yield joined[:length]
        held = joined[length:]
