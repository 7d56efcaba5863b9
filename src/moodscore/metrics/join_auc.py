"""How well the joins of a track can be told from the music inside its snippets.

Conventions: a *join* is a boundary of the track's grid of segments, where one snippet ends and another
begins; boundaries at which the source simply plays on are joins like any other. A system that avoids
joins by letting its music run on is rewarded for it, and untouched music, whose "joins" are the same
grid laid over it, gives 0.5. Against each join stand ten moments spread over the inside of every
segment between two joins. Something is measured at all of them, and the result is the area under the
receiver operating characteristic [1]_ of telling joins from insides by it:

    AUC = P(join > inside) + ½ P(join = inside)

0.5 cannot be told, 1 can be told every time. What is measured, always at a moment ``t``:

* *flux*: how much the spectrum differs before and after, ``Σ|B - A| / Σ(B + A)`` with the magnitude
  spectra A and B of the 46 ms that end and begin there;
* *click*: a spike in the second difference of the waveform, its largest value within 2 ms over its
  root mean square within 20 ms;
* *loudness*: the step of level, in dB, from the 30 ms before to the 30 ms after.

The frames of flux and loudness reach beyond a crossfade, so that none can hide from them.

References
----------
.. [1] Hanley, J. A. and McNeil, B. J., "The meaning and use of the area under a receiver operating
   characteristic (ROC) curve", Radiology 143(1), 1982.
"""

from collections.abc import Callable

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.metrics._signals import mono_mix, validate_signals

_FLUX_FRAME_S = 2048 / 44_100
_CLICK_S = 0.002
_CLICK_GROUND_S = 0.02
_LOUDNESS_FRAME_S = 0.03
#: Reach of the longest frame, before and after a moment; nothing is measured nearer to the track's ends.
_REACH_S = max(_FLUX_FRAME_S, _CLICK_GROUND_S, _LOUDNESS_FRAME_S)
_FLOOR_POWER = 1e-8
#: A second difference this small is rounding, not a click: the last bit of 24.
_FLOOR_CLICK = 2.0**-23
#: Moments inside each segment, as shares of it: far enough from its joins to know nothing of them.
_INSIDE = np.linspace(0.15, 0.85, 10)
#: Moments measured at once; bounds the memory.
_AT_ONCE = 1024

#: Looks at the mono sound around each moment [shape=(moments, 2 * reach)] at a sample rate.
Feature = Callable[[np.ndarray, int], np.ndarray]


def join_auc_flux(track: np.ndarray, joins: np.ndarray, sample_rate: int) -> float:
    """How well joins are told by a jump of the spectrum.

    Parameters
    ----------
    track : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1]; channels are averaged.
    joins : array_like of int
        Sample numbers of all boundaries inside the track, ascending.
    sample_rate : int
        Samples a second.

    Returns
    -------
    float
        0 to 1; 0.5 if the joins cannot be told, and where fewer than two leave nothing to compare.

    Raises
    ------
    MoodscoreError
        If the track is not audio, or the joins are not ascending numbers of its samples.
    """
    return _join_auc(track, joins, sample_rate, _flux)


def join_auc_click(track: np.ndarray, joins: np.ndarray, sample_rate: int) -> float:
    """How well joins are told by a click. Parameters, result and errors as of `join_auc_flux`."""
    return _join_auc(track, joins, sample_rate, _click)


def join_auc_loudness(track: np.ndarray, joins: np.ndarray, sample_rate: int) -> float:
    """How well joins are told by a step of level. Parameters, result and errors as of `join_auc_flux`."""
    return _join_auc(track, joins, sample_rate, _loudness)


def _join_auc(track, joins, sample_rate: int, feature: Feature) -> float:
    validate_signals(track=track)
    joins = np.asarray(joins, dtype=np.int64)
    if (np.diff(joins) <= 0).any() or ((joins <= 0) | (joins >= len(track))).any():
        raise MoodscoreError(f"joins: expected ascending numbers between 0 and {len(track)}")
    reach = round(_REACH_S * sample_rate)
    at_joins = joins[(joins >= reach) & (joins <= len(track) - reach)]
    inside = (
        np.rint(joins[:-1, np.newaxis] + np.diff(joins)[:, np.newaxis] * _INSIDE).astype(np.int64).ravel()
    )
    inside = inside[(inside >= reach) & (inside <= len(track) - reach)]
    if not len(at_joins) or not len(inside):
        return 0.5
    moments = np.append(at_joins, inside)
    around = np.lib.stride_tricks.sliding_window_view(mono_mix(track), 2 * reach)
    measured = np.concatenate(
        [
            feature(around[moments[first : first + _AT_ONCE] - reach], sample_rate)
            for first in range(0, len(moments), _AT_ONCE)
        ]
    )
    return _auc(measured[: len(at_joins)], measured[len(at_joins) :])


def _flux(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    n, middle = round(_FLUX_FRAME_S * sample_rate), sound.shape[1] // 2
    window = np.hanning(n + 1)[:-1]
    before = np.abs(np.fft.rfft(sound[:, middle - n : middle] * window))
    after = np.abs(np.fft.rfft(sound[:, middle : middle + n] * window))
    both = (before + after).sum(axis=1)
    return np.abs(after - before).sum(axis=1) / np.where(both > 0, both, 1.0)


def _click(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    middle = sound.shape[1] // 2
    near, far = round(_CLICK_S * sample_rate), round(_CLICK_GROUND_S * sample_rate)
    bend = np.abs(np.diff(sound[:, middle - far - 1 : middle + far + 1], 2))
    ground = np.sqrt((bend**2).mean(axis=1))
    return bend[:, far - near : far + near].max(axis=1) / np.maximum(ground, _FLOOR_CLICK)


def _loudness(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    n, middle = round(_LOUDNESS_FRAME_S * sample_rate), sound.shape[1] // 2
    powers = [
        (part**2).mean(axis=1) for part in (sound[:, middle - n : middle], sound[:, middle : middle + n])
    ]
    before, after = 10 * np.log10(np.maximum(powers, _FLOOR_POWER))
    return np.abs(after - before)


def _auc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Area under the ROC curve from the ranks, equal values sharing theirs (Mann and Whitney)."""
    _, place, counts = np.unique(np.append(positives, negatives), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n = len(positives)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negatives)))
