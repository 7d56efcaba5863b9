"""How the fuzzy system learnt, and what its membership functions became."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from moodscore.figures.style import (
    BLUE,
    FAINT,
    INK,
    LABEL_SIZE,
    NOTE_SIZE,
    SERIES_COLOURS,
    legend_below,
    new_figure,
    say_nothing_to_show,
    tidy,
)
from moodscore.fuzzy import generalised_bell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 400
_PANELS_A_ROW = 4
_BEFORE, _AFTER = {"ls": "--", "lw": 1.2, "alpha": 0.7}, {"ls": "-", "lw": 1.8}
_CURVES = {"training_rmse": ("training clips", INK), "validation_rmse": ("held-back training clips", BLUE)}


def learning_curve(curve: pd.DataFrame) -> "Figure":
    """Error by epoch on the training and the held-back clips, and which epoch was the best.

    Parameters
    ----------
    curve : pd.DataFrame
        ``epoch, training_rmse, validation_rmse`` (in points of the nine-point scale). Without held-back
        clips ``validation_rmse`` is missing everywhere, and the best epoch is that of the training clips.
    """
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(6.4, 3.8, "Learning curve of the ANFIS")
    axes = figure.add_subplot()
    shown = [name for name in _CURVES if curve[name].notna().any()]
    for name in shown:
        label, colour = _CURVES[name]
        axes.plot(curve["epoch"], curve[name], color=colour, marker=".", ms=3, lw=1.4, label=label)
    if shown:
        best = curve.loc[curve[shown[-1]].idxmin()]
        axes.axvline(best["epoch"], color=FAINT, ls=":", label=f"best: epoch {best['epoch']:.0f}")
        axes.legend(frameon=False, fontsize=LABEL_SIZE)
    else:
        say_nothing_to_show(axes, "no epoch was run")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set(
        xlim=(0.5, max(len(curve), 1) + 0.5), xlabel="epoch", ylabel="root mean square error (points of 1–9)"
    )
    tidy(axes)
    return figure


def membership_functions(model: Any) -> "Figure":
    """The bells of every input before (dashed) and after training (solid).

    Parameters
    ----------
    model : ANFISRegressor
        Fitted on inputs in [0, 1].
    """
    names = model.input_names_
    columns = min(len(names), _PANELS_A_ROW)
    rows = -(-len(names) // columns)
    figure = new_figure(max(2.5 * columns, 4.5), 1.1 + 2.1 * rows, "Membership functions of the ANFIS")
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for index, name in enumerate(names):
        axes = panels[index]
        _draw_bells(axes, model, index)
        axes.set(xlabel=f"{name} (0–1)", ylim=(0, 1.05))
        if index % columns == 0:
            axes.set_ylabel("membership (0–1)")
        tidy(axes)
    for axes in panels[len(names) :]:
        axes.remove()
    legend_below(figure, _before_and_after(), columns=2)
    return figure


def _draw_bells(axes: "Axes", model: Any, index: int) -> None:
    x = np.linspace(*model.input_range_[index], _POINTS)
    for k in range(model.n_mfs_[index]):
        colour = SERIES_COLOURS[k % len(SERIES_COLOURS)]
        axes.plot(x, generalised_bell(x, *model.initial_premises_[index, k]), color=colour, **_BEFORE)
        axes.plot(x, generalised_bell(x, *model.premises_[index, k]), color=colour, **_AFTER)
    moved = np.abs(model.premises_[index] - model.initial_premises_[index])[: model.n_mfs_[index], 2].max()
    if np.array_equal(model.initial_premises_[index], model.premises_[index], equal_nan=True):
        said = "unchanged by training"
    else:
        said = f"centres moved by up to {moved:.3f}"
    axes.set_title(said, fontsize=NOTE_SIZE, color=FAINT)


def _before_and_after() -> list:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=INK, label="before training", **_BEFORE),
        Line2D([], [], color=INK, label="after training", **_AFTER),
    ]
