"""Runs and windows against an enumeration that looks at one pair of segments after the other."""

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.sequence import training_windows, unbroken_runs

INPUTS = ["hue", "saturation", "intensity", "motion"]
OUTPUTS = ["tempo", "loudness", "rhythm"]
QUADRANTS = ["pos_high", "pos_low", "neg_high", "neg_low"]


def scenes(seed, n_clips=5, n_segments=40):
    """Clips with gaps and short moods, rows in random order, every number different."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        [(f"clip{clip}", segment) for clip in range(n_clips) for segment in range(n_segments)],
        columns=["clip_id", "segment"],
    )
    table["quadrant"] = np.repeat(rng.choice(QUADRANTS, len(table) // 4), 4)
    table[INPUTS + OUTPUTS] = rng.random((len(table), len(INPUTS + OUTPUTS)))
    return table.sample(frac=0.9, random_state=seed)


def slow_runs(table):
    """Runs as lists of (clip, segment), grown one segment at a time."""
    quadrant = {(row.clip_id, row.segment): row.quadrant for row in table.itertuples()}
    runs = []
    for clip, segment in sorted(quadrant):
        before = (clip, segment - 1)
        if before in quadrant and quadrant[before] == quadrant[clip, segment]:
            runs[-1].append((clip, segment))
        else:
            runs.append([(clip, segment)])
    return runs


@pytest.mark.parametrize("seed", range(5))
def test_runs_are_those_of_the_enumeration(seed):
    table = scenes(seed)
    keys = list(zip(table["clip_id"], table["segment"], strict=True))
    assert [[keys[row] for row in run] for run in unbroken_runs(table)] == slow_runs(table)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_segment_without_a_quadrant_ends_a_run(missing):
    moods = ["pos_low", "pos_low", missing, missing, "pos_low"]
    table = pd.DataFrame({"clip_id": "film", "segment": range(5), "quadrant": moods})
    assert [run.tolist() for run in unbroken_runs(table)] == [[0, 1], [4]]
    windows = training_windows(table, "pos_low", inputs=["segment"], outputs=["segment"], window=2)
    assert windows.X[..., 0].tolist() == [[0, 1], [4, 0]]


def test_runs_end_with_the_clip():
    table = pd.DataFrame({"clip_id": ["a", "b"], "segment": [0, 1], "quadrant": "pos_low"})
    assert [run.tolist() for run in unbroken_runs(table)] == [[0], [1]]


def test_an_empty_table_has_no_runs():
    assert unbroken_runs(scenes(0).iloc[:0]) == []


def test_a_segment_that_occurs_twice_is_refused():
    table = scenes(0)
    with pytest.raises(MoodscoreError, match="occurs twice"):
        unbroken_runs(pd.concat([table, table.iloc[[3]]]))


@pytest.mark.parametrize("window", [1, 3, 8, 50])
@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_windows_are_those_of_the_enumeration(quadrant, window):
    table = scenes(7)
    rows = table.set_index(["clip_id", "segment"])
    expected = []
    for run in slow_runs(table):
        if rows.loc[run[0], "quadrant"] != quadrant:
            continue
        if len(run) <= window:
            expected.append(run)
        else:
            expected += [run[start : start + window] for start in range(len(run) - window + 1)]

    X, y, weights, groups = training_windows(table, quadrant, inputs=INPUTS, outputs=OUTPUTS, window=window)
    assert X.shape == (len(expected), window, 4)
    assert y.shape == (len(expected), window, 3)
    assert groups.tolist() == [keys[0][0] for keys in expected]
    for number, keys in enumerate(expected):
        length = len(keys)
        assert weights[number].tolist() == [1.0] * length + [0.0] * (window - length)
        np.testing.assert_array_equal(X[number, :length], rows.loc[keys, INPUTS].astype(np.float32))
        np.testing.assert_array_equal(y[number, :length], rows.loc[keys, OUTPUTS].astype(np.float32))
        assert not X[number, length:].any()
        assert not y[number, length:].any()


def test_a_quadrant_that_does_not_occur_gives_empty_windows():
    windows = training_windows(scenes(0), "neutral", inputs=INPUTS, outputs=OUTPUTS, window=8)
    assert [part.shape for part in windows] == [(0, 8, 4), (0, 8, 3), (0, 8), (0,)]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_refused_by_name(bad):
    table = pd.DataFrame({"clip_id": "film", "segment": range(3), "quadrant": "pos_low"})
    table["hue"] = [0.1, bad, 0.3]
    with pytest.raises(MoodscoreError, match="'hue' of segment 1 of clip 'film'"):
        training_windows(table, "pos_low", inputs=["hue"], outputs=["segment"], window=2)
