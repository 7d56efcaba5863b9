import numpy as np
import pandas as pd
import pytest

from moodscore.music import MusicDictionary, MusicPart, cue_sheet, describe_beats
from moodscore.music.beats import MAX_SHIFT_S, beat_shift_s, fold

RATE = 8000


def clicks(first_s, period_s, seconds, noise=0.001):
    """Short bursts of noise, one a beat."""
    rng = np.random.default_rng(0)
    sound = noise * rng.normal(size=round(seconds * RATE))
    for beat in np.arange(first_s, seconds - 0.03, period_s):
        start = round(beat * RATE)
        sound[start : start + 160] += 0.5 * rng.normal(size=160) * np.exp(-np.arange(160) / 40)
    return sound


@pytest.mark.parametrize("bpm", [70.0, 100.0, 120.0, 150.0])
def test_beats_are_found_where_they_were_put(array_source, bpm):
    period = 60 / bpm
    bounds = np.column_stack([np.arange(12), np.arange(1, 13)]) * RATE
    beats = describe_beats(array_source(clicks(0.21, period, 12)), bounds, np.full(12, bpm))
    expected = (0.21 - np.arange(12)) % period
    off = beats["beat_s"] - expected
    off -= period * np.rint(off / period)
    assert np.abs(off).max() < 0.03
    assert beats["beat_strength"].min() > 0.6
    assert ((beats["beat_s"] >= 0) & (beats["beat_s"] < period)).all()


def test_noise_and_silence_have_no_beat(array_source):
    bounds = np.column_stack([np.arange(8), np.arange(1, 9)]) * RATE
    noise = np.random.default_rng(0).normal(scale=0.1, size=8 * RATE)
    assert describe_beats(array_source(noise), bounds, np.full(8, 100.0))["beat_strength"].max() < 0.3
    silent = describe_beats(array_source(np.zeros(8 * RATE)), bounds, np.full(8, 100.0))
    assert not silent.to_numpy().any()
    short = describe_beats(array_source(noise[:40]), [[0, 40]], [100.0])
    assert not short.to_numpy().any()
    assert describe_beats(array_source(noise), np.empty((0, 2), int), []).shape == (0, 2)


def test_folding_strict_repetition_keeps_all_of_it():
    times = np.arange(2500) / 250
    envelope = np.sin(2 * np.pi * (times - 0.1) / 0.4)  # highest a quarter of a period after 0.1 s
    phase, strength = fold(envelope, times, 0.4)
    assert phase == pytest.approx(0.2, abs=0.004) and strength > 0.99
    assert fold(envelope[:100], times[:100], 0.4) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("to_next", "periods", "strengths", "expected"),
    [
        ((0.1, 0.3), (0.5, 0.5), (1, 1), 0.2),
        ((0.3, 0.1), (0.5, 0.5), (1, 1), -0.2),
        ((0.05, 0.45), (0.5, 0.5), (1, 1), -0.1),  # the beat before is nearer
        ((0.1, 0.3), (1.0, 0.5), (1, 1), 0.2),  # twice the tempo
        ((0.1, 0.3), (0.5, 0.5), (1, 0.1), 0.0),  # no clear beat
        ((0.1, 0.3), (0.5, 0.6), (1, 1), 0.0),  # another tempo
        ((0.0, 0.4), (1.0, 1.0), (1, 1), 0.0),  # too far away
    ],
)
def test_the_shift_by_hand(to_next, periods, strengths, expected):
    assert beat_shift_s(to_next, periods, strengths) == pytest.approx(expected, abs=1e-12)


@pytest.fixture
def two_drummers(array_source, make_snippets):
    """Two clips with the same beat, out of step with each other."""
    sources = {
        "clip0": array_source(clicks(0.1, 0.5, 10)),
        "clip1": array_source(clicks(0.3, 0.5, 10)),
    }
    snippets = make_snippets(2, 10, tempo_bpm=120.0, loudness=0.5, loudness_sone=10.0)
    for name, source in sources.items():
        rows = snippets["clip_id"] == name
        bounds = snippets.loc[rows, ["start_sample", "stop_sample"]]
        snippets.loc[rows, ["beat_s", "beat_strength"]] = describe_beats(
            source, bounds, snippets.loc[rows, "tempo_bpm"].to_numpy()
        ).to_numpy()
    return sources, snippets


def lay_out(rows, sources, snippets, make_targets, **options):
    choice = pd.DataFrame({"snippet": rows, "target_cost": 0.0, "join_cost": 0.0})
    music = MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0)
    n_samples = len(rows) * RATE
    shape = {"clip_id": "film", "n_samples": n_samples, "sample_rate": RATE}
    return cue_sheet(make_targets(len(rows)), music, choice, **shape, **options)


def test_the_beat_goes_on_across_a_join(two_drummers, make_targets):
    sources, snippets = two_drummers
    cues = lay_out([2, 3, 14, 15, 6], sources, snippets, make_targets)
    shifts = cues["source_start_sample"] - np.array([2, 3, 4, 5, 6]) * RATE
    assert shifts[:2].tolist() == [0, 0] and cues["join"].tolist()[2:4] == ["crossfade", "neighbour"]
    assert abs(shifts[2] / RATE - 0.2) < 0.02 and shifts[3] == shifts[2]  # the whole run is shifted
    assert abs(shifts[4]) / RATE < 0.02  # back in step with the first
    assert cues["start_sample"].tolist() == (np.arange(5) * RATE).tolist()  # the segments stay
    assert (shifts.abs() <= MAX_SHIFT_S * RATE).all()


def test_hard_cuts_and_unclear_beats_shift_nothing(two_drummers, make_targets):
    sources, snippets = two_drummers
    grid = [2 * RATE, 3 * RATE, 4 * RATE]
    for options, table in (({"hard": True}, snippets), ({}, snippets.assign(beat_strength=0.2))):
        cues = lay_out([2, 3, 14], sources, table, make_targets, **options)
        assert cues["source_start_sample"].tolist() == grid


def test_no_shift_leads_out_of_a_source(two_drummers, make_targets):
    sources, snippets = two_drummers
    cues = lay_out([2, 19, 3, 10], sources, snippets, make_targets)
    for _, cue in cues.iterrows():
        assert cue["source_start_sample"] >= 0 and cue["source_stop_sample"] <= 10 * RATE
    played = cues["source_stop_sample"] - cues["source_start_sample"]
    assert (played == RATE).all()
