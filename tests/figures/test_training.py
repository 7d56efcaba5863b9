import numpy as np
import pandas as pd
import pytest

from moodscore.figures import learning_curve, membership_functions
from moodscore.fuzzy import ANFISRegressor

UNCHANGED = "unchanged by training"


def curve(training, validation=None):
    n = len(training)
    return pd.DataFrame(
        {
            "epoch": np.arange(1, n + 1),
            "training_rmse": np.asarray(training, dtype=float),
            "validation_rmse": np.full(n, np.nan) if validation is None else validation,
        }
    )


def legend_texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_both_curves_and_the_best_epoch(check_figure):
    axes = check_figure(learning_curve(curve([3, 2, 1, 0.5], [3, 1, 2, 4.0]))).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [3, 2, 1, 0.5])
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), [3, 1, 2, 4])
    assert legend_texts(axes) == ["training clips", "held-back training clips", "best: epoch 2"]


def test_without_held_back_clips_the_training_error_decides(check_figure):
    axes = check_figure(learning_curve(curve([3, 2, 1]))).axes[0]
    assert legend_texts(axes) == ["training clips", "best: epoch 3"]


@pytest.mark.parametrize("n", [1, 2, 3, 21, 4000])
def test_epochs_are_whole_numbers(check_figure, n):
    figure = check_figure(learning_curve(curve(np.linspace(2, 1, n))))
    ticks = figure.axes[0].get_xticks()
    assert len(ticks) and (ticks == np.rint(ticks)).all()


def test_no_epoch(check_figure):
    assert "no epoch" in check_figure(learning_curve(curve([]))).axes[0].texts[0].get_text()


@pytest.fixture
def make_model():
    def make(n_mfs, names=("hue", "saturation", "intensity", "motion"), max_epochs=30):
        inputs = pd.DataFrame(np.random.default_rng(0).uniform(size=(120, len(names))), columns=list(names))
        target = np.sin(7 * inputs.iloc[:, 0]) + inputs.iloc[:, -1] ** 2
        return ANFISRegressor(n_mfs=n_mfs, max_epochs=max_epochs, initial_step=0.1).fit(inputs, target)

    return make


def test_a_panel_an_input_and_two_curves_a_bell(check_figure, make_model):
    model = make_model([2, 1, 3, 2])
    figure = check_figure(membership_functions(model))
    assert [axes.get_xlabel() for axes in figure.axes] == [f"{name} (0–1)" for name in model.input_names_]
    assert [len(axes.lines) for axes in figure.axes] == [4, 2, 6, 4]
    # the bell by hand
    before, after = figure.axes[0].lines[:2]
    for line, premises in ((before, model.initial_premises_), (after, model.premises_)):
        a, b, c = premises[0, 0]
        np.testing.assert_allclose(line.get_ydata(), 1 / (1 + np.abs((line.get_xdata() - c) / a) ** (2 * b)))
    assert before.get_linestyle() != after.get_linestyle()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "before training",
        "after training",
    ]


def test_bells_that_stayed_are_said_to(check_figure, make_model):
    moved = check_figure(membership_functions(make_model(2)))
    assert UNCHANGED not in [axes.get_title() for axes in moved.axes]
    stayed = check_figure(membership_functions(make_model(2, max_epochs=1)))
    assert [axes.get_title() for axes in stayed.axes] == [UNCHANGED] * 4


@pytest.mark.parametrize("n_inputs", [1, 3, 6])
def test_any_number_of_inputs(check_figure, make_model, n_inputs):
    figure = check_figure(membership_functions(make_model(2, [f"input {i}" for i in range(n_inputs)], 2)))
    assert len(figure.axes) == n_inputs
