import numpy as np
import pandas as pd
import pytest

from moodscore.report import timeline_of
from moodscore.report.timeline import clock


def read(**columns):
    n = 4
    defaults = {
        "start_s": np.arange(n, dtype=float),
        "end_s": np.arange(n) + 1.0,
        "valence": [9.0, 1.0, 5.0, 5.0],
        "arousal": 5.0,
        "valence_label": np.nan,
        "arousal_label": 3.0,
        "routed_quadrant": ["pos_high", "pos_high", "neg_low", "neg_low"],
    }
    return pd.DataFrame(defaults | columns)


NO_CUES = pd.DataFrame({"start_s": [], "end_s": [], "join": [], "source_file": []})


def test_scores_run_from_top_to_bottom():
    assert timeline_of(read(), NO_CUES).lines["valence"] == (
        "M0.0 4.0H250.0L250.0 96.0H500.0L500.0 50.0H750.0L750.0 50.0H1000.0"
    )


def test_an_unrated_stretch_breaks_the_line():
    lines = timeline_of(read(arousal_label=[3.0, np.nan, 3.0, 3.0]), NO_CUES).lines
    assert lines["arousal_label"].count("M") == 2
    assert lines["valence_label"] == ""


def test_successive_segments_of_a_quadrant_are_one_band():
    bands = timeline_of(read(), NO_CUES).bands
    assert bands == [(0.0, 500.0, "pos_high"), (500.0, 500.0, "neg_low")]
    again = timeline_of(read(routed_quadrant=["a", "b", "a", "a"]), NO_CUES).bands
    assert [band[2] for band in again] == ["a", "b", "a"]


def test_only_joins_of_strangers_are_marked():
    starts = [0.0, 1.0, 2.0, 3.0]
    cues = pd.DataFrame({"start_s": starts, "end_s": [s + 1 for s in starts], "source_file": list("aaab")})
    segments = cues.assign(join=["start", "neighbour", "crossfade", "hard"])
    assert timeline_of(read(), segments).joins == [500.0, 750.0]
    assert timeline_of(read(), cues.assign(join=["start", "jump", "jump", "change"])).joins == [
        250.0,
        500.0,
        750.0,
    ]


def test_pieces_are_stretches_of_a_colour_each():
    cues = pd.DataFrame(
        {
            "start_s": [0.0, 1.0, 2.0, 3.0],
            "end_s": [1.0, 2.0, 3.0, 4.0],
            "source_file": ["jazz/one.mp3", "jazz/one.mp3", "two.ogg", "jazz/one.mp3"],
            "join": ["start", "jump", "change", "change"],
        }
    )
    assert timeline_of(read(), cues).pieces == [
        (0.0, 500.0, 0, "one"),
        (500.0, 250.0, 1, "two"),
        (750.0, 250.0, 0, "one"),
    ]
    assert timeline_of(read(), NO_CUES).pieces == []


def test_a_neutral_stretch_is_a_band_of_its_own():
    bands = timeline_of(read(is_neutral=[False, True, True, False]), NO_CUES).bands
    assert [band[2] for band in bands] == ["pos_high", "neutral", "neg_low"]


@pytest.mark.parametrize("end_s", [1.0, 14.0, 61.0, 7200.0])
def test_a_handful_of_ticks_whatever_the_length(end_s):
    rows = read().assign(end_s=[1.0, 2.0, 3.0, end_s])
    assert 1 <= len(timeline_of(rows, NO_CUES).ticks) <= 6


def test_clock():
    assert [clock(s) for s in (0, 5.4, 65, 3600)] == ["0:00", "0:05", "1:05", "60:00"]
