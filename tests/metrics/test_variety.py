import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.metrics import longest_run_s, unique_ratio


def cues(*sources, seconds=1.0):
    clips, segments = zip(*sources, strict=True)
    starts = [seconds * number for number in range(len(sources))]
    return pd.DataFrame(
        {
            "source_clip": clips,
            "source_segment": segments,
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


@pytest.mark.parametrize("measure", [unique_ratio, longest_run_s])
def test_no_cue_is_refused(measure):
    with pytest.raises(MoodscoreError, match="there is none"):
        measure(cues(("a", 0)).iloc[:0])
