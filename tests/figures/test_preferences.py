import pandas as pd
import pytest
from matplotlib.colors import to_hex

from moodscore.figures import preference_bars
from moodscore.figures.style import BLUE, VERMILION


def counts_of(*rows):
    columns = ["video", "moodscore", "paper", "either", "n", "p_value"]
    return pd.DataFrame(rows, columns=columns)


COUNTS = counts_of(("01", 6, 2, 2, 10, 0.2890625), ("02", 0, 3, 0, 3, 0.25), ("all", 6, 5, 2, 13, 1.0))


def lengths(axes, colour):
    return [
        round(bar.get_width(), 6) for bar in axes.patches if to_hex(bar.get_facecolor()) == colour.lower()
    ]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_a_bar_a_video_parted_by_preference(check_figure):
    axes = check_figure(preference_bars(COUNTS)).axes[0]
    assert lengths(axes, BLUE) == [0.6, 0.0, round(6 / 13, 6)]
    assert lengths(axes, VERMILION) == [0.2, 1.0, round(5 / 13, 6)]
    ends = {}
    for bar in axes.patches:
        ends[round(bar.get_y(), 6)] = bar.get_x() + bar.get_width()
    assert list(ends.values()) == pytest.approx([1.0] * 3)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["01", "02", "all"]


def test_numbers_stand_in_the_bars_and_the_test_beside_them(check_figure):
    found = texts(check_figure(preference_bars(COUNTS)).axes[0])
    assert found[:4] == ["6", "2", "2", "n = 10, p = 0.289"]
    assert "0" not in found and found[-1] == "n = 13, p = 1.000"


def test_a_tiny_p_value_is_not_zero(check_figure):
    figure = preference_bars(counts_of(("01", 20, 0, 0, 20, 2e-6), ("all", 20, 0, 0, 20, 2e-6)))
    assert texts(check_figure(figure).axes[0])[-1] == "n = 20, p < 0.001"


def test_the_legend_names_the_systems(check_figure):
    legend = check_figure(preference_bars(COUNTS)).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["moodscore", "either", "paper"]


def test_without_answers_it_says_so(check_figure):
    assert texts(check_figure(preference_bars(counts_of())).axes[0]) == ["nobody has answered yet"]


def test_forty_videos_of_odd_names_fit(check_figure):
    rows = [(f"a rather long name of a clip 映画 {k}", 3, 2, 1, 6, 1.0) for k in range(40)]
    check_figure(preference_bars(counts_of(*rows, ("all", 120, 80, 40, 240, 0.0056))))
