import itertools

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import (
    JoinCosts,
    MusicDictionary,
    MusicOptions,
    MusicPart,
    UnitSelection,
    nearest_snippets,
)
from moodscore.music import select_units as select_from_music
from moodscore.music.selection import TAKE_SPREAD

FEATURES = ["tempo", "loudness", "rhythm"]


def options_of(emotion_weight=1.0, **collage):
    return MusicOptions(emotion_weight=emotion_weight, collage=UnitSelection(**collage))


def music_of(snippets, segment_s=1.0, parameters=None):
    return MusicDictionary([MusicPart(snippets, {})], segment_s=segment_s, options=parameters)


def select_units(targets, snippets, *, segment_s=1.0, parameters=None, **options):
    return select_from_music(targets, music_of(snippets, segment_s, parameters), **options)


def target_costs(targets, snippets, emotion_weight):
    """Eq. 9 plus the weighted emotion, for every target and snippet."""

    def error(columns, scale):
        wanted, there = targets[columns].to_numpy() / scale, snippets[columns].to_numpy() / scale
        return np.abs(wanted[:, np.newaxis] - there).mean(axis=-1)

    return error(FEATURES, 1) + emotion_weight * error(["valence", "arousal"], 8)


def join_table(snippets, parameters):
    joins = JoinCosts(
        snippets,
        edge_weight=parameters.collage.join_weight,
        key_weight=parameters.collage.key_weight,
        tempo_weight=parameters.collage.tempo_weight,
    )
    return joins.between(np.arange(len(snippets)), np.arange(len(snippets)))


def best_by_exhaustion(targets, snippets, parameters, window):
    costs = target_costs(targets, snippets, parameters.emotion_weight)
    joins = join_table(snippets, parameters)
    best = (np.inf, None)
    for path in itertools.product(range(len(snippets)), repeat=len(targets)):
        if any(len(set(path[i : i + window])) < len(path[i : i + window]) for i in range(len(path))):
            continue
        total = sum(costs[t, s] for t, s in enumerate(path))
        total += sum(joins[a, b] for a, b in itertools.pairwise(path))
        best = min(best, (total, path))
    return best


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("window", [0, 2])
def test_finds_the_optimum(make_targets, make_snippets, seed, window):
    targets, snippets = make_targets(5, seed=seed), make_snippets(2, 3, seed=seed)
    parameters = options_of(no_repeat_s=window, emotion_weight=0.7, join_weight=0.6)
    selection = select_units(targets, snippets, parameters=parameters)
    total, path = best_by_exhaustion(targets, snippets, parameters, max(window, 1))
    assert selection["snippet"].tolist() == list(path)
    assert selection[["target_cost", "join_cost"]].sum(axis=None) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_comes_close_to_the_optimum_under_a_long_memory(make_targets, make_snippets, seed):
    targets, snippets = make_targets(5, seed=seed), make_snippets(2, 3, seed=seed)
    parameters = options_of(no_repeat_s=4)
    selection = select_units(targets, snippets, parameters=parameters)
    total, _ = best_by_exhaustion(targets, snippets, parameters, 4)
    found = selection[["target_cost", "join_cost"]].sum(axis=None)
    assert total - 1e-12 <= found <= 1.2 * total


def test_costs_are_those_of_the_path(make_targets, make_snippets):
    targets, snippets = make_targets(60), make_snippets(10, 20)
    parameters = options_of()
    selection = select_units(targets, snippets, parameters=parameters)
    path = selection["snippet"].to_numpy()
    costs = target_costs(targets, snippets, parameters.emotion_weight)[np.arange(60), path]
    joins = join_table(snippets, parameters)[path[:-1], path[1:]]
    np.testing.assert_allclose(selection["target_cost"], costs, rtol=1e-12)
    np.testing.assert_allclose(selection["join_cost"], [0, *joins], rtol=1e-12)
    assert selection["segment"].tolist() == list(range(60))


def longest_run(snippets, path):
    joins = np.diff(path) == 1
    joins &= snippets["clip_id"].to_numpy()[path[1:]] == snippets["clip_id"].to_numpy()[path[:-1]]
    return max((len(list(group)) for same, group in itertools.groupby(joins) if same), default=0)


def test_music_goes_on_where_it_fits(make_targets, make_snippets):
    """Only the first snippet of a run is near its target; its neighbours are no candidates by themselves."""
    targets = make_targets(12, tempo=0.5, loudness=0.5, rhythm=0.5, valence=5.0, arousal=5.0)
    near = {"tempo": 0.5, "loudness": 0.5, "rhythm": 0.5, "valence": 5.0, "arousal": 5.0}
    snippets = make_snippets(40, 12, **near)
    snippets.loc[snippets["segment"] > 0, "tempo"] = 0.55
    flowing = select_units(targets, snippets)["snippet"].to_numpy()
    assert longest_run(snippets, flowing) == 11
    free = options_of(join_weight=0, key_weight=0, tempo_weight=0)
    jumping = select_units(targets, snippets, parameters=free)["snippet"].to_numpy()
    assert longest_run(snippets, jumping) < 11


@pytest.mark.parametrize(("n_snippets", "kept_apart"), [(8, 8), (9, 8), (30, 8), (7, 3), (2, 1), (1, 1)])
def test_no_snippet_returns_too_soon(make_targets, make_snippets, n_snippets, kept_apart):
    same = {"tempo": 0.5, "loudness": 0.5, "rhythm": 0.5, "valence": 5.0, "arousal": 5.0}
    targets = make_targets(50, **same)  # one snippet would be the best for all
    path = select_units(targets, make_snippets(n_snippets))["snippet"].to_numpy()
    for lag in range(1, kept_apart):
        assert (path[lag:] != path[:-lag]).all(), f"a snippet came back after {lag} s"


def test_short_segments_widen_the_window_beyond_the_candidates(make_targets, make_snippets):
    targets = make_targets(80, tempo=0.5, loudness=0.5, rhythm=0.5, valence=5.0, arousal=5.0)
    parameters = options_of(n_candidates=5, no_repeat_s=3.0)
    path = select_units(targets, make_snippets(60), segment_s=0.1, parameters=parameters)["snippet"]
    assert all(path[i : i + 30].is_unique for i in range(51))


def test_emotion_decides_among_the_candidates(make_targets, make_snippets):
    """A thousand sad snippets fit the features better than the one happy one."""
    targets = make_targets(1, tempo=0.5, loudness=0.5, rhythm=0.5, valence=9.0, arousal=9.0)
    snippets = make_snippets(1001, tempo=0.5, loudness=0.5, rhythm=0.5, valence=1.0, arousal=1.0)
    snippets.loc[777, ["tempo", "valence", "arousal"]] = [0.6, 8.0, 8.0]
    assert select_units(targets, snippets).loc[0, "snippet"] == 777
    deaf = options_of(emotion_weight=0)
    assert select_units(targets, snippets, parameters=deaf).loc[0, "snippet"] == 0


def test_nearest_is_the_least_error_lowest_row(make_targets, make_snippets):
    targets, snippets = make_targets(30), make_snippets(1, 50)
    snippets[FEATURES] = snippets[FEATURES].round(1)
    selection = nearest_snippets(targets, music_of(snippets))
    costs = target_costs(targets, snippets, 0)
    assert selection["snippet"].tolist() == costs.argmin(axis=1).tolist()
    np.testing.assert_array_equal(selection["target_cost"], costs.min(axis=1))


@pytest.mark.parametrize("select", [lambda t, s: nearest_snippets(t, music_of(s)), select_units])
def test_silence_is_never_chosen(make_targets, make_snippets, select):
    targets, snippets = make_targets(30), make_snippets(5, 10)
    snippets["is_silent"] = snippets["segment"] % 2 == 0
    assert (select(targets, snippets)["snippet"] % 2 == 1).all()
    with pytest.raises(MoodscoreError, match="all the music is silent"):
        select(targets, snippets.assign(is_silent=True))
    with pytest.raises(MoodscoreError, match="no segment"):
        select(targets[:0], snippets)
    with pytest.raises(MoodscoreError, match="not finite"):
        select(targets.assign(tempo=np.nan), snippets)


def test_same_input_same_selection(make_targets, make_snippets):
    first = select_units(make_targets(40), make_snippets(10, 10))
    assert first.equals(select_units(make_targets(40), make_snippets(10, 10)))


@pytest.mark.parametrize(
    "bad", [{"n_candidates": 2.5}, {"n_candidates": 0}, {"join_weight": -0.1}, {"no_repeat_s": float("nan")}]
)
def test_refuses_bad_parameters(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        UnitSelection(**bad)
    with pytest.raises(ValueError, match=f"collage.{next(iter(bad))}"):
        MusicOptions(collage=bad)


@pytest.mark.parametrize(
    "bad", [{"emotion_weight": -1.0}, {"cuts": "none"}, {"system": "jazz"}, {"tempo": 1}]
)
def test_refuses_bad_options(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        MusicOptions(**bad)


def test_every_take_is_other_music_that_fits_nearly_as_well(make_targets, make_snippets):
    targets, snippets = make_targets(60), make_snippets(40, 20)
    takes = [select_units(targets, snippets, take=take, seed=[3, 1]) for take in range(4)]
    again = [select_units(targets, snippets, take=take, seed=[3, 1]) for take in range(4)]
    assert all(first.equals(second) for first, second in zip(takes, again, strict=True))
    assert takes[0].equals(select_units(targets, snippets, seed=99))  # no chance in the first
    assert not takes[1].equals(select_units(targets, snippets, take=1, seed=[3, 2]))
    paths = np.array([take["snippet"] for take in takes])
    costs = target_costs(targets, snippets, 1.0)
    for a, b in itertools.combinations(range(4), 2):
        assert (paths[a] != paths[b]).mean() > 0.3
    for take, path in zip(takes, paths, strict=True):
        np.testing.assert_allclose(take["target_cost"], costs[np.arange(60), path], atol=1e-12)
        total = take[["target_cost", "join_cost"]].sum(axis=None)
        assert total - takes[0][["target_cost", "join_cost"]].sum(axis=None) <= 60 * TAKE_SPREAD


def test_stricter_selection_joins_for_less(make_targets, make_snippets):
    targets, snippets = make_targets(60), make_snippets(20, 20)
    plain, strict = (select_units(targets, snippets, strictness=factor) for factor in (1.0, 2.0))
    assert strict["join_cost"].sum() < plain["join_cost"].sum()
    assert strict["target_cost"].sum() > plain["target_cost"].sum()
    path = strict["snippet"].to_numpy()  # the costs reported are without the factor
    joins = join_table(snippets, options_of())[path[:-1], path[1:]]
    np.testing.assert_allclose(strict["join_cost"], [0, *joins], rtol=1e-12)
