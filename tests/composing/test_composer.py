"""Whole films: what is true of any of them, read off the notes and the sound."""

import itertools

import numpy as np
import pytest

from moodscore.composing import compose
from moodscore.demo import plan_corpus

FIFTY = [i * 4.7 for i in range(51)]
FILMS = {
    "2 s": ([0, 2.0], [(8, 7)], False),
    "7 s": ([0, 7.0], [(3, 3)], False),
    "half a second": ([0, 0.5], [(5, 5)], False),
    "neutral": ([0, 45.0], [(5, 5)], True),
    "four scenes": ([0, 13.2, 29.7, 44.1, 60.0], [(7, 3), (2.5, 7.5), (3, 2.5), (8, 7.5)], False),
    "fifty scenes": (
        FIFTY,
        [(1.5 + 0.14 * (i * 7 % 50), 8.5 - 0.14 * (i * 11 % 50)) for i in range(50)],
        False,
    ),
    "twelve minutes, slow": ([0, 720.0], [(6, 2)], False),
    "twelve minutes, fast": ([0, 720.0], [(2.5, 8)], False),
}


@pytest.fixture(scope="module", params=list(FILMS))
def film(request, make_brief):
    edges, moods, neutral = FILMS[request.param]
    return compose(make_brief(edges, moods, neutral=neutral), seed=11)


def test_bars_tile_the_film(film):
    bars = film.bars
    np.testing.assert_allclose(bars["start_s"][1:], bars["end_s"][:-1], atol=1e-9)
    assert bars["start_s"].iloc[0] == 0
    assert bars["end_s"].iloc[-1] == pytest.approx(film.brief.duration_s, abs=1e-6)
    assert (bars["instruments"] != "").all()


def test_every_scene_begins_with_notes_on_its_boundary(film):
    starts = film.notes["start_s"].to_numpy()
    for scene in film.brief.scenes:
        assert np.abs(starts - scene.start_s).min() <= 0.02
    first = film.bars.groupby("scene")["start_s"].first().to_numpy()
    np.testing.assert_allclose(first, [scene.start_s for scene in film.brief.scenes], atol=1e-6)


def test_it_ends_on_the_tonic_and_the_last_notes_ring_until_the_film_ends(film):
    notes, last = film.notes, film.bars.iloc[-1]
    sounding = notes[notes["start_s"] + notes["duration_s"] > film.brief.duration_s - 0.01]
    pitched = sounding[sounding["instrument"] != "kit"]
    assert set(pitched["role"]) >= {"chords", "lead", "bass"}
    third = 3 if last["mode"] in ("minor", "dorian", "phrygian") else 4
    assert set((pitched["pitch"] - last["tonic"]) % 12) == {0, third, 7}
    assert (pitched.loc[pitched["role"] == "bass", "pitch"] % 12 == last["tonic"]).all()
    assert (pitched.loc[pitched["role"] == "lead", "pitch"] % 12 == last["tonic"]).all()
    assert (notes["start_s"] + notes["duration_s"] <= film.brief.duration_s + 1e-6).all()
    if len(film.bars) > 2:
        assert film.bars["chord"].iloc[-2] != last["chord"]


def test_no_bar_is_played_more_than_four_times_in_a_row(film):
    notes = film.notes
    place = (notes["beat"] - notes["bar"].map(film.notes.groupby("bar")["beat"].min())).round(3)
    keys = (
        notes.assign(place=place)
        .groupby("bar")
        .apply(
            lambda bar: tuple(sorted(zip(bar["instrument"], bar["place"], bar["pitch"], strict=True))),
            include_groups=False,
        )
    )
    longest = run = 1
    for before, now in itertools.pairwise(keys):
        run = run + 1 if before == now else 1
        longest = max(longest, run)
    assert longest <= 4


def test_something_always_sounds(film):
    ends = (film.notes["start_s"] + film.notes["duration_s"]).cummax()
    gaps = film.notes["start_s"].iloc[1:].to_numpy() - ends.iloc[:-1].to_numpy()
    assert film.notes["start_s"].iloc[0] < 0.05
    assert np.max(gaps, initial=0) < 1.0


def test_notes_can_be_played(film):
    notes = film.notes
    assert notes["pitch"].between(24, 108).all()
    assert notes["velocity"].between(0.05, 1).all()
    assert (notes["duration_s"] > 0).all()
    assert notes["start_s"].is_monotonic_increasing


@pytest.mark.slow
def test_the_sound_has_no_silence_and_no_end_before_the_end(calm_sound, lively_sound):
    for sound in (calm_sound, lively_sound):
        level = np.sqrt(np.mean(sound[: len(sound) // 4410 * 4410].reshape(-1, 4410, 2) ** 2, axis=(1, 2)))
        loud = level > 1e-3
        gaps = np.diff(np.flatnonzero(np.concatenate([[True], loud, [True]])))
        assert gaps.max() <= 10  # a second
        assert np.abs(sound[-1]).max() < 1e-4


def test_a_long_scene_has_phrases_that_close_and_moves_through_keys(make_brief):
    bars = compose(make_brief([0, 400.0], [(7, 6)]), seed=2).bars
    closing = bars.groupby("phrase").last()
    tonic = closing["chord"].str.split().str[0].str.replace(r"(maj7|m7|7|add9|m)$", "", regex=True)
    answers = closing.index % 2 == 1
    home = closing["key"].str.split().str[0]
    assert (tonic[answers] == home[answers]).mean() > 0.95
    assert (tonic[~answers] == home[~answers]).mean() < 0.3
    assert bars["key"].nunique() >= 3
    assert bars["instruments"].nunique() >= 3


def test_scenes_of_one_mood_keep_their_players_and_the_film_its_motif(story, make_brief):
    bars = compose(make_brief([0, 10.0, 20, 30.0], [(8, 8), (2, 2), (8, 8)]), seed=1).bars
    players = [set(", ".join(bars.loc[bars["scene"] == k, "instruments"]).split(", ")) for k in range(3)]
    assert players[0] & players[2] > players[0] & players[1]
    assert story.bars["mood"].nunique() == 4


def test_the_same_seed_is_the_same_music_and_another_is_not(make_brief):
    brief = make_brief([0, 20.0], [(6.5, 6)])
    one, again = compose(brief, seed=4), compose(brief, seed=4)
    assert one.notes.equals(again.notes)
    assert one.bars.equals(again.bars)
    others = [compose(brief, seed=5), compose(brief, seed=4, take=1)]
    for other in others:
        assert other.bars["chord"].tolist() != one.bars["chord"].tolist()
        assert not runs_of_melody(one) & runs_of_melody(other)


def runs_of_melody(composition, length=8):
    """Every eight steps in a row of the melody, whatever the key."""
    notes = composition.notes
    steps = np.diff(notes.loc[notes["role"] == "lead", "pitch"]).tolist()
    return {tuple(steps[k : k + length]) for k in range(len(steps) - length + 1)}


def test_no_piece_of_the_demo_corpus_comes_back(make_brief):
    from moodscore.demo import compose as demo_score

    def steps(pitches):
        return tuple(np.diff(pitches)[:12].tolist())

    demo = set()
    for recipe in plan_corpus(2020):
        for notes in demo_score(recipe):
            demo.add(
                steps([n.pitch for n in sorted(notes, key=lambda n: n.start_s) if n.instrument == "lead"])
            )
    for seed in range(10):
        notes = compose(make_brief([0, 20.0], [(7, 7)]), seed=seed).notes
        assert steps(notes.loc[notes["role"] == "lead", "pitch"].to_numpy()) not in demo
