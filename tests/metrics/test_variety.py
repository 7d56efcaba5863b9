import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.metrics import longest_run_s, unique_ratio


def cues(*sources, seconds=1.0):
    """A segment each: its source, and which segment of it."""
    clips, segments = zip(*sources, strict=True)
    starts = [seconds * number for number in range(len(sources))]
    return pd.DataFrame(
        {
            "source_clip": clips,
            "source_start_s": [seconds * segment for segment in segments],
            "source_end_s": [seconds * segment + seconds for segment in segments],
            "start_s": starts,
            "end_s": [start + seconds for start in starts],
        }
    )


@pytest.mark.parametrize(
    ("sources", "ratio", "run_s"),
    [
        ([("a", 0)], 1.0, 1.0),
        ([("a", 0), ("a", 1), ("a", 2)], 1.0, 3.0),
        ([("a", 0), ("a", 0), ("a", 0), ("a", 0)], 0.25, 1.0),
        ([("a", 0), ("b", 1), ("b", 2), ("a", 0), ("a", 1)], 0.8, 2.0),
        ([("a", 2), ("a", 1), ("a", 0)], 1.0, 1.0),  # backwards is no run
        ([("a", 0), ("a", 2), ("a", 3), ("a", 4)], 1.0, 3.0),
    ],
)
def test_known_soundtracks(sources, ratio, run_s):
    assert unique_ratio(cues(*sources)) == pytest.approx(ratio)
    assert longest_run_s(cues(*sources)) == pytest.approx(run_s)


def test_runs_are_measured_in_seconds():
    assert longest_run_s(cues(("a", 0), ("a", 1), ("b", 5), seconds=0.5)) == pytest.approx(1.0)


def test_numbering_of_the_rows_does_not_matter():
    table = cues(("a", 0), ("b", 1), ("b", 2)).set_index(pd.Index([7, 3, 5]))
    assert longest_run_s(table) == pytest.approx(2.0)


def runs(*rows):
    """A run each: its source, where in it, and how long."""
    clips, places, lengths = zip(*rows, strict=True)
    ends = np.cumsum(lengths)
    return pd.DataFrame(
        {
            "source_clip": clips,
            "source_start_s": places,
            "source_end_s": np.add(places, lengths),
            "start_s": ends - lengths,
            "end_s": ends,
        }
    )


@pytest.mark.parametrize(
    ("rows", "ratio", "run_s"),
    [
        ([("a", 0, 30)], 1.0, 30),
        ([("a", 0, 30), ("a", 60, 10), ("b", 5, 20)], 1.0, 30),
        ([("a", 0, 30), ("a", 20, 30)], 50 / 60, 30),  # ten seconds come back
        ([("a", 0, 30), ("a", 0, 10), ("a", 5, 10)], 30 / 50, 30),
        ([("a", 0, 30), ("b", 0, 30)], 1.0, 30),  # the same place of another piece
        ([("a", 10, 20), ("a", 30, 25), ("b", 0, 15)], 1.0, 45),  # played on across a scene
        ([("a", 30, 20), ("a", 10, 20)], 1.0, 20),
    ],
)
def test_runs_of_any_length(rows, ratio, run_s):
    assert unique_ratio(runs(*rows)) == pytest.approx(ratio)
    assert longest_run_s(runs(*rows)) == pytest.approx(run_s)


def test_what_is_new_against_every_hundredth_of_a_second():
    rng = np.random.default_rng(0)
    for _ in range(10):
        rows = [
            (str(rng.choice(["a", "b"])), rng.integers(0, 900) / 100, rng.integers(1, 400) / 100)
            for _ in range(9)
        ]
        heard = [
            (clip, tick)
            for clip, place, length in rows
            for tick in range(round(100 * place), round(100 * (place + length)))
        ]
        assert unique_ratio(runs(*rows)) == pytest.approx(len(set(heard)) / len(heard))


@pytest.mark.parametrize("measure", [unique_ratio, longest_run_s])
def test_no_cue_is_refused(measure):
    with pytest.raises(MoodscoreError, match="there is none"):
        measure(cues(("a", 0)).iloc[:0])
