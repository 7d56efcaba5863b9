"""What the measures of audio expect of it, and its mono mix."""

import numpy as np

from moodscore.errors import MoodscoreError


def validate_signals(**signals: np.ndarray) -> None:
    """Check pieces of audio, each passed by the name it shall have in an error message.

    Parameters
    ----------
    **signals : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1]; lengths and channels may differ.

    Raises
    ------
    MoodscoreError
        If one is not an array of floating-point samples, has more than two dimensions, no sample
        or no channel, or a sample that is not finite.
    """
    for name, samples in signals.items():
        if not (isinstance(samples, np.ndarray) and np.issubdtype(samples.dtype, np.floating)):
            raise MoodscoreError(f"{name}: expected an array of floating-point samples in [-1, 1]")
        if samples.ndim not in (1, 2) or samples.size == 0:
            raise MoodscoreError(
                f"{name}: audio of shape {samples.shape}, expected (n,) or (n, channels), neither of them 0"
            )
        if not np.isfinite(samples).all():
            raise MoodscoreError(f"{name}: a sample is not finite")


def mono_mix(samples: np.ndarray) -> np.ndarray:
    """Mean of the channels, in double precision [shape=(n,)]."""
    if samples.ndim == 1:
        return samples.astype(np.float64)
    mix = samples[:, 0].astype(np.float64)
    for channel in range(1, samples.shape[1]):  # np.mean over so short an axis takes ten times as long
        mix += samples[:, channel]
    return mix / samples.shape[1]
