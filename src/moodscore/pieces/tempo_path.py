"""The course of the tempo through a piece: one path through the local repetitions of its onsets.

The onset envelope is compared to itself in windows of some seconds. A beat period p is likely where
the envelope repeats after p, 2p, 3p and 4p, and where people like to tap (a log-normal preference [1]_).
Viterbi's algorithm finds the sequence of periods that is likeliest as a whole when small changes are
cheap and large ones dear: it follows a tempo that drifts and never gallops between a beat and its half.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter1d

from moodscore.sound.tempo import autocorrelation

#: Beat periods that are looked for (s), and steps an octave.
SHORTEST_S, LONGEST_S = 60 / 200, 60 / 48
STEPS_PER_OCTAVE = 48
PERIODS_S = SHORTEST_S * 2 ** (
    np.arange(int(STEPS_PER_OCTAVE * np.log2(LONGEST_S / SHORTEST_S)) + 1) / STEPS_PER_OCTAVE
)
#: Tempo that is most readily tapped, and how far the preference reaches.
PREFERRED_S = 60 / 110
PREFERENCE_OCTAVES = 0.9
#: Sound that a local tempo is read from, and from one reading to the next (s).
WINDOW_S = 8.0
STEP_S = 1.5
#: Multiples of the period after which a beat repeats, and what each counts.
MULTIPLES = (1, 2, 3, 4)
MULTIPLE_WEIGHTS = (1.0, 0.8, 0.4, 0.6)
#: Hands are so uneven (s): onsets are blurred by it before they are compared.
UNEVENNESS_S = 0.012
#: Price of a change of tempo from one reading to the next: that of the square of an octave, and the most.
CHANGE_PRICE = 50.0
MOST_PRICE = 3.0

_PREFERENCE = np.exp(-0.5 * (np.log2(PERIODS_S / PREFERRED_S) / PREFERENCE_OCTAVES) ** 2)
_AT_ONCE = 64


def tempo_path(envelope: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Beat period over time.

    Parameters
    ----------
    envelope : np.ndarray [shape=(t,)]
        Onset strength, not negative.
    rate : float
        Samples of it a second.

    Returns
    -------
    times_s : np.ndarray [shape=(w,)]
        Middles of the windows.
    periods_s : np.ndarray [shape=(w,)]
        Beat period in each.
    """
    envelope = gaussian_filter1d(envelope, UNEVENNESS_S * rate)
    length = min(round(WINDOW_S * rate), len(envelope))
    starts = np.arange(0, max(len(envelope) - length, 0) + 1, max(1, round(STEP_S * rate)))
    repeats = _repetitions(envelope, length, starts, rate)
    path = _viterbi(repeats * _PREFERENCE)
    return (starts + length / 2) / rate, PERIODS_S[path]


def _repetitions(envelope: np.ndarray, length: int, starts: np.ndarray, rate: float) -> np.ndarray:
    """Share of each window that repeats after each period [shape=(w, periods)]."""
    lags = np.outer(MULTIPLES, PERIODS_S) * rate
    longest = min(int(np.ceil(lags.max())) + 1, length - 1)
    found = [np.zeros((0, len(PERIODS_S)))]
    if length < 2:
        return np.zeros((len(starts), len(PERIODS_S)))
    windows = sliding_window_view(envelope, length)
    for first in range(0, len(starts), _AT_ONCE):
        window = windows[starts[first : first + _AT_ONCE]]
        window = window - window.mean(axis=1, keepdims=True)
        correlation = autocorrelation(window, longest)
        energy = correlation[:, :1]
        # Unbiased as far as three quarters of the window, and no further: little is left to compare.
        overlap = np.maximum(length - np.arange(longest + 1), length / 4) / length
        correlation = np.divide(
            correlation, energy * overlap, out=np.zeros_like(correlation), where=energy > 0
        )
        total = np.zeros((len(window), len(PERIODS_S)))
        for row, weight in zip(lags, MULTIPLE_WEIGHTS, strict=True):
            total += weight * _interpolated(correlation, np.minimum(row, longest - 1))
        found.append(total / sum(MULTIPLE_WEIGHTS))
    return np.concatenate(found)


def _interpolated(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    below = np.floor(places).astype(np.int64)
    part = places - below
    return values[:, below] * (1 - part) + values[:, np.minimum(below + 1, values.shape[1] - 1)] * part


def _viterbi(likely: np.ndarray) -> np.ndarray:
    """The path of the highest sum, less the price of its changes [shape=(w,)]."""
    states = np.arange(likely.shape[1])
    octaves = np.abs(states[:, None] - states) / STEPS_PER_OCTAVE
    price = np.minimum(CHANGE_PRICE * octaves**2, MOST_PRICE)
    total, came_from = likely[0], np.zeros(likely.shape, dtype=np.int64)
    for step in range(1, len(likely)):
        ways = total[:, None] - price
        came_from[step] = ways.argmax(axis=0)
        total = ways[came_from[step], states] + likely[step]
    path = np.empty(len(likely), dtype=np.int64)
    path[-1] = total.argmax()
    for step in range(len(likely) - 1, 0, -1):
        path[step - 1] = came_from[step, path[step]]
    return path
