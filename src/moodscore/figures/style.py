"""One look for all figures: sizes, colours and the manners of axes.

The colours are those of Okabe and Ito [1]_, told apart with any colour vision; what a colour says is
said by a second sign as well (a marker, a line style, a word).

References
----------
.. [1] Okabe, M. and Ito, K., "Color universal design: how to make figures and presentations that are
   friendly to colorblind people", 2008.
"""

from typing import TYPE_CHECKING

from moodscore.emotion import NEUTRAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
#: For text, and for what stands behind the data; both dark enough to be read on white.
INK, FAINT = "#222222", "#707070"
#: Colours of curves that belong side by side.
SERIES_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, INK)

#: A colour a quadrant.
QUADRANT_COLOURS = {"pos_high": ORANGE, "pos_low": GREEN, "neg_high": PURPLE, "neg_low": BLUE}
#: A marker a quadrant.
QUADRANT_MARKERS = {"pos_high": "^", "pos_low": "o", "neg_high": "D", "neg_low": "s"}
#: Quadrants in words.
QUADRANT_NAMES = {
    "pos_high": "positive, high arousal",
    "pos_low": "positive, low arousal",
    "neg_high": "negative, high arousal",
    "neg_low": "negative, low arousal",
}
#: The same, and neutral, where the mood of a moment is shown.
MOOD_COLOURS = {**QUADRANT_COLOURS, NEUTRAL: FAINT}
MOOD_NAMES = {**QUADRANT_NAMES, NEUTRAL: "neutral"}
#: Opacity of a quadrant's colour where it is a ground for something else.
TINT = 0.16

#: Text sizes in points.
TITLE_SIZE, LABEL_SIZE, NOTE_SIZE = 11, 9, 8
_DPI = 150
#: Space around the panels and between them: inches, and shares of a panel.
_PADDING = {"w_pad": 0.08, "h_pad": 0.08, "wspace": 0.03, "hspace": 0.03}


def new_figure(width: float, height: float, title: str) -> "Figure":
    """An empty figure under a title, size in inches; drawn without any window system."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    figure.get_layout_engine().set(**_PADDING)
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=TITLE_SIZE, color=INK)
    return figure


def printable(text: str) -> str:
    """The text with a box for each character our font does not have (it would warn, and draw one)."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont("DejaVu Sans"))
    return "".join(character if font.get_char_index(ord(character)) else "□" for character in text)


def tidy(axes: "Axes") -> None:
    """Take away the frame's upper and right side, which carry nothing; bring text to its size."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=NOTE_SIZE)
    for text in (axes.xaxis.label, axes.yaxis.label):
        text.set(fontsize=LABEL_SIZE, color=INK)


def legend_below(figure: "Figure", handles: list, *, columns: int) -> None:
    """A legend under all panels, its entries row by row."""
    by_column = [handle for column in range(columns) for handle in handles[column::columns]]
    figure.legend(
        handles=by_column, loc="outside lower center", ncols=columns, frameon=False, fontsize=NOTE_SIZE
    )


def say_nothing_to_show(axes: "Axes", what: str) -> None:
    """Words in the middle of axes that would else be empty."""
    axes.text(0.5, 0.5, what, transform=axes.transAxes, ha="center", va="center", color=FAINT)
