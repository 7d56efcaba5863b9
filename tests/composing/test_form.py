from itertools import pairwise, product

import numpy as np
import pytest

from moodscore.composing.cuts import pull_beats
from moodscore.composing.form import TEMPO_TOLERANCE, make_form, phrase_sizes

FILMS = ([0, 2.0], [0, 7.0], [0, 60.0], [0, 11.3, 20, 41.7, 90.0], list(np.arange(51) * 5.3))


@pytest.mark.parametrize("edges", FILMS, ids=lambda edges: f"{len(edges) - 1} scenes, {edges[-1]:g} s")
@pytest.mark.parametrize(("arousal", "metre"), [(2, 4), (8, 4), (5, 3)])
def test_scenes_are_whole_bars_at_about_the_tempo_predicted(make_brief, edges, arousal, metre):
    form = make_form(make_brief(edges, [(5, arousal)] * (len(edges) - 1)), metre)
    starts, ends = (np.array([getattr(bar, side) for bar in form.bars]) for side in ("start_s", "end_s"))
    np.testing.assert_allclose(starts[1:], ends[:-1], atol=1e-9)
    assert (ends > starts).all()
    scene = np.array([bar.scene for bar in form.bars])
    for number, edge in enumerate(edges[:-1]):
        assert starts[scene == number][0] == pytest.approx(edge, abs=1e-6)
        beats = sum(bar.n_beats for bar in form.bars if bar.scene == number)
        bpm = 60 * beats / (edges[number + 1] - edge)
        off = abs(np.log(bpm / form.predicted_bpm[number]))
        # a scene of seven beats has a whole number of them that near, whatever the tempo
        if (edges[number + 1] - edge) * form.predicted_bpm[number] / 60 > 7:
            assert off <= np.log(1 + TEMPO_TOLERANCE) + 1e-6
        odd = [bar for bar in form.bars if bar.scene == number and bar.n_beats not in (metre, 2 * metre)]
        assert len(odd) <= 1 or beats < 2 * metre
    assert ends[-1] == pytest.approx(edges[-1], abs=1e-6)


@pytest.mark.parametrize("n_bars", range(1, 70))
def test_phrases_fill_a_scene_and_none_is_long(n_bars):
    sizes = phrase_sizes(n_bars)
    assert sum(sizes) == n_bars
    assert max(sizes) <= 7
    assert n_bars < 3 or min(sizes) >= 3


def test_no_tempo_leaves_the_tolerance_however_the_cuts_fall():
    rng = np.random.default_rng(1)
    for _ in range(30):
        beats = np.arange(65) * 0.5
        cuts = np.sort(rng.uniform(0, 32, 20))
        moved, _ = pull_beats(beats, (cuts, np.ones(20)), 4, stretch=1.02, tolerance=0.08)
        assert moved[0] == 0
        assert moved[-1] == 32
        ratio = 1.02 * 0.5 / np.diff(moved)
        assert ratio.max() <= 1.08 + 1e-6
        assert ratio.min() >= 1 / 1.08 - 1e-6


def test_beats_are_pulled_as_well_as_by_trying_everything():
    """Two cuts, every pairing of nearby beats: none is worth more than what was found."""
    beats = np.arange(17) * 0.5
    for first, second in ((2.15, 5.2), (1.9, 3.1), (2.74, 4.26)):
        cuts = (np.array([first, second]), np.array([0.9, 0.6]))
        moved, _ = pull_beats(beats, cuts, 4, stretch=1.0, tolerance=0.08)
        hits = {cut for cut in cuts[0] if np.abs(moved - cut).min() < 1e-9}
        possible = set()
        for one, two in product([None, *range(1, 16)], repeat=2):
            anchors = [(0, 0.0), *((b, c) for b, c in ((one, first), (two, second)) if b), (16, 8.0)]
            ratios = [
                0.5 * (b - a) / (t - s) if b > a and t > s else 9 for (a, s), (b, t) in pairwise(anchors)
            ]
            if all(1 / 1.08 <= ratio <= 1.08 for ratio in ratios):
                possible.add(tuple(c for b, c in ((one, first), (two, second)) if b))
        assert len(hits) == max(len(choice) for choice in possible)


def test_strong_cuts_fall_on_beats_far_more_often_than_by_chance(make_brief):
    kept, chance = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        cuts = np.cumsum(rng.exponential(4, 40))
        cuts = cuts[cuts < 119]
        brief = make_brief([0, 120.0], [(6, 2 + seed * 0.8)], cuts=(cuts, rng.uniform(0.5, 1, len(cuts))))
        beats = make_form(brief, 4).beats_s
        kept += [np.abs(beats - cut).min() <= 0.08 for cut in cuts]
        chance.append(np.minimum(0.16, np.diff(beats)).sum() / 120)
    assert np.mean(kept) >= 0.6
    assert np.mean(kept) > 1.8 * np.mean(chance)
