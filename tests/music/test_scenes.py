"""Where a film has scenes: by hand, and what must hold of any."""

import itertools

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, quadrant_of
from moodscore.music import Scene, find_scenes
from moodscore.music.scenes import MAX_CUT_DISTANCE_S, MIN_SCENE_S, MOOD_STEP

CENTRES = {"pos_high": (7.0, 7.0), "pos_low": (7.0, 3.0), "neg_high": (3.0, 7.0), "neg_low": (3.0, 3.0)}


def film(*spans, cuts=(), **columns):
    """Segments of a second: ``(quadrant, seconds)`` or ``(quadrant, seconds, valence, arousal)``."""
    moods = [(q, *(rest or CENTRES[q])) for q, seconds, *rest in spans for _ in range(seconds)]
    table = pd.DataFrame(moods, columns=["quadrant", "valence", "arousal"])
    table.insert(0, "start_s", np.arange(len(table), dtype=float))
    table["cut_s"], table["cut_strength"] = np.nan, 0.0
    for cut in cuts:
        table.loc[int(cut), ["cut_s", "cut_strength"]] = cut, 1.0
    return table.assign(**columns)


def edges_of(scenes):
    return [scene.start_s for scene in scenes] + [scenes[-1].end_s]


def scenes_of(table, **options):
    return find_scenes(table, duration_s=float(len(table)), **options)


def test_one_mood_is_one_scene():
    table = film(("pos_low", 40), cuts=[3.5, 20.2, 31.9])
    assert scenes_of(table) == [Scene(0.0, 40.0, 7.0, 3.0, "pos_low")]
    assert scenes_of(table)[0].duration_s == 40


def test_a_mood_that_turns_is_another_scene_and_tells_its_own():
    scenes = scenes_of(film(("pos_low", 10), ("neg_high", 12), ("neg_low", 9, 4.0, 2.0)))
    assert edges_of(scenes) == [0, 10, 22, 31]
    assert [scene.quadrant for scene in scenes] == ["pos_low", "neg_high", "neg_low"]
    assert [(scene.valence, scene.arousal) for scene in scenes] == [(7, 3), (3, 7), (4, 2)]


@pytest.mark.parametrize(
    ("cuts", "boundary"),
    [
        ([11.4], 11.4),
        ([8.6], 8.6),
        ([11.6], 10.0),  # too far
        ([8.6, 10.9], 10.9),  # the nearer
        ([], 10.0),
    ],
)
def test_a_scene_begins_at_a_cut_nearby(cuts, boundary):
    assert edges_of(scenes_of(film(("pos_low", 10), ("neg_high", 10), cuts=cuts))) == [0, boundary, 20]


def test_a_short_span_joins_the_neighbour_it_resembles():
    like_before = film(("pos_low", 10), ("pos_high", 4, 6.0, 5.1), ("neg_high", 10))
    assert edges_of(scenes_of(like_before)) == [0, 14, 24]
    like_after = film(("pos_low", 10), ("neg_low", 4, 4.9, 4.9), ("neg_high", 10, 4.0, 6.0))
    assert edges_of(scenes_of(like_after)) == [0, 10, 24]
    assert edges_of(scenes_of(film(("pos_low", 10), ("neg_high", 7)))) == [0, 17]
    assert edges_of(scenes_of(film(("pos_low", 10), ("neg_high", 8)))) == [0, 10, 18]


def test_a_film_that_flickers_is_still_divided_into_scenes():
    table = film(*[(quadrant, 3) for quadrant in QUADRANTS * 5])
    lengths = np.diff(edges_of(scenes_of(table)))
    assert lengths.min() >= MIN_SCENE_S
    assert edges_of(scenes_of(film(("pos_low", 2), ("neg_high", 3)))) == [0, 5]  # too short for two


def test_what_a_person_set_stays_where_it_was_set():
    """However short, and whatever cuts there are."""
    table = film(
        ("pos_low", 10),
        ("neg_high", 3),
        ("pos_low", 10),
        cuts=[9.4, 13.6],
        is_given=[10 <= k < 13 for k in range(23)],
    )
    scenes = scenes_of(table, given_s=[9.7, 13.2])
    assert edges_of(scenes) == [0, 9.7, 13.2, 23]
    assert [scene.is_given for scene in scenes] == [False, True, False]


def test_two_spans_that_were_set_are_two_scenes_even_in_one_quadrant():
    given = [k < 6 for k in range(20)]
    table = film(("pos_low", 3, 6.0, 4.0), ("pos_low", 3, 9.0, 1.0), ("pos_low", 14), is_given=given)
    assert edges_of(scenes_of(table, given_s=[0, 3, 3, 6])) == [0, 3, 6, 20]
    unset = table.assign(is_given=False)
    assert edges_of(scenes_of(unset)) == [0, 20]


def test_between_what_was_set_a_short_rest_stays_a_scene():
    given = [k < 5 or k >= 8 for k in range(13)]
    table = film(("pos_low", 5), ("neg_high", 3), ("pos_low", 5), is_given=given)
    assert edges_of(scenes_of(table, given_s=[0, 5, 8, 13])) == [0, 5, 8, 13]


def stepped(step, cuts):
    return film(("pos_high", 12, 5.5, 6.0), ("pos_high", 12, 5.5 + step, 6.0), cuts=cuts)


@pytest.mark.parametrize(
    ("step", "cuts", "edges"),
    [
        (3.0, [12.1], [0, 12.1, 24]),
        (MOOD_STEP - 0.1, [12.1], [0, 24]),
        (3.0, [], [0, 24]),  # no cut
        (3.0, [17.1], [0, 24]),  # elsewhere
        (3.0, [k + 0.1 for k in range(24)], [0, 12.1, 24]),  # once, where the step is
    ],
)
def test_within_a_quadrant_a_scene_ends_where_the_mood_moves_at_a_cut(step, cuts, edges):
    assert edges_of(scenes_of(stepped(step, cuts))) == edges


def test_what_a_person_set_is_never_divided():
    table = stepped(3.0, [12.1]).assign(is_given=True)
    assert edges_of(scenes_of(table, given_s=[0, 24])) in ([0, 24], [0, 12, 24])


def test_a_scene_is_neutral_if_most_of_it_is():
    neutral = [k < 7 or k >= 16 for k in range(20)]
    first, second = scenes_of(film(("pos_low", 10), ("neg_high", 10), is_neutral=neutral))
    assert first.is_neutral and not second.is_neutral


def test_the_routed_quadrant_counts_where_it_is_known():
    table = film(*[("pos_low", 1), ("pos_high", 1)] * 10)
    assert {scene.quadrant for scene in scenes_of(table.assign(routed_quadrant="neg_low"))} == {"neg_low"}


def test_a_film_of_one_segment_and_less_than_that():
    for duration_s in (0.6, 1.0, 1.4):
        (scene,) = find_scenes(film(("neg_low", 1)), duration_s=duration_s)
        assert (scene.start_s, scene.end_s) == (0.0, duration_s)


def random_film(rng, segment_s):
    n = int(rng.integers(1, 90))
    spans = np.repeat(rng.integers(0, 1 + n // 3, n), 1)
    spans.sort()
    moods = rng.uniform(1, 9, (spans.max() + 1, 2))[spans] + rng.normal(0, 0.3, (n, 2))
    starts = np.arange(n) * segment_s
    cuts = np.where(rng.uniform(size=n) < 0.4, starts + rng.uniform(0, segment_s, n), np.nan)
    is_given = np.zeros(n, dtype=bool)
    given_s = []
    if n > 10 and rng.uniform() < 0.5:
        first, last = sorted(rng.choice(np.arange(1, n), 2, replace=False))
        is_given[first:last] = True
        given_s = [(edge + rng.uniform(-0.4, 0.4)) * segment_s for edge in (first, last)]
    table = pd.DataFrame(
        {
            "start_s": starts,
            "valence": np.clip(moods[:, 0], 1, 9),
            "arousal": np.clip(moods[:, 1], 1, 9),
            "cut_s": cuts,
            "cut_strength": 1.0,
            "is_given": is_given,
            "is_neutral": rng.uniform(size=n) < 0.3,
        }
    )
    table["quadrant"] = quadrant_of(table["valence"], table["arousal"])
    return table, float((n - rng.uniform(0, 0.4)) * segment_s), given_s


@pytest.mark.parametrize("min_scene_s", [0.0, 2.0, MIN_SCENE_S])
@pytest.mark.parametrize("segment_s", [1.0, 0.5])
def test_scenes_tile_any_film(min_scene_s, segment_s):
    for seed in range(10):
        rng = np.random.default_rng([seed, int(min_scene_s), int(2 * segment_s)])
        table, duration_s, given_s = random_film(rng, segment_s)
        scenes = find_scenes(table, duration_s=duration_s, given_s=given_s, min_scene_s=min_scene_s)
        edges = edges_of(scenes)
        assert edges[0] == 0 and edges[-1] == duration_s
        assert all(before.end_s == after.start_s for before, after in itertools.pairwise(scenes))
        assert (np.diff(edges) > 0).all()
        # Each boundary is one of the segments', or a cut or a word of a person nearby.
        known = np.concatenate([table["start_s"], table["cut_s"].dropna(), given_s])
        assert set(edges[1:-1]) <= set(known)
        for k, scene in enumerate(scenes):
            others = [scenes[j] for j in (k - 1, k + 1) if 0 <= j < len(scenes)]
            if not scene.is_given and any(not other.is_given for other in others):
                assert scene.duration_s >= min_scene_s - 2 * MAX_CUT_DISTANCE_S
        if given_s:
            assert set(given_s) <= set(edges)
            assert any(scene.is_given for scene in scenes)
        for scene in scenes:
            assert 1 <= scene.valence <= 9 and scene.quadrant in QUADRANTS


def test_neutral_neighbours_are_one_scene_whatever_side_they_are_on():
    table = film(("pos_low", 12, 5.2, 4.8), ("neg_high", 12, 4.8, 5.2), ("pos_high", 12))
    table["is_neutral"] = np.arange(36) < 24
    scenes = scenes_of(table)
    assert edges_of(scenes) == [0, 24, 36]
    assert [scene.is_neutral for scene in scenes] == [True, False]
    assert edges_of(scenes_of(table.assign(is_neutral=False))) == [0, 12, 24, 36]
