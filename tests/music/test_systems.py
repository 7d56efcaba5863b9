import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import (
    RUN_COLUMNS,
    SYSTEMS,
    MusicDictionary,
    MusicOptions,
    MusicPart,
    UnitSelection,
    arrange,
    briefs,
    concatenate_track,
    nearest_snippets,
    render_track,
)
from moodscore.music.composed import BAR_COLUMNS
from moodscore.music.systems import N_RANDOM_TAKES, Brief

RATE = 8000
FEATURES = ["tempo", "loudness", "rhythm"]
OPTIONS = MusicOptions(collage=UnitSelection(n_candidates=5))
SNIPPETS_IN_CUTS = ("random", "mean", "previous", "paper", "oracle")


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
def arranged(snippets, sources, brief, make_piece):
    pieces = {f"clip{i}": make_piece(6, seed=i) for i in range(3)}

    def run(system, seed=0, brief=brief, snippets=snippets, music_options=OPTIONS, **options):
        parts = [MusicPart(snippets, sources)]
        music = MusicDictionary(parts, segment_s=1.0, options=music_options, describe=lambda _: pieces)
        return arrange(system, brief, music, seed=seed, **options)

    return run


@pytest.fixture
def planned(arranged):
    return lambda *args, **options: [made.cues for made in arranged(*args, **options)]


def chosen(cues):
    return list(zip(cues["source_clip"], cues["source_segment"], strict=True))


def nearest(wanted, snippets):
    """Eq. 9, said plainly: the first snippet with the least mean absolute error."""
    rows = [np.abs(snippets[FEATURES] - want).mean(axis=1).idxmin() for want in wanted[FEATURES].to_numpy()]
    return list(snippets.loc[rows, ["clip_id", "segment"]].itertuples(index=False, name=None))


def test_silence_has_no_cues_and_makes_no_sound(arranged, brief):
    (silence,) = arranged("silence")
    assert silence.cues is None and silence.sources == {}
    for levelled in (False, True):
        track = silence.rendered(levelled=levelled)
        assert (track.n_samples, track.sample_rate, track.channels) == (brief.n_samples, RATE, 2)
        samples = track.read(0, brief.n_samples)
        assert samples.dtype == np.float32 and samples.shape == (brief.n_samples, 2) and not samples.any()


@pytest.mark.parametrize("system", [name for name in SYSTEMS if name not in ("silence", "composed")])
def test_every_cue_sheet_covers_the_clip_and_plays(arranged, brief, sources, system):
    made = arranged(system)
    assert len(made) == (N_RANDOM_TAKES if system == "random" else 1)
    for one in made:
        cues = one.cues
        assert cues["clip_id"].eq("film").all()
        assert cues["start_sample"].iloc[0] == 0 and cues["stop_sample"].iloc[-1] == brief.n_samples
        if system == "moodscore":
            assert tuple(cues) == RUN_COLUMNS and set(cues["join"]) <= {"start", "jump", "change"}
        else:
            assert cues["segment"].tolist() == [0, 1, 2, 3]
            assert set(cues["join"]) <= {"start", "neighbour", "crossfade" if system == "collage" else "hard"}
        assert (one.clip_id, one.system, one.n_samples, one.sample_rate) == ("film", system, 4 * RATE, RATE)
        assert set(one.sources) == set(cues["source_clip"])
    renderer = concatenate_track if system in SNIPPETS_IN_CUTS else render_track
    expected = renderer(made[0].cues, sources, n_samples=brief.n_samples, sample_rate=RATE)
    track = made[0].rendered(levelled=True).read(0, brief.n_samples)
    np.testing.assert_array_equal(track, expected)
    assert np.abs(track).max() > 0.1
    raw = made[0].rendered().read(0, brief.n_samples)
    np.testing.assert_allclose(track, raw * (np.abs(track).max() / np.abs(raw).max()), atol=1e-6)


def test_composed_music_covers_the_clip_and_plays_from_its_sheet_and_notes(brief):
    """Every take is other music, the same in every run, and needs nothing to choose from."""
    (one,), (again,), (other,) = (arrange("composed", brief, None, seed=3, take=take) for take in (0, 0, 1))
    assert tuple(one.cues) == BAR_COLUMNS and one.sources == {}
    edges = [0, *one.cues["stop_sample"]]
    assert one.cues["start_sample"].tolist() == edges[:-1] and edges[-1] == brief.n_samples
    pd.testing.assert_frame_equal(one.cues, again.cues)
    pd.testing.assert_frame_equal(one.notes, again.notes)
    assert not one.notes.equals(other.notes)
    track = one.rendered()
    assert (track.n_samples, track.sample_rate) == (brief.n_samples, RATE)
    samples = track.read(0, brief.n_samples)
    assert np.isfinite(samples).all() and np.abs(samples).max() > 0.01
    np.testing.assert_array_equal(samples, again.rendered().read(0, brief.n_samples))


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


def test_the_collage_hears_the_joins(planned, brief, snippets):
    (cues,) = planned("collage")
    music = MusicDictionary([MusicPart(snippets, {})], segment_s=1.0)
    alone = nearest_snippets(brief.targets, music)["target_cost"].sum()
    assert (cues["join"] == "crossfade").sum() < (planned("paper")[0]["join"] == "hard").sum()
    assert cues["target_cost"].sum() >= alone


def test_takes_and_strictness_are_those_of_unit_selection(planned):
    (first,), (other,), (strict,) = (
        planned("collage", **options) for options in ({}, {"take": 1}, {"strictness": 0.0})
    )
    assert chosen(first) != chosen(other) and chosen(first) != chosen(strict)
    assert chosen(planned("collage", take=1, seed=0)[0]) == chosen(other)


@pytest.fixture
def two_moods(make_targets):
    """A film of a minute whose mood turns round at a cut in its middle."""
    moods = {
        "valence": np.repeat([2.0, 8.0], 30),
        "arousal": np.repeat([8.0, 2.0], 30),
        "quadrant": np.repeat(["neg_high", "pos_low"], 30),
        "cut_s": np.where(np.arange(60) == 30, 30.4, np.nan),
        "cut_strength": 1.0,
    }
    return Brief("film", make_targets(60, **moods), None, 60 * RATE, RATE)


@pytest.fixture
def score(make_snippets, array_source, make_piece, two_moods):
    """What moodscore plays to that film: of four pieces, one suits the one half and one the other."""
    snippets = make_snippets(4, 60, tempo=0.5, loudness=0.5, rhythm=0.5, valence=5.0, arousal=5.0)
    for name, mood in (("clip1", (2.0, 8.0)), ("clip3", (8.0, 2.0))):
        snippets.loc[snippets["clip_id"] == name, ["valence", "arousal"]] = mood
    sources = {name: array_source(np.zeros((60 * RATE, 1)), RATE) for name in snippets["clip_id"].unique()}
    pieces = {name: make_piece(60, seed=k) for k, name in enumerate(sources)}

    def run(take=0, seed=0, strictness=1.0, pieces=pieces, **options):
        music = MusicDictionary(
            [MusicPart(snippets, sources)],
            segment_s=1.0,
            options=MusicOptions(**options),
            describe=lambda _: pieces,
        )
        return arrange("moodscore", two_moods, music, take=take, seed=seed, strictness=strictness)[0].cues

    return run


def test_a_score_changes_piece_with_the_scene_at_the_cut(score):
    cues = score()
    assert cues["source_clip"].tolist() == ["clip1", "clip3"] and cues["join"].tolist() == ["start", "change"]
    assert cues["start_s"].tolist() == [0.0, 30.4] and cues["scene"].tolist() == [0, 1]
    assert cues["quadrant"].tolist() == ["neg_high", "pos_low"]


def test_a_score_may_keep_to_one_piece(score):
    assert len(set(score(change_at="never")["source_clip"])) == 1
    for song in ("clip2.mp4", "clip2", "music/clip2.mp4"):
        assert set(score(song=song)["source_clip"]) == {"clip2"}
    with pytest.raises(MoodscoreError, match=r"song gone.mp3: is not among .* such as clip0.mp4, clip1.mp4"):
        score(song="gone.mp3")


def test_other_takes_of_a_score_are_other_music(score):
    def heard(**options):
        cues = score(**options)
        return tuple(zip(cues["source_clip"], cues["source_start_sample"], strict=True))

    assert heard(seed=1) == heard(seed=2)  # no chance in the first
    assert heard(take=2, seed=1) == heard(take=2, seed=1)
    assert len({heard(take=take) for take in range(5)}) > 1


def test_dearer_joins_are_fewer(score, monkeypatch):
    """A strictness is a factor on the price, and so are the words for it."""
    from moodscore.music import systems

    prices = []
    search = systems.search_runs
    monkeypatch.setattr(
        systems, "search_runs", lambda *a, **k: prices.append(k["prices"].join) or search(*a, **k)
    )
    for cuts in ("many", "some", "few"):
        score(cuts=cuts)
    score(strictness=2.0)
    assert prices == [1 / 3, 1.0, 3.0, 2.0]
    assert len(score(strictness=50.0)) == 1


def test_a_score_without_pieces_is_refused(score):
    with pytest.raises(MoodscoreError, match="no piece is long enough"):
        score(pieces={})


def test_an_unknown_system_is_named(planned):
    with pytest.raises(
        ValueError,
        match=r"'jazz'.*silence, random, mean, previous, paper, collage, moodscore, composed, oracle",
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


def test_briefs_know_the_cuts_and_what_else_divides_a_film(tables, array_source):
    _, segments, features, emotions, _ = tables
    soundtracks = {"z": array_source(np.zeros(3 * RATE), RATE)}
    emotions = emotions.assign(routed_quadrant="neg_low", is_neutral=False)
    cuts = segments[["clip_id", "segment"]].assign(cut_s=segments["start_s"] + 0.25, cut_strength=0.9, hue=0)
    (brief,) = briefs(segments, features, emotions, soundtracks, cuts=cuts.sample(frac=1, random_state=0))
    assert brief.targets["cut_s"].tolist() == [0.25, 1.25, 2.25] and "hue" not in brief.targets
    (scene,) = brief.scenes
    assert (scene.start_s, scene.end_s, scene.quadrant) == (0.0, 3.0, "neg_low")
