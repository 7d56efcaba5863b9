"""Beats by dynamic programming: on onsets, and as far apart as the tempo says.

    C(t) = o(t) + max over τ of ( C(t - τ) - λ log²(τ / p(t)) )

o is the onset strength and p the period of the local tempo [1]_. The sequence of beats is the one that ends
highest. All τ are at least half a period, so C is computed for half a period at once.

.. [1] D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36(1), 2007.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter1d

from moodscore.pieces.listening import Heard
from moodscore.pieces.regularity import better_ratio, regularity
from moodscore.pieces.tempo_path import tempo_path
from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S

#: Values of the onset envelope that are taken together, and how many that makes a second.
DECIMATION = 2
RATE = ENVELOPE_RATE / DECIMATION
_START_S = ENVELOPE_START_S + (DECIMATION - 1) / 2 / ENVELOPE_RATE
#: What an uneven step costs.
TIGHTNESS = 400.0
#: The bass counts so much beside all bands.
BASS_SHARE = 0.5
#: Onsets are measured by the root mean square of so much sound around them (s).
LEVEL_S = 8.0
#: Without a beat, time is counted in steps of so many seconds.
GRID_S = 0.5
#: A beat is one to keep time with if it is at least so clear. Noise, speech, chords that come and go and
#: playing that is free in its tempo measure up to .28, most music with a beat from .35.
CLEAR_BEAT = 0.31


class Pulse(NamedTuple):
    """Beats of a piece, how clear they are, and whether they are clear enough."""

    beats_s: np.ndarray
    strength: float
    has_beat: bool


def find_beats(heard: Heard, duration_s: float) -> Pulse:
    """Find the beats of a piece.

    Parameters
    ----------
    heard : Heard
        What was heard of it.
    duration_s : float
        Its length.

    Returns
    -------
    Pulse
        Its beats reach to within one of both ends; half seconds where there is no clear beat.
    """
    envelope = pulse_envelope(heard)
    if len(envelope) < 2 * RATE or not envelope.any():
        return Pulse(_grid(duration_s), 0.0, False)
    times, periods = tempo_path(envelope, RATE)
    at = RATE * np.interp(np.arange(len(envelope)) / RATE, times, periods)
    beats = _track(envelope, at)
    ratio = better_ratio(heard, beats / RATE + _START_S)
    if ratio != 1:
        beats = _track(envelope, at * ratio)
    strength = regularity(envelope, beats)
    if strength < CLEAR_BEAT:
        return Pulse(_grid(duration_s), strength, False)
    return Pulse(_to_the_ends(beats / RATE + _START_S, duration_s), strength, True)


def pulse_envelope(heard: Heard) -> np.ndarray:
    """Onset strength with the bass brought out, evened in level, `RATE` values a second [shape=(t,)]."""
    both = np.maximum(heard.onsets, 0) + BASS_SHARE * np.maximum(heard.bass, 0)
    n = len(both) // DECIMATION
    envelope = both[: n * DECIMATION].reshape(n, DECIMATION).mean(axis=1)
    if not envelope.any():
        return envelope
    around = np.sqrt(uniform_filter1d(envelope**2, round(LEVEL_S * RATE), mode="nearest").clip(0))
    # Where next to nothing happens, what happens is not brought up to a beat.
    return envelope / np.maximum(around, 0.1 * np.sqrt(np.mean(envelope**2)))


def _track(envelope: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """The best sequence of beats, as samples of the envelope."""
    n = len(envelope)
    total, came_from = envelope.copy(), np.full(n, -1, dtype=np.int64)
    start = 0
    while start < n:
        period = periods[start]
        lags = np.arange(max(1, round(period / 2)), round(2 * period) + 1)
        here = np.arange(start, min(start + lags[0], n))
        before = here[:, None] - lags
        price = TIGHTNESS * np.log(lags / periods[here][:, None]) ** 2
        ways = np.where(before >= 0, total[np.maximum(before, 0)], -np.inf) - price
        best = ways.argmax(axis=1)
        gain = ways[np.arange(len(here)), best]
        follows = gain > 0
        total[here] += np.where(follows, gain, 0.0)
        came_from[here] = np.where(follows, before[np.arange(len(here)), best], -1)
        start = here[-1] + 1
    last = max(0, n - round(periods[-1]))
    beats = [last + int(total[last:].argmax())]
    while came_from[beats[-1]] >= 0:
        beats.append(came_from[beats[-1]])
    return np.array(beats[::-1], dtype=np.float64)


def _to_the_ends(beats_s: np.ndarray, duration_s: float) -> np.ndarray:
    """Beats as far as the sound goes, at the tempo of its first and last beats."""
    if len(beats_s) < 2:
        return _grid(duration_s)
    first, last = (float(np.median(np.diff(part))) for part in (beats_s[:9], beats_s[-9:]))
    before = np.arange(int(beats_s[0] // first), 0, -1)
    after = np.arange(1, int((duration_s - beats_s[-1]) // last) + 1)
    return np.concatenate([beats_s[0] - before * first, beats_s, beats_s[-1] + after * last])


def _grid(duration_s: float) -> np.ndarray:
    """Half seconds; one beat if the sound is shorter."""
    n = max(int(duration_s // GRID_S), 1)
    return np.arange(n + 1) * GRID_S if duration_s >= GRID_S else np.array([0.0, duration_s])
