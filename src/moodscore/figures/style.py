"""One look for all figures."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A colour a quadrant, told apart with any colour vision (Okabe and Ito 2008).
QUADRANT_COLOURS = {
    "pos_high": "#E69F00",
    "pos_low": "#009E73",
    "neg_high": "#D55E00",
    "neg_low": "#0072B2",
}
#: Quadrants in words.
QUADRANT_NAMES = {
    "pos_high": "positive, high arousal",
    "pos_low": "positive, low arousal",
    "neg_high": "negative, high arousal",
    "neg_low": "negative, low arousal",
}
INK = "#222222"
FAINT = "#999999"
_DPI = 130


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, size in inches; drawn without any window system."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: "Axes") -> None:
    """Take away the frame's upper and right side, which carry nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)
