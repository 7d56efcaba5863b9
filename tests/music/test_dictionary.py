import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import (
    MusicDictionary,
    MusicOptions,
    MusicPart,
    UnitSelection,
    arrange,
    cue_sheet,
    nearest_snippets,
    select_units,
)
from moodscore.music.systems import Brief

FEATURES = ["tempo", "loudness", "rhythm"]
RATE = 8000


class Halved:
    """A mapping that brings every feature to half of what it was."""

    def transform(self, features):
        return features[FEATURES] / 2


@pytest.fixture
def parts(make_snippets, array_source):
    rng = np.random.default_rng(0)
    clips = make_snippets(3, 10)
    songs = make_snippets(2, 15, seed=9).assign(kind="library", licence="CC BY 3.0")
    songs["clip_id"] = songs["clip_id"] + "#1f"
    songs["file"] = "jazz/" + songs["clip_id"].str[:5] + ".ogg"
    songs[FEATURES] /= 2
    sources = {
        name: array_source(rng.normal(scale=0.1, size=15 * RATE), RATE)
        for table in (clips, songs)
        for name in table["clip_id"].unique()
    }
    return [
        MusicPart(clips, {name: sources[name] for name in clips["clip_id"].unique()}),
        MusicPart(songs, {name: sources[name] for name in songs["clip_id"].unique()}, Halved()),
    ]


@pytest.fixture
def known_pieces(make_piece):
    """What is known of pieces by their length alone."""
    return lambda sources: {name: make_piece(s.n_samples / RATE) for name, s in sources.items()}


def music_of(parts, music="both", describe=None, emotion_weight=1.0, **collage):
    options = MusicOptions(music=music, emotion_weight=emotion_weight, collage=UnitSelection(**collage))
    return MusicDictionary(parts, segment_s=1.0, options=options, describe=describe)


def eq9(targets, table):
    return np.abs(targets[FEATURES].to_numpy()[:, np.newaxis] - table[FEATURES].to_numpy()).mean(axis=-1)


def test_the_choice_of_music_takes_its_parts(parts):
    both, clips, songs = (music_of(parts, name) for name in ("both", "soundtracks", "library"))
    assert set(clips.snippets["kind"]) == {"soundtrack"} and set(songs.snippets["kind"]) == {"library"}
    assert len(both.snippets) == len(clips.snippets) + len(songs.snippets)
    assert both.snippets.index.tolist() == list(range(len(both.snippets)))
    assert set(both.sources) == set(clips.sources) | set(songs.sources)
    assert music_of(parts[::-1]).snippets.equals(both.snippets)


def test_candidates_of_all_parts_compete_by_their_own_cost(parts, make_targets):
    targets, music = make_targets(40), music_of(parts)
    selection = nearest_snippets(targets, music)
    costs = np.hstack([eq9(targets, parts[0].snippets), eq9(Halved().transform(targets), parts[1].snippets)])
    assert selection["snippet"].tolist() == costs.argmin(axis=1).tolist()
    np.testing.assert_array_equal(selection["target_cost"], costs.min(axis=1))
    assert set(music.part_of(selection["snippet"])) == {0, 1}


def test_unit_selection_searches_all_parts(parts, make_targets):
    targets = make_targets(40)
    music = music_of(parts, emotion_weight=0, no_repeat_s=0, join_weight=0, key_weight=0, tempo_weight=0)
    free = select_units(targets, music)  # without joins to mind, the nearest
    assert free["snippet"].tolist() == nearest_snippets(targets, music)["snippet"].tolist()
    _, costs, rows = music_of(parts).candidates(targets, 20)
    emotion = ["valence", "arousal"]
    wanted = [targets, targets.assign(**Halved().transform(targets))]
    by_part = [
        eq9(want, part.snippets)
        + np.abs(want[emotion].to_numpy()[:, np.newaxis] / 8 - part.snippets[emotion].to_numpy() / 8).mean(
            axis=-1
        )
        for want, part in zip(wanted, parts, strict=True)
    ]
    expected = np.hstack(by_part)
    np.testing.assert_array_equal(rows, np.argsort(expected, axis=1, kind="stable")[:, :20])
    np.testing.assert_allclose(costs, np.sort(expected, axis=1)[:, :20], rtol=1e-12)


def test_the_cue_sheet_says_where_from_and_what_was_searched_for(parts, make_targets):
    targets, music = make_targets(40), music_of(parts)
    selection = nearest_snippets(targets, music)
    cues = cue_sheet(targets, music, selection, clip_id="film", n_samples=40 * RATE, sample_rate=RATE)
    library = cues["source_kind"] == "library"
    assert library.any() and not library.all()
    assert cues.loc[library, "source_licence"].eq("CC BY 3.0").all()
    assert cues.loc[library, "source_file"].str.startswith("jazz/").all()
    for feature in FEATURES:
        expected = targets[feature] / np.where(library, 2, 1)
        np.testing.assert_array_equal(cues[f"target_{feature}"], expected)
        np.testing.assert_array_equal(cues[f"predicted_{feature}"], targets[feature])
    assert np.isfinite(cues["gain_db"]).all()


def test_loudness_is_read_by_the_scale_of_its_part(parts, make_targets):
    """The library halves the scale, so half the scaled loudness stands for the same sone."""
    songs = parts[1].snippets
    music = music_of(parts, "library")
    row = int(songs.index[3])
    targets = make_targets(1, loudness=2 * songs.loc[row, "loudness"])
    choice = pd.DataFrame({"snippet": [row], "target_cost": 0.0, "join_cost": 0.0})
    cues = cue_sheet(targets, music, choice, clip_id="film", n_samples=RATE, sample_rate=RATE)
    assert cues.loc[0, "gain_db"] == pytest.approx(0, abs=1e-9)


def test_one_dictionary_serves_any_number_of_clips(parts, make_targets, known_pieces):
    shared = music_of(parts, describe=known_pieces)
    for seed in range(3):
        brief = Brief("film", make_targets(6, seed=seed), None, n_samples=6 * RATE, sample_rate=RATE)
        for system in ("paper", "collage", "moodscore", "random"):
            own = arrange(system, brief, music_of(parts, describe=known_pieces))
            for first, second in zip(arrange(system, brief, shared), own, strict=True):
                pd.testing.assert_frame_equal(first.cues, second.cues, check_exact=True)


def test_trees_and_joins_are_built_once(parts, make_targets, monkeypatch):
    from moodscore.music import dictionary

    built = []
    tree = dictionary.SnippetIndex
    monkeypatch.setattr(dictionary, "SnippetIndex", lambda points: built.append(1) or tree(points))
    music = music_of(parts)
    for seed in range(4):
        nearest_snippets(make_targets(5, seed=seed), music)
        select_units(make_targets(5, seed=seed), music)
    assert len(built) == 4  # two searches in each of two parts
    assert music.joins is music.joins


def test_pieces_are_asked_for_once_and_only_those_that_are_used(parts, known_pieces):
    asked = []
    music = music_of(
        parts, "library", describe=lambda sources: asked.append(sources) or known_pieces(sources)
    )
    assert asked == []  # nobody needed them yet
    assert set(music.pieces) == set(music.pieces) == set(parts[1].sources)
    assert len(asked) == 1 and asked[0] == parts[1].sources


def test_without_being_told_pieces_are_listened_to(parts):
    music = music_of(parts[:1], "soundtracks")
    for name, piece in music.pieces.items():
        assert piece.duration_s == pytest.approx(music.sources[name].n_samples / RATE)


def test_rows_of_a_piece_are_in_order_of_time(parts):
    music = music_of(parts)
    for name in music.sources:
        rows = music.rows_of(name)
        own = music.snippets[music.snippets["clip_id"] == name]
        assert rows.tolist() == own.index.tolist() and own["start_sample"].is_monotonic_increasing


@pytest.mark.parametrize("absent", [[], [MusicPart(pd.DataFrame(), {})]])
def test_music_that_is_not_there_is_missed(parts, absent):
    with pytest.raises(MoodscoreError, match=r"retrieval.music: is library.*no library"):
        music_of([parts[0], *absent], "library")
    with pytest.raises(MoodscoreError, match=r"retrieval.music: is soundtracks.*no soundtrack"):
        music_of([parts[1], *absent], "soundtracks")
    with pytest.raises(MoodscoreError, match=r"retrieval.music: is both.*no soundtrack"):
        music_of(absent, "both")


def test_both_takes_of_both_what_there_is(parts):
    assert music_of(parts[:1]).snippets.equals(music_of(parts, "soundtracks").snippets)
    assert music_of(parts[1:]).snippets.equals(music_of(parts, "library").snippets)


def test_a_song_named_as_a_clip_is_refused(parts):
    twin = MusicPart(parts[0].snippets.assign(kind="library"), parts[0].sources)
    with pytest.raises(MoodscoreError, match="clip0 is the name"):
        music_of([parts[0], twin])


def test_a_silent_part_is_passed_over(parts, make_targets):
    mute = MusicPart(parts[1].snippets.assign(is_silent=True), parts[1].sources, Halved())
    music = music_of([parts[0], mute])
    targets = make_targets(10)
    assert (nearest_snippets(targets, music)["snippet"] < len(parts[0].snippets)).all()
    assert (select_units(targets, music)["snippet"] < len(parts[0].snippets)).all()
    with pytest.raises(MoodscoreError, match="all the music is silent"):
        music_of([parts[0], mute], "library")


def flat(snippets, **columns):
    return snippets.assign(tempo=0.5, loudness=0.5, rhythm=0.5, **columns)


@pytest.mark.parametrize(
    "degrade",
    [
        lambda s: s.iloc[:1],
        lambda s: flat(s, valence=5.0, arousal=5.0, key=0, tempo_bpm=120.0),
        lambda s: s.assign(valence=8.0, arousal=8.0),
        lambda s: s.assign(stop_sample=s["start_sample"] + RATE // 3),
        lambda s: s.assign(is_silent=[False] + [True] * (len(s) - 1)),
        lambda s: s.iloc[:2],
    ],
    ids=["one", "all the same", "one quadrant", "shorter than a segment", "all but one silent", "two"],
)
@pytest.mark.parametrize("system", ["paper", "collage", "moodscore", "random"])
def test_poor_dictionaries_still_make_music(parts, make_targets, degrade, system, known_pieces):
    snippets = degrade(parts[0].snippets).reset_index(drop=True)
    part = MusicPart(snippets, parts[0].sources)
    music = MusicDictionary([part], segment_s=1.0, describe=known_pieces)
    brief = Brief("film", make_targets(12), None, n_samples=12 * RATE + 777, sample_rate=RATE)
    arranged = arrange(system, brief, music)[0]
    track = arranged.rendered(levelled=True).read(0, brief.n_samples)
    assert len(track) == brief.n_samples and np.isfinite(track).all()
    assert np.abs(track).max() > 0.1
