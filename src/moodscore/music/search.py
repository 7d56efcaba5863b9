"""From scenes and pieces to the runs of a score: the cheapest way of playing the music there is.

The pieces each scene may have are short-listed by the target cost of their best window. A `Lattice` then
knows the cheapest path through a piece; at the boundaries of scenes the price of a change connects the
lattices. What is returned is the optimum of that model, but for one rule that looks back at the whole
path: that a beat does not sound again too soon. A path that breaks it has the join that does banned,
and the search is made again.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.music.lattice import BY_CHANGE, BY_START, Exit, Lattice, Prices, Run
from moodscore.music.repertoire import Material
from moodscore.music.scenes import Scene
from moodscore.music.units import MIN_RUN_BEATS, TICK_S
from moodscore.music.video import SHORT_LIST, Video

#: Times that joins are banned and the search is made again.
MAX_SEARCHES = 8
#: A repeat shorter than this is none (s), nor one that is early by less than the search can see.
_SHORTEST_REPEAT_S = 1.0
_TOLERANCE_S = 4 * TICK_S


@dataclass(frozen=True)
class PlannedRun:
    """Music that plays on without a jump.

    Attributes
    ----------
    piece : str
        Its name.
    start_s, end_s : float
        In the video.
    source_s : float
        Where in the piece it begins.
    join : {"start", "jump", "change"}
        How it follows what was before.
    jump_distance : float
        Of a jump; 1 is an arbitrary one. NaN of other joins.
    """

    piece: str
    start_s: float
    end_s: float
    source_s: float
    join: str
    jump_distance: float = math.nan

    @property
    def source_end_s(self) -> float:
        """Where in the piece it ends."""
        return self.source_s + self.end_s - self.start_s


@dataclass(frozen=True)
class Bans:
    """Joins that may not be taken: jumps by piece, and units a piece may not be entered at in a scene."""

    jumps: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    entries: Mapping[tuple[int, str], frozenset[int]] = field(default_factory=dict)

    def with_jump(self, piece: str, jump: tuple[int, int]) -> "Bans":
        """One jump more."""
        return Bans({**self.jumps, piece: self.jumps.get(piece, frozenset()) | {jump}}, self.entries)

    def with_entries(self, scene: int, piece: str, units: frozenset[int]) -> "Bans":
        """More units that a piece may not be entered at in a scene."""
        own = self.entries.get((scene, piece), frozenset()) | units
        return Bans(self.jumps, {**self.entries, (scene, piece): own})


def search_runs(
    scenes: Sequence[Scene],
    materials: Sequence[Material],
    edges_s: np.ndarray,
    *,
    prices: Prices,
    change_at: str = "scenes",
    no_repeat_s: float = 30.0,
    min_run_beats: int = MIN_RUN_BEATS,
    short_list: int = SHORT_LIST,
) -> list[PlannedRun]:
    """Find the runs of least total cost.

    Parameters
    ----------
    scenes : sequence of Scene
        They tile the video.
    materials : sequence of Material
        The pieces.
    edges_s : np.ndarray [shape=(segments + 1,)]
        Starts of the segments the materials' targets are of, and the end of the video.
    prices : Prices
        Of joins.
    change_at : {"scenes", "never"}
        Where another piece may follow.
    no_repeat_s : float
        A beat does not sound again sooner, as far as there is music enough.
    min_run_beats : int
        No jump sooner after a join.
    short_list : int
        Pieces a scene may have.

    Returns
    -------
    list of PlannedRun
        They tile the video, the first with the join ``start``.

    Raises
    ------
    MoodscoreError
        If no piece can be played at all.
    """
    video = Video.of(scenes, materials, edges_s, change_at, short_list)
    settings = {"prices": prices, "no_repeat_s": no_repeat_s, "min_run_beats": min_run_beats}
    bans = Bans()
    best: tuple[float, list[PlannedRun]] | None = None
    for _ in range(MAX_SEARCHES):
        path = _Path.cheapest(video, bans, settings)
        if path is None:
            break
        runs = path.planned()
        repeated_s = _repeated_s(runs, no_repeat_s)
        if best is None or sum(repeated_s.values()) < best[0]:
            best = sum(repeated_s.values()), runs
        if not repeated_s:
            break
        for culprit in repeated_s:
            bans = path.banning(culprit, bans, no_repeat_s)
    if best is None:
        raise MoodscoreError("music: no piece is long enough to be played; add longer music")
    return best[1]


@dataclass(frozen=True)
class _Leg:
    """The run of a path, and the piece and scene it is of."""

    piece: str
    run: Run


@dataclass(frozen=True)
class _Path:
    """The cheapest path through a video."""

    video: Video
    lattices: Mapping[tuple[int, str], Lattice]
    legs: list[_Leg]
    cost: float

    @classmethod
    def cheapest(cls, video: Video, bans: Bans, settings: Mapping) -> "_Path | None":
        """The optimum under some bans; None if nothing can be played."""
        lattices: dict[tuple[int, str], Lattice] = {}
        exits: list[dict[str, Exit]] = []
        # Pieces are independent of each other within a scene, and numpy lets threads run beside each other.
        with ThreadPoolExecutor() as threads:
            for scene, names in enumerate(video.lists):
                first, last = video.boundaries[scene], video.boundaries[scene + 1]

                def prepare(name: str, scene: int = scene, first: int = first) -> Lattice:
                    before = lattices.get((scene - 1, name))
                    return before or _lattice(video, name, scene, first, bans, settings)

                opened = dict(zip(names, threads.map(prepare, names), strict=True))
                for name, lattice in opened.items():
                    lattices[scene, name] = lattice
                    entry = _entry(video, scene, name, exits, settings["prices"])
                    if entry is not None:
                        banned = bans.entries.get((scene, name), frozenset())
                        lattice.enter(first, entry, BY_CHANGE if scene else BY_START, banned)

                def leave(name: str, opened=opened, last: int = last) -> Exit:
                    opened[name].advance(last)
                    return opened[name].exits(last, is_end=last == video.clock.end)

                exits.append(dict(zip(names, threads.map(leave, names), strict=True)))
        name = min(exits[-1], key=lambda piece: exits[-1][piece].cost, default=None)
        if name is None or not math.isfinite(exits[-1][name].cost):
            return None
        legs = _legs(video, lattices, exits, name)
        return cls(video, lattices, legs, exits[-1][name].cost)

    def planned(self) -> list[PlannedRun]:
        """The runs in seconds: exact ones, of the beats themselves and the scenes' boundaries."""
        runs: list[PlannedRun] = []
        ends_s = float(self.video.scenes[-1].end_s)
        places = self._places()
        for (leg, start_s, source_s), following in zip(places, [*places[1:], None], strict=True):
            join = {BY_START: "start", BY_CHANGE: "change"}.get(leg.run.entered, "jump")
            end_s = ends_s if following is None else following[1]
            runs.append(PlannedRun(leg.piece, start_s, end_s, source_s, join, leg.run.jump_distance))
        return runs

    def _places(self) -> list[tuple[_Leg, float, float]]:
        """Where each leg begins, in the video and in its piece (s)."""
        starts = dict(
            zip(self.video.boundaries, (scene.start_s for scene in self.video.scenes), strict=False)
        )
        places: list[tuple[_Leg, float, float]] = []
        for leg in self.legs:
            material, units = self.video.pieces[leg.piece], self._units(leg)
            beats = np.append(material.piece.beats_s, material.piece.beats_s[-1] + 1.0)
            source_s = float(beats[units.first_beat[leg.run.unit]])
            if leg.run.entered < 0:
                start_s = float(starts[leg.run.tick])
            else:
                _, before_s, before_source_s = places[-1]
                start_s = before_s + float(beats[units.first_beat[leg.run.jumped_from]]) - before_source_s
            places.append((leg, start_s, source_s))
        return places

    def _units(self, leg: _Leg):
        scene = int(np.searchsorted(self.video.boundaries, leg.run.tick, side="right")) - 1
        return self.lattices[scene, leg.piece].units

    def banning(self, culprit: int, bans: Bans, no_repeat_s: float) -> Bans:
        """The bans, and that of the join that made a beat sound again too soon."""
        leg = self.legs[culprit]
        if leg.run.entered >= 0:
            return bans.with_jump(leg.piece, (leg.run.jumped_from, leg.run.unit))
        scene = int(np.searchsorted(self.video.boundaries, leg.run.tick, side="right")) - 1
        units = self._units(leg)
        near = np.abs(units.onset[:-1] - units.onset[leg.run.unit]) * TICK_S < no_repeat_s / 4
        return bans.with_entries(scene, leg.piece, frozenset(np.flatnonzero(near).tolist()))


def _lattice(video: Video, name: str, scene: int, first: int, bans: Bans, settings: Mapping) -> Lattice:
    """The states of a piece from a scene to the end of the last one that may have it, without a gap."""
    last = scene
    while last + 1 < len(video.lists) and name in video.lists[last + 1]:
        last += 1
    return Lattice(
        material=video.pieces[name],
        clock=video.clock,
        events=video.events,
        first=first,
        last=video.boundaries[last + 1],
        banned=bans.jumps.get(name, frozenset()),
        **settings,
    )


def _entry(video: Video, scene: int, name: str, exits: list[dict[str, Exit]], prices: Prices) -> float | None:
    """What it costs to begin a piece in a scene; None if it may not be."""
    if scene == 0:
        return 0.0
    if not video.may_change:
        return None
    others = [state.cost for piece, state in exits[-1].items() if piece != name]
    return min(others, default=math.inf) + prices.join + prices.change


def _legs(
    video: Video, lattices: Mapping[tuple[int, str], Lattice], exits: list[dict[str, Exit]], name: str
) -> list[_Leg]:
    """Back from the last piece to the first."""
    legs: list[_Leg] = []
    scene = len(video.lists) - 1
    while True:
        runs = list(lattices[scene, name].trace(exits[scene][name]))
        legs += [_Leg(name, run) for run in runs]
        if runs[-1].entered == BY_START:
            return legs[::-1]
        scene = video.boundaries.index(runs[-1].tick) - 1
        name = min((p for p in exits[scene] if p != name), key=lambda p: exits[scene][p].cost)


def _repeated_s(runs: Sequence[PlannedRun], no_repeat_s: float) -> dict[int, float]:
    """By number of the run that repeats them, how many seconds of music sound again too soon."""
    repeated: dict[int, float] = {}
    for later, run in enumerate(runs):
        for earlier in runs[:later]:
            if earlier.piece != run.piece:
                continue
            low = max(earlier.source_s, run.source_s)
            high = min(earlier.source_end_s, run.source_end_s)
            again_after = (run.start_s - run.source_s) - (earlier.start_s - earlier.source_s)
            if high - low > _SHORTEST_REPEAT_S and again_after < no_repeat_s - _TOLERANCE_S:
                repeated[later] = repeated.get(later, 0.0) + high - low
    return repeated
