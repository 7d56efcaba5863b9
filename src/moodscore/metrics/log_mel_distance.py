"""How far two pieces of audio are from each other in what the ear resolves.

Conventions: audio is floating point, `(n,)` or `(n, channels)`, both pieces of the same sample rate
and beginning together; channels are averaged. The analysis is the usual one at 22,050 Hz (frames of
2048 samples, 512 apart, mel bands up to 11,025 Hz); at other rates the frames last as long and the
bands end as high, so nothing is resampled and the result hardly depends on the rate.

Levels are in decibels of full scale: a sine of amplitude 1 has 0 dB. They are floored at -80 dB, an
absolute floor: silence has a finite distance from everything, and none from silence.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.metrics._signals import mono_mix, validate_signals

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_N_BANDS = 64
_REFERENCE_RATE = 22_050
_FRAME_S = 2048 / _REFERENCE_RATE
_HIGHEST_HZ = _REFERENCE_RATE / 2
_HOPS_PER_FRAME = 4
_FLOOR_DB = -80.0
_FLOOR_POWER = 10 ** (_FLOOR_DB / 10)
#: So many that their spectra stay in the processor's cache: twice as fast as four times as many.
_FRAMES_PER_BLOCK = 64
#: At this rate a band is five bins of the spectrum wide; much lower, some would be without any.
_LOWEST_RATE = 4000


def validate(original: np.ndarray, output: np.ndarray, sample_rate: int) -> None:
    """Check the two pieces and their sample rate.

    Raises
    ------
    MoodscoreError
        If one is not an array of floating-point samples, has more than two dimensions, no sample,
        or a sample that is not finite; if the sample rate is under 4000 Hz.
    """
    validate_signals(original=original, output=output)
    _check_rate(sample_rate)


def _check_rate(sample_rate: int) -> None:
    if not sample_rate >= _LOWEST_RATE:
        raise MoodscoreError(f"sample_rate {sample_rate}: expected at least {_LOWEST_RATE} Hz")


def log_mel_distance(original: np.ndarray, output: np.ndarray, sample_rate: int) -> float:
    """Mean absolute difference of the log-mel spectrograms.

    Parameters
    ----------
    original, output : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1]; compared over the shorter length, the last frame filled with silence.
    sample_rate : int
        Samples a second of both, in Hz.

    Returns
    -------
    float
        Mean over frames and 64 bands, in dB; 0 (equal) to about 80 (full scale against silence).
        A change of gain by `g` dB gives `g` wherever the level stays above the floor.

    Raises
    ------
    MoodscoreError
        As `validate`.

    See Also
    --------
    LogMelReference : For many outputs of one original.
    """
    validate(original, output, sample_rate)
    return LogMelReference(original[: len(output)], sample_rate).distance(output)


class LogMelReference:
    """An original whose `log_mel_distance` from many outputs is wanted: its levels are computed once.

    Parameters
    ----------
    original : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1].
    sample_rate : int
        Samples a second, in Hz.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """

    def __init__(self, original: np.ndarray, sample_rate: int) -> None:
        validate_signals(original=original)
        _check_rate(sample_rate)
        self._original, self._sample_rate = original, sample_rate
        self._levels = list(log_mel_levels(original, sample_rate))

    def distance(self, output: np.ndarray) -> float:
        """What `log_mel_distance` of the original and ``output`` is.

        Parameters
        ----------
        output : np.ndarray of float [shape=(n,) or (n, channels)]
            Samples in [-1, 1] at the original's rate.

        Raises
        ------
        MoodscoreError
            As `validate`.
        """
        validate_signals(output=output)
        if len(output) < len(self._original):  # the last frames of the original are cut short, too
            return LogMelReference(self._original[: len(output)], self._sample_rate).distance(output)
        output = output[: len(self._original)]
        total, n_levels = 0.0, 0
        blocks = _blocks(len(self._original), self._sample_rate)
        for block, levels in zip(blocks, self._levels, strict=True):
            total += float(np.abs(levels - _levels(output, self._sample_rate, block)).sum())
            n_levels += levels.size
        return total / n_levels


def log_mel_levels(samples: np.ndarray, sample_rate: int) -> Iterator[np.ndarray]:
    """Level of each of 64 mel bands in each frame, block by block.

    Parameters
    ----------
    samples : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1].
    sample_rate : int
        Samples a second, in Hz.

    Yields
    ------
    np.ndarray [shape=(64, frames)]
        In dB of full scale, at least -80.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate_signals(samples=samples)
    _check_rate(sample_rate)
    for block in _blocks(len(samples), sample_rate):
        yield _levels(samples, sample_rate, block)


def _blocks(n_samples: int, sample_rate: int) -> list[slice]:
    """Stretches of whole frames, in samples; the last may reach past the end."""
    frame = _frame_length(sample_rate)
    hop = frame // _HOPS_PER_FRAME
    n_frames = 1 + max(0, -(-(n_samples - frame) // hop))
    firsts = range(0, n_frames, _FRAMES_PER_BLOCK)
    lasts = (min(first + _FRAMES_PER_BLOCK, n_frames) - 1 for first in firsts)
    return [slice(first * hop, last * hop + frame) for first, last in zip(firsts, lasts, strict=True)]


def _frame_length(sample_rate: int) -> int:
    return round(_FRAME_S * sample_rate)


def _levels(samples: np.ndarray, sample_rate: int, block: slice) -> np.ndarray:
    """Level of each band in each frame of a block, in dB [shape=(bands, frames)]."""
    from scipy.fft import rfft

    frame = _frame_length(sample_rate)
    mono = mono_mix(samples[block])
    padded = np.pad(mono, (0, block.stop - block.start - len(mono)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame)[:: frame // _HOPS_PER_FRAME]
    window = np.hanning(frame + 1)[:-1]  # periodic
    full_scale_sine = frame * np.sum(window**2) / 4  # its power, summed over the bins of rfft
    spectrum = rfft(frames * window, overwrite_x=True)
    power = spectrum.real**2 + spectrum.imag**2
    return 10 * np.log10(np.maximum(_mel_bank(sample_rate) @ power.T / full_scale_sine, _FLOOR_POWER))


@lru_cache(maxsize=4)
def _mel_bank(sample_rate: int) -> "csr_array":
    """Overlapping triangles of height 1 on the mel scale [shape=(bands, bins)].

    Sparse: a bin is in two bands at most, and the sums do not depend on the number of threads.
    """
    from librosa.filters import mel
    from scipy.sparse import csr_array

    n_fft, highest_hz = _frame_length(sample_rate), min(_HIGHEST_HZ, sample_rate / 2)
    bank = mel(sr=sample_rate, n_fft=n_fft, n_mels=_N_BANDS, fmax=highest_hz, norm=None, dtype=np.float64)
    return csr_array(bank)
