"""Numbers of beats against a slow version, sample by sample; and which pieces there are."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import MusicDictionary, MusicOptions, MusicPart
from moodscore.music.repertoire import (
    CLOSING_S,
    PART_SPREAD,
    SILENCE_COST,
    TAKE_SPREAD,
    beat_means,
    held,
    materials,
)

RATE = 1000
FEATURES = ["tempo", "loudness", "rhythm"]


def slow_beat_means(rows, values, piece, rate):
    """Every sample of a beat has what is known of the nearest snippet."""
    starts, stops = rows["start_sample"].to_numpy(), rows["stop_sample"].to_numpy()
    means = []
    for first, last in zip(piece.beats_s[:-1], piece.beats_s[1:], strict=True):
        middles = np.arange(round(first * rate), round(last * rate)) + 0.5
        away = np.maximum(starts - middles[:, np.newaxis], middles[:, np.newaxis] - stops).clip(0)
        means.append(values[away.argmin(axis=1)].mean(axis=0))
    return np.array(means)


@pytest.mark.parametrize("seed", range(4))
def test_beats_have_the_mean_of_what_is_known_while_they_sound(make_piece, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(300, 1500, 9)  # of snippets and, every other, of gaps between them
    edges = np.cumsum(np.append(rng.integers(0, 400), lengths))
    rows = pd.DataFrame({"start_sample": edges[:-1], "stop_sample": edges[1:]}).iloc[::2]
    beats_s = (
        np.cumsum(rng.integers(100, 900, 20)) / 1000
    )  # some before the first snippet, some after the last
    values = rng.uniform(size=(len(rows), 3))
    piece = replace(make_piece(10), beats_s=beats_s)
    found = beat_means(rows, values, piece, RATE)
    np.testing.assert_allclose(
        found, slow_beat_means(rows, values, piece, RATE), atol=0.01
    )  # a sample of a hundred
    assert found.shape == (19, 3)
    steady = beat_means(rows, np.full((len(rows), 2), 0.7), piece, RATE)
    np.testing.assert_allclose(steady, 0.7, rtol=1e-9)


def test_the_mean_is_exact_where_beats_divide_snippets(make_piece):
    rows = pd.DataFrame({"start_sample": np.arange(8) * RATE, "stop_sample": np.arange(1, 9) * RATE})
    values = np.random.default_rng(0).uniform(size=(8, 2))
    halves = beat_means(rows, values, make_piece(8, beat_s=0.5), RATE)
    np.testing.assert_allclose(halves, np.repeat(values, 2, axis=0), rtol=1e-9)
    doubles = beat_means(rows, values, make_piece(8, beat_s=2.0), RATE)
    np.testing.assert_allclose(doubles, (values[::2] + values[1::2]) / 2, rtol=1e-9)


@pytest.mark.parametrize("ending", ["ends", "fades"])
def test_what_rings_out_is_heard_as_the_end_of_what_came_before(make_piece, ending):
    starts_s = np.arange(40.0)
    values = np.random.default_rng(0).uniform(size=(40, 3))
    piece = replace(make_piece(40, ending=ending), ends_s=37.0)
    found = held(values, starts_s, piece)
    closing = starts_s >= 37 - CLOSING_S
    np.testing.assert_array_equal(found[~closing], values[~closing])
    before = [k for k, at in enumerate(starts_s) if 37 - 2 * CLOSING_S <= at < 37 - CLOSING_S]
    assert len(before) == CLOSING_S
    np.testing.assert_allclose(found[closing], np.tile(values[before].mean(axis=0), (closing.sum(), 1)))


def test_what_is_broken_off_or_all_closing_keeps_its_own(make_piece):
    values = np.random.default_rng(0).uniform(size=(40, 3))
    np.testing.assert_array_equal(held(values, np.arange(40.0), make_piece(40, ending="stops")), values)
    np.testing.assert_array_equal(held(values[:6], np.arange(6.0), make_piece(6, ending="ends")), values[:6])


@pytest.fixture
def repertoire(make_snippets, array_source, make_piece):
    """Three pieces of half a minute, and what a film of ten seconds may have of them."""
    snippets = make_snippets(3, 30, length=RATE)
    snippets["file"] = snippets["clip_id"].map(
        {"clip0": "a.mp4", "clip1": "jazz/b.mp4", "clip2": "jazz/c.mp4"}
    )
    sources = {name: array_source(np.zeros(30 * RATE), RATE) for name in snippets["clip_id"].unique()}
    pieces = {name: make_piece(30, ending="stops", seed=k) for k, name in enumerate(sources)}

    def of(targets, *, snippets=snippets, pieces=pieces, take=0, seed=0, **options):
        music = MusicDictionary(
            [MusicPart(snippets, sources)],
            segment_s=1.0,
            options=MusicOptions(**options),
            describe=lambda _: pieces,
        )
        return {m.name: m for m in materials(targets, music, take=take, seed=seed)}

    of.snippets, of.pieces = snippets, pieces
    return of


@pytest.mark.parametrize("weight", [0.0, 1.0, 2.5])
def test_the_cost_of_a_beat_is_that_of_its_second(repertoire, make_targets, weight):
    """The formula, said plainly, for two beats a second."""
    targets = make_targets(10)
    found = repertoire(targets, emotion_weight=weight)
    assert list(found) == ["clip0", "clip1", "clip2"]
    for name, rows in repertoire.snippets.groupby("clip_id"):
        wanted = targets.to_dict("records")
        there = rows.to_dict("records")
        expected = np.array(
            [
                [
                    (
                        4 * abs(w["tempo"] - t["tempo"])
                        + abs(w["loudness"] - t["loudness"])
                        + 4 * abs(w["rhythm"] - t["rhythm"])
                    )
                    / 9
                    + weight * (abs(w["valence"] - t["valence"]) + abs(w["arousal"] - t["arousal"])) / 16
                    for t in there
                ]
                for w in wanted
            ]
        )
        np.testing.assert_allclose(
            found[name].beat_costs(slice(1, 9)), np.repeat(expected[1:9], 2, axis=1), atol=1e-5
        )
        np.testing.assert_allclose(found[name].second_costs(slice(2, 7)), expected[2:7], atol=1e-5)
        assert found[name].piece is repertoire.pieces[name]


def test_silence_inside_a_piece_costs(repertoire, make_targets):
    snippets = repertoire.snippets.assign(is_silent=False)
    snippets.loc[3, "is_silent"] = True
    snippets.loc[snippets["clip_id"] == "clip2", "is_silent"] = True
    found = repertoire(make_targets(4), snippets=snippets)
    assert set(found) == {"clip0", "clip1"}  # what is silent throughout is no piece
    surcharge = np.zeros(60)
    surcharge[6:8] = SILENCE_COST
    np.testing.assert_allclose(found["clip0"].surcharge, surcharge, atol=1e-9)
    assert found["clip0"].second_costs(slice(0, 4)).shape == (4, 29)
    assert not found["clip1"].surcharge.any()


def test_takes_handicap_pieces_and_their_parts(repertoire, make_targets):
    targets = make_targets(4)
    first = repertoire(targets, seed=9)
    assert not any(m.surcharge.any() for m in first.values())
    other, again = (repertoire(targets, take=1, seed=[9, 1]) for _ in range(2))
    for name, material in other.items():
        np.testing.assert_array_equal(material.surcharge, again[name].surcharge)
        assert (material.surcharge >= 0).all() and material.surcharge.max() <= TAKE_SPREAD + PART_SPREAD
        assert len(np.unique(material.surcharge)) > 1
    surcharges = [m.surcharge.mean() for take in (1, 2) for m in repertoire(targets, take=take).values()]
    assert len(set(surcharges)) == 6  # of each piece and take its own


@pytest.mark.parametrize(
    ("song", "found"),
    [
        ("a.mp4", ["clip0"]),
        ("b", ["clip1"]),
        ("jazz/b.mp4", ["clip1"]),
        ("/home/anna/music/jazz/c.mp4", ["clip2"]),
        ("", ["clip0", "clip1", "clip2"]),
    ],
)
def test_a_song_is_named_by_its_file(repertoire, make_targets, song, found):
    assert list(repertoire(make_targets(2), song=song)) == found


@pytest.mark.parametrize("song", ["d.mp4", "pop/b.mp4", "b.mp3", "jazz"])
def test_a_song_that_is_not_there_is_refused_by_name(repertoire, make_targets, song):
    with pytest.raises(MoodscoreError, match=f"^song {song}: is not among .*, such as a.mp4, b.mp4, c.mp4$"):
        repertoire(make_targets(2), song=song)


def test_a_piece_that_could_not_be_described_is_passed_over(repertoire, make_targets):
    known = {name: piece for name, piece in repertoire.pieces.items() if name != "clip1"}
    assert list(repertoire(make_targets(2), pieces=known)) == ["clip0", "clip2"]
