"""The search against all paths enumerated, and what must hold of any score."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from moodscore.music import lattice, search
from moodscore.music.lattice import (
    BAR_REWARD,
    BAR_TOLERANCE_S,
    ENDING_REWARD,
    ENDING_TOLERANCE_S,
    EVENT_BEATS,
    SECTION_REWARD,
    SILENCE_COST,
    TICK_S,
    WHOLE_ENDING_S,
    Prices,
)
from moodscore.music.repertoire import Material
from moodscore.music.scenes import Scene
from moodscore.music.search import search_runs
from moodscore.pieces import Piece

SHORTEST_BEAT, LONGEST_BEAT = 3, 5


def a_piece(rng, n_beats=8, *, metre=0, ending="ends", sections=(), ticks=None, kept=None):
    ticks = rng.integers(SHORTEST_BEAT, LONGEST_BEAT + 1, n_beats) if ticks is None else np.asarray(ticks)
    beats_s = np.concatenate([[0], np.cumsum(ticks)]) * TICK_S
    position = np.arange(n_beats) % metre if metre else np.full(n_beats, -1)
    sources = np.tile(np.arange(n_beats), (n_beats, 1))
    distance = rng.uniform(0.1, 1.5, (n_beats, n_beats)).astype(np.float32)
    after, here = np.meshgrid(np.arange(n_beats) + 1, np.arange(n_beats))
    impossible = after == here
    if metre:
        impossible |= after % metre != here % metre
    distance[impossible] = np.inf
    order = np.argsort(distance, axis=1)[:, :kept]
    sources = np.take_along_axis(np.where(impossible, -1, sources), order, axis=1).astype(np.int32)
    distance = np.take_along_axis(distance, order, axis=1)
    return Piece(
        duration_s=float(beats_s[-1]),
        beats_s=beats_s,
        bar_position=position,
        metre=metre,
        beat_strength=1.0,
        has_beat=True,
        sections=np.array(sections, dtype=np.int64),
        begins_s=0.0,
        ends_s=float(beats_s[-1]),
        ending=ending,
        jump_from=sources,
        jump_distance=distance,
    )


def material_of(rng, name, piece, n_segments):
    n = len(piece.bar_position)
    return Material(
        name=name,
        piece=piece,
        seconds=rng.uniform(size=(4, 5)),
        beats=rng.uniform(size=(n, 5)),
        surcharge=np.zeros(n),
        targets=rng.uniform(size=(n_segments, 5)),
    )


def a_film(rng, *ticks):
    edges = np.concatenate([[0], np.cumsum(ticks)])
    scenes = [
        Scene(first * TICK_S, last * TICK_S, 5.0, 5.0, "pos_high")
        for first, last in itertools.pairwise(edges)
    ]
    return scenes, edges * TICK_S


class Enumeration:
    """Every path, tick by tick, and what each costs; knows nothing of the search but the rules."""

    def __init__(self, scenes, materials, edges_s, prices, min_run, no_repeat_s=0.0, may_change=True):
        self.boundaries = [round(scene.start_s / TICK_S) for scene in scenes]
        self.edges = np.rint(np.asarray(edges_s) / TICK_S).astype(int)
        self.end = int(self.edges[-1])
        self.materials, self.prices, self.min_run = materials, prices, min_run
        self.no_repeat_s, self.may_change = no_repeat_s, may_change

    def best(self):
        first = [self.from_state(m, beat, 0, 0, 0.0) for m in self.materials for beat in self.landings(m)]
        return min(first)

    def landings(self, material):
        piece = material.piece
        return [b for b in range(len(piece.bar_position)) if piece.bar_position[b] <= 0]

    def from_state(self, material, beat, tick, length, cost):
        """Least total cost from a beat that starts at a tick, in a run of ``length`` beats so far."""
        if tick >= self.end:
            return (
                cost - self.end_reward(material, beat, self.end - tick, length)
                if tick == self.end
                else math.inf
            )
        piece, n = material.piece, len(material.piece.bar_position)
        if beat > n:
            return math.inf
        cost -= self.reward(material, beat, tick)
        length_ticks = (
            round((piece.beats_s[beat + 1] - piece.beats_s[beat]) / TICK_S)
            if beat < n
            else round(1.0 / TICK_S)
        )
        options = []
        for now in range(tick, tick + length_ticks):
            if now == self.end:
                options.append(cost - self.end_reward(material, beat, self.end - tick, length))
                break
            if now in self.boundaries and now > tick and self.may_change:
                options += self.changes(material, now, cost)
            cost += TICK_S * (self.rate(material, beat, now) if beat < n else SILENCE_COST)
        else:
            after = tick + length_ticks
            if after in self.boundaries and self.may_change:
                options += self.changes(material, after, cost)
            options.append(self.from_state(material, beat + 1, after, length + 1, cost))
            if length + 1 >= self.min_run and after < self.end:
                options += self.jumps(material, beat + 1, after, cost)
        return min(options, default=math.inf)

    def jumps(self, material, leave, tick, cost):
        piece = material.piece
        for target in self.landings(material):
            for k, source in enumerate(piece.jump_from[target]):
                if source >= 0 and source + 1 == leave:
                    price = self.prices.join + self.prices.jump_weight * piece.jump_distance[target, k]
                    yield self.from_state(
                        material, target, tick, 0, cost + price + self.back(piece, leave, target)
                    )
        if leave == len(piece.bar_position) and self.landings(material):
            target = self.landings(material)[0]
            price = self.prices.join + self.prices.jump_weight + self.back(piece, leave, target)
            yield self.from_state(material, target, tick, 0, cost + price)

    def back(self, piece, leave, target):
        back_s = piece.beats_s[leave] - piece.beats_s[target]
        if back_s <= 0 or self.no_repeat_s == 0:
            return 0.0
        if back_s < min(self.no_repeat_s, (piece.ends_s - piece.begins_s) / 2) - 1e-6:
            return math.inf
        return self.prices.join * max(0, 1 - back_s / self.no_repeat_s)

    def changes(self, material, tick, cost):
        price = self.prices.join + self.prices.change
        for other in self.materials:
            if other is not material:
                for beat in self.landings(other):
                    yield self.from_state(other, beat, tick, 0, cost + price)

    def rate(self, material, beat, tick):
        segment = int(np.searchsorted(self.edges, tick, side="right")) - 1
        return np.abs(material.targets[segment] - material.beats[beat]).sum() + material.surcharge[beat]

    def reward(self, material, beat, tick):
        piece = material.piece
        if beat not in (0, *piece.sections) or beat >= len(piece.bar_position):
            return 0.0
        lengths = np.append(np.diff(np.rint(piece.beats_s / TICK_S)), round(1.0 / TICK_S))
        reach = EVENT_BEATS * np.median(lengths)
        return SECTION_REWARD * max(0.0, 1 - min(abs(tick - at) for at in self.boundaries) / reach)

    def end_reward(self, material, beat, ticks_in, length):
        """Of the beat that sounds last, or ends with the film, and a run of ``length`` beats before it."""
        piece = material.piece
        length -= ticks_in == 0
        at_s = piece.beats_s[min(beat, len(piece.bar_position))] + ticks_in * TICK_S
        bars = piece.beats_s[self.landings(material)]
        reward = BAR_REWARD if np.abs(at_s - bars).min() <= BAR_TOLERANCE_S + 1e-9 else 0.0
        is_near = abs(at_s - piece.ends_s) <= ENDING_TOLERANCE_S + 1e-9
        if length >= self.min_run and is_near and piece.ending in ("ends", "fades"):
            return max(reward, ENDING_REWARD * min(self.end * TICK_S / WHOLE_ENDING_S, 1))
        return reward


def cost_of(runs, scenes, materials, edges_s, prices, min_run, no_repeat_s=0.0):
    """What a plan costs, added up tick by tick."""
    count = Enumeration(scenes, materials, edges_s, prices, min_run, no_repeat_s)
    by_name = {material.name: material for material in materials}
    total = 0.0
    for number, run in enumerate(runs):
        material = by_name[run.piece]
        piece = material.piece
        beats = np.rint(np.append(piece.beats_s, piece.beats_s[-1] + 1.0) / TICK_S).astype(int)
        first, last, source = (round(x / TICK_S) for x in (run.start_s, run.end_s, run.source_s))
        if run.join == "change":
            total += prices.join + prices.change
        elif run.join == "jump":
            before = runs[number - 1]
            leave = int(np.flatnonzero(beats == round(before.source_end_s / TICK_S))[0])
            target = int(np.flatnonzero(beats == source)[0])
            total += prices.join + prices.jump_weight * run.jump_distance + count.back(piece, leave, target)
        for tick in range(first, last):
            at = source + tick - first
            beat = int(np.searchsorted(beats, at, side="right")) - 1
            if beats[beat] == at:
                total -= count.reward(material, beat, tick)
            total += TICK_S * (
                count.rate(material, beat, tick) if beat < len(material.beats) else SILENCE_COST
            )
    beat = int(np.searchsorted(beats, source + last - first, side="right")) - 1
    length = beat - int(np.searchsorted(beats, source, side="right")) + 1
    return total - count.end_reward(material, beat, source + last - first - beats[beat], length)


@pytest.mark.parametrize("whole_ending_s", [0.1, 5.0])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("metre, min_run", [(0, 1), (0, 2), (2, 2)])
def test_finds_the_cheapest_of_all_paths(seed, metre, min_run, whole_ending_s, monkeypatch):
    monkeypatch.setattr(lattice, "WHOLE_ENDING_S", whole_ending_s)
    monkeypatch.setitem(globals(), "WHOLE_ENDING_S", whole_ending_s)
    rng = np.random.default_rng([seed, metre, min_run])
    scenes, edges_s = a_film(rng, *rng.integers(8, 13, 2))
    pieces = [a_piece(rng, 5, metre=metre, sections=[metre or 1], kept=2) for _ in range(2)]
    materials = [material_of(rng, name, p, 2) for name, p in zip(("one", "two"), pieces, strict=True)]
    prices = Prices(join=rng.uniform(0, 0.4), jump_weight=0.1, change=rng.uniform(0, 0.2))
    settings = {"prices": prices, "no_repeat_s": 0.0, "min_run_beats": min_run}
    runs = search_runs(scenes, materials, edges_s, **settings)
    truth = Enumeration(scenes, materials, edges_s, prices, min_run).best()
    assert cost_of(runs, scenes, materials, edges_s, prices, min_run) == pytest.approx(truth, abs=1e-4)


def test_more_join_price_never_gives_more_joins():
    for seed in range(6):
        rng = np.random.default_rng(seed)
        scenes, edges_s = a_film(rng, *rng.integers(20, 60, 4))
        materials = [material_of(rng, n, a_piece(rng, 24), len(edges_s) - 1) for n in ("a", "b", "c")]
        joins = [
            len(search_runs(scenes, materials, edges_s, prices=prices, no_repeat_s=0, min_run_beats=2)) - 1
            for prices in (Prices(price, 0.1, 0.1) for price in (0, 0.02, 0.05, 0.2, 2.0))
        ]
        assert joins == sorted(joins, reverse=True)
        assert joins[0] > joins[-1]


def test_changes_piece_at_boundaries_alone_and_never_where_it_may_not():
    rng = np.random.default_rng(3)
    scenes, edges_s = a_film(rng, 40, 50, 60)
    materials = [material_of(rng, name, a_piece(rng, 60), 3) for name in ("a", "b", "c")]
    free = Prices(join=0.0, jump_weight=0.0, change=0.0)
    runs = search_runs(scenes, materials, edges_s, prices=free, min_run_beats=4, no_repeat_s=0)
    changes = [run for run in runs if run.join == "change"]
    assert changes
    assert {run.start_s for run in changes} <= {scene.start_s for scene in scenes[1:]}
    alone = search_runs(
        scenes, materials, edges_s, prices=free, change_at="never", min_run_beats=4, no_repeat_s=0
    )
    assert len({run.piece for run in alone}) == 1
    assert all(run.join != "change" for run in alone)


def test_runs_tile_the_film_and_keep_their_least_length():
    rng = np.random.default_rng(5)
    scenes, edges_s = a_film(rng, 150, 90, 200)
    materials = [material_of(rng, name, a_piece(rng, 50), 3) for name in ("a", "b")]
    runs = search_runs(scenes, materials, edges_s, prices=Prices(0, 0, 0), min_run_beats=6, no_repeat_s=0)
    assert [run.start_s for run in runs[1:]] == [run.end_s for run in runs[:-1]]
    assert runs[0].start_s == 0
    assert runs[-1].end_s == scenes[-1].end_s
    by_name = {material.name: material.piece for material in materials}
    for run, after in itertools.pairwise(runs):
        if after.join == "jump":
            beats = by_name[run.piece].beats_s
            inside = np.searchsorted(beats, [run.source_s + 1e-6, run.source_end_s - 1e-6])
            assert inside[1] - inside[0] + 1 >= 6


def test_plays_a_piece_as_long_as_the_film_to_its_end_without_a_join(monkeypatch):
    rng = np.random.default_rng(0)
    piece = a_piece(rng, 40, ticks=[4] * 40)
    scenes, edges_s = a_film(rng, 100)
    material = replace(material_of(rng, "a", piece, 1), beats=np.zeros((40, 5)))
    monkeypatch.setattr(lattice, "WHOLE_ENDING_S", 1.0)
    runs = search_runs(scenes, [material], edges_s, prices=Prices())
    assert len(runs) == 1
    assert runs[0].source_end_s == pytest.approx(piece.ends_s, abs=ENDING_TOLERANCE_S)


def repeated_s(runs, within_s):
    """Seconds of the film in which a place of a piece sounds that sounded less than ``within_s`` before."""
    heard, total = {}, 0.0
    for run in runs:
        for tick in range(round((run.end_s - run.start_s) / TICK_S)):
            place, now = (run.piece, round(run.source_s / TICK_S) + tick), run.start_s + tick * TICK_S
            total += TICK_S * (now - heard.get(place, -math.inf) < within_s)
            heard[place] = now
    return total


def test_a_beat_does_not_come_back_too_soon_though_each_join_alone_may_be_taken(monkeypatch):
    rng = np.random.default_rng(2)
    scenes, edges_s = a_film(rng, *[200] * 8)
    materials = [material_of(rng, name, a_piece(rng, 100, ticks=[10] * 100), 8) for name in "abc"]
    runs = search_runs(scenes, materials, edges_s, prices=Prices(0.3, 0.2, 0.1), no_repeat_s=30.0)
    assert repeated_s(runs, 29.0) <= 0.03 * scenes[-1].end_s
    monkeypatch.setattr(search, "MAX_SEARCHES", 1)
    careless = search_runs(scenes, materials, edges_s, prices=Prices(0.3, 0.2, 0.1), no_repeat_s=30.0)
    assert repeated_s(careless, 29.0) > 0.05 * scenes[-1].end_s


def test_a_piece_shorter_than_the_film_comes_back_as_seldom_as_it_can():
    rng = np.random.default_rng(4)
    piece = a_piece(rng, 20, ticks=[4] * 20)
    scenes, edges_s = a_film(rng, 200)
    runs = search_runs(scenes, [material_of(rng, "a", piece, 1)], edges_s, prices=Prices(), no_repeat_s=30.0)
    assert len(runs) <= math.ceil(200 / 80 * 2)
    for before, after in itertools.pairwise(runs):
        assert before.source_end_s - after.source_s >= piece.duration_s / 2 - 1e-6


def test_two_seconds_of_sound_fill_any_film():
    rng = np.random.default_rng(4)
    piece = a_piece(rng, 4, ticks=[10] * 4)
    silent_end = replace(piece, ending="stops")
    scenes, edges_s = a_film(rng, 400)
    runs = search_runs(scenes, [material_of(rng, "a", silent_end, 1)], edges_s, prices=Prices())
    assert runs[-1].end_s == scenes[-1].end_s
