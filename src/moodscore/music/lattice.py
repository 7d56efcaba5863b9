"""All ways of playing one piece under a stretch of a video, and the cheapest of them.

Time is counted in ticks. A *unit* is a bar of the piece, or a beat where its bars are unknown; music
is entered and left at the starts of units alone, so that a jump keeps the place in the bar. A state is
(tick, unit): the unit starts at that tick. States along a diagonal are one run, music that plays on.

With ``A(t, u)`` the cost of what is played along the diagonal up to ``(t, u)`` and ``E(t, u)`` the least
cost of a path that *enters* the piece there, the least cost of a path that may leave at ``(t, u)`` is

    F(t, u) = A(t, u) + min { E(t', u') - A(t', u') : (t', u') on the diagonal, a minimal run before },
    E(t, u) = min { F(t, v) + join price + jump weight · distance(v → u) : v a predecessor of u }.

The minimum over the length of the run is exact, though no state counts it. Since a run lasts at least
`MIN_RUN_BEATS`, what lies within that time depends on earlier times only: it is computed as one block.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from moodscore.music.options import JOIN_PRICES
from moodscore.music.repertoire import SILENCE_COST, Material
from moodscore.music.units import MIN_RUN_BEATS, TAIL_S, TICK_S, Clock, Units

#: A piece ends with the video if its end lies within this time of it (s).
ENDING_TOLERANCE_S = 0.5
#: A bar line is met if it lies within this time (s).
BAR_TOLERANCE_S = 0.15
#: What an ending, a section and a bar line earn, whatever a join costs.
ENDING_REWARD = 2 * JOIN_PRICES["some"]
#: A shorter video has less room for an ending, and earns its share of that (s).
WHOLE_ENDING_S = 60.0
SECTION_REWARD = JOIN_PRICES["some"] / 2
BAR_REWARD = JOIN_PRICES["some"] / 4
#: A section that begins within so many beats of an event earns its reward in part.
EVENT_BEATS = 2
#: Sums of ticks are not exact (s).
_EPS_S = 1e-6
#: How a state was entered, where it was not by a jump.
FROM_NOWHERE, BY_START, BY_CHANGE = -1, -2, -3


@dataclass(frozen=True)
class Prices:
    """What joins cost, in seconds of the largest target cost.

    Attributes
    ----------
    join : float
        Of every join.
    jump_weight : float
        Of the jump distance, beside it.
    change : float
        Of another piece, beside it.
    """

    join: float = JOIN_PRICES["some"]
    jump_weight: float = 2.0
    change: float = 1.0


@dataclass(frozen=True)
class Exit:
    """The cheapest path of a piece at some moment: its cost, and when the unit began that then sounds.

    Its run has lasted at least ``lag`` units.
    """

    cost: float
    tick: int
    unit: int
    lag: int = 0


@dataclass(frozen=True)
class Run:
    """Music that plays on in its source: entered at a tick and a unit, how, and from which unit by a jump."""

    tick: int
    unit: int
    entered: int
    jumped_from: int = -1
    jump_distance: float = math.nan


@dataclass
class Lattice:
    """The states of one piece from ``first`` to ``last`` (ticks of the video).

    Attributes
    ----------
    material : Material
        The piece, and what its beats cost.
    clock : Clock
        Of the video.
    prices : Prices
        Of joins.
    events : np.ndarray [shape=(k,)]
        Ticks at which a new section is welcome.
    first, last : int
        The stretch.
    no_repeat_s : float
        A jump does not go back by less, as far as the piece is long enough.
    banned : set of tuple
        Jumps (from unit, to unit) that may not be taken.
    """

    material: Material
    clock: Clock
    prices: Prices
    events: np.ndarray
    first: int
    last: int
    no_repeat_s: float = 30.0
    banned: frozenset[tuple[int, int]] = frozenset()
    min_run_beats: int = MIN_RUN_BEATS
    units: Units = field(init=False)

    def __post_init__(self):
        self.units = Units.of(self.material, self.min_run_beats)
        n_ticks = self.last - self.first
        self._sources, self._fares, self._distances = self._jumps()
        self._set_rates()
        self._along = self._costs_along(n_ticks)
        shape = (n_ticks, self.units.n)
        #: E - A of every state, how it was entered, and the running minima of E - A along diagonals.
        self._entries = np.full(shape, np.inf, dtype=np.float32)
        self._entered = np.full(shape, FROM_NOWHERE, dtype=np.int16)
        self._mature = np.full(shape, np.inf, dtype=np.float32)
        self._alive = np.full(shape, np.inf, dtype=np.float32)
        self._done = 0

    def enter(self, tick: int, cost: float, how: int, banned_units: frozenset[int] = frozenset()) -> None:
        """Let the piece be entered at a tick, at any landing, at a cost."""
        row = tick - self.first
        allowed = self.units.is_landing.copy()
        allowed[list(banned_units)] = False
        self._entries[row, allowed] = cost - self._along[row, allowed]
        self._entered[row, allowed] = how

    def advance(self, tick: int) -> None:
        """Compute all states before a tick."""
        stop = tick - self.first
        while self._done < stop:
            block = slice(self._done, min(self._done + self._block, stop))
            self._compute(block)
            self._done = block.stop

    @cached_property
    def _block(self) -> int:
        """Ticks within which no run begins and matures."""
        onset, lag = self.units.onset[:-1], self.units.lag
        return max(int((onset[lag:] - onset[:-lag]).min(initial=np.iinfo(np.int64).max)), 1) if lag else 1

    def exits(self, tick: int, *, is_end: bool = False) -> Exit:
        """The cheapest path that is in the piece at a tick; at the end of a video endings are rewarded."""
        # States whose unit sounds at the tick, or ends there.
        lengths = np.minimum(self.units.lengths, tick - self.first)
        unit = np.repeat(np.arange(self.units.n), lengths)
        row = (
            tick - self.first - 1 - (np.arange(len(unit)) - np.repeat(np.cumsum(lengths) - lengths, lengths))
        )
        is_alive = np.isfinite(self._alive[row, unit])
        unit, row = unit[is_alive], row[is_alive]
        if not len(unit):
            return Exit(math.inf, -1, -1)
        costs = self._along[row, unit] + self._paid_in_units(unit, row + self.first, until=tick)
        costs -= self._event_rewards(unit, row + self.first)
        played = tick - (row + self.first - self.units.onset[unit])
        ways = [(0, self._alive, self._bar_rewards(played) if is_end else 0.0)]
        if is_end:  # to jump to the last chord is no ending
            ways.append((self.units.lag, self._mature, self._ending_rewards(played)))
        best = Exit(math.inf, -1, -1)
        for lag, table, rewards in ways:
            totals = costs + table[row, unit] - rewards
            cheapest = int(np.argmin(totals))
            if totals[cheapest] < best.cost:
                best = Exit(
                    float(totals[cheapest]), int(row[cheapest]) + self.first, int(unit[cheapest]), lag
                )
        return best

    def trace(self, state: Exit) -> Iterator[Run]:
        """The runs of the cheapest path to a state, the last first, back to where the piece was entered."""
        tick, unit, lag = state.tick, state.unit, state.lag
        while True:
            heads = np.arange(unit - lag, -1, -1)
            ticks = tick - (self.units.onset[unit] - self.units.onset[heads])
            heads, ticks = heads[ticks >= self.first], ticks[ticks >= self.first]
            best = int(np.argmin(self._entries[ticks - self.first, heads]))
            tick, unit = int(ticks[best]), int(heads[best])
            how = int(self._entered[tick - self.first, unit])
            if how < 0:
                yield Run(tick, unit, how)
                return
            source = int(self._sources[unit, how])
            yield Run(tick, unit, how, source, float(self._distances[unit, how]))
            unit, lag = source, self.units.lag

    def _compute(self, block: slice) -> None:
        """All states of a block of ticks, from those before it."""
        self._carry(block, self._mature, lag=self.units.lag)
        landings = np.flatnonzero(self.units.is_landing)
        free = self._along[block] + self._mature[block]
        cheapest = np.full((len(free), len(landings)), np.inf, dtype=np.float32)
        chosen = np.zeros(cheapest.shape, dtype=np.int16)
        for k in range(self._sources.shape[1]):
            costs = free[:, self._sources[landings, k]] + self._fares[landings, k]
            better = costs < cheapest
            cheapest[better], chosen[better] = costs[better], k
        cheapest -= self._along[block][:, landings]
        entries, entered = self._entries[block], self._entered[block]
        better = cheapest < entries[:, landings]
        rows, columns = np.nonzero(better)
        entries[rows, landings[columns]] = cheapest[better]
        entered[rows, landings[columns]] = chosen[better]
        self._carry(block, self._alive, lag=0)

    def _carry(self, block: slice, table: np.ndarray, *, lag: int) -> None:
        """Running minimum along diagonals of the entries at least ``lag`` units before."""
        onset = self.units.onset
        for unit in range(self.units.n):
            if unit:
                _lower(table, block, unit, table, unit - 1, int(onset[unit] - onset[unit - 1]))
            if unit >= lag:
                _lower(table, block, unit, self._entries, unit - lag, int(onset[unit] - onset[unit - lag]))

    def _set_rates(self) -> None:
        """What each beat costs a second in each segment of the stretch, and has cost before it."""
        edges = self.clock.edges
        first = max(int(np.searchsorted(edges, self.first, side="right")) - 1, 0)
        rows = slice(first, int(np.searchsorted(edges[:-1], self.last)))
        self._edges = edges[rows.start : rows.stop + 1]
        costs = self.material.beat_costs(rows)
        #: The last column is of the tail.
        self._rates = np.column_stack([costs, np.full(len(costs), SILENCE_COST)])
        paid = np.cumsum(self._rates * np.diff(self._edges)[:, np.newaxis] * TICK_S, axis=0)
        self._paid = np.vstack([np.zeros_like(paid[:1]), paid])
        ticks = np.arange(self.first, self.last + 1)
        segment = np.searchsorted(self._edges, ticks, side="right") - 1
        self._segment = np.minimum(segment, len(self._edges) - 2)

    def _costs_along(self, n_ticks: int) -> np.ndarray:
        """A: what is paid along each diagonal before each state [shape=(ticks, units)]."""
        along = np.zeros((n_ticks, self.units.n), dtype=np.float32)
        ticks = np.arange(self.first, self.last)
        for unit in range(self.units.n - 1):
            units = np.full(n_ticks, unit)
            costs = self._paid_in_units(units, ticks, until=self.last)
            if self._is_section[unit]:
                costs -= self._event_rewards(units, ticks)
            length = int(self.units.lengths[unit])
            along[length:, unit + 1] = (along[:, unit] + costs)[: max(n_ticks - length, 0)]
        return along

    def _paid_in_units(self, units: np.ndarray, ticks: np.ndarray, *, until: int) -> np.ndarray:
        """Target cost of units, by the tick each starts at, as far as they sound before ``until``."""
        onset, first_beat = self.units.beat_onset, self.units.first_beat
        lengths = first_beat[units + 1] - first_beat[units]
        shift = ticks - self.units.onset[units]
        costs = np.zeros(len(ticks))
        for number in range(int(lengths.max(initial=0))):
            is_there = lengths > number
            beats = np.where(is_there, first_beat[units] + number, 0)
            start = np.minimum(shift + onset[beats], until)
            stop = np.minimum(shift + onset[beats + 1], until)
            costs += np.where(is_there, self._paid_to(stop, beats) - self._paid_to(start, beats), 0.0)
        return costs

    def _paid_to(self, ticks: np.ndarray, beats: np.ndarray) -> np.ndarray:
        """Cost of beats that sounded from the start of the stretch to each tick."""
        segment = self._segment[np.maximum(ticks - self.first, 0)]
        return self._paid[segment, beats] + self._rates[segment, beats] * TICK_S * (
            ticks - self._edges[segment]
        )

    def _event_rewards(self, units: np.ndarray, ticks: np.ndarray) -> np.ndarray:
        """What units earn that begin a section near an event, by the tick each starts at."""
        rewards = np.zeros(len(units))
        begins = np.flatnonzero(self._is_section[units])
        if len(begins) and len(self.events):
            distance = np.abs(ticks[begins, np.newaxis] - self.events).min(axis=1)
            rewards[begins] = SECTION_REWARD * np.maximum(0, 1 - distance / (EVENT_BEATS * self._beat_ticks))
        return rewards

    @cached_property
    def _beat_ticks(self) -> float:
        return max(float(np.median(np.diff(self.units.beat_onset))), 1.0)

    @cached_property
    def _is_section(self) -> np.ndarray:
        """Whether each unit begins a section; the piece's own beginning is one."""
        beats = np.asarray(self.material.piece.beats_s)
        begin = int(np.searchsorted(beats, self.material.piece.begins_s + 1e-6, side="right")) - 1
        marked = np.append(self.material.piece.sections, max(begin, 0))
        units = np.searchsorted(self.units.first_beat[:-1], marked, side="right") - 1
        flags = np.zeros(self.units.n, dtype=bool)
        flags[units[units < self.units.n - 1]] = True
        return flags

    def _bar_rewards(self, source_ticks: np.ndarray) -> np.ndarray:
        """What a video earns that ends where the piece is at each of its ticks, for ending on a bar line."""
        bars = self.units.onset[:-1][self.units.is_landing]
        distance_s = np.abs(source_ticks[:, np.newaxis] - bars).min(axis=1) * TICK_S
        return np.where(distance_s <= BAR_TOLERANCE_S + _EPS_S, BAR_REWARD, 0.0)

    def _ending_rewards(self, source_ticks: np.ndarray) -> np.ndarray:
        """The same for ending with the piece."""
        piece = self.material.piece
        distance_s = np.abs(source_ticks * TICK_S - piece.ends_s)
        is_ending = (distance_s <= ENDING_TOLERANCE_S + _EPS_S) & (piece.ending != "stops")
        share = min(self.clock.end * TICK_S / WHOLE_ENDING_S, 1.0)
        return np.where(is_ending, ENDING_REWARD * share, 0.0)

    def _jumps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Predecessors of each unit, what the jump from each costs, and its distance."""
        units, piece = self.units, self.material.piece
        heads = units.first_beat[:-1]
        n_beats = len(piece.beats_s) - 1
        leaves = np.asarray(piece.jump_from)[np.minimum(heads, n_beats - 1)].astype(np.int64) + 1
        sources = np.searchsorted(heads, leaves, side="right") - 1
        distances = np.asarray(piece.jump_distance, dtype=np.float64)[np.minimum(heads, n_beats - 1)].copy()
        distances[(leaves <= 0) | (heads[sources] != leaves) | ~units.is_landing[:, np.newaxis]] = np.inf
        # From the end back to the beginning: never good, always there.
        begin = int(np.argmax(units.is_landing))
        sources = np.column_stack([sources, np.full(units.n, units.n - 1)])
        last = np.full((units.n, 1), np.inf)
        last[begin] = 1.0
        distances = np.hstack([distances, last])
        exists = np.isfinite(distances)
        fares = np.full(distances.shape, np.inf)
        fares[exists] = self.prices.join + self.prices.jump_weight * distances[exists]
        fares += self._returns(sources)
        for source, target in self.banned:
            fares[target, sources[target] == source] = np.inf
        return sources, fares.astype(np.float32), distances

    def _returns(self, sources: np.ndarray) -> np.ndarray:
        """What going back costs beside: infinite if too short a way, dearer the shorter it is."""
        piece = self.material.piece
        beats = np.append(piece.beats_s, piece.beats_s[-1] + TAIL_S)
        starts = beats[self.units.first_beat[:-1]]
        back_s = starts[sources] - starts[:, np.newaxis]
        shortest = min(self.no_repeat_s, (piece.ends_s - piece.begins_s) / 2)
        costs = self.prices.join * np.clip(1 - back_s / max(self.no_repeat_s, 1e-9), 0, 1)
        costs[back_s <= 0] = 0.0
        costs[(back_s > 0) & (back_s < shortest - 1e-6)] = np.inf
        return costs


def _lower(table, block: slice, unit: int, other, other_unit: int, ticks: int) -> None:
    """Lower a column of a block to what another column held some ticks before."""
    first = max(block.start, ticks)
    if first < block.stop:
        column = table[first : block.stop, unit]
        np.minimum(column, other[first - ticks : block.stop - ticks, other_unit], out=column)
