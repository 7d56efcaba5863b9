"""By hand, and chance against cuts thrown at random."""

import math

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.metrics import BeatGrid, continuity

NAMES = (
    "joins_per_min",
    "changes_per_min",
    "median_run_s",
    "beat_kept",
    "bar_kept",
    "changes_at_cuts",
    "cuts_on_beats",
    "cuts_on_beats_chance",
    "jump_distance_median",
)


def grid(beat_s=0.5, metre=4, n=240, first_s=0.0):
    position = np.arange(n) % metre if metre else np.full(n, -1)
    return BeatGrid(first_s + np.arange(n) * beat_s, position)


GRIDS = {"a": grid(), "b": grid()}


def sheet(*rows, **columns):
    """Cues of ``(source, seconds, where in it, join)``, one after the other."""
    clips, lengths, places, joins = zip(*rows, strict=True)
    ends = np.cumsum(lengths)
    table = {
        "start_s": ends - lengths,
        "end_s": ends,
        "source_clip": clips,
        "source_start_s": places,
        "source_end_s": np.add(places, lengths),
        "join": joins,
    }
    return pd.DataFrame(table).assign(**columns)


def measured(cues, cuts_s=(), grids=GRIDS):
    found = continuity(cues, grids, cuts_s)
    assert tuple(found) == NAMES and all(isinstance(value, float) for value in found.values())
    return found


def test_joins_changes_and_runs_are_counted():
    cues = sheet(
        ("a", 10, 0, "start"),
        ("a", 5, 10, "neighbour"),
        ("a", 5, 40, "jump"),
        ("b", 22, 0, "change"),
        ("b", 8, 22, "neighbour"),
        ("b", 10, 60, "jump"),
    )
    found = measured(cues)
    assert found["joins_per_min"] == 3 and found["changes_per_min"] == 1
    assert found["median_run_s"] == 12.5  # of 15, 5, 30 and 10


def test_seams_of_a_collage_are_joins_too():
    cues = sheet(
        ("a", 1, 0, "start"), ("a", 1, 7, "crossfade"), ("b", 1, 0, "crossfade"), ("b", 1, 1, "neighbour")
    )
    found = measured(cues)
    assert found["joins_per_min"] == 30 and found["changes_per_min"] == 15
    assert found["median_run_s"] == 1
    assert measured(cues.assign(join=["start", "hard", "hard", "hard"]))["joins_per_min"] == 45


@pytest.mark.parametrize(
    ("left", "entered", "beat", "bar"),
    [
        (10.0, 20.0, 1, 1),
        (10.0, 20.5, 1, 0),  # the next place in the bar
        (10.5, 20.5, 1, 1),
        (10.25, 20.0, 0, 0),  # half a beat away
        (10.06, 20.0, 1, 1),  # hardly to be heard
        (10.08, 20.0, 0, 0),
        (10.3, 20.3, 1, 1),  # in the middle of a beat, to the middle of the same
        (10.3, 22.3, 1, 1),
        (10.3, 20.8, 1, 0),
        (10.0, 19.95, 1, 1),  # the beat comes 50 ms late
    ],
)
def test_whether_a_jump_keeps_beat_and_bar(left, entered, beat, bar):
    cues = sheet(("a", left - 2, 2.0, "start"), ("a", 5, entered, "jump"))
    found = measured(cues)
    assert (found["beat_kept"], found["bar_kept"]) == (beat, bar)


def test_beats_and_bars_are_shares_of_the_jumps_that_have_them():
    cues = sheet(
        ("a", 4, 0, "start"),
        ("a", 4, 12.0, "jump"),  # keeps both
        ("a", 4, 20.5, "jump"),  # the beat alone
        ("free", 4, 0, "change"),
        ("free", 4, 20.1, "jump"),  # no beat to keep
        ("c", 4, 0, "change"),
        ("c", 4, 10.0, "jump"),  # a beat, but no bar
        ("c", 4, 30.2, "jump"),  # not even the beat
    )
    found = measured(cues, grids=GRIDS | {"c": grid(metre=0)})
    assert found["beat_kept"] == 3 / 4 and found["bar_kept"] == 1 / 2


def test_changes_are_no_jumps():
    found = measured(sheet(("a", 4, 0, "start"), ("b", 4, 3.1, "change")))
    assert math.isnan(found["beat_kept"]) and math.isnan(found["bar_kept"])


def test_changes_at_cuts():
    cues = sheet(("a", 10, 0, "start"), ("b", 10, 0, "change"), ("a", 10, 0, "change"), ("a", 10, 20, "jump"))
    assert measured(cues, [10.2, 19.75])["changes_at_cuts"] == 0.5
    assert measured(cues, [10.0, 20.0, 25.0])["changes_at_cuts"] == 1
    assert measured(cues, [30.0])["changes_at_cuts"] == 0  # where it jumps, nobody asks


def test_cuts_on_beats_by_hand():
    """Beats fall at .2, .7, 1.2 … in the video; within 80 ms of them lies .32 of the time."""
    cues = sheet(("a", 60, 3.3, "start"))
    found = measured(cues, [0.2, 0.77, 1.3, 5.45, 10.13])
    assert found["cuts_on_beats"] == 3 / 5
    assert found["cuts_on_beats_chance"] == pytest.approx(0.16 / 0.5, abs=1e-9)


@pytest.mark.parametrize(("seed", "longest_s"), [(0, 1), (1, 1), (2, 6), (4, 6)])
def test_chance_is_that_of_cuts_thrown_at_random(seed, longest_s):
    """Of pieces with uneven beats, some so fast that what is near them overlaps, and one without."""
    rng = np.random.default_rng(seed)
    grids = {
        name: BeatGrid(np.cumsum(rng.uniform(0.06, longest, 400)), np.zeros(400, int))
        for name, longest in (("a", 0.2), ("b", 0.9), ("c", 0.5))
    }
    rows = [
        (str(rng.choice(list("abc_"))), rng.uniform(0.3, longest_s), rng.uniform(0, 20), "crossfade")
        for _ in range(25)
    ]
    cues = sheet(*rows)
    thrown = rng.uniform(0, cues["end_s"].iloc[-1], 100_000)
    found = measured(cues, np.sort(thrown), grids)
    assert found["cuts_on_beats"] == pytest.approx(found["cuts_on_beats_chance"], abs=0.006)
    assert 0.1 < found["cuts_on_beats_chance"] < 0.9


def test_distance_is_the_median_of_jumps():
    cues = sheet(
        ("a", 4, 0, "start"),
        ("a", 4, 12, "jump"),
        ("b", 4, 0, "change"),
        ("b", 4, 12, "jump"),
        ("b", 4, 40, "jump"),
    )
    assert measured(cues.assign(jump_distance=[np.nan, 0.2, np.nan, 0.9, 0.4]))["jump_distance_median"] == 0.4


def test_what_there_is_none_of_has_no_figure():
    found = measured(sheet(("a", 30, 0, "start")), grids={})
    assert found["joins_per_min"] == found["changes_per_min"] == 0 and found["median_run_s"] == 30
    for name in NAMES[3:]:
        assert math.isnan(found[name]), name
    no_cuts = measured(sheet(("a", 4, 0, "start"), ("b", 4, 0, "change"), ("b", 4, 9.0, "jump")))
    for name in ("changes_at_cuts", "cuts_on_beats", "cuts_on_beats_chance", "jump_distance_median"):
        assert math.isnan(no_cuts[name]), name


def test_numbering_of_the_rows_does_not_matter():
    cues = sheet(("a", 4, 0, "start"), ("a", 4, 12.0, "jump"), ("b", 4, 0, "change"), jump_distance=0.3)
    again = cues.set_index(pd.Index([9, 2, 4]))
    assert measured(again, [8.0]) == measured(cues, [8.0])


def test_no_cue_is_refused():
    with pytest.raises(MoodscoreError, match="there is none"):
        continuity(sheet(("a", 4, 0, "start")).iloc[:0], GRIDS, [])
