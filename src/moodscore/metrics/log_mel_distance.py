"""How far two pieces of audio are from each other in what the ear resolves.

Conventions: audio is floating point, `(n,)` or `(n, channels)`, both pieces of the same sample rate
and beginning together; channels are averaged. The analysis is the usual one at 22,050 Hz (frames of
2048 samples, 512 apart, mel bands up to 11,025 Hz); at other rates the frames last as long and the
bands end as high, so nothing is resampled and the result hardly depends on the rate.

Levels are in decibels of full scale: a sine of amplitude 1 has 0 dB. They are floored at -80 dB, an
absolute floor: silence has a finite distance from everything, and none from silence.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.metrics._signals import validate_signals

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_N_BANDS = 64
_REFERENCE_RATE = 22_050
_FRAME_S = 2048 / _REFERENCE_RATE
_HIGHEST_HZ = _REFERENCE_RATE / 2
_HOPS_PER_FRAME = 4
_FLOOR_DB = -80.0
_FLOOR_POWER = 10 ** (_FLOOR_DB / 10)
_FRAMES_PER_BLOCK = 256
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
    validate_signals(original, output)
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
    """
    validate(original, output, sample_rate)
    n_samples = min(len(original), len(output))
    pair = original[:n_samples], output[:n_samples]
    frame = round(_FRAME_S * sample_rate)
    bank = _mel_bank(sample_rate, frame)
    total, n_frames = 0.0, 0
    for start, stop in _blocks(n_samples, frame):
        x, y = (_band_levels(samples[start:stop], stop - start, bank, frame) for samples in pair)
        total += float(np.abs(x - y).sum())
        n_frames += x.shape[1]
    return total / (n_frames * _N_BANDS)


def _blocks(n_samples: int, frame: int) -> Iterator[tuple[int, int]]:
    """Stretches of whole frames, `[start, stop)` in samples; the last may reach past the end."""
    hop = frame // _HOPS_PER_FRAME
    n_frames = 1 + max(0, -(-(n_samples - frame) // hop))
    for first in range(0, n_frames, _FRAMES_PER_BLOCK):
        last = min(first + _FRAMES_PER_BLOCK, n_frames) - 1
        yield first * hop, last * hop + frame


def _band_levels(samples: np.ndarray, n_samples: int, bank: "csr_array", frame: int) -> np.ndarray:
    """Level of each band in each frame, in dB [shape=(bands, frames)]."""
    padded = np.zeros(n_samples)
    padded[: len(samples)] = samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame)[:: frame // _HOPS_PER_FRAME]
    window = np.hanning(frame + 1)[:-1]  # periodic
    full_scale_sine = frame * np.sum(window**2) / 4  # its power, summed over the bins of rfft
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2 / full_scale_sine
    return 10 * np.log10(np.maximum(bank @ power.T, _FLOOR_POWER))


def _mel_bank(sample_rate: int, frame: int) -> "csr_array":
    """Overlapping triangles of height 1 on the mel scale [shape=(bands, bins)].

    Sparse: a bin is in two bands at most, and the sums do not depend on the number of threads.
    """
    from librosa.filters import mel
    from scipy.sparse import csr_array

    highest_hz = min(_HIGHEST_HZ, sample_rate / 2)
    bank = mel(sr=sample_rate, n_fft=frame, n_mels=_N_BANDS, fmax=highest_hz, norm=None, dtype=np.float64)
    return csr_array(bank)
