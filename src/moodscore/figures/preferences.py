"""Which of two systems people prefer (the paper's Fig. 11)."""

from typing import TYPE_CHECKING

from moodscore.figures.style import (
    BLUE,
    FAINT,
    INK,
    NOTE_SIZE,
    VERMILION,
    legend_below,
    new_figure,
    printable,
    say_nothing_to_show,
    tidy,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BAR = 0.62
#: Behind "either": an absence of preference, so no colour of its own.
_NEUTRAL = "#C9C9C9"
#: The smallest share that has room for a number.
_READABLE = 0.05
#: Room right of the bars for the number of answers and the p-value, as a share of their length.
_MARGIN = 1.22
_SMALLEST_P = 0.001
#: Columns of the counts that are not systems.
_NOT_SYSTEMS = ("video", "either", "n", "p_value")


def preference_bars(counts: "pd.DataFrame") -> "Figure":
    """A bar a video and one for all, parted by what was preferred.

    Parameters
    ----------
    counts : pd.DataFrame
        From :func:`moodscore.study.preference_counts`: ``video``, two systems, ``either``, ``n``,
        ``p_value``; the last row sums up all videos. It may be empty.
    """
    systems = [name for name in counts.columns if name not in _NOT_SYSTEMS]
    figure = new_figure(7.4, 1.7 + 0.34 * max(len(counts), 3), "Which music people prefer")
    axes = figure.subplots()
    if counts.empty:
        say_nothing_to_show(axes, "nobody has answered yet")
        axes.set(xticks=[], yticks=[])
        tidy(axes)
        return figure
    parts = {systems[0]: BLUE, "either": _NEUTRAL, systems[1]: VERMILION}
    for place, row in enumerate(counts.to_dict("records")):
        _draw_row(axes, place, row, parts)
    axes.axhline(len(counts) - 1.5, color=FAINT, lw=0.8)
    axes.set(
        xlim=(0, _MARGIN),
        ylim=(len(counts) - 0.5, -0.5),
        xticks=[0, 0.25, 0.5, 0.75, 1],
        xlabel="share of answers (0–1), with their number",
        yticks=range(len(counts)),
        yticklabels=[printable(str(video)) for video in counts["video"]],
        ylabel="video",
    )
    axes.axvline(0.5, color=FAINT, lw=0.8, ls=":", zorder=0)
    axes.tick_params(axis="y", length=0)
    tidy(axes)
    axes.spines["bottom"].set_bounds(0, 1)
    legend_below(figure, _legend_handles(parts), columns=len(parts))
    return figure


def _draw_row(axes: "Axes", place: int, row: dict, parts: dict[str, str]) -> None:
    left = 0.0
    for name, colour in parts.items():
        share = row[name] / row["n"]
        axes.barh(place, share, left=left, height=_BAR, color=colour, lw=0)
        if share >= _READABLE:
            colour_of_text = INK if name == "either" else "white"
            axes.text(
                left + share / 2,
                place,
                str(row[name]),
                ha="center",
                va="center",
                fontsize=NOTE_SIZE,
                color=colour_of_text,
            )
        left += share
    p_value = row["p_value"]
    p_text = f"p < {_SMALLEST_P}" if p_value < _SMALLEST_P else f"p = {p_value:.3f}"
    axes.text(1.02, place, f"n = {row['n']}, {p_text}", va="center", fontsize=NOTE_SIZE, color=INK)


def _legend_handles(parts: dict[str, str]) -> list:
    from matplotlib.patches import Patch

    return [Patch(color=colour, lw=0, label=printable(name)) for name, colour in parts.items()]
