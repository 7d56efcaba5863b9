"""Which octaves the tones of a chord are played in: near the voices before, so that little moves."""

import numpy as np

from moodscore.composing.harmony import PITCH_CLASSES, Chord


def voice(chord: Chord, previous: tuple[int, ...] | None, centre: float, n_voices: int) -> tuple[int, ...]:
    """Pitches for a chord: near the voices before, around a centre.

    Parameters
    ----------
    chord : Chord
        What sounds.
    previous : tuple of int or None
        Pitches of the chord before, ascending.
    centre : float
        MIDI number around which they lie.
    n_voices : int
        How many; the last tones of the chord come before a doubled root.
    """
    tones = chord.tones if len(chord.tones) >= n_voices else (*chord.tones, chord.tones[0])
    if len(tones) > n_voices:
        tones = (*tones[: n_voices - 1], tones[-1]) if n_voices > 2 else tones[:n_voices]
    best, best_cost = (), np.inf
    lowest = round(centre) - 9
    for turn in range(len(tones)):
        order = (*tones[turn:], *tones[:turn])
        for drop in (0, 1):
            pitches = _stack(order, lowest, spread=bool(drop))
            cost = 0.6 * abs(sum(pitches) / len(pitches) - centre)
            if previous and len(previous) == len(pitches):
                cost += sum(abs(a - b) for a, b in zip(pitches, previous, strict=True)) / len(pitches)
            if cost < best_cost:
                best, best_cost = pitches, cost
    return best


def _stack(order: tuple[int, ...], lowest: int, *, spread: bool) -> tuple[int, ...]:
    """Tones on top of one another from ``lowest`` on; spread: the second goes up an octave."""
    pitches, floor = [], lowest
    for tone in order:
        pitch = floor + (tone - floor) % PITCH_CLASSES
        pitches.append(pitch)
        floor = pitch + 1
    if spread and len(pitches) > 2:
        pitches[1] += PITCH_CLASSES
    return tuple(sorted(pitches))


def near(pitch_class: int, centre: float) -> int:
    """The pitch of a class that lies nearest to ``centre``."""
    return int(pitch_class + PITCH_CLASSES * np.rint((centre - pitch_class) / PITCH_CLASSES))
