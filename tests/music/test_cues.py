import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import CUE_COLUMNS, MusicDictionary, MusicPart, cue_sheet, nearest_snippets
from moodscore.music.cues import MAX_GAIN_DB, MAX_SLEW_DB_A_SECOND

RATE = 8000


@pytest.fixture
def sources(array_source):
    return {f"clip{i}": array_source(np.zeros(10 * RATE)) for i in range(3)}


def choose(rows):
    return pd.DataFrame({"segment": range(len(rows)), "snippet": rows, "target_cost": 0.1, "join_cost": 0.2})


def sheet(targets, snippets, rows, sources, n_samples, **options):
    return cue_sheet(
        targets,
        MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0),
        choose(rows),
        clip_id="film",
        n_samples=n_samples,
        sample_rate=RATE,
        **options,
    )


def test_every_second_is_accounted_for(make_targets, make_snippets, sources):
    targets, snippets = make_targets(4), make_snippets(3, 10)
    cues = sheet(targets, snippets, [3, 4, 25, 5], sources, 4 * RATE + 1234)
    assert tuple(cues.columns) == CUE_COLUMNS
    assert not cues.isna().any(axis=None)
    assert (cues["clip_id"] == "film").all()
    assert cues["start_sample"].tolist() == [0, 8000, 16000, 24000]
    assert cues["stop_sample"].tolist() == [8000, 16000, 24000, 33234]
    assert cues["source_clip"].tolist() == ["clip0", "clip0", "clip2", "clip0"]
    assert cues["source_segment"].tolist() == [3, 4, 5, 5]
    assert cues["source_file"].tolist() == ["clip0.mp4", "clip0.mp4", "clip2.mp4", "clip0.mp4"]
    assert cues["source_kind"].eq("soundtrack").all() and cues["source_licence"].eq("").all()
    assert cues["source_start_sample"].tolist() == [24000, 32000, 40000, 40000]
    assert cues["source_stop_sample"].tolist() == [32000, 40000, 48000, 49234]
    assert cues["join"].tolist() == ["start", "neighbour", "crossfade", "crossfade"]
    assert cues["crossfade_s"].tolist() == [0, 0, 0.04, 0.04]
    np.testing.assert_array_equal(cues["end_s"], cues["stop_sample"] / RATE)
    np.testing.assert_array_equal(cues["source_end_s"], cues["source_stop_sample"] / RATE)
    for feature in ("tempo", "loudness", "rhythm"):
        assert cues[f"predicted_{feature}"].tolist() == targets[feature].tolist()
        assert cues[f"target_{feature}"].tolist() == targets[feature].tolist()
        assert cues[f"chosen_{feature}"].tolist() == snippets[feature].iloc[[3, 4, 25, 5]].tolist()
    for column in ("quadrant", "valence", "arousal", "confidence"):
        assert cues[column].tolist() == targets[column].tolist()


def test_a_short_last_segment(make_targets, make_snippets, sources):
    cues = sheet(make_targets(2), make_snippets(3, 10), [0, 1], sources, RATE + 4001)
    assert cues["source_stop_sample"].tolist() == [8000, 12001]


def test_where_the_source_ends_the_range_is_shorter(make_targets, make_snippets, sources):
    cues = sheet(make_targets(1), make_snippets(3, 10), [9], sources, RATE + 3999)
    assert cues.loc[0, "source_stop_sample"] == 10 * RATE


def test_hard_cues_are_bare(make_targets, make_snippets, sources):
    cues = sheet(make_targets(3), make_snippets(3, 10), [0, 1, 7], sources, 3 * RATE, hard=True)
    assert cues["join"].tolist() == ["start", "neighbour", "hard"]
    assert not cues[["gain_db", "crossfade_s"]].any(axis=None)


def test_segments_of_a_broken_number_of_samples_play_on(make_targets, make_snippets, array_source):
    segment_s = 0.10008  # 800.64 samples
    edges = np.rint(np.arange(11) * segment_s * RATE).astype(int)
    snippets = make_snippets(1, 10).assign(start_sample=edges[:-1], stop_sample=edges[1:])
    targets = make_targets(8, segment_s=segment_s)
    sources = {"clip0": array_source(np.zeros(edges[-1]))}
    cues = sheet(targets, snippets, np.arange(2, 10), sources, int(edges[8]))
    assert (cues["join"][1:] == "neighbour").all()
    assert (cues["source_start_sample"][1:].to_numpy() == cues["source_stop_sample"][:-1].to_numpy()).all()


def test_segments_of_another_length_than_snippets_do_not_pretend(make_targets, make_snippets, sources):
    cues = sheet(make_targets(3, segment_s=0.5), make_snippets(1, 10), [0, 1, 2], sources, RATE * 3 // 2)
    assert cues["join"].tolist() == ["start", "crossfade", "crossfade"]


def test_crossfades_never_exceed_a_segment(make_targets, make_snippets, sources):
    cues = sheet(make_targets(4, segment_s=0.01), make_snippets(3, 10), [0, 5, 9, 2], sources, 4 * 80)
    assert cues["crossfade_s"].tolist() == [0, 0.01, 0.01, 0.01]


def test_gain_is_ten_decibels_a_doubling_of_sone(make_targets, make_snippets, sources):
    targets, snippets = make_targets(1, loudness=0.5), make_snippets(1, 10)
    snippets["loudness"] = np.linspace(0, 0.9, 10)
    snippets["loudness_sone"] = 2 + 20 * snippets["loudness"]
    cues = sheet(targets, snippets, [6], sources, RATE)
    assert cues.loc[0, "gain_db"] == pytest.approx(10 * np.log2(12 / 14))
    assert sheet(targets, snippets, [0], sources, RATE).loc[0, "gain_db"] == MAX_GAIN_DB
    same = sheet(make_targets(1, loudness=0.3), snippets, [3], sources, RATE)
    assert same.loc[0, "gain_db"] == pytest.approx(0, abs=1e-9)


def test_gain_is_limited_in_size_and_slope_and_follows_where_it_can(make_targets, make_snippets, sources):
    snippets = make_snippets(1, 10)
    loudness = np.tile(np.repeat([0.0, 1.0], 10), 3)
    cues = sheet(make_targets(60, loudness=loudness), snippets, [4] * 60, sources, 60 * RATE)
    gain = cues["gain_db"].to_numpy()
    assert np.abs(gain).max() <= MAX_GAIN_DB
    assert np.abs(np.diff(gain)).max() <= MAX_SLEW_DB_A_SECOND + 1e-9
    np.testing.assert_allclose(gain[4:6], gain.min())
    np.testing.assert_allclose(gain[14:16], gain.max())
    assert gain.max() - gain.min() > 5
    constant = sheet(make_targets(60, loudness=0.9), snippets, [4] * 60, sources, 60 * RATE)["gain_db"]
    np.testing.assert_allclose(constant, constant[0])


def test_slew_limit_is_the_nearest_limited_curve(make_targets, make_snippets, sources):
    snippets = make_snippets(1, 10, loudness=np.linspace(0, 1, 10), loudness_sone=np.geomspace(4, 8, 10))
    targets = make_targets(3, loudness=[0.0, 1.0, 0.0])
    gain = sheet(targets, snippets, [0, 0, 0], sources, 3 * RATE)["gain_db"]
    # The wish is 0, 6 (clipped from 10), 0 dB; half of the 3 dB in excess is taken from either side.
    np.testing.assert_allclose(gain, [1.5, 4.5, 1.5])


def test_one_loudness_in_the_dictionary_leaves_the_gain_alone(make_targets, make_snippets, sources):
    cues = sheet(make_targets(5), make_snippets(1, 1), [0] * 5, sources, 5 * RATE)
    assert not cues["gain_db"].any()


def test_silent_snippets_do_not_bend_the_loudness(make_targets, make_snippets, sources):
    snippets = make_snippets(1, 10)
    expected = sheet(make_targets(5), snippets, [1, 2, 3, 4, 5], sources, 5 * RATE)
    silent = snippets.iloc[[0]].assign(segment=10, is_silent=True, loudness=0.5, loudness_sone=0.0)
    with_silence = pd.concat([snippets, silent], ignore_index=True)
    assert sheet(make_targets(5), with_silence, [1, 2, 3, 4, 5], sources, 5 * RATE).equals(expected)


def test_refusals_name_the_trouble(make_targets, make_snippets, sources, array_source):
    targets, snippets = make_targets(3), make_snippets(3, 10)
    with pytest.raises(MoodscoreError, match="3 segments do not start"):
        sheet(targets, snippets, [0, 1, 2], sources, 2 * RATE)
    with pytest.raises(MoodscoreError, match="0 segments"):
        sheet(targets[:0], snippets, np.array([], dtype=int), sources, 2 * RATE)
    with pytest.raises(MoodscoreError, match="clip clip1: its soundtrack is missing"):
        sheet(targets, snippets, [0, 10, 2], {"clip0": sources["clip0"]}, 3 * RATE)
    with pytest.raises(MoodscoreError, match=r"clip0.*11025.*8000"):
        sheet(targets, snippets, [0, 1, 2], {"clip0": array_source(np.zeros(99999), 11025)}, 3 * RATE)
    with pytest.raises(MoodscoreError, match="snippet 2 of clip clip0 lies outside"):
        sheet(targets, snippets, [0, 1, 2], {"clip0": array_source(np.zeros(2 * RATE))}, 3 * RATE)


def test_takes_what_the_selectors_return(make_targets, make_snippets, sources):
    targets, snippets = make_targets(5), make_snippets(3, 10)
    music = MusicDictionary([MusicPart(snippets, sources)], segment_s=1.0)
    selection = nearest_snippets(targets, music)
    cues = cue_sheet(
        targets, music, selection, clip_id="film", n_samples=5 * RATE, sample_rate=RATE, hard=True
    )
    assert cues["target_cost"].tolist() == selection["target_cost"].tolist()
