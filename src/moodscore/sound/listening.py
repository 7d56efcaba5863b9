"""Hearing a soundtrack once: every block is read, mixed and resampled once, and whoever listens hears it.

A soundtrack may last hours, and decoding it may cost as much as measuring it. So nothing here holds a
whole one or reads a part twice: the mono mix passes in blocks of a few seconds, at every rate that is
wanted, and listeners keep what they need. Blocks join without a seam; their length changes no result.
"""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Protocol

import numpy as np
import soxr

from moodscore.ahead import read_ahead
from moodscore.compute import clip_cores
from moodscore.errors import MoodscoreError
from moodscore.samples import ArraySource, SampleSource

#: Long enough that threads seldom wait for each other, and little in memory.
BLOCK_S = 10.0
#: Samples beyond this (full scale is 1) are no sound; their squares would leave single precision.
LARGEST_SAMPLE = 1e9

#: Names and values of <malloc.h>; and the most that is kept.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 2**26

_RESAMPLING_QUALITY = "HQ"  # linear phase, 20 bit


class Listener(Protocol):
    """Something that measures sound as it passes."""

    rate: int

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix [shape=(m,)], at ``rate`` samples a second."""
        ...


def listen(source: SampleSource, *listeners: Listener) -> None:
    """Let every listener hear the whole of a soundtrack, in one pass.

    Raises
    ------
    MoodscoreError
        If a sample is not floating point, not finite or far beyond full scale.
    """
    _keep_freed_memory()
    rates = sorted({listener.rate for listener in listeners})
    with ThreadPoolExecutor(clip_cores()) as threads:
        for blocks in read_ahead(mono_blocks(source, rates), 1):
            at_rate = dict(zip(rates, blocks, strict=True))
            # Each listener minds its own business, so that what it hears does not depend on the threads.
            hearing = [threads.submit(listener.hear, at_rate[listener.rate]) for listener in listeners]
            for heard in hearing:
                heard.result()


def as_source(y: np.ndarray | SampleSource, sr: float | None) -> SampleSource:
    """Samples and their rate as a sound that is read by slice; one that is already passes as it is.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n,) or (n, channels)], or SampleSource
        Samples, full scale at ±1, or where to read them.
    sr : float or None
        Samples a second of an array.

    Raises
    ------
    MoodscoreError
        If the samples are not floating point or not of that shape, or their rate is missing, given twice
        or not positive.
    """
    if not hasattr(y, "read"):
        if sr is None:
            raise MoodscoreError("sr: is missing; pass the samples a second of the array")
        samples = _checked(np.asarray(y))
        y = ArraySource(samples[:, None] if samples.ndim == 1 else samples, sr)
    elif sr is not None:
        raise MoodscoreError(f"sr: is {sr}, but the sound knows its own rate; pass one or the other")
    if not (np.isfinite(y.sample_rate) and y.sample_rate > 0):
        raise MoodscoreError(
            f"sound: sample rate is {y.sample_rate}; pass a positive number of samples a second"
        )
    return y


def mono_mix(y: np.ndarray) -> np.ndarray:
    """Mean of the channels, in single or double precision, whichever holds the samples.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n, channels)]

    Returns
    -------
    np.ndarray [shape=(n,)]

    Raises
    ------
    MoodscoreError
        If a sample is not floating point, not finite or far beyond full scale.
    """
    mix = _checked(y)[:, 0].astype(np.float32 if y.dtype.itemsize <= 4 else np.float64)
    for channel in range(1, y.shape[1]):  # np.mean over so short an axis takes ten times as long
        mix += y[:, channel]
    mix /= y.shape[1]
    if not (mix.min(initial=0) >= -LARGEST_SAMPLE and mix.max(initial=0) <= LARGEST_SAMPLE):
        if not np.isfinite(mix).all():
            raise MoodscoreError("sound: samples contain NaN or infinity; decode the soundtrack again")
        raise MoodscoreError(f"sound: samples exceed {LARGEST_SAMPLE:g}; scale them to [-1, 1]")
    return mix


def n_resampled(source: SampleSource, rate: float) -> int:
    """How many samples `mono_blocks` makes of a soundtrack."""
    return round(source.n_samples * rate / source.sample_rate)


def mono_blocks(source: SampleSource, rates: Sequence[float]) -> Iterator[list[np.ndarray]]:
    """The mono mix at other sample rates, block by block.

    Parameters
    ----------
    source : SampleSource
        The soundtrack.
    rates : sequence of float
        The sample rates wanted.

    Yields
    ------
    list of np.ndarray [shape=(m,)]
        The next samples at each rate; together `n_resampled` samples of each.
    """
    step = max(1, round(BLOCK_S * source.sample_rate))
    streams = [_Resampler(source, rate) for rate in rates]
    for start in range(0, source.n_samples, step):
        stop = min(start + step, source.n_samples)
        mix = mono_mix(source.read(start, stop))
        yield [stream.next(mix, last=stop == source.n_samples) for stream in streams]
    yield [stream.rest() for stream in streams]


class _Resampler:
    """A stream at one rate into one of exactly `n_resampled` samples at another."""

    def __init__(self, source: SampleSource, rate: float):
        self._rates = source.sample_rate, rate
        self._missing = n_resampled(source, rate)
        self._stream = None

    def next(self, block: np.ndarray, *, last: bool) -> np.ndarray:
        if self._rates[0] != self._rates[1]:
            if self._stream is None:
                self._stream = soxr.ResampleStream(*self._rates, 1, block.dtype, _RESAMPLING_QUALITY)
            block = self._stream.resample_chunk(block, last=last)[: self._missing]
        self._missing -= len(block)
        return block

    def rest(self) -> np.ndarray:
        """What is missing should the resampler have rounded its length down."""
        return np.zeros(self._missing, dtype=np.float32)


@cache
def _keep_freed_memory() -> None:
    """Have glibc keep the memory of one block's arrays for those of the next.

    Left to itself it returns what is free beyond twice the largest array so far, and the system hands
    it out again page by page, which doubled the time of some features. See mallopt(3); other C libraries
    know no such thing.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES // 2)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def _checked(y: np.ndarray) -> np.ndarray:
    if not np.issubdtype(y.dtype, np.floating):
        raise MoodscoreError(f"sound: samples are {y.dtype}, not float; scale them to [-1, 1]")
    if y.ndim not in (1, 2) or (y.ndim == 2 and y.shape[1] == 0):
        raise MoodscoreError(f"sound: samples have shape {y.shape}; pass (n,) or (n, channels)")
    return y
