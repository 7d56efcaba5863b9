"""Cutting the circle of hues open where it hurts least."""

import numpy as np

#: Standard deviation of the smoothing before the emptiest hue is looked for, as a share of the circle.
_SMOOTHING = 1 / 32


def emptiest_hue(histogram: np.ndarray) -> float:
    """The hue with the least weight around it.

    Means and distances on a line need the circle of hues cut open; where there is no colour, the cut
    separates nothing. The histogram is smoothed around the circle by a Gaussian first, so that a
    single empty bin amid much colour is no candidate.

    Parameters
    ----------
    histogram : np.ndarray [shape=(n,)]
        Weight of each of ``n`` evenly spaced hues, the first at 0.

    Returns
    -------
    float
        In [0, 1); the lowest of equally empty hues.
    """
    n = len(histogram)
    circular = np.minimum(np.arange(n), n - np.arange(n)) / n
    kernel = np.exp(-0.5 * (circular / _SMOOTHING) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(histogram) * np.fft.rfft(kernel), n)
    # Rounding in the transform must not decide between equally empty hues.
    level = smooth.min() + 1e-9 * max(smooth.max(), 1e-300)
    return float(np.flatnonzero(smooth <= level)[0] / n)


def unroll(hue: np.ndarray | float, cut: float) -> np.ndarray:
    """Hues on a line that starts at ``cut``: ``(hue - cut) mod 1``, in [0, 1)."""
    return np.mod(np.asarray(hue, dtype=np.float64) - cut, 1.0)
