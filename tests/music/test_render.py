from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import (
    MusicDictionary,
    MusicPart,
    RenderedTrack,
    concatenate_track,
    cue_sheet,
    render_track,
    select_units,
)

RATE = 8000
PEAK = 10 ** (-1 / 20)


def make_cues(targets, snippets, rows, sources, n_samples, *, hard=False, rate=RATE):
    selection = pd.DataFrame({"snippet": rows, "target_cost": 0.0, "join_cost": 0.0})
    return cue_sheet(
        targets,
        MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0),
        selection,
        clip_id="film",
        n_samples=n_samples,
        sample_rate=rate,
        hard=hard,
    )


def render(cues, sources, n_samples, rate=RATE, renderer=render_track):
    return renderer(cues, sources, n_samples=n_samples, sample_rate=rate)


@pytest.fixture
def noise_sources(array_source):
    rng = np.random.default_rng(0)
    return {f"clip{i}": array_source(rng.uniform(-0.3, 0.3, size=(10 * RATE, 2))) for i in range(3)}


@pytest.mark.parametrize("rate", [RATE, 8025], ids=["even crossfade", "odd crossfade"])
@pytest.mark.parametrize(
    ("rows", "rest"),
    [
        ([3, 4, 25, 5, 6, 7], 0),
        ([0, 9, 10, 29, 0, 1], 3777),  # both ends of every file
        ([3, 9, 9, 3, 28, 29], 3999),  # the last source runs out
        ([29, 0, 29, 0, 0, 0], -3999),
    ],
)
def test_the_cue_sheet_rebuilds_the_track(
    make_targets, make_snippets, array_source, replay, rows, rest, rate
):
    rng = np.random.default_rng(0)
    sources = {
        f"clip{i}": array_source(rng.uniform(-0.9, 0.9, size=(10 * rate, 1 + i % 2)), rate) for i in range(3)
    }
    n_samples = 6 * rate + rest
    beats = {"tempo_bpm": 120.0, "beat_s": rng.uniform(0, 0.5, 30), "beat_strength": 1.0}
    snippets = make_snippets(3, 10, length=rate, **beats)
    cues = make_cues(make_targets(6), snippets, rows, sources, n_samples, rate=rate)
    assert cues["gain_db"].abs().max() > 1
    # Some are shifted for the beat; at the ends of files there is no room for it.
    assert (cues["source_start_sample"] % rate > 0).any() or rows[0] == 29
    track = render(cues, sources, n_samples, rate)
    rebuilt = replay(cues.to_csv(index=False), lambda clip: sources[clip].samples, n_samples, rate)
    np.testing.assert_allclose(track, rebuilt, atol=1e-4)


def test_the_cue_sheet_rebuilds_hard_cuts(make_targets, make_snippets, noise_sources, replay):
    n_samples = 4 * RATE + 777
    cues = make_cues(
        make_targets(4), make_snippets(3, 10), [3, 4, 25, 9], noise_sources, n_samples, hard=True
    )
    track = render(cues, noise_sources, n_samples, renderer=concatenate_track)
    samples = {name: source.samples for name, source in noise_sources.items()}
    rebuilt = replay(cues.to_csv(index=False), samples.get, n_samples, RATE, hard=True)
    np.testing.assert_allclose(track, rebuilt, atol=1e-4)


@pytest.mark.parametrize("n_samples", [8000, 4001, 11999, 60000, 79999])
def test_length_and_peak_whatever_the_length(make_targets, make_snippets, noise_sources, n_samples):
    n_segments = max(round(n_samples / RATE), 1)
    rows = np.random.default_rng(n_samples).integers(0, 30, n_segments)
    cues = make_cues(make_targets(n_segments), make_snippets(3, 10), rows, noise_sources, n_samples)
    for source in noise_sources.values():
        source.samples *= 5  # far over full scale
    track = render(cues, noise_sources, n_samples)
    assert track.shape == (n_samples, 2)
    assert track.dtype == np.float32
    assert np.isfinite(track).all()
    assert PEAK - 1e-3 < np.abs(track).max() <= PEAK


def test_unbroken_music_comes_out_as_it_is(make_targets, make_snippets, noise_sources):
    snippets = make_snippets(3, 10)
    targets = make_targets(6, loudness=snippets["loudness"][12:18].to_numpy())
    cues = make_cues(targets, snippets, np.arange(12, 18), noise_sources, 6 * RATE + 100)
    assert (cues["join"][1:] == "neighbour").all()
    track = render(cues, noise_sources, 6 * RATE + 100)
    fade = round(0.1 * len(track))
    source = noise_sources["clip1"].samples[2 * RATE : 8 * RATE + 100]
    np.testing.assert_array_equal(track[fade:-fade], source[fade:-fade])
    assert np.abs(track[0]).max() < 1e-6 < np.abs(track[fade // 2]).max()


def test_fades_are_two_seconds_of_a_long_track(make_targets, make_snippets, array_source):
    sources = {"clip0": array_source(np.full(31 * RATE, 0.5))}
    snippets = make_snippets(1, 31)
    targets = make_targets(30, loudness=snippets["loudness"][:30].to_numpy())
    track = render(make_cues(targets, snippets, np.arange(30), sources, 30 * RATE), sources, 30 * RATE)
    assert track[2 * RATE - 100, 0] < 0.5
    assert (track[2 * RATE : -2 * RATE] == 0.5).all()
    np.testing.assert_array_equal(track, track[::-1])


def test_equal_power_keeps_the_level_of_a_join(make_targets, make_snippets, array_source):
    rng = np.random.default_rng(0)
    sources = {f"clip{i}": array_source(0.1 * rng.normal(size=10 * RATE)) for i in range(2)}
    snippets = make_snippets(2, 10, loudness=0.5)
    rows = np.tile([3, 17, 5, 12], 50)
    cues = make_cues(make_targets(200), snippets, rows, sources, 200 * RATE)
    track = render(cues, sources, 200 * RATE)
    joins = cues["start_sample"].to_numpy()[5:-5]
    middle = np.sqrt(np.mean([track[join - 40 : join + 40] ** 2 for join in joins]))
    assert middle == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("length", [RATE, 3 * RATE])
def test_a_join_never_clicks(make_targets, make_snippets, array_source, length):
    """Full scale to the very end of its source, then silence: as hard as joins come."""
    loud = np.ones(length)
    sources = {"clip0": array_source(loud), "clip1": array_source(np.zeros(length))}
    snippets = make_snippets(2, 1, loudness=0.5)
    cues = make_cues(make_targets(4), snippets, [0, 1, 0, 1], sources, 4 * RATE)
    track = render(cues, sources, 4 * RATE)
    assert np.abs(np.diff(track, axis=0)).max() < 0.25 / 20
    assert np.abs(track).max() > 0.8
    hard = make_cues(make_targets(4), snippets, [0, 1, 0, 1], sources, 4 * RATE, hard=True)
    chained = render(hard, sources, 4 * RATE, renderer=concatenate_track)
    assert np.abs(np.diff(chained, axis=0)).max() == pytest.approx(0.95)


def test_a_source_that_runs_out_fades_to_silence(make_targets, make_snippets, array_source):
    sources = {"clip0": array_source(np.full(RATE, 0.5))}
    cues = make_cues(make_targets(1), make_snippets(1, 1), [0], sources, RATE + 3999)
    for renderer in (render_track, concatenate_track):
        track = render(cues, sources, RATE + 3999, renderer=renderer)
        assert not track[RATE:].any()
        assert np.abs(np.diff(track[1500:], axis=0)).max() < 0.01


def test_one_snippet_is_a_dictionary(make_targets, make_snippets, array_source):
    sources = {"clip0": array_source(0.2 * np.random.default_rng(0).normal(size=RATE))}
    targets = make_targets(7)
    music = MusicDictionary([MusicPart(make_snippets(1, 1), sources)], segment_s=1.0)
    selection = select_units(targets, music)
    cues = cue_sheet(targets, music, selection, clip_id="film", n_samples=7 * RATE, sample_rate=RATE)
    assert cues["join"].tolist() == ["start"] + 6 * ["crossfade"]
    track = render(cues, sources, 7 * RATE)
    assert track[RATE:-RATE].std() > 0.1


def test_mono_sounds_in_both_channels_and_many_are_mixed(make_targets, make_snippets, array_source):
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, size=(10 * RATE, 6)).astype(np.float32)
    targets, snippets = make_targets(2), make_snippets(1, 10)
    tracks = []
    for columns in (samples, samples.mean(axis=1, keepdims=True)):
        sources = {"clip0": array_source(columns)}
        tracks.append(render(make_cues(targets, snippets, [0, 5], sources, 2 * RATE), sources, 2 * RATE))
    np.testing.assert_array_equal(tracks[0][:, 0], tracks[0][:, 1])
    np.testing.assert_allclose(tracks[0], tracks[1], atol=1e-7)


def test_stereo_stays_stereo(make_targets, make_snippets, array_source):
    stereo = np.zeros((10 * RATE, 2))
    stereo[:, 1] = 0.5
    sources = {"clip0": array_source(stereo)}
    track = render(
        make_cues(make_targets(2), make_snippets(1, 10), [0, 5], sources, 2 * RATE), sources, 16000
    )
    assert not track[:, 0].any()
    assert track[:, 1].any()


def test_hard_concatenation_is_the_chain_of_snippets(make_targets, make_snippets, noise_sources):
    rows = [3, 4, 25, 5]
    cues = make_cues(make_targets(4), make_snippets(3, 10), rows, noise_sources, 4 * RATE, hard=True)
    track = render(cues, noise_sources, 4 * RATE, renderer=concatenate_track)
    chain = np.concatenate(
        [noise_sources[f"clip{row // 10}"].samples[row % 10 * RATE :][:RATE] for row in rows]
    )
    np.testing.assert_allclose(track, chain * (0.95 / np.abs(chain).max()), atol=1e-6)
    assert np.abs(track).max() == pytest.approx(0.95)


def test_sources_are_read_by_slice(make_targets, make_snippets, noise_sources):
    cues = make_cues(make_targets(3), make_snippets(3, 10), [1, 2, 14], noise_sources, 3 * RATE)
    render(cues, noise_sources, 3 * RATE)
    assert noise_sources["clip0"].longest_read == 2 * RATE + 160
    assert noise_sources["clip1"].longest_read == RATE + 160
    assert noise_sources["clip2"].longest_read == 0


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("rest", [0, 3999, -3999])
def test_any_slice_is_a_slice_of_the_whole(make_targets, make_snippets, array_source, rest, plain):
    rng = np.random.default_rng(0)
    sources = {f"clip{i}": array_source(rng.uniform(-0.9, 0.9, (10 * RATE, 1 + i % 2))) for i in range(3)}
    n_samples = 6 * RATE + rest
    rows = [29, 0, 0, 1, 9, 29]  # the ends of files on both sides of the joins
    cues = make_cues(make_targets(6), make_snippets(3, 10), rows, sources, n_samples, hard=plain)
    track = RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=RATE, plain=plain)
    whole = track.whole()
    for length in (1, 37, 163, 5000, n_samples):
        edges = np.append(np.arange(0, n_samples, length)[: 40 * RATE // length], n_samples)
        if length == 1:  # round a join
            edges = np.arange(2 * RATE - 165, 2 * RATE + 165)
        parts = [track.read(first, last) for first, last in pairwise(edges)]
        np.testing.assert_array_equal(np.concatenate(parts), whole[edges[0] : edges[-1]])


def test_a_track_of_any_length_is_read_in_small_pieces(make_targets, make_snippets, noise_sources):
    cues = make_cues(make_targets(9), make_snippets(3, 10), np.arange(9), noise_sources, 9 * RATE)
    track = RenderedTrack(cues, noise_sources, n_samples=9 * RATE, sample_rate=RATE)
    track.read(0, 100)  # finds the peak
    noise_sources["clip0"].longest_read = 0
    assert len(track.read(2 * RATE, 2 * RATE + 100)) == noise_sources["clip0"].longest_read == 100


@pytest.mark.parametrize("plain", [False, True])
def test_a_track_that_is_levelled_later_differs_by_one_factor(
    make_targets, make_snippets, noise_sources, plain
):
    cues = make_cues(make_targets(9), make_snippets(3, 10), np.arange(9), noise_sources, 9 * RATE)
    shape = {"n_samples": 9 * RATE, "sample_rate": RATE, "plain": plain}
    levelled = RenderedTrack(cues, noise_sources, **shape).whole()
    track = RenderedTrack(cues, noise_sources, **shape, levelled=False)
    raw = track.whole()
    np.testing.assert_array_equal(track.read(1000, 5000), raw[1000:5000])
    factor = np.abs(levelled).max() / np.abs(raw).max()
    np.testing.assert_allclose(levelled, factor * raw, atol=1e-6)


def test_same_cues_same_samples(make_targets, make_snippets, noise_sources):
    cues = make_cues(make_targets(5), make_snippets(3, 10), [1, 15, 14, 2, 3], noise_sources, 5 * RATE)
    before, samples = cues.copy(), noise_sources["clip1"].samples.copy()
    first = render(cues, noise_sources, 5 * RATE)
    np.testing.assert_array_equal(first, render(cues, noise_sources, 5 * RATE))
    assert cues.equals(before)
    np.testing.assert_array_equal(noise_sources["clip1"].samples, samples)


@pytest.mark.parametrize("renderer", [render_track, concatenate_track])
def test_refuses_what_cannot_be_heard(make_targets, make_snippets, array_source, renderer):
    targets, snippets = make_targets(2), make_snippets(1, 10)
    for value, message in [(0.0, "silent"), (np.nan, "not numbers"), (np.inf, "not numbers")]:
        sources = {"clip0": array_source(np.full(10 * RATE, value))}
        cues = make_cues(targets, snippets, [0, 5], sources, 2 * RATE, hard=True)
        with pytest.raises(MoodscoreError, match=message):
            render(cues, sources, 2 * RATE, renderer=renderer)


def test_refuses_a_sheet_that_does_not_fit(make_targets, make_snippets, noise_sources):
    cues = make_cues(make_targets(3), make_snippets(3, 10), [0, 15, 5], noise_sources, 3 * RATE)
    for bad in (cues[1:], cues[:2], cues.iloc[[0, 2, 1]], cues[:0]):
        with pytest.raises(MoodscoreError, match="does not cover"):
            render(bad, noise_sources, 3 * RATE)
    with pytest.raises(MoodscoreError, match="longer than its cue"):
        render(cues.assign(source_stop_sample=10 * RATE), noise_sources, 3 * RATE)
    with pytest.raises(MoodscoreError, match="clip1 is missing"):
        render(cues, {"clip0": noise_sources["clip0"]}, 3 * RATE)
