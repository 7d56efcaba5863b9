import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, confidence
from moodscore.figures import scored_figure, strip_length


def tables(n, *, given=False, seed=0):
    rng = np.random.default_rng(seed)
    starts = np.arange(n, dtype=float)
    valence, arousal = rng.uniform(1, 9, (2, n))
    quadrants = np.repeat(rng.choice(QUADRANTS, n // 3 + 1), 3)[:n]
    emotion = pd.DataFrame(
        {
            "start_s": starts,
            "end_s": starts + 1,
            "valence": valence,
            "arousal": arousal,
            "confidence": confidence(valence, arousal),
            "routed_quadrant": quadrants,
            "is_given": (starts < n / 2) & given,
        }
    )
    joins = np.where(rng.uniform(size=n) < 0.3, "crossfade", "neighbour")
    songs = np.repeat([f"jazz/song {k}.mp3" for k in range(n // 4 + 1)], 4)[:n]
    cues = {"start_s": starts, "end_s": starts + 1, "join": joins, "source_file": songs}
    return emotion, pd.DataFrame(cues)


def runs():
    """A minute: one song with a jump in it, another, the first again."""
    return pd.DataFrame(
        {
            "start_s": [0.0, 20.0, 30.0, 45.0],
            "end_s": [20.0, 30.0, 45.0, 60.0],
            "join": ["start", "jump", "change", "change"],
            "source_file": ["a long walk.mp3", "a long walk.mp3", "b.mp3", "a long walk.mp3"],
            "beats_s": ["0.5 1.0", "", "30.0 30.6", np.nan],
        }
    )


@pytest.mark.parametrize(
    ("n", "size"),
    [(1, (64, 48)), (10, (1280, 720)), (60, (720, 1280)), (600, (640, 360)), (2000, (100, 100))],
)
def test_of_any_length_and_shape(check_figure, n, size):
    width, _height = (side * 120 // size[1] for side in size)
    strip = [np.full((120, width, 3), shade, np.uint8) for shade in range(0, strip_length(*size) * 5, 5)]
    check_figure(scored_figure("a clip", strip, *tables(n, given=n == 60)))


def test_without_pictures_and_with_a_name_the_font_lacks(check_figure):
    check_figure(scored_figure("東京 é", [], *tables(5)))


def test_the_strip_is_neither_stretched_nor_squeezed():
    figure = scored_figure("a", [np.zeros((120, 213, 3), np.uint8)] * strip_length(16, 9), *tables(10))
    (image,) = figure.axes[0].images
    height, width = image.get_array().shape[:2]
    figure.canvas.draw()
    box = figure.axes[0].get_window_extent()
    assert width / height == pytest.approx(box.width / box.height, rel=0.1)


def music_of(cues, cuts_s=()):
    """The lane of the music, and the legend."""
    emotion, _ = tables(60)
    figure = scored_figure("a", [], emotion, cues, cuts_s)
    return figure.axes[3], [text.get_text() for text in figure.legends[0].get_texts()]


def test_jumps_stand_where_the_music_jumps_inside_a_piece():
    _, cues = tables(60)
    (lines,) = music_of(cues)[0].collections
    drawn = [path.vertices[0, 0] for path in lines.get_paths()]
    is_new = cues["source_file"] != cues["source_file"].shift()
    assert drawn == cues.loc[(cues["join"] == "crossfade") & ~is_new, "start_s"].tolist()
    (lines,) = music_of(runs())[0].collections
    assert [path.vertices[0, 0] for path in lines.get_paths()] == [20.0]


def test_a_piece_has_one_colour_wherever_it_plays():
    lane, _ = music_of(runs())
    spans = [
        (patch.get_x(), patch.get_x() + patch.get_width(), patch.get_facecolor()) for patch in lane.patches
    ]
    assert [span[:2] for span in spans] == [(0, 30), (30, 45), (45, 60)]
    assert spans[0][2] == spans[2][2] != spans[1][2]
    assert [text.get_text() for text in lane.texts] == ["a long walk", "b", "a long walk"]


def test_cuts_are_filled_where_they_fall_on_a_beat():
    lane, legend = music_of(runs(), [0.45, 10.0, 30.07, 30.3, 50.0])
    on_beat, between = lane.lines
    assert on_beat.get_xdata().tolist() == [0.45, 30.07] and on_beat.get_markerfacecolor() != "none"
    assert between.get_xdata().tolist() == [10.0, 30.3, 50.0] and between.get_markerfacecolor() == "none"
    assert {"picture cut on a beat", "picture cut between beats"} <= set(legend)


def test_of_music_without_beats_no_cut_is_on_one():
    lane, _ = music_of(runs().drop(columns="beats_s"), [0.5, 30.0])
    assert [line.get_xdata().tolist() for line in lane.lines] == [[], [0.5, 30.0]]


def test_with_runs_and_cuts_nothing_is_cut_off(check_figure):
    emotion, _ = tables(60)
    check_figure(scored_figure("a clip", [], emotion.assign(is_neutral=True), runs(), [0.0, 12.5, 59.9]))


@pytest.mark.parametrize(("n", "label"), [(60, "time (s)"), (600, "time (min:s)")])
def test_long_clips_have_minutes(n, label):
    axes = scored_figure("a", [], *tables(n)).axes[-1]
    assert axes.get_xlabel() == label
    axes.figure.canvas.draw()
    texts = [text.get_text() for text in axes.get_xticklabels()]
    assert 3 <= len(texts) <= 13
    assert any(":" in text for text in texts) is (n == 600)


def test_what_a_person_gave_is_marked():
    def legend(given):
        figure = scored_figure("a", [], *tables(9, given=given))
        return [text.get_text() for text in figure.legends[0].get_texts()]

    assert set(legend(True)) - set(legend(False)) == {"given by you"}
