"""How the fuzzy system learnt, and what its membership functions became."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from moodscore.figures.style import FAINT, INK, new_figure, tidy
from moodscore.fuzzy import generalised_bell

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 400


def learning_curve(curve: pd.DataFrame) -> "Figure":
    """Error by epoch on the training and the held-back clips.

    Parameters
    ----------
    curve : pd.DataFrame
        ``epoch, training_rmse, validation_rmse`` (in points of the nine-point scale).
    """
    figure = new_figure(6.4, 3.8)
    axes = figure.add_subplot()
    axes.plot(curve["epoch"], curve["training_rmse"], color=INK, label="training clips")
    if curve["validation_rmse"].notna().any():
        axes.plot(curve["epoch"], curve["validation_rmse"], color="#0072B2", label="held-back clips")
        best = curve.loc[curve["validation_rmse"].idxmin()]
        axes.axvline(best["epoch"], color=FAINT, linestyle=":", label=f"kept: epoch {best['epoch']:.0f}")
    axes.set(xlabel="epoch", ylabel="RMSE (points, scale 1–9)", title="ANFIS learning curve")
    axes.legend(frameon=False)
    tidy(axes)
    return figure


def membership_functions(model: Any) -> "Figure":
    """The bells of every input before (dashed) and after training.

    Parameters
    ----------
    model : ANFISRegressor
        Fitted.
    """
    names = model.input_names_
    figure = new_figure(3.2 * len(names), 3.0)
    for index, (name, (low, high)) in enumerate(zip(names, model.input_range_, strict=True)):
        axes = figure.add_subplot(1, len(names), index + 1)
        x = np.linspace(low, high, _POINTS)
        for k in range(model.n_mfs_[index]):
            colour = f"C{k}"
            axes.plot(
                x,
                generalised_bell(x, *model.initial_premises_[index, k]),
                color=colour,
                ls="--",
                lw=1,
                alpha=0.6,
            )
            axes.plot(x, generalised_bell(x, *model.premises_[index, k]), color=colour, lw=1.8)
        axes.set(xlabel=f"{name} (share of the range)", ylim=(0, 1.05))
        if index == 0:
            axes.set_ylabel("membership (0–1)")
        tidy(axes)
    figure.suptitle("Membership functions before (dashed) and after training")
    return figure
