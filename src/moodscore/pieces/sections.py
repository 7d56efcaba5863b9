"""Where sections begin: novelty of the self-similarity matrix.

A checkerboard kernel with a Gaussian taper slides along the diagonal of the similarity of all beats to each
other. It is high where what comes is like itself, what came was like itself, and the two are not alike [1]_.

.. [1] J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

#: Beats to either side of a boundary.
REACH = 16
#: No section is shorter (beats).
SHORTEST = 8
#: A boundary stands so many standard deviations above the mean novelty.
HEIGHT = 1.0
#: Features are averaged over so many beats first: a bar, so that its beats look alike.
SMOOTHING = 4
#: A boundary moves to a downbeat as near as this (beats).
SNAP = 2


def find_sections(features: np.ndarray, bar_position: np.ndarray) -> np.ndarray:
    """Beats with which a section begins.

    Parameters
    ----------
    features : np.ndarray [shape=(n, d)]
        Standardised features of the beats.
    bar_position : np.ndarray of int [shape=(n,)]
        Place of each beat in the bar; sections begin on downbeats where those are known.

    Returns
    -------
    np.ndarray of int [shape=(k,)]
        Ascending, never the first beat.
    """
    n = len(features)
    if n < 2 * SHORTEST:
        return np.zeros(0, dtype=np.int64)
    novelty = checkerboard_novelty(features, REACH)
    highest = maximum_filter1d(novelty, 2 * SHORTEST + 1)
    peaks = np.flatnonzero((novelty == highest) & (novelty > novelty.mean() + HEIGHT * novelty.std()))
    peaks = peaks[(peaks >= SHORTEST) & (peaks <= n - SHORTEST)]
    downbeats = np.flatnonzero(bar_position == 0)
    if len(downbeats) and len(peaks):
        nearest = downbeats[np.abs(peaks[:, None] - downbeats).argmin(axis=1)]
        peaks = np.where(np.abs(nearest - peaks) <= SNAP, nearest, peaks)
    return np.unique(peaks[peaks > 0])


def checkerboard_novelty(features: np.ndarray, reach: int) -> np.ndarray:
    """Novelty at the start of each beat [shape=(n,)].

    Only the band of the similarity matrix that the kernel covers is computed.
    """
    n = len(features)
    smooth = uniform_filter1d(features, SMOOTHING, axis=0, mode="nearest", origin=0)
    norm = np.linalg.norm(smooth, axis=1, keepdims=True)
    unit = np.divide(smooth, norm, out=np.zeros_like(smooth), where=norm > 0)
    padded = np.pad(unit, ((reach, reach), (0, 0)), mode="edge")
    offsets = np.arange(-reach, reach) + 0.5
    taper = np.exp(-0.5 * (offsets / (reach / 2)) ** 2)
    kernel = np.outer(np.sign(offsets) * taper, np.sign(offsets) * taper)
    novelty = np.zeros(n)
    for lag in range(2 * reach):
        # Similarity of beats a and a + lag, for every a.
        likeness = np.einsum("ij,ij->i", padded[: len(padded) - lag], padded[lag:])
        weights = np.diagonal(kernel, lag) * (1 if lag == 0 else 2)
        novelty += np.correlate(likeness, weights, "valid")[:n]
    return np.maximum(novelty / np.abs(kernel).sum(), 0.0)
