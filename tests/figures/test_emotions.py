import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch

from moodscore.figures import emotion_plane, emotion_timelines
from moodscore.figures.style import QUADRANT_COLOURS, QUADRANT_MARKERS


def steps(axes):
    """The staircases of a panel: valence rated and read, then arousal."""
    return [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]


def joins(axes):
    return axes.lines[-1].get_xdata().tolist()


def legend_texts(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("clips", [1, 2, 3, 12])
def test_timelines_have_a_panel_a_clip(check_figure, make_read, make_cues, clips):
    read = make_read(clips)
    figure = check_figure(emotion_timelines(read, make_cues(read)))
    assert [axes.get_title(loc="left") for axes in figure.axes] == sorted(read["clip_id"].unique())
    assert "clips" not in figure.get_suptitle()  # none was left out


def test_timelines_show_what_they_are_given(check_figure, make_read, make_cues):
    read = make_read(1, 4).sample(frac=1, random_state=0)
    axes = check_figure(emotion_timelines(read, make_cues(read.sort_values("segment")))).axes[0]
    ordered = read.sort_values("segment")
    for found, name in zip(
        steps(axes), ["valence_label", "valence", "arousal_label", "arousal"], strict=True
    ):
        np.testing.assert_array_equal(found.values, ordered[name])
        np.testing.assert_array_equal(found.edges, [0, 1, 2, 3, 4])
    assert joins(axes) == [2, 3]
    assert axes.get_xlim() == (0, 4) and axes.get_ylim()[0] < 1 and axes.get_ylim()[1] > 9
    bands = [patch for patch in axes.patches if not isinstance(patch, StepPatch)]
    assert [to_hex(band.get_facecolor()).upper() for band in bands] == [
        QUADRANT_COLOURS[quadrant] for quadrant in ordered["routed_quadrant"]
    ]


def test_a_missing_segment_leaves_a_gap(check_figure, make_read, make_cues):
    read = make_read(1, 6).drop(index=[2, 3])
    values, edges, _ = steps(check_figure(emotion_timelines(read, make_cues(read))).axes[0])[1]
    np.testing.assert_array_equal(edges, [0, 1, 2, 4, 5, 6])
    np.testing.assert_array_equal(np.isnan(values), [False, False, True, False, False])


def test_segments_that_a_clock_tick_parts_are_joined(check_figure, make_read, make_cues):
    read = make_read(1, 3)
    read["end_s"] -= 1e-4
    values, _, _ = steps(check_figure(emotion_timelines(read, make_cues(read))).axes[0])[1]
    assert len(values) == 3


@pytest.mark.parametrize("missing", [np.nan, pd.NA])
def test_clips_nobody_rated(check_figure, make_read, make_cues, missing):
    scores = pd.array([missing] * 6, dtype="Float64") if missing is pd.NA else missing
    read = make_read(1, 6, valence_label=scores, arousal_label=scores)
    check_figure(emotion_timelines(read, make_cues(read)))


def test_a_video_of_less_than_two_seconds(check_figure, make_read, make_cues):
    read = make_read(1, 1, end_s=0.7)
    assert check_figure(emotion_timelines(read, make_cues(read))).axes[0].get_xlim() == (0, 0.7)


def test_joins_of_segments_that_were_not_read_and_clips_without_any(check_figure, make_read, make_cues):
    read = make_read(3, 6)
    cues = make_cues(read)
    figure = emotion_timelines(read[read["segment"] < 1], cues[cues["clip_id"] != "clip_01"])
    assert [joins(axes) == [] for axes in check_figure(figure).axes] == [False, True, False]


def test_of_many_clips_the_first_are_drawn_and_the_title_says_so(check_figure, make_read, make_cues):
    read = make_read(15, 2)
    figure = check_figure(emotion_timelines(read, make_cues(read)))
    assert len(figure.axes) == 12 and figure.get_suptitle().endswith("12 of 15 clips")


def test_no_clip(check_figure, make_read, make_cues):
    read = make_read(1)[:0]
    figure = check_figure(emotion_timelines(read, make_cues(read)))
    assert "no clip" in figure.axes[0].texts[0].get_text()
    assert "no segment" in check_figure(emotion_plane(read)).axes[0].get_title()


def test_the_legend_goes_row_by_row(make_read, make_cues):
    read = make_read(1)
    texts = legend_texts(emotion_timelines(read, make_cues(read)))
    rows = texts[::2], texts[1::2]  # matplotlib fills column after column
    assert rows[0] == [
        "valence, read",
        "valence, rated",
        "arousal, read",
        "arousal, rated",
        "join of the music",
    ]
    assert all("positive" in name or "negative" in name for name in rows[1])


def test_the_plane_shows_every_segment_and_cuts_none_off(check_figure, make_read):
    read = make_read(4, 8)
    read.loc[:3, "valence"], read.loc[:3, "arousal"] = [1, 1, 9, 9], [1, 9, 1, 9]
    axes = check_figure(emotion_plane(read)).axes[0]
    points = np.concatenate([dots.get_offsets() for dots in axes.collections if len(dots.get_offsets()) > 1])
    assert len(points) == len(read)
    low, high = axes.get_xlim()
    assert low < 1 and high > 9 and axes.get_ylim() == (low, high)


def test_the_plane_counts_who_is_in_place(check_figure, make_read):
    read = make_read(1, 4, valence=[8, 8, 2, 2], arousal=[8, 2, 8, 2])
    read["quadrant_label"] = pd.array(["pos_high", "pos_low", "neg_high", "pos_high"], "string")
    assert check_figure(emotion_plane(read)).axes[0].get_title().startswith("75% of 4 rated segments")


def test_segments_nobody_rated_are_marked_as_such(check_figure, make_read):
    rated = make_read()
    unrated = rated.assign(quadrant_label=pd.array([pd.NA] * len(rated), "string"))
    assert "not rated" not in legend_texts(check_figure(emotion_plane(rated)))
    assert "not rated" in legend_texts(check_figure(emotion_plane(unrated)))


def test_quadrants_differ_in_more_than_their_colour():
    assert len(set(QUADRANT_MARKERS.values())) == len(set(QUADRANT_COLOURS.values())) == 4


def test_names_our_font_cannot_write_are_boxes(check_figure, make_read, make_cues):
    read = make_read(clips=1).assign(clip_id="日本 é")
    figure = check_figure(emotion_timelines(read, make_cues(read)))
    assert figure.axes[0].get_title(loc="left") == "□□ é"
