"""What the measures that compare pieces of audio expect of them."""

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
