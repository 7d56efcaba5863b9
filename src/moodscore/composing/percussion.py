"""Percussion: nothing when calm, then a shaker and a soft drum, then a kit; drums where it is dark."""

import numpy as np

from moodscore.composing.moods import Mood
from moodscore.composing.texture import Part

#: General MIDI keys.
KEYS = {
    "kick": 36,
    "snare": 38,
    "tom": 45,
    "high tom": 48,
    "closed hat": 42,
    "open hat": 46,
    "ride": 51,
    "crash": 49,
    "shaker": 82,
    "rim": 37,
}
#: From how much percussion on there is some, a light kit, a full one, one that drives.
THRESHOLDS = (0.15, 0.35, 0.55, 0.8)

#: Beats of a bar of four on which the bass drum and the snare fall: kinds of groove.
_KICKS = ((0, 2), (0, 2.5), (0, 1.5, 2), (0, 0.75, 2), (0, 2, 3.5))
_BACKBEATS = ((1, 3), (1, 3), (2,), (1, 2.75, 3))


def groove(mood: Mood, n_beats: float, step: float, *, kind: int, closes: bool, opens: bool) -> list[Part]:
    """One bar.

    Parameters
    ----------
    mood : Mood
        How much percussion, dark or bright.
    n_beats : float
        Length of the bar.
    step : float
        Beats from one stroke of the hat to the next.
    kind : int
        Which groove; the same all through a scene.
    closes, opens : bool
        Whether a phrase ends with a fill in this bar, or a scene begins with it.
    """
    amount = mood.percussion
    if amount < THRESHOLDS[0]:
        return []
    dark = mood.valence < -0.15
    hits: list[tuple[str, float, float]] = []
    step = float(np.clip(step, 0.25 if amount > THRESHOLDS[3] else 0.5, 2.0))
    places = np.arange(0, n_beats - 0.1, step).tolist()
    if amount < THRESHOLDS[1]:
        hits += [("shaker", place, 0.4 + 0.15 * (place % 2 == 1)) for place in places]
        hits += [("kick" if not dark else "tom", 0.0, 0.5)]
    else:
        hits += _hats(places, n_beats, dark=dark, loud=amount)
        hits += _drums(n_beats, kind, dark=dark, amount=amount)
    if closes and amount >= THRESHOLDS[2]:
        first = max(n_beats - (2 if kind % 2 else 1), 0)
        hits = [hit for hit in hits if hit[1] < first or hit[0] == "kick"]
        fill = np.arange(first, n_beats - 0.1, 0.5 if step > 0.5 else 0.25).tolist()
        drums = ("snare", "high tom", "tom", "tom") if not dark else ("high tom", "tom", "tom", "kick")
        hits += [
            (drums[min(3, int(4 * i / len(fill)))], place, 0.6 + 0.3 * i / len(fill))
            for i, place in enumerate(fill)
        ]
    if opens and amount >= THRESHOLDS[2]:
        hits.append(("crash", 0.0, 0.55))
    weight = 0.45 + 0.5 * amount
    return [
        Part("kit", "percussion", place, 0.25, KEYS[name], min(1.0, weight * strength))
        for name, place, strength in hits
        if place < n_beats - 0.1
    ]


def _hats(places: list[float], n_beats: float, *, dark: bool, loud: float) -> list[tuple[str, float, float]]:
    if dark:
        return [("shaker", place, 0.5 if place % 1 else 0.38) for place in places]
    cymbal = "ride" if loud > THRESHOLDS[3] else "closed hat"
    hits = [(cymbal, place, 0.62 if place % 1 == 0 else 0.45) for place in places]
    if loud > THRESHOLDS[2]:
        hits.append(("open hat", n_beats - 0.5, 0.5))
    return hits


def _drums(n_beats: float, kind: int, *, dark: bool, amount: float) -> list[tuple[str, float, float]]:
    bars = int(np.ceil(n_beats / 4))
    kicks = [place + 4 * bar for bar in range(bars) for place in _KICKS[kind % len(_KICKS)]]
    backs = [place + 4 * bar for bar in range(bars) for place in _BACKBEATS[kind % len(_BACKBEATS)]]
    if amount > THRESHOLDS[3] and not dark:
        kicks = sorted({*kicks, *np.arange(0, n_beats).tolist()})
    if not dark:
        snare = "snare" if amount > THRESHOLDS[2] else "rim"
        return [("kick", place, 0.9) for place in kicks] + [(snare, place, 0.75) for place in backs]
    hits = [("kick", place, 0.95) for place in kicks] + [("tom", place + 0.5, 0.6) for place in kicks]
    if amount > THRESHOLDS[2]:
        hits += [("high tom", place, 0.7) for place in backs]
        hits += [("snare", place, 0.5) for place in backs[-1:]]
    return hits
