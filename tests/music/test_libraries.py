"""Music as people have it: too short, too long, without a beat, spoken, silent."""

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import Brief, MusicDictionary, MusicOptions, MusicPart, arrange, inspect_track

RATE, FILM_S = 8000, 60


def clicks(seconds, bpm=120.0):
    """A pulse with an accent on every fourth beat, over a chord that changes with it."""
    t = np.arange(round(seconds * RATE)) / RATE
    beat = np.floor(t * bpm / 60)
    decay = np.exp(-30 * (t * bpm / 60 % 1) * 60 / bpm)
    root = 110 * 2 ** ((beat // 4 % 4) * 5 / 12)
    chord = sum(np.sin(2 * np.pi * np.cumsum(root * ratio) / RATE) for ratio in (1, 1.26, 1.5))
    noise = np.random.default_rng(0).standard_normal(len(t))
    return 0.1 * chord + 0.3 * noise * decay * np.where(beat % 4 == 0, 1.5, 1.0)


def pad(seconds):
    t = np.arange(round(seconds * RATE)) / RATE
    return 0.1 * sum(np.sin(2 * np.pi * f * t + np.sin(0.2 * t)) for f in (110, 165, 220, 277))


def speech(seconds):
    """Syllables of random length and pitch, with pauses."""
    rng, parts = np.random.default_rng(1), []
    while sum(map(len, parts)) < seconds * RATE:
        n = rng.integers(RATE // 10, RATE // 3)
        tone = np.sin(2 * np.pi * np.cumsum(np.full(n, rng.uniform(90, 240))) / RATE)
        parts += [0.3 * np.hanning(n) * tone, np.zeros(rng.integers(200, RATE // 5))]
    return np.concatenate(parts)[: round(seconds * RATE)]


LIBRARIES = {
    "one song, shorter than the film": [clicks(25)],
    "one song, longer": [clicks(150)],
    "sounds of two seconds": [clicks(2.0, bpm) for bpm in (100, 120, 140)],
    "speech": [speech(40)],
    "a piece without a beat": [pad(90)],
    "all of them": [clicks(25), clicks(100), clicks(2.0), speech(40), pad(90)],
}


@pytest.fixture
def film(make_targets):
    quadrants = np.repeat(["pos_high", "neg_low"], FILM_S // 2)
    targets = make_targets(FILM_S, quadrant=quadrants, cut_s=np.nan, cut_strength=0.0)
    return Brief("film", targets, None, FILM_S * RATE, RATE)


def a_library(make_snippets, array_source, songs):
    tables = [
        make_snippets(1, max(len(song) // RATE, 1), length=RATE, seed=k).assign(
            clip_id=f"song {k}", file=f"song {k}.flac", kind="library", is_silent=not np.any(song)
        )
        for k, song in enumerate(songs)
    ]
    sources = {f"song {k}": array_source(song, RATE) for k, song in enumerate(songs)}
    part = MusicPart(pd.concat(tables, ignore_index=True), sources)
    return MusicDictionary([part], segment_s=1.0, options=MusicOptions(music="library"))


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_score_comes_out_of_any_music(make_snippets, array_source, film, name):
    music = a_library(make_snippets, array_source, LIBRARIES[name])
    (arranged,) = arrange("moodscore", film, music)
    cues = arranged.cues
    assert cues["start_sample"].iloc[0] == 0 and cues["stop_sample"].iloc[-1] == film.n_samples
    assert (cues["start_sample"].iloc[1:].to_numpy() == cues["stop_sample"].iloc[:-1].to_numpy()).all()
    found = inspect_track(arranged.rendered(levelled=True), cues)
    assert set(found["check"]) <= {"joins", "silence"}
    if name in ("one song, longer", "a piece without a beat", "all of them"):
        assert found.empty
        assert (cues["join"] != "start").sum() <= 4
    if name == "sounds of two seconds":
        assert "joins" in set(found["check"])  # and says what is wrong with that


def test_of_silence_no_score_is_made(make_snippets, array_source, film):
    with pytest.raises(MoodscoreError, match="all the music is silent"):
        a_library(make_snippets, array_source, [np.zeros(40 * RATE)])


def test_a_song_that_is_not_there_is_named(make_snippets, array_source, film):
    music = a_library(make_snippets, array_source, [clicks(60)])
    music.options = music.options.model_copy(update={"song": "waltz.flac"})
    with pytest.raises(MoodscoreError, match=r"song waltz\.flac: is not among the music .* song 0\.flac"):
        arrange("moodscore", film, music)
