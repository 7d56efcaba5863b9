import pytest

from moodscore.figures import systems_bars
from moodscore.music import SYSTEMS

METRICS = ("emotion_match", "mae_tlr", "log_mel_distance", "mae_waveform")


def scores(**changed):
    return dict(zip(METRICS, (0.5, 0.25, 12.5, 0.125), strict=True)) | {"n_clips": 3} | changed


def bars(axes):
    return [bar.get_width() for bar in axes.patches]


def numbers(axes):
    return [text.get_text() for text in axes.texts]


def test_a_panel_a_metric_and_two_bars_a_system(check_figure):
    systems = {name: {"seen": scores(), "held_out": scores(emotion_match=0.75)} for name in SYSTEMS}
    figure = check_figure(systems_bars(systems))
    assert [bars(axes) for axes in figure.axes] == [
        [0.75, 0.5] * len(SYSTEMS),
        [0.25] * 2 * len(SYSTEMS),
        [12.5] * 2 * len(SYSTEMS),
        [0.125] * 2 * len(SYSTEMS),
    ]
    assert numbers(figure.axes[0]) == ["0.75", "0.50"] * len(SYSTEMS)
    assert numbers(figure.axes[2])[0] == "12.5"
    for axes in figure.axes:
        assert axes.get_xlim()[1] > max(bars(axes))
    for axes in figure.axes[::2]:
        assert [label.get_text() for label in axes.get_yticklabels()] == list(SYSTEMS)
    # the first system is on top, and its held-out bar above the other
    assert figure.axes[0].yaxis_inverted()
    first, second = figure.axes[0].patches[:2]
    assert first.get_y() < second.get_y()


def test_panels_do_not_overlap(check_figure):
    figure = check_figure(systems_bars({name: {"seen": scores(), "held_out": scores()} for name in SYSTEMS}))
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_a_split_without_clips_has_no_bars(check_figure):
    systems = {name: {"seen": scores(), "held_out": None} for name in SYSTEMS}
    assert bars(check_figure(systems_bars(systems)).axes[1]) == [0.25] * len(SYSTEMS)


def test_a_metric_that_cannot_be_given_has_no_bars(check_figure):
    systems = {name: {"seen": scores(emotion_match=None), "held_out": None} for name in SYSTEMS}
    figure = check_figure(systems_bars(systems))
    assert numbers(figure.axes[0]) == ["not measured"] and len(bars(figure.axes[1])) == len(SYSTEMS)


def test_an_error_of_zero_is_a_value(check_figure):
    figure = check_figure(systems_bars({"oracle": {"seen": scores(mae_tlr=0.0), "held_out": None}}))
    assert numbers(figure.axes[1]) == ["0.000"]


@pytest.mark.parametrize("systems", [{}, {"paper": {"seen": None, "held_out": None}}])
def test_nothing_measured(check_figure, systems):
    assert all(numbers(axes) == ["not measured"] for axes in check_figure(systems_bars(systems)).axes)
