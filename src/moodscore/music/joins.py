"""The cost of a join: how much one would hear that one snippet follows another.

Three things give a join away: a jump of the spectrum or level at the edge, a change of key, a change
of tempo. True neighbours, one snippet and the next of the same source, join for nothing.
"""

import numpy as np
import pandas as pd

from moodscore.music.edges import HEAD_COLUMNS, N_BANDS, TAIL_COLUMNS
from moodscore.music.snippets import N_KEYS, successors

#: A difference of edge frames this large, in dB, costs 1.
EDGE_RANGE_DB = 40.0
N_PITCH_CLASSES = 12
#: A fifth is seven semitones; the relative major lies three semitones above its minor.
SEMITONES_A_FIFTH = 7
RELATIVE_MAJOR_SEMITONES = 3
#: The most a key can differ: half the circle of fifths.
MAX_FIFTHS = N_PITCH_CLASSES // 2


def key_distance(first, second) -> np.ndarray:
    """Distance of two keys on the circle of fifths.

    A minor key stands where its relative major does, since both have the same notes.

    Parameters
    ----------
    first, second : array_like of int
        0..11 the major keys from C upwards by semitones, 12..23 the minor ones; broadcast.

    Returns
    -------
    np.ndarray
        0 (the same notes) to 1 (opposite sides of the circle).

    Examples
    --------
    >>> C, G, F_SHARP, A_MINOR = 0, 7, 6, 21
    >>> [float(key_distance(C, key)) for key in (C, A_MINOR, F_SHARP)]
    [0.0, 0.0, 1.0]
    >>> round(float(key_distance(C, G)), 3)
    0.167
    """
    steps = np.abs(_fifths(first) - _fifths(second))
    return np.minimum(steps, N_PITCH_CLASSES - steps) / MAX_FIFTHS


def _fifths(key) -> np.ndarray:
    """Place of a key on the circle of fifths, 0..11."""
    key = np.asarray(key)
    major = np.where(key < N_PITCH_CLASSES, key, key + RELATIVE_MAJOR_SEMITONES)
    return major * SEMITONES_A_FIFTH % N_PITCH_CLASSES


def tempo_distance(first_bpm, second_bpm) -> np.ndarray:
    """Distance of two tempi, octaves apart counting as equal.

    A beat at 60 and one at 120 bpm fall together; and estimates of tempo err by octaves. With
    ``d = |log2(first / second)|`` the distance is twice that from ``d`` to the nearest integer.

    Parameters
    ----------
    first_bpm, second_bpm : array_like of float
        Positive, in beats a minute; broadcast.

    Returns
    -------
    np.ndarray
        0 (the same beat) to 1 (half an octave apart).

    Examples
    --------
    >>> float(tempo_distance(60.0, 120.0)), round(float(tempo_distance(100.0, 110.0)), 3)
    (0.0, 0.275)
    """
    return _folded(np.log2(first_bpm), np.log2(second_bpm))


def _folded(first_octaves, second_octaves) -> np.ndarray:
    """Twice the distance of two tempi in octaves from the nearest whole number of octaves."""
    octaves = np.abs(first_octaves - second_octaves)
    return 2 * np.abs(octaves - np.rint(octaves))


class JoinCosts:
    """Join costs among the snippets of a dictionary.

    The cost of playing ``b`` after ``a`` is 0 if ``b`` is the true neighbour of ``a``, else

        edge_weight · (mean |Δ band| + |Δ level|) / 2 / 40 dB + key_weight · Δ key + tempo_weight · Δ tempo

    between the tail frame of ``a`` and the head frame of ``b``, see `key_distance` and `tempo_distance`.

    Parameters
    ----------
    snippets : pd.DataFrame [shape=(n, …)]
        Rows of the dictionary.
    edge_weight, key_weight, tempo_weight : float
        Not negative.

    Attributes
    ----------
    successors : np.ndarray of int [shape=(n,)]
        The true neighbour after each row, -1 for none.
    """

    def __init__(self, snippets: pd.DataFrame, *, edge_weight: float, key_weight: float, tempo_weight: float):
        column_weights = np.append(np.full(N_BANDS, 1 / N_BANDS), 1.0) * edge_weight / (2 * EDGE_RANGE_DB)
        self._heads = snippets[list(HEAD_COLUMNS)].to_numpy(dtype=np.float64) * column_weights
        self._tails = snippets[list(TAIL_COLUMNS)].to_numpy(dtype=np.float64) * column_weights
        self._keys = snippets["key"].to_numpy()
        self._octaves = np.log2(snippets["tempo_bpm"].to_numpy(dtype=np.float64))
        keys = np.arange(N_KEYS)
        self._key_costs = key_weight * key_distance(keys[:, np.newaxis], keys)
        self._tempo_weight = tempo_weight
        self.successors = successors(snippets)

    def between(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Cost of every join of one snippet with another.

        Parameters
        ----------
        first, second : np.ndarray of int [shape=(p,)], [shape=(q,)]
            Row numbers.

        Returns
        -------
        np.ndarray [shape=(p, q)]
            Not negative; 0 for true neighbours.
        """
        rows, columns = first[:, np.newaxis], second[np.newaxis, :]
        costs = np.abs(self._tails[rows] - self._heads[columns]).sum(axis=-1)
        costs += self._key_costs[self._keys[rows], self._keys[columns]]
        costs += self._tempo_weight * _folded(self._octaves[rows], self._octaves[columns])
        costs[self.successors[rows] == columns] = 0.0
        return costs
