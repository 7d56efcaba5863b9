"""What was rated, on the plane of valence and arousal."""

from typing import TYPE_CHECKING

import pandas as pd

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE, NEUTRAL_SCORE, QUADRANTS, quadrant_counts
from moodscore.figures.style import (
    FAINT,
    INK,
    LABEL_SIZE,
    NOTE_SIZE,
    QUADRANT_COLOURS,
    QUADRANT_MARKERS,
    QUADRANT_NAMES,
    TINT,
    new_figure,
    say_nothing_to_show,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Room beyond the ends of the scale, as a score: for markers that lie on them, and for words.
_MARGIN = 0.7
_RANGE = (LOWEST_SCORE - _MARGIN, HIGHEST_SCORE + _MARGIN)
_TEXT_INSET = 0.15
_TICKS = range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1)
#: What the points are, by whether some clips were rated in parts and some as a whole.
_RATED = {(True, False): "clips", (False, True): "intervals", (True, True): "clips and intervals"}
_MARKER_AREA = 34


def label_plane(labels: pd.DataFrame) -> "Figure":
    """The mean opinion score of everything that was rated, and how many lie in each quadrant.

    Parameters
    ----------
    labels : pd.DataFrame
        As from `moodscore.emotion.interval_labels`.
    """
    figure = new_figure(6.0, 6.4, "Mean opinion scores of what was rated")
    axes = figure.add_subplot()
    axes.axhline(NEUTRAL_SCORE, color=FAINT, lw=0.8, zorder=1)
    axes.axvline(NEUTRAL_SCORE, color=FAINT, lw=0.8, zorder=1)
    counts = quadrant_counts(labels["quadrant"])
    for quadrant in QUADRANTS:
        _draw_ground(axes, quadrant, counts[quadrant])
        _draw_points(axes, quadrant, labels[labels["quadrant"] == quadrant])
    axes.set(
        xlim=_RANGE,
        ylim=_RANGE,
        xticks=_TICKS,
        yticks=_TICKS,
        xlabel="valence, negative to positive (1–9)",
        ylabel="arousal, calm to excited (1–9)",
        aspect="equal",
    )
    axes.set_title(_caption(labels), fontsize=LABEL_SIZE, color=INK)
    if labels.empty:
        say_nothing_to_show(axes, "nothing was rated")
    tidy(axes)
    return figure


def _draw_ground(axes: "Axes", quadrant: str, count: int) -> None:
    """The tinted ground of a quadrant, its name and how many labels lie in it, in its corner."""
    positive, high = quadrant.startswith("pos"), quadrant.endswith("high")
    x, y = _RANGE[positive], _RANGE[high]
    colour = QUADRANT_COLOURS[quadrant]
    axes.fill_between((NEUTRAL_SCORE, x), NEUTRAL_SCORE, y, color=colour, alpha=TINT, lw=0, zorder=0)
    axes.text(
        x - _TEXT_INSET if positive else x + _TEXT_INSET,
        y - _TEXT_INSET if high else y + _TEXT_INSET,
        f"{QUADRANT_NAMES[quadrant]}: {count}",
        ha="right" if positive else "left",
        va="top" if high else "bottom",
        fontsize=NOTE_SIZE,
        color=INK,
    )


def _draw_points(axes: "Axes", quadrant: str, own: pd.DataFrame) -> None:
    axes.scatter(
        own["valence"],
        own["arousal"],
        s=_MARKER_AREA,
        marker=QUADRANT_MARKERS[quadrant],
        color=QUADRANT_COLOURS[quadrant],
        edgecolors="white",
        linewidths=0.5,
        zorder=2,
    )


def _caption(labels: pd.DataFrame) -> str:
    if labels.empty:
        return "no ratings"
    fewest, most = int(labels["n_raters"].min()), int(labels["n_raters"].max())
    raters = f"{most}" if fewest == most else f"{fewest} to {most}"
    whole = labels["start_s"].isna()
    what = _RATED[bool(whole.any()), not whole.all()]
    return f"{len(labels)} {what}, {raters} raters each"
