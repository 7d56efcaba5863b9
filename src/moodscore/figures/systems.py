"""The systems beside each other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodscore.figures.style import (
    BLUE,
    FAINT,
    INK,
    LABEL_SIZE,
    NOTE_SIZE,
    legend_below,
    new_figure,
    say_nothing_to_show,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class _Panel:
    metric: str
    title: str
    unit: str
    decimals: int


_PANELS = (
    _Panel("emotion_match", "Mood met: higher is better", "share of segments (0–1)", 2),
    _Panel("mae_tlr", "Tempo, loudness, rhythm: lower is better", "mean absolute error, scaled (0–1)", 3),
    _Panel("log_mel_distance", "Spectrum: lower is better", "log-mel distance (dB)", 1),
    _Panel(
        "mae_waveform",
        "Waveform: lower is better, but favours silence",
        "mean absolute error (full scale = 1)",
        3,
    ),
)
_COLUMNS = 2
#: The system that a run's videos are scored with stands out.
_OURS = "moodscore"
_SIDES = {"held_out": "held-out clips", "seen": "clips seen in training"}
#: Height for this many systems, even if there are fewer.
_FEWEST_ROWS = 3
_BAR = 0.36
#: Seen in training: the same hue, paler.
_SEEN_OPACITY = 0.45
#: Room for the numbers right of the longest bar.
_HEADROOM = 1.16


def systems_bars(systems: dict[str, Any]) -> "Figure":
    """Every metric as a panel, every system as a pair of bars: held-out clips and seen ones.

    Parameters
    ----------
    systems : dict
        By system, then ``seen`` and ``held_out``, then metric; a side without clips is None, a metric
        that cannot be given, too.
    """
    figure = new_figure(8.6, 1.6 + 0.86 * max(len(systems), _FEWEST_ROWS), "The systems compared")
    panels = figure.subplots(len(_PANELS) // _COLUMNS, _COLUMNS, sharey=True)
    for axes, panel in zip(panels.flat, _PANELS, strict=True):
        _draw_panel(axes, panel, systems)
    for axes in panels[:, 0]:
        axes.set_ylabel("system")
    legend_below(figure, _legend_handles(), columns=len(_SIDES))
    return figure


def _draw_panel(axes: "Axes", panel: _Panel, systems: dict[str, Any]) -> None:
    longest = 0.0
    for place, (name, sides) in enumerate(systems.items()):
        for side, centre in zip(_SIDES, (place - _BAR / 2, place + _BAR / 2), strict=True):
            value = (sides.get(side) or {}).get(panel.metric)
            if value is not None:
                _draw_bar(axes, centre, value, name, side, panel.decimals)
                longest = max(longest, value)
    if longest == 0.0 and not axes.patches:
        say_nothing_to_show(axes, "not measured")
    axes.set(
        xlim=(0, _HEADROOM * longest or 1),
        ylim=(max(len(systems), 1) - 0.5, -0.5),
        yticks=range(len(systems)),
        yticklabels=list(systems),
        xlabel=panel.unit,
    )
    axes.set_title(panel.title, fontsize=LABEL_SIZE, loc="left", color=INK)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=5)
    tidy(axes)


def _draw_bar(axes: "Axes", centre: float, value: float, name: str, side: str, decimals: int) -> None:
    colour = BLUE if name == _OURS else INK
    opacity = 1.0 if side == "held_out" else _SEEN_OPACITY
    axes.barh(centre, value, height=_BAR, color=colour, alpha=opacity, lw=0)
    axes.annotate(
        f"{value:.{decimals}f}",
        (value, centre),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        fontsize=NOTE_SIZE - 1,
        color=INK if side == "held_out" else FAINT,
    )


def _legend_handles() -> list:
    from matplotlib.patches import Patch

    return [
        Patch(color=INK, alpha=opacity, lw=0, label=label)
        for label, opacity in zip(_SIDES.values(), (1.0, _SEEN_OPACITY), strict=True)
    ]
