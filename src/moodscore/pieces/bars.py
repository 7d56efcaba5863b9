"""Where the bars begin: the hypothesis whose downbeats collect most change of harmony and bass.

A downbeat is where the chord changes, and where the bass begins and grows louder. Of every metre and every
phase the mean accent of the downbeats is measured in its own standard error; how far the best is ahead of the
next is the confidence.
"""

from typing import NamedTuple

import numpy as np

from moodscore.pieces.piece import UNKNOWN

METRES = (4, 3)
#: The best hypothesis must lead by so much (standard errors).
LEAST_LEAD = 2.0
#: A piece shorter than this has too few bars to compare (beats).
LEAST_BEATS = 16
#: Accents beyond this many standard deviations count no more.
_LARGEST = 3.0
#: What counts beside the change of harmony over two beats: that over one, the attack in the bass (in which a
#: snare drum is heard, too), and the rise of the lowest level (in which it is not).
SUDDEN_WEIGHT, BASS_WEIGHT, LOW_WEIGHT = 0.5, 0.5, 0.5


class Bars(NamedTuple):
    """Place of each beat in its bar, beats a bar (0 = unknown), and the lead over the next hypothesis."""

    position: np.ndarray
    metre: int
    confidence: float


def find_bars(chroma: np.ndarray, bass: np.ndarray, low: np.ndarray) -> Bars:
    """Find the metre and the downbeats of a piece.

    Parameters
    ----------
    chroma : np.ndarray [shape=(n, 12)]
        Held pitch classes of each beat, of unit norm.
    bass : np.ndarray [shape=(n,)]
        Attack in the bass at each beat.
    low : np.ndarray [shape=(n,)]
        Level of the lowest tones of each beat, dB.

    Returns
    -------
    Bars
    """
    n = len(bass)
    unknown = np.full(n, UNKNOWN)
    if n < LEAST_BEATS:
        return Bars(unknown, 0, 0.0)
    accent = (
        _scaled(harmonic_change(chroma, 2))
        + SUDDEN_WEIGHT * _scaled(harmonic_change(chroma, 1))
        + BASS_WEIGHT * _scaled(bass)
        + LOW_WEIGHT * _scaled(np.maximum(np.diff(low, prepend=low[0]), 0))
    )
    accent = accent - accent.mean()
    spread = accent.std()
    if spread == 0:
        return Bars(unknown, 0, 0.0)
    scores = {}
    for metre in METRES:
        for phase in range(metre):
            on = accent[phase::metre]
            scores[metre, phase] = on.mean() / spread * np.sqrt(len(on))
    best, following = sorted(scores, key=scores.get, reverse=True)[:2]
    lead = float(scores[best] - scores[following])
    if lead < LEAST_LEAD:
        return Bars(unknown, 0, lead)
    metre, phase = best
    return Bars((np.arange(n) - phase) % metre, metre, lead)


def harmonic_change(chroma: np.ndarray, beats: int) -> np.ndarray:
    """How much some beats from here differ in harmony from as many before, 0 to 1.

    Parameters
    ----------
    chroma : np.ndarray [shape=(n, 12)]
        Not negative.
    beats : int
        How many to either side; the first and the last are repeated beyond the ends.

    Returns
    -------
    np.ndarray [shape=(n,)]
        One minus the cosine of the two sums.
    """
    padded = np.pad(chroma, ((beats, beats - 1), (0, 0)), mode="edge")
    sums = np.lib.stride_tricks.sliding_window_view(padded, beats, axis=0).sum(axis=-1)
    before, after = sums[: len(chroma)], sums[beats:]
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    likeness = np.einsum("ij,ij->i", before, after)
    return 1 - np.divide(likeness, norms, out=np.ones_like(norms), where=norms > 0)


def _scaled(x: np.ndarray) -> np.ndarray:
    spread = x.std()
    return np.clip((x - x.mean()) / spread, -_LARGEST, _LARGEST) if spread > 1e-12 else np.zeros_like(x)
