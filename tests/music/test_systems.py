import numpy as np
import pandas as pd
import pytest

from moodscore.music import (
    SYSTEMS,
    MusicDictionary,
    MusicPart,
    UnitSelection,
    briefs,
    concatenate_track,
    nearest_snippets,
    plan,
    play,
    render_track,
)
from moodscore.music.systems import N_RANDOM_TAKES, Brief

RATE = 8000
FEATURES = ["tempo", "loudness", "rhythm"]
SELECTION = UnitSelection(n_candidates=5)


@pytest.fixture
def sources(array_source):
    rng = np.random.default_rng(0)
    return {f"clip{i}": array_source(rng.normal(scale=0.1, size=(6 * RATE, 2)), RATE) for i in range(3)}


@pytest.fixture
def snippets(make_snippets):
    return make_snippets(3, 6, length=RATE)


@pytest.fixture
def brief(make_targets):
    truth = pd.DataFrame(np.random.default_rng(5).uniform(size=(4, 3)), columns=FEATURES)
    previous = pd.DataFrame(np.random.default_rng(6).uniform(size=(4, 3)), columns=FEATURES)
    return Brief("film", make_targets(4), truth, 4 * RATE, RATE, previous)


@pytest.fixture
def planned(snippets, sources, brief):
    def run(system, seed=0, brief=brief, snippets=snippets, **options):
        music = MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0, selection=SELECTION)
        return plan(system, brief, music, seed=seed, **options)

    return run


def chosen(cues):
    return list(zip(cues["source_clip"], cues["source_segment"], strict=True))


def nearest(wanted, snippets):
    """Eq. 9, said plainly: the first snippet with the least mean absolute error."""
    rows = [np.abs(snippets[FEATURES] - want).mean(axis=1).idxmin() for want in wanted[FEATURES].to_numpy()]
    return list(snippets.loc[rows, ["clip_id", "segment"]].itertuples(index=False, name=None))


def test_silence_has_no_cues_and_makes_no_sound(planned, sources):
    assert planned("silence") == []
    track = play("silence", None, sources, n_samples=1234, sample_rate=RATE)
    assert track.shape == (1234, 2) and track.dtype == np.float32 and not track.any()


@pytest.mark.parametrize("system", SYSTEMS[1:])
def test_every_cue_sheet_covers_the_clip_and_plays(planned, sources, brief, system):
    sheets = planned(system)
    assert len(sheets) == (N_RANDOM_TAKES if system == "random" else 1)
    for cues in sheets:
        assert cues["clip_id"].eq("film").all() and cues["segment"].tolist() == [0, 1, 2, 3]
        assert cues["start_sample"].iloc[0] == 0 and cues["stop_sample"].iloc[-1] == brief.n_samples
        assert set(cues["join"]) <= {"start", "neighbour", "crossfade" if system == "moodscore" else "hard"}
    track = play(system, sheets[0], sources, n_samples=brief.n_samples, sample_rate=RATE)
    render = render_track if system == "moodscore" else concatenate_track
    expected = render(sheets[0], sources, n_samples=brief.n_samples, sample_rate=RATE)
    np.testing.assert_array_equal(track, expected)
    assert np.abs(track).max() > 0.1


def test_random_takes_are_seeded_and_differ(planned):
    takes = [chosen(cues) for cues in planned("random", seed=1)]
    assert takes == [chosen(cues) for cues in planned("random", seed=1)]
    assert takes != [chosen(cues) for cues in planned("random", seed=2)]
    assert takes != [chosen(cues) for cues in planned("random", seed=[1, 1])]
    assert len(set(map(tuple, takes))) > N_RANDOM_TAKES / 2


def test_random_takes_draw_every_audible_snippet_and_no_silent_one(planned, snippets):
    silent = snippets.index % 3 == 0
    takes = planned("random", snippets=snippets.assign(is_silent=silent))
    drawn = {snippet for cues in takes for snippet in chosen(cues)}
    audible = set(snippets.loc[~silent, ["clip_id", "segment"]].itertuples(index=False, name=None))
    assert drawn == audible  # 80 draws of 12


def test_paper_takes_the_nearest_to_what_was_predicted(planned, brief, snippets):
    assert chosen(planned("paper")[0]) == nearest(brief.targets, snippets)


def test_the_oracle_takes_the_nearest_to_the_truth(planned, brief, snippets):
    (cues,) = planned("oracle")
    assert chosen(cues) == nearest(brief.truth, snippets) != nearest(brief.targets, snippets)
    np.testing.assert_array_equal(cues[[f"predicted_{name}" for name in FEATURES]], brief.truth)


def test_the_previous_system_takes_the_nearest_to_what_it_predicts(planned, brief, snippets):
    assert chosen(planned("previous")[0]) == nearest(brief.previous, snippets)


def test_the_mean_is_one_snippet_throughout(planned, brief, snippets):
    (cues,) = planned("mean")
    centre = snippets.loc[~snippets["is_silent"], FEATURES].mean().to_frame().T
    assert set(chosen(cues)) == set(nearest(centre, snippets))


@pytest.mark.parametrize(("system", "table"), [("oracle", "truth"), ("previous", "previous")])
def test_a_system_without_its_table_is_refused(planned, brief, system, table):
    blind = Brief(brief.clip_id, brief.targets, None, brief.n_samples, brief.sample_rate)
    with pytest.raises(ValueError, match=f"{system} needs .*'{table}'"):
        planned(system, brief=blind)
    assert len(planned("paper", brief=blind)) == 1


def test_moodscore_hears_the_joins(planned, brief, snippets):
    (cues,) = planned("moodscore")
    music = MusicDictionary([MusicPart(snippets, {})], segment_s=1.0)
    alone = nearest_snippets(brief.targets, music)["target_cost"].sum()
    assert (cues["join"] == "crossfade").sum() < (planned("paper")[0]["join"] == "hard").sum()
    assert cues["target_cost"].sum() >= alone


def test_takes_and_strictness_are_those_of_unit_selection(planned):
    (first,), (other,), (strict,) = (
        planned("moodscore", **options) for options in ({}, {"take": 1}, {"strictness": 0.0})
    )
    assert chosen(first) != chosen(other) and chosen(first) != chosen(strict)
    assert chosen(planned("moodscore", take=1, seed=0)[0]) == chosen(other)


def test_an_unknown_system_is_named(planned):
    with pytest.raises(
        ValueError, match=r"'jazz'.*silence, random, mean, previous, paper, moodscore, oracle"
    ):
        planned("jazz")


@pytest.fixture
def tables(make_targets):
    """Segments, predictions and emotions of clips z and b, each in an order of its own."""
    rows = [make_targets(3, seed=seed).assign(clip_id=clip_id) for seed, clip_id in enumerate("zb")]
    table = pd.concat(rows, ignore_index=True)
    shuffled = [table.sample(frac=1, random_state=state) for state in (1, 2, 3)]
    segments = table[["clip_id", "segment", "start_s", "end_s"]].assign(
        valence=9.0, arousal=9.0, quadrant="pos_high"
    )
    features = shuffled[0][["clip_id", "segment", *FEATURES]]
    emotions = shuffled[1][["clip_id", "segment", "valence", "arousal", "quadrant", "confidence"]]
    truth = shuffled[2][["clip_id", "segment", *FEATURES]].assign(tempo=lambda t: 1 - t["tempo"])
    return table, segments, features, emotions, truth


def test_briefs_join_the_tables_by_clip_and_segment(tables, array_source):
    table, segments, features, emotions, truth = tables
    soundtracks = {"b": array_source(np.zeros(2900), RATE), "z": array_source(np.zeros(3000), 4000)}
    first, second = briefs(segments, features, emotions, soundtracks, truth)
    assert (first.clip_id, first.n_samples, first.sample_rate) == ("b", 2900, RATE)
    assert (second.clip_id, second.n_samples, second.sample_rate) == ("z", 3000, 4000)
    for made in (first, second):
        own = table[table["clip_id"] == made.clip_id].reset_index(drop=True)
        for name in ("segment", "start_s", *FEATURES, "valence", "arousal", "quadrant", "confidence"):
            assert made.targets[name].tolist() == own[name].tolist()
        np.testing.assert_allclose(made.truth["tempo"], 1 - own["tempo"])


def test_briefs_without_the_truth_and_of_clips_without_sound(tables, array_source):
    _, segments, features, emotions, _ = tables
    (only,) = briefs(segments, features, emotions, {"z": array_source(np.zeros(3000), RATE)})
    assert only.clip_id == "z" and only.truth is None
