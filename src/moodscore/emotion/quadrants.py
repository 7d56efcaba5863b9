"""The four quadrants of the valence-arousal plane, and how long one must hold.

Valence (how positive) and arousal (how excited) are mean opinion scores on the nine-point
self-assessment scale, 1 to 9, neutral at 5 [1]_. A quadrant is *positive* if valence exceeds 5 and
*high* if arousal exceeds 5; a score of exactly 5 is on the negative or low side, as in [2]_.

References
----------
.. [1] Bradley, M. M. and Lang, P. J., "Measuring emotion: the self-assessment manikin and the
   semantic differential", Journal of Behavior Therapy and Experimental Psychiatry 25, 1994.
.. [2] Sergio, G. C. and Lee, M., "Emotional Video to Audio Transformation Using Deep Recurrent
   Neural Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020.
"""

import math
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from moodscore.errors import MoodscoreError

#: Ends and middle of the scale of both scores.
LOWEST_SCORE, NEUTRAL_SCORE, HIGHEST_SCORE = 1.0, 5.0, 9.0

#: What a person is shown where an emotion is near the middle of the plane; no quadrant.
NEUTRAL = "neutral"

#: The quadrants in the order of their codes, 1 to 4.
QUADRANTS = ("pos_high", "pos_low", "neg_high", "neg_low")

#: The sides of the plane by valence alone.
VALENCE_HALVES = ("positive", "negative")

_CODES = {name: code for code, name in enumerate(QUADRANTS, start=1)}
_NAMES = np.array(QUADRANTS)

#: Share of a segment by which a run may miss the dwell time: 2.1 / 0.3 is over 7 in binary.
_DWELL_TOLERANCE = 1e-6


def quadrant_of(valence: ArrayLike, arousal: ArrayLike) -> np.ndarray:
    """Quadrant of each pair of scores.

    Parameters
    ----------
    valence, arousal : array_like [shape=(n,)]
        Scores, 1 to 9; broadcast against each other.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Names out of `QUADRANTS`.

    Raises
    ------
    MoodscoreError
        If a score is NaN or infinite: an unlabelled segment has no quadrant.

    Examples
    --------
    >>> quadrant_of([7, 7, 3, 5], [8, 2, 6, 5]).tolist()
    ['pos_high', 'pos_low', 'neg_high', 'neg_low']
    """
    valence, arousal = np.asarray(valence, dtype=float), np.asarray(arousal, dtype=float)
    for name, scores in (("valence", valence), ("arousal", arousal)):
        if not np.isfinite(scores).all():
            raise MoodscoreError(f"{name}: not every score is a finite number; leave out unlabelled segments")
    return _NAMES[2 * (valence <= NEUTRAL_SCORE) + 1 * (arousal <= NEUTRAL_SCORE)]


def half_of(valence: ArrayLike) -> np.ndarray:
    """Side of each valence: ``positive`` above 5, else ``negative``.

    Parameters
    ----------
    valence : array_like [shape=(n,)]
        Scores, 1 to 9.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Names out of `VALENCE_HALVES`.
    """
    return np.where(np.asarray(valence, dtype=float) > NEUTRAL_SCORE, *VALENCE_HALVES)


def half_of_quadrant(quadrants: ArrayLike) -> np.ndarray:
    """Side of the plane each quadrant is on: that of its valence.

    Parameters
    ----------
    quadrants : array_like of str [shape=(n,)]
        Names out of `QUADRANTS`.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Names out of `VALENCE_HALVES`.

    Raises
    ------
    MoodscoreError
        If a name is missing or not one of the four.
    """
    return np.where(quadrant_code(quadrants) <= quadrant_code("pos_low"), *VALENCE_HALVES)


def quadrant_code(quadrants: ArrayLike) -> np.ndarray:
    """Class code of each quadrant: its place in `QUADRANTS`, counted from 1.

    Parameters
    ----------
    quadrants : array_like of str [shape=(n,)]
        Names out of `QUADRANTS`.

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        1 to 4.

    Raises
    ------
    MoodscoreError
        If a name is missing or not one of the four.
    """
    names = np.asarray(quadrants, dtype=object)
    codes = [_CODES.get(name) if isinstance(name, str) else None for name in names.ravel()]
    if None in codes:
        unknown = names.ravel()[codes.index(None)]
        raise MoodscoreError(f"quadrant {unknown!r} is not one of {', '.join(QUADRANTS)}")
    return np.array(codes, dtype=np.int64).reshape(names.shape)


def quadrant_from_code(codes: ArrayLike) -> np.ndarray:
    """Name of each class code, the inverse of `quadrant_code`.

    Parameters
    ----------
    codes : array_like of int [shape=(n,)]
        1 to 4.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Names out of `QUADRANTS`.

    Raises
    ------
    MoodscoreError
        If a code is not one of 1, 2, 3, 4.
    """
    codes = np.asarray(codes)
    unknown = ~np.isin(codes, list(_CODES.values()))
    if unknown.any():
        raise MoodscoreError(f"quadrant code {codes[unknown].flat[0]} is not one of 1, 2, 3, 4")
    return _NAMES[codes.astype(np.int64) - 1]


def confidence(valence: ArrayLike, arousal: ArrayLike) -> np.ndarray:
    """How far an emotion lies from neutral: ``sqrt((valence - 5)**2 + (arousal - 5)**2)``.

    The nearer to the middle of the plane, the smaller the error that would change the quadrant.

    Parameters
    ----------
    valence, arousal : array_like [shape=(n,)]
        Scores, 1 to 9.

    Returns
    -------
    np.ndarray [shape=(n,)]
        0 (neutral) to 5.66 (a corner of the scale).
    """
    valence, arousal = np.asarray(valence, dtype=float), np.asarray(arousal, dtype=float)
    return np.hypot(valence - NEUTRAL_SCORE, arousal - NEUTRAL_SCORE)


def hold_quadrant(quadrants: ArrayLike, segment_s: float, min_dwell_s: float) -> np.ndarray:
    """Let a new quadrant take over only where it holds for a while.

    A run of equal quadrants that is shorter than `min_dwell_s` is absorbed by the quadrant before
    it. The opening has none before it: if it (with what it absorbed) is too short, the first run
    that is long enough takes it over. The whole sequence is known beforehand, so a change happens
    where the new quadrant begins, not `min_dwell_s` later.

    Parameters
    ----------
    quadrants : array_like of str [shape=(n,)]
        Quadrant of each segment of one clip, in order.
    segment_s : float
        Length of a segment in seconds.
    min_dwell_s : float
        Shortest time a quadrant may last, in seconds; 0 changes nothing.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Every run in it lasts at least `min_dwell_s`, unless it is the only one.

    Raises
    ------
    MoodscoreError
        If a name is not a quadrant, `segment_s` is not positive or `min_dwell_s` is negative.

    Examples
    --------
    >>> p, n = "pos_high", "neg_low"
    >>> hold_quadrant([p, p, n, p, n, n, n], segment_s=1.0, min_dwell_s=2.0).tolist() == [p] * 4 + [n] * 3
    True
    """
    if not (0 < segment_s < math.inf and 0 <= min_dwell_s < math.inf):
        raise MoodscoreError(
            f"min_dwell_s={min_dwell_s}, segment_s={segment_s}: the dwell time must not be negative "
            "and a segment must last longer than 0 s"
        )
    shortest = math.ceil(min_dwell_s / segment_s - _DWELL_TOLERANCE)
    runs: list[list[int]] = []  # [code, number of segments]
    for code, group in groupby(quadrant_code(quadrants).tolist()):
        length = sum(1 for _ in group)
        if runs and (code == runs[-1][0] or length < shortest):
            runs[-1][1] += length
        elif len(runs) == 1 and runs[0][1] < shortest:
            runs[0] = [code, runs[0][1] + length]
        else:
            runs.append([code, length])
    return quadrant_from_code(np.repeat([code for code, _ in runs], [length for _, length in runs]))


def shown_moods(emotion: pd.DataFrame) -> np.ndarray:
    """What a person is shown of each segment: the quadrant that is followed, or neutral.

    Parameters
    ----------
    emotion : pd.DataFrame
        ``routed_quadrant`` and, where it is known, ``is_neutral``.

    Returns
    -------
    np.ndarray of str [shape=(n,)]
        Names out of `QUADRANTS`, or `NEUTRAL`.
    """
    followed = emotion["routed_quadrant"].to_numpy(dtype=object)
    if "is_neutral" not in emotion:
        return followed
    return np.where(emotion["is_neutral"].to_numpy(dtype=bool), NEUTRAL, followed)
