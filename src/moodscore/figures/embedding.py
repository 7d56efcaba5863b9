"""Segments by what their pictures look like, coloured by the emotion they carry."""

from typing import TYPE_CHECKING

import pandas as pd

from moodscore.figures.style import (
    INK,
    LABEL_SIZE,
    QUADRANT_COLOURS,
    QUADRANT_MARKERS,
    QUADRANT_NAMES,
    legend_below,
    new_figure,
    say_nothing_to_show,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = {"rated": "as rated (target)", "read": "as read from the picture (estimate)"}


def emotion_embedding(embedding: pd.DataFrame) -> "Figure":
    """Target and estimated emotion of the same segments on the same t-SNE plane.

    Parameters
    ----------
    embedding : pd.DataFrame
        ``x, y`` and the quadrants ``rated`` and ``read``; empty if there was too little to lay out.
    """
    figure = new_figure(8.6, 4.9, "Segments laid out by their pictures (t-SNE), coloured by emotion")
    panels = figure.subplots(1, len(_PANELS), sharex=True, sharey=True)
    for axes, (column, title) in zip(panels, _PANELS.items(), strict=True):
        handles = []
        for quadrant, colour in QUADRANT_COLOURS.items():
            own = embedding[embedding[column] == quadrant]
            handles.append(
                axes.scatter(
                    own["x"],
                    own["y"],
                    s=18,
                    color=colour,
                    marker=QUADRANT_MARKERS[quadrant],
                    alpha=0.75,
                    lw=0,
                    label=QUADRANT_NAMES[quadrant],
                )
            )
        if embedding.empty:
            say_nothing_to_show(axes, "too few segments")
        axes.set_title(title, loc="left", fontsize=LABEL_SIZE, color=INK)
        axes.set_xlabel("t-SNE 1 (no unit)")
        tidy(axes)
    panels[0].set_ylabel("t-SNE 2 (no unit)")
    legend_below(figure, handles, columns=2)
    return figure
