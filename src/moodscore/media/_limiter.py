"""A limiter that looks ahead and between the samples.

The true peak of digital sound is that of the curve through its samples [1]_; it is estimated by
interpolating with a windowed sinc at eight times the rate. The gain is a weighted mean of the least
gain needed in a neighbourhood, so it is never more than what is needed at any one peak, and smooth.

References
----------
.. [1] ITU-R BS.1770-5, Algorithms to measure audio programme loudness and true-peak audio level,
   2023, Annex 2.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from moodscore.media._blocks import in_context

#: Points on the curve for each sample; at eight, a tone of 20 kHz is read 0.15 dB low at the worst,
#: one of 10 kHz 0.03 dB.
_OVERSAMPLING = 8
#: The interpolation reaches this many samples to each side, under a Kaiser window whose sidelobes
#: lie 80 dB down.
_REACH = 24
_KAISER_BETA = 8.0
#: Samples that are interpolated by one row of a matrix product.
_HOP = 64
#: The gain begins to fall this long before a peak and has recovered as long after it, twice over. No
#: shorter than half a wave of the lowest bass (20 Hz), lest the gain follow the wave itself.
_LOOK_AHEAD_S = 0.025
#: What the estimate of the peaks may miss, kept free below the ceiling.
_HEADROOM_DB = 0.1


def to_gain(level_db: float) -> float:
    """Decibels as a factor."""
    return 10 ** (level_db / 20)


def true_peak(blocks: Iterable[np.ndarray]) -> float:
    """The highest point of the curve through the samples, 1 being full scale."""
    highest = 0.0
    for padded in in_context(blocks, _REACH):
        # The samples first: then the curve is drawn only where it can rise above all of them.
        highest = max(highest, float(np.abs(padded[_REACH:-_REACH]).max(initial=0.0)))
        highest = max(highest, float(_peaks(padded, highest).max(initial=0.0)))
    return highest


def limited(blocks: Iterable[np.ndarray], ceiling_dbtp: float, sample_rate: int) -> Iterator[np.ndarray]:
    """The same sound, turned down for a moment round every peak that would pass the ceiling.

    Where nothing passes it, samples stay as they are. All channels are turned down together.

    Parameters
    ----------
    blocks : iterable of np.ndarray of float32 [shape=(n, channels)]
        The sound.
    ceiling_dbtp : float
        Highest true peak, dB relative to full scale.
    sample_rate : int
        Samples a second.

    Yields
    ------
    np.ndarray of float32 [shape=(n, channels)]
        As many samples in all, in blocks of other lengths.
    """
    ceiling = to_gain(ceiling_dbtp - _HEADROOM_DB)
    ahead = 2 * round(_LOOK_AHEAD_S * sample_rate / 2)  # even, so that the means below are centred
    reach = 2 * ahead + _REACH
    for padded in in_context(blocks, reach):
        middle = padded[reach:-reach]
        peaks = _peaks(padded, ceiling)
        if peaks.max() > ceiling:
            least = minimum_filter1d(ceiling / np.maximum(peaks, ceiling), 2 * ahead + 1)
            gain = uniform_filter1d(uniform_filter1d(least, ahead + 1), ahead + 1)
            middle = (middle * gain[2 * ahead : -2 * ahead, None]).astype(np.float32)
        yield middle


def _peaks(padded: np.ndarray, above: float) -> np.ndarray:
    """The highest point of the curve near each sample, but for ``_REACH`` at both ends; all channels.

    Where no point can pass ``above``, the curve is not drawn: the samples stand for it.
    """
    n_gaps = len(padded) - 2 * _REACH + 1  # between the samples, and before and after them
    matrix = _interpolation()
    rows = -(-n_gaps // _HOP)
    filled = np.zeros((padded.shape[1], (rows + 1) * _HOP), dtype=np.float32)
    n_filled = min(len(padded), filled.shape[1])
    filled[:, :n_filled] = padded[:n_filled].T
    peaks = np.zeros(len(padded) - 2 * _REACH, dtype=np.float32)
    for samples, channel in zip(padded.T, filled, strict=True):
        np.maximum(peaks, np.abs(samples[_REACH:-_REACH]), out=peaks)
        windows = sliding_window_view(channel, len(matrix))[::_HOP]
        highest = np.abs(channel).reshape(-1, _HOP).max(axis=1)
        # A window reaches into the row after its own, and no further.
        loud = np.flatnonzero(np.maximum(highest[:-1], highest[1:]) * _most_gain() > above)
        curve = np.ascontiguousarray(windows[loud]) @ matrix  # in one piece, for BLAS
        gaps = np.zeros((rows, _HOP), dtype=np.float32)
        gaps[loud] = np.abs(curve).reshape(len(loud), _OVERSAMPLING - 1, _HOP).max(axis=1)
        gaps = gaps.ravel()[:n_gaps]
        np.maximum(peaks, np.maximum(gaps[:-1], gaps[1:]), out=peaks)
    return peaks


@cache
def _most_gain() -> float:
    """How many times higher than all samples round it the curve can be at most."""
    return float(np.abs(_interpolation()).sum(axis=0).max())


@cache
def _interpolation() -> np.ndarray:
    """From the samples round ``_HOP`` gaps to the points inside these gaps, as a matrix."""
    taps = np.arange(1 - _REACH, _REACH + 1)
    fractions = np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    distance = taps - fractions[:, None]
    window = np.i0(_KAISER_BETA * np.sqrt(1 - (distance / _REACH) ** 2))
    kernels = np.sinc(distance) * window
    kernels /= kernels.sum(axis=1, keepdims=True)
    matrix = np.zeros((_HOP + len(taps) - 1, len(fractions), _HOP), dtype=np.float32)
    for gap in range(_HOP):
        matrix[gap : gap + len(taps), :, gap] = kernels.T
    return matrix.reshape(len(matrix), -1)
