"""Form first: whole bars for every scene, and a beat under the cuts.

A scene of ``L`` seconds at the predicted tempo has ``N = ∫ tempo dt / 60`` beats. The number of bars is one
whose beats differ from ``N`` by at most 8 %; where there is none, the last bar of the scene is shortened
or lengthened. All beats then lie where the predicted tempo, scaled by one factor, puts them; cuts pull
beats onto themselves as far as the tempo stays within those 8 % (`moodscore.composing.cuts`). A scene
begins with a downbeat on its first sample.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from moodscore.composing.brief import CompositionBrief
from moodscore.composing.cuts import pull_beats

#: How far the tempo may be from the predicted one.
TEMPO_TOLERANCE = 0.08
#: The last chord rings for at least this long, where the film has room (s).
LAST_BAR_S = 2.0
#: The predicted tempo is followed as it is over this long (s).
TEMPO_SMOOTHING_S = 12.0

_GRID_S = 0.25
_MOST_COUNTS = 5  # numbers of bars that are tried for a scene
_PHRASE_BARS = 4
#: Strong cuts that an irregular bar must win.
_ODD_BAR = 3.0


class Bar(NamedTuple):
    """A bar.

    Attributes
    ----------
    scene : int
        Number of its scene.
    start_beat, n_beats : float
        Place in the film and length, in beats.
    start_s, end_s : float
        Seconds from the first picture.
    phrase : int
        Number of its phrase in the scene.
    place, phrase_bars : int
        Its place in the phrase, and how many bars that has.
    is_last : bool
        Whether the film ends with it.
    """

    scene: int
    start_beat: float
    n_beats: float
    start_s: float
    end_s: float
    phrase: int
    place: int
    phrase_bars: int
    is_last: bool

    @property
    def tempo_bpm(self) -> float:
        """Beats a minute, the mean of the bar."""
        return 60 * self.n_beats / (self.end_s - self.start_s)

    @property
    def closes(self) -> bool:
        """Whether a phrase ends with it."""
        return self.place == self.phrase_bars - 1


@dataclass(frozen=True)
class Form:
    """All bars of the film and the time of its beats.

    Attributes
    ----------
    bars : tuple of Bar
        They tile the film.
    knots_beat, knots_s : np.ndarray
        Beats counted through the film and when they are; straight between.
    predicted_bpm : np.ndarray [shape=(n_scenes,)]
        Mean tempo the networks predict for each scene.
    metre : int
        Beats of a regular bar.
    """

    bars: tuple[Bar, ...]
    knots_beat: np.ndarray
    knots_s: np.ndarray
    predicted_bpm: np.ndarray
    metre: int

    def time_of(self, beats: np.ndarray | float) -> np.ndarray:
        """Seconds of places counted in beats."""
        return np.interp(beats, self.knots_beat, self.knots_s)

    @property
    def beats_s(self) -> np.ndarray:
        """When beats are, counted anew in every bar (s)."""
        places = [bar.start_beat + np.arange(np.ceil(bar.n_beats - 1e-9)) for bar in self.bars]
        return self.time_of(np.concatenate(places))


def make_form(brief: CompositionBrief, metre: int) -> Form:
    """Lay out the film in bars.

    Parameters
    ----------
    brief : CompositionBrief
        Scenes, tempo and cuts.
    metre : int
        Beats of a bar.
    """
    edges = brief.edges_s()
    bars, knots_beat, knots_s, predicted = [], [np.zeros(1)], [np.zeros(1)], []
    first_beat = 0.0
    for scene in range(len(edges) - 1):
        start_s, end_s = edges[scene : scene + 2].tolist()
        is_last = scene == len(edges) - 2
        beats, times, bpm = _lay_beats(brief, start_s, end_s, metre)
        lengths = _bar_lengths(beats[-1], metre, is_last=is_last, beat_s=(end_s - start_s) / beats[-1])
        span_beat, span_s = np.concatenate([knots_beat[-1][-1:], first_beat + beats[1:]]), times
        bars += _bars(scene, lengths, span_beat, span_s, is_last=is_last)
        knots_beat.append(first_beat + beats[1:])
        knots_s.append(times[1:])
        predicted.append(bpm)
        first_beat += beats[-1]
    return Form(tuple(bars), np.concatenate(knots_beat), np.concatenate(knots_s), np.array(predicted), metre)


def _lay_beats(
    brief: CompositionBrief, start_s: float, end_s: float, metre: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Beats of a scene counted from 0 (the last may be a part of one), their times, the predicted tempo."""
    grid = np.linspace(start_s, end_s, max(2, round((end_s - start_s) / _GRID_S) + 1))
    tempo = brief.tempo_bpm(grid, smooth_s=TEMPO_SMOOTHING_S)
    steps = np.diff(grid) * (tempo[1:] + tempo[:-1]) / 120
    passed = np.concatenate([[0.0], np.cumsum(steps)])  # predicted beats up to each point of the grid
    wanted = float(passed[-1])
    cuts = brief.scene_cuts(start_s, end_s)
    best, best_score = None, -np.inf
    for count in _beat_counts(wanted, metre):
        beats = np.append(np.arange(np.ceil(count - 1e-9)), count)
        times = np.interp(beats * (wanted / count), passed, grid)
        times[0], times[-1] = start_s, end_s
        times, score = pull_beats(times, cuts, metre, stretch=count / wanted, tolerance=TEMPO_TOLERANCE)
        score -= abs(np.log(count / wanted)) / TEMPO_TOLERANCE  # as predicted, other things being equal
        score -= _ODD_BAR * (count % metre > 0)
        if score > best_score:
            best, best_score = (beats, times), score
    return (*best, 60 * wanted / (end_s - start_s))


def _beat_counts(wanted: float, metre: int) -> list[float]:
    """Numbers of beats a scene may have, the nearest to ``wanted`` first."""

    def near(step: float) -> list[float]:
        low, high = wanted / (1 + TEMPO_TOLERANCE), wanted * (1 + TEMPO_TOLERANCE)
        first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
        counts = [step * n for n in range(max(first, 1), last + 1)]
        return sorted(counts, key=lambda count: abs(np.log(count / wanted)))[:_MOST_COUNTS]

    regular = near(metre)
    odd = [count for count in near(1) if count not in regular]
    return regular + odd or near(0.5) or [max(1.0, np.rint(2 * wanted) / 2)]


def _bar_lengths(n_beats: float, metre: int, *, is_last: bool, beat_s: float) -> list[float]:
    """Beats of each bar of a scene: regular ones, the rest in the last or before it.

    Where two bars are too short for the last chord to ring, they are one; where the whole scene is a bar
    or less, it has two halves, so that there is something to come home from.
    """
    whole = int(n_beats // metre + 1e-9)
    rest = n_beats - whole * metre
    lengths = [float(metre)] * whole
    if rest > 1e-9:
        if lengths and rest < metre / 2:
            lengths[-1] += rest
        else:
            lengths.append(rest)
    if is_last:
        while len(lengths) > 2 and lengths[-1] * beat_s < LAST_BAR_S:
            lengths[-2:] = [lengths[-2] + lengths[-1]]
    if is_last and len(lengths) == 1 and n_beats >= 2:
        half = float(n_beats // 2)
        lengths = [half, n_beats - half]
    return lengths


def _bars(
    scene: int, lengths: list[float], span_beat: np.ndarray, span_s: np.ndarray, *, is_last: bool
) -> list[Bar]:
    edges = span_beat[0] + np.concatenate([[0.0], np.cumsum(lengths)])
    edges[-1] = span_beat[-1]
    times = np.interp(edges, span_beat, span_s)
    bars, number = [], 0
    for phrase, size in enumerate(phrase_sizes(len(lengths))):
        for place in range(size):
            last = is_last and number == len(lengths) - 1
            bars.append(
                Bar(
                    scene,
                    float(edges[number]),
                    float(edges[number + 1] - edges[number]),
                    float(times[number]),
                    float(times[number + 1]),
                    phrase,
                    place,
                    size,
                    last,
                )
            )
            number += 1
    return bars


def phrase_sizes(n_bars: int) -> list[int]:
    """Bars of each phrase: fours, the last of 3 to 6; in pairs they are antecedent and consequent."""
    if n_bars <= _PHRASE_BARS + 2:
        return [n_bars] if n_bars < _PHRASE_BARS + 2 else [3, 3]
    fours, rest = divmod(n_bars, _PHRASE_BARS)
    if rest == 3:
        return [_PHRASE_BARS] * fours + [3]
    return [_PHRASE_BARS] * (fours - 1) + [_PHRASE_BARS + rest]
