"""The video that a score is searched for: its scenes in ticks, the pieces each may have, and its events."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from moodscore.music.repertoire import Material
from moodscore.music.scenes import Scene
from moodscore.music.units import TICK_S, Clock

#: Pieces a scene may have.
SHORT_LIST = 12
#: Targets that move by more than this in L1 distance within a few seconds are an event.
_STRONG_CHANGE = 0.25
_CHANGE_CONTEXT_S = 4.0


@dataclass(frozen=True)
class Video:
    """What is scored.

    Attributes
    ----------
    scenes : sequence of Scene
        They tile it.
    clock : Clock
        Of its segments.
    boundaries : list of int
        Ticks at which the scenes begin, and the last ends.
    pieces : mapping of str to Material
        All there are.
    lists : list of list of str
        Those that each scene may have.
    events : np.ndarray of int
        Ticks at which a new section is welcome: boundaries, and strong changes of what is asked for.
    may_change : bool
        Whether another piece may follow.
    """

    scenes: Sequence[Scene]
    clock: Clock
    boundaries: list[int]
    pieces: Mapping[str, Material]
    lists: list[list[str]]
    events: np.ndarray
    may_change: bool

    @classmethod
    def of(
        cls,
        scenes: Sequence[Scene],
        materials: Sequence[Material],
        edges_s: np.ndarray,
        change_at: str,
        short_list: int,
    ) -> "Video":
        """Scenes and edges of segments in ticks, and the pieces short-listed for each scene."""
        clock = Clock(np.rint(np.asarray(edges_s) / TICK_S).astype(np.int64))
        boundaries = [round(scene.start_s / TICK_S) for scene in scenes] + [clock.end]
        pieces = {material.name: material for material in materials}
        rows = [_rows(clock, first, last) for first, last in pairwise(boundaries)]
        if change_at == "never":
            everywhere = _short_list(materials, slice(0, len(clock.edges) - 1), clock, short_list)
            lists = [everywhere] * len(rows)
        else:
            lists = [_short_list(materials, own, clock, short_list) for own in rows]
        events = np.array(sorted({*boundaries[:-1], *_strong_changes(materials, clock)}))
        return cls(scenes, clock, boundaries, pieces, lists, events, change_at != "never")


def _rows(clock: Clock, first: int, last: int) -> slice:
    """The segments whose middle lies in a stretch; at least one."""
    middles = (clock.edges[1:] + clock.edges[:-1]) / 2
    low, high = np.searchsorted(middles, [first, last])
    low = min(int(low), len(middles) - 1)
    return slice(low, max(int(high), low + 1))


def _short_list(materials: Sequence[Material], rows: slice, clock: Clock, n: int) -> list[str]:
    """The pieces whose best window costs least, by name."""
    if len(materials) <= n:
        return sorted(material.name for material in materials)
    costs = {material.name: _best_window(material.second_costs(rows)) for material in materials}
    return sorted(sorted(costs, key=lambda name: (costs[name], name))[:n])


def _best_window(costs: np.ndarray) -> float:
    """Least mean along a diagonal of segments by seconds; a shorter piece starts again."""
    n_segments, n_seconds = costs.shape
    if n_seconds == 0:
        return math.inf
    windows = max(n_seconds - n_segments, 0) + 1
    total = np.zeros(windows)
    for row in range(n_segments):
        columns = (np.arange(windows) + row) % n_seconds
        total += costs[row, columns]
    return float(total.min() / n_segments)


def _strong_changes(materials: Sequence[Material], clock: Clock) -> list[int]:
    """Ticks at which what is asked for moves much, more than it does nearby."""
    if not materials:
        return []
    targets = materials[0].targets
    starts = clock.edges[:-1] * TICK_S
    steps = np.zeros(len(targets))
    for row in range(1, len(targets)):
        since = np.searchsorted(starts, starts[row] - _CHANGE_CONTEXT_S)
        until = np.searchsorted(starts, starts[row] + _CHANGE_CONTEXT_S)
        before, after = targets[min(since, row - 1) : row], targets[row : max(until, row + 1)]
        steps[row] = np.abs(before.mean(axis=0) - after.mean(axis=0)).sum()
    peaks = [
        row
        for row in range(1, len(steps))
        if steps[row] > _STRONG_CHANGE and steps[row] == steps[max(row - 4, 0) : row + 5].max()
    ]
    return [int(clock.edges[row]) for row in peaks]
