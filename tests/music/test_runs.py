"""The cue sheet of a score: it accounts for every sample, and says when the beats fall."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import (
    RUN_COLUMNS,
    MusicDictionary,
    MusicPart,
    PlannedRun,
    RenderedTrack,
    Scene,
    arrange,
    going_on,
    numbers_of,
    on_beat,
    run_sheet,
)
from moodscore.music.cues import MAX_GAIN_DB, MAX_SLEW_DB_A_SECOND
from moodscore.music.runs import CHANGE_FADE_S, FADE_IN_S, FADE_OUT_S, GUARD_FADE_S
from moodscore.music.systems import Brief

RATE = 2000
PIECE_S = 24
SCENES = [Scene(0.0, 9.3, 5.0, 5.0, "pos_high"), Scene(9.3, 16.0, 3.0, 7.0, "neg_high")]
DURATION_S = 16.0
#: A jump of 8 beats inside the first piece, from bar line to bar line; another piece with the scene; its end.
RUNS = [
    PlannedRun("clip0", 0.0, 6.0, 2.0, "start"),
    PlannedRun("clip0", 6.0, 9.3, 12.0, "jump", 0.4),
    PlannedRun("clip1", 9.3, 16.0, 17.3, "change"),
]


@pytest.fixture
def make_score(make_snippets, make_targets, make_piece, array_source):
    """Lay out some runs of three pieces of noise, with a beat every half second."""

    def make(
        runs=RUNS, *, seconds=DURATION_S, rate=RATE, scenes=SCENES, known=None, channels=(1, 2, 2), **columns
    ):
        rng = np.random.default_rng(0)
        snippets = make_snippets(3, PIECE_S, length=rate)
        sources = {
            f"clip{k}": array_source(rng.uniform(-0.6, 0.6, (PIECE_S * rate, n)), rate)
            for k, n in enumerate(channels)
        }
        pieces = {name: make_piece(PIECE_S, seed=k) for k, name in enumerate(sources)} | (known or {})
        music = MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0, describe=lambda _: pieces)
        targets = make_targets(math.ceil(seconds), **columns)
        n_samples = round(seconds * rate)
        cues = run_sheet(runs, targets, music, scenes, clip_id="film", n_samples=n_samples, sample_rate=rate)
        make.music, make.targets = music, targets
        return cues, sources, n_samples

    return make


def test_a_row_a_run_and_every_sample_is_accounted_for(make_score):
    cues, _, n_samples = make_score()
    assert tuple(cues) == RUN_COLUMNS and cues["clip_id"].eq("film").all()
    assert cues["start_sample"].tolist() == [0, 6 * RATE, round(9.3 * RATE)]
    assert cues["stop_sample"].tolist() == [*cues["start_sample"][1:], n_samples]
    np.testing.assert_array_equal(cues["start_s"], cues["start_sample"] / RATE)
    np.testing.assert_array_equal(cues["end_s"], cues["stop_sample"] / RATE)
    assert cues["source_clip"].tolist() == ["clip0", "clip0", "clip1"]
    assert cues["source_start_sample"].tolist() == [2 * RATE, 12 * RATE, round(17.3 * RATE)]
    played = cues["source_stop_sample"] - cues["source_start_sample"]
    assert played.tolist() == (cues["stop_sample"] - cues["start_sample"]).tolist()
    assert cues["join"].tolist() == ["start", "jump", "change"]
    assert cues["scene"].tolist() == [0, 0, 1]
    assert cues["jump_distance"].isna().tolist() == [True, False, True] and cues["jump_distance"][1] == 0.4


def test_how_runs_are_joined(make_score):
    cues, _, _ = make_score()
    quarter_beat, bar = 0.5 / 4, 4 * 0.5
    assert cues["crossfade_s"].tolist() == pytest.approx([0, quarter_beat, CHANGE_FADE_S])
    assert cues["outgoing_fade_s"].tolist() == pytest.approx([0, quarter_beat, bar])


@pytest.mark.parametrize(
    ("beat_s", "metre", "crossfade_s", "outgoing_s"),
    [(1.0, 4, 0.15, 2.0), (0.3, 3, 0.075, 0.9), (0.05, 0, 0.02, 0.2), (0.4, 0, 0.1, 1.6)],
)
def test_fades_follow_the_beat_within_limits(make_score, make_piece, beat_s, metre, crossfade_s, outgoing_s):
    piece = make_piece(PIECE_S, beat_s=beat_s, metre=metre)
    cues, _, _ = make_score(known={"clip0": piece})
    assert cues["crossfade_s"][1] == pytest.approx(crossfade_s)
    assert cues["outgoing_fade_s"][2] == pytest.approx(outgoing_s)


def test_no_fade_is_longer_than_what_it_joins(make_score):
    short = [
        PlannedRun("clip0", 0.0, 0.05, 2.0, "start"),
        PlannedRun("clip0", 0.05, 9.3, 12.0, "jump", 0.4),
        PlannedRun("clip1", 9.3, 9.304, 3.0, "change"),
        PlannedRun("clip2", 9.304, 16.0, 3.0, "change"),
    ]
    cues, _, _ = make_score(short)
    assert cues["outgoing_fade_s"].tolist() == pytest.approx([0, 0.05, 0.004, 0.004])
    assert cues["crossfade_s"].tolist() == pytest.approx([0, 0.05, 0.004, 0.004])


@pytest.mark.parametrize("rate", [RATE, 2011])
def test_the_sheet_alone_rebuilds_the_track(make_score, replay, rate):
    cues, sources, n_samples = make_score(rate=rate)
    track = RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=rate)
    rebuilt = replay(cues.to_csv(index=False), lambda clip: sources[clip].samples, n_samples, rate)
    np.testing.assert_allclose(track.whole(), rebuilt, atol=1e-4)
    assert np.abs(cues["gain_db"]).max() > 1  # gains that are not nothing


def test_it_does_so_at_the_ends_of_files_and_beyond(make_score, replay):
    """A run that begins with its file, one that runs out of it, and one that is nothing but its end."""
    runs = [
        PlannedRun("clip0", 0.0, 5.0, 21.0, "start"),
        PlannedRun("clip1", 5.0, 9.0, 0.0, "change"),
        PlannedRun("clip1", 9.0, 15.0, 0.0, "jump", 1.0),
        PlannedRun("clip2", 15.0, 16.0, 23.99, "change"),
    ]
    cues, sources, n_samples = make_score(runs)
    assert cues["source_stop_sample"].tolist()[::3] == [PIECE_S * RATE] * 2
    track = RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=RATE).whole()
    rebuilt = replay(cues.to_csv(index=False), lambda clip: sources[clip].samples, n_samples, RATE)
    np.testing.assert_allclose(track, rebuilt, atol=1e-4)
    assert not track[round(3.1 * RATE) : round(4.9 * RATE)].any()  # the source ran out


def test_any_slice_is_a_slice_of_the_whole(make_score):
    cues, sources, n_samples = make_score()
    track = RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=RATE)
    whole = track.whole()
    for length in (37, 1999, 5000):
        edges = np.append(np.arange(0, n_samples, length), n_samples)
        parts = [track.read(first, last) for first, last in itertools.pairwise(edges)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_beats_fall_in_the_video_where_they_sound(make_score, make_piece):
    """Against clicks at the beats of every piece: that is where the track clicks."""
    pieces = {
        "clip0": make_piece(PIECE_S, first_s=0.25),
        "clip1": make_piece(PIECE_S, beat_s=0.7, metre=3),
        "clip2": make_piece(PIECE_S, has_beat=False),
    }
    runs = [
        *RUNS[:2],
        PlannedRun("clip1", 9.3, 13.0, 14.0, "change"),
        PlannedRun("clip2", 13.0, 16.0, 1.0, "change"),
    ]
    cues, _, n_samples = make_score(runs, known=pieces)
    assert cues["beats_s"][3] == cues["downbeats_s"][3] == ""
    beats = [numbers_of(cell) for cell in cues["beats_s"]]
    for run, found, down in zip(runs, beats, cues["downbeats_s"], strict=True):
        piece = pieces[run.piece]
        if not piece.has_beat:
            continue
        heard = [
            (round(at - run.source_s + run.start_s, 3), place)
            for at, place in zip(piece.beats_s[:-1], piece.bar_position, strict=True)
            if run.source_s <= at < run.source_end_s
        ]
        assert found.tolist() == pytest.approx([at for at, _ in heard], abs=0.0011)
        assert numbers_of(down).tolist() == pytest.approx([at for at, p in heard if p == 0], abs=0.0011)
    sources = {}
    for name, piece in pieces.items():
        clicks = np.zeros((PIECE_S * RATE, 1), np.float32)
        if piece.has_beat:
            clicks[np.rint(piece.beats_s[:-1] * RATE).astype(int)] = 1
        sources[name] = type(make_score.music.sources["clip0"])(clicks, RATE)
    plain = cues.assign(crossfade_s=0.0, outgoing_fade_s=0.0, fade_in_s=0.0, fade_out_s=0.0)
    track = RenderedTrack(plain, sources, n_samples=n_samples, sample_rate=RATE).whole()[:, 0]
    np.testing.assert_allclose(np.flatnonzero(track) / RATE, np.concatenate(beats), atol=2 / RATE)


def test_what_a_person_sees_of_a_score_by_hand():
    cues = pd.DataFrame(
        {
            "source_file": ["a", "a", "b"],
            "join": ["start", "jump", "change"],
            "beats_s": ["0.500 1.000", "2.000", np.nan],
        }
    )
    cuts = np.array([0.43, 0.75, 1.079, 2.09])
    np.testing.assert_array_equal(on_beat(cues, cuts), [True, False, True, False])
    assert going_on(cues, cuts) == {"pieces": 2, "jumps": 1, "changes": 1, "cuts": 4, "cuts_on_beats": 2}
    assert not on_beat(cues.drop(columns="beats_s"), cuts).any()
    assert len(on_beat(cues, np.empty(0))) == 0


def test_an_ending_is_flagged_where_the_piece_ends_with_the_film(make_score, make_piece):
    def last(ending, source_s=17.3):
        known = {"clip1": make_piece(PIECE_S, ending=ending)}
        runs = [*RUNS[:2], PlannedRun("clip1", 9.3, 16.0, source_s, "change")]
        return make_score(runs, known=known)[0].iloc[-1]

    for ending in ("ends", "fades"):
        assert (last(ending)["ending"], last(ending)["fade_out_s"]) == (ending, GUARD_FADE_S)
        assert last(ending, 17.3 + 0.45)["ending"] == last(ending, 17.3 - 0.45)["ending"] == ending
        for place in (17.3 - 0.6, 5.0):
            assert (last(ending, place)["ending"], last(ending, place)["fade_out_s"]) == ("", 1.6)
    assert last("stops")["ending"] == "" and last("stops")["fade_out_s"] == 1.6


def test_how_a_track_begins(make_score):
    assert make_score()[0]["fade_in_s"].tolist() == [FADE_IN_S, 0, 0]
    from_its_beginning = [PlannedRun("clip0", 0.0, 6.0, 0.0, "start"), *RUNS[1:]]
    assert make_score(from_its_beginning)[0]["fade_in_s"].tolist() == [GUARD_FADE_S, 0, 0]
    assert make_score()[0]["fade_out_s"].tolist()[:2] == [0, 0]


def test_fades_of_a_short_film_are_short(make_score):
    cues, _, _ = make_score([PlannedRun("clip0", 0.0, 2.0, 5.0, "start")], seconds=2.0, scenes=SCENES[:1])
    assert cues["fade_in_s"].tolist() == pytest.approx([0.2]) and cues[
        "fade_out_s"
    ].tolist() == pytest.approx([0.2])


def test_fades_of_a_long_film_are_whole(make_score):
    cues, _, _ = make_score([PlannedRun("clip0", 0.0, 40.0, 5.0, "start")], seconds=40.0, scenes=SCENES[:1])
    assert (cues["fade_in_s"][0], cues["fade_out_s"][0]) == (FADE_IN_S, FADE_OUT_S)


def test_what_is_said_of_a_run_is_the_mean_of_its_seconds(make_score):
    routed = np.where(np.arange(16) < 5, "pos_high", "neg_low")  # of most of its seconds
    cues, _, _ = make_score(routed_quadrant=routed)
    targets, snippets = make_score.targets, make_score.music.snippets
    for number, (rows, first) in enumerate([(range(6), 2), (range(6, 9), 12), (range(9, 16), 17)]):
        cue = cues.iloc[number]
        asked = targets.iloc[list(rows)]
        clip = snippets[snippets["clip_id"] == cue["source_clip"]].reset_index(drop=True)
        heard = clip.iloc[first : first + len(rows)]
        for name in ("tempo", "loudness", "rhythm"):
            assert cue[f"predicted_{name}"] == cue[f"target_{name}"] == pytest.approx(asked[name].mean())
            assert cue[f"chosen_{name}"] == pytest.approx(heard[name].mean())
        for name in ("valence", "arousal", "confidence"):
            assert cue[name] == pytest.approx(asked[name].mean())
        assert (cue["segment"], cue["source_segment"]) == (rows[0], first)
        assert cue["quadrant"] == ("pos_high" if number == 0 else "neg_low")


def test_gains_are_limited_in_size_and_in_speed(make_score):
    cues, _, _ = make_score([PlannedRun("clip0", 0.0, 16.0, 3.0, "start")])
    pairs = np.array([[float(x) for x in pair.split(":")] for pair in cues["gain_curve"][0].split()])
    times, gains = pairs.T
    np.testing.assert_allclose(times, np.arange(16) + 0.5)
    assert np.abs(gains).max() <= MAX_GAIN_DB
    assert np.abs(np.diff(gains)).max() <= MAX_SLEW_DB_A_SECOND + 0.011
    assert cues["gain_db"][0] == pytest.approx(gains.mean(), abs=0.006)
    louder = make_score.targets["loudness"].to_numpy()
    assert np.corrcoef(gains, louder)[0, 1] > 0.5


@pytest.mark.parametrize("seed", range(6))
def test_of_any_film_pieces_change_at_scenes_to_the_sample(
    make_snippets, make_targets, make_piece, array_source, seed
):
    rng = np.random.default_rng(seed)
    seconds = int(rng.integers(30, 60))
    mood = np.repeat(rng.permutation(4), seconds // 4 + 1)[:seconds]
    targets = make_targets(
        seconds,
        valence=np.where(mood % 2, 8.0, 2.0) + rng.normal(0, 0.1, seconds),
        arousal=np.where(mood // 2, 8.0, 2.0) + rng.normal(0, 0.1, seconds),
        quadrant=np.array(["neg_low", "pos_low", "neg_high", "pos_high"])[mood],
        cut_s=np.arange(seconds) + rng.uniform(size=seconds),
        cut_strength=1.0,
    )
    snippets = make_snippets(5, 70, length=RATE, seed=seed)
    for rows in snippets.groupby("clip_id").groups.values():
        snippets.loc[rows, ["valence", "arousal"]] = rng.uniform(1, 9, 2)
    sources = {name: array_source(np.zeros((70 * RATE, 1)), RATE) for name in snippets["clip_id"].unique()}
    pieces = {
        name: make_piece(70, beat_s=rng.uniform(0.35, 0.9), metre=int(rng.choice([0, 3, 4])), seed=k)
        for k, name in enumerate(sources)
    }
    music = MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0, describe=lambda _: pieces)
    n_samples = seconds * RATE - int(rng.integers(0, 700))
    brief = Brief("film", targets, None, n_samples, RATE)
    cues = arrange("moodscore", brief, music)[0].cues
    assert cues["start_sample"].iloc[0] == 0 and cues["stop_sample"].iloc[-1] == n_samples
    assert (cues["start_sample"][1:].to_numpy() == cues["stop_sample"][:-1].to_numpy()).all()
    starts = {round(scene.start_s * RATE): number for number, scene in enumerate(brief.scenes)}
    changes = cues[cues["join"] == "change"]
    assert len(changes) > 0
    for row in changes.itertuples():
        assert starts[row.start_sample] == row.scene
        landing = pieces[row.source_clip].beats_s
        k = int(np.abs(landing - row.source_start_s).argmin())
        assert (
            abs(landing[k] - row.source_start_s) <= 1 / RATE
        )  # with a beat, and a downbeat where there is one
        assert pieces[row.source_clip].bar_position[k] <= 0


def test_a_source_that_does_not_fit_is_refused(make_score, array_source):
    make_score()
    music, targets = make_score.music, make_score.targets
    shape = {"clip_id": "film", "n_samples": 16 * RATE, "sample_rate": RATE}
    with pytest.raises(
        MoodscoreError, match="clip0: its soundtrack has 2000 samples a second, the track 8000"
    ):
        run_sheet(RUNS, targets, music, SCENES, **shape | {"sample_rate": 8000})
    with pytest.raises(MoodscoreError, match="gone: its soundtrack is missing"):
        run_sheet([PlannedRun("gone", 0.0, 16.0, 0.0, "start")], targets, music, SCENES, **shape)
    empty = [PlannedRun("clip0", 0.0, 5.0, 0.0, "start"), PlannedRun("clip1", 5.0, 5.0, 0.0, "change")]
    with pytest.raises(MoodscoreError, match="run 0 is empty"):
        run_sheet([empty[1], empty[0]], targets, music, SCENES, **shape)


def test_numbers_come_back_from_a_file(make_score, tmp_path):
    cues, _, _ = make_score()
    cues.to_csv(tmp_path / "cues.csv", index=False)
    again = pd.read_csv(tmp_path / "cues.csv")
    for column in ("beats_s", "downbeats_s"):
        for old, new in zip(cues[column], again[column], strict=True):
            np.testing.assert_array_equal(numbers_of(old), numbers_of(new))
    assert len(numbers_of(np.nan)) == len(numbers_of("")) == len(numbers_of(None)) == 0
    assert numbers_of(0.5).tolist() == numbers_of("0.500").tolist() == [0.5]  # a column of single numbers
    assert len(numbers_of(again["beats_s"][0])) == 12
