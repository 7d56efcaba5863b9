"""Pulling beats onto the cuts of the picture, as far as the tempo allows."""

import numpy as np

from moodscore.composing.brief import STRONG_CUT

#: What a beat on a cut of strength 1 is worth, and how much more a downbeat or the middle of a bar.
_BEAT, _DOWNBEAT, _HALF_BAR = 1.0, 0.5, 0.15
#: A strong cut is worth this many weak ones.
_STRONG = 3.0
#: What a tempo that is off by the whole tolerance costs, for every second that it lasts.
_STRAIN = 0.06
_LONGEST_STRAIN_S = 20.0
#: No beat moves by more than this share of a beat.
_REACH = 0.75
#: Anchors are remembered over this many cuts.
_MEMORY = 8
#: A cut nearer to an end of the scene is left alone (s): the downbeat there is worth more.
_MARGIN_S = 0.3


def pull_beats(
    times_s: np.ndarray,
    cuts: tuple[np.ndarray, np.ndarray],
    metre: int,
    *,
    stretch: float,
    tolerance: float,
) -> tuple[np.ndarray, float]:
    """Move the beats of a scene so that strong cuts fall on them.

    Every cut may be given a beat, or none; between two such anchors the beats are stretched evenly. The
    best choice is found by dynamic programming over cuts and their nearest beats: strengths of the cuts
    that get one, less the strain on the tempo, which stays within ``tolerance`` of the predicted one.

    Parameters
    ----------
    times_s : np.ndarray [shape=(n + 1,)]
        The beats and the end of the scene; the ends stay where they are.
    cuts : tuple of np.ndarray
        Moments (s, ascending) and strengths.
    metre : int
        Beats of a bar.
    stretch : float
        How much faster than predicted the scene is already.
    tolerance : float
        How far the tempo may be from the predicted one.

    Returns
    -------
    times_s : np.ndarray [shape=(n + 1,)]
        The moved beats.
    score : float
        What the cuts are worth, less the strain.
    """
    anchors = _candidates(times_s, cuts, metre)
    cut, beat, moment, worth = (np.array(column) for column in zip(*anchors, strict=True))
    best = np.full(len(anchors), -np.inf)
    came_from = np.full(len(anchors), -1)
    best[0] = 0.0
    # A scene too short for the tempo it should have may keep the one it has.
    limit = max(np.log1p(tolerance), abs(np.log(stretch))) + 1e-9
    first_of_cut = np.searchsorted(cut, np.arange(cut[-1] + 1))
    for now in range(1, len(anchors)):
        before = np.arange(first_of_cut[max(0, cut[now] - _MEMORY)], first_of_cut[cut[now]])
        before = before[(beat[before] < beat[now]) & (moment[before] < moment[now])]
        if not len(before):
            continue
        span = moment[now] - moment[before]
        tempo = np.log(stretch * (times_s[beat[now]] - times_s[beat[before]]) / span)
        cost = _STRAIN * (tempo / limit) ** 2 * np.minimum(span, _LONGEST_STRAIN_S)
        totals = np.where(np.abs(tempo) <= limit, best[before] - cost, -np.inf)
        came_from[now] = before[totals.argmax()]
        best[now] = totals.max() + worth[now]
    chosen = [len(anchors) - 1]
    while chosen[-1]:
        chosen.append(came_from[chosen[-1]])
    chosen = chosen[::-1]
    moved = np.interp(times_s, times_s[beat[chosen]], moment[chosen])
    return moved, float(best[-1])


def _candidates(
    times_s: np.ndarray, cuts: tuple[np.ndarray, np.ndarray], metre: int
) -> list[tuple[int, int, float, float]]:
    """Cut number, beat, moment and worth of every pairing; the two ends of the scene are cuts, too.

    Each cut is also paired with the nearest beat as it stands, at no worth, so that what comes after
    many cuts that are left alone has something to start from.
    """
    last = len(times_s) - 1
    pairs = [(0, 0, float(times_s[0]), 0.0)]
    number = 1
    for moment, strength in zip(*(column.tolist() for column in cuts), strict=True):
        if not times_s[0] + _MARGIN_S < moment < times_s[-1] - _MARGIN_S:
            continue
        near = int(np.searchsorted(times_s, moment))
        value = strength * (_STRONG if strength >= STRONG_CUT else 1.0)
        unmoved = min(max(near - 1, 1), last - 1)
        if not 1 <= unmoved < last:
            continue
        pairs.append((number, unmoved, float(times_s[unmoved]), 0.0))
        for beat in range(max(1, near - 2), min(last, near + 2)):
            beat_s = (times_s[beat + 1] - times_s[beat - 1]) / 2
            if abs(times_s[beat] - moment) <= _REACH * beat_s:
                place = beat % metre
                extra = _DOWNBEAT * (place == 0) + _HALF_BAR * (2 * place == metre)
                pairs.append((number, beat, moment, value * (_BEAT + extra)))
        number += 1
    return [*pairs, (number, last, float(times_s[-1]), 0.0)]
