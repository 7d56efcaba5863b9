import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from moodscore.emotion import QUADRANTS, quadrant_of


def _has_ticks(axis):
    low, high = sorted(axis.get_view_interval())
    return any(low <= place <= high for place in axis.get_ticklocs())


def _labelled(axes, others, name):
    """Whether an axis, one it shares its scale with, or one in line with it has a label."""
    siblings = getattr(axes, f"get_shared_{name}_axes")().get_siblings(axes)
    place = axes.get_position().intervalx if name == "x" else axes.get_position().intervaly
    in_line = [
        other for other in others if np.allclose(getattr(other.get_position(), f"interval{name}"), place)
    ]
    return any(getattr(other, f"get_{name}label")().strip() for other in [*siblings, *in_line])


@pytest.fixture
def check_figure():
    """What holds of every figure: it draws without a warning, says what it shows, and nothing is cut off."""

    def check(figure):
        assert isinstance(figure, Figure)
        figure.canvas.draw()  # warnings are errors
        visible = [axes for axes in figure.axes if axes.get_visible()]
        assert visible
        for axes in visible:
            for name in "xy":
                if _has_ticks(getattr(axes, f"{name}axis")):
                    assert _labelled(axes, visible, name), f"{axes.get_title()}: no {name} label"
        texts = [text for axes in visible for text in axes.texts] + list(figure.texts)
        texts += [text for legend in figure.legends for text in legend.get_texts()]
        assert figure.get_suptitle() and all(text.get_text().strip() for text in texts)
        box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert box.x0 > -0.02 and box.y0 > -0.02 and box.x1 < width + 0.02 and box.y1 < height + 0.02
        return figure

    return check


@pytest.fixture
def make_read():
    """Emotion as read and as rated: ``clips`` clips of ``segments`` segments of one second."""

    def make(clips=2, segments=6, **columns):
        n = clips * segments
        rng = np.random.default_rng(0)
        valence, arousal, valence_label, arousal_label = rng.uniform(1, 9, (4, n))
        segment = np.tile(np.arange(segments), clips)
        return pd.DataFrame(
            {
                "clip_id": np.repeat([f"clip_{i:02}" for i in range(clips)], segments),
                "segment": segment,
                "start_s": segment * 1.0,
                "end_s": segment + 1.0,
                "valence": valence,
                "arousal": arousal,
                "routed_quadrant": np.resize(QUADRANTS, n),
                "valence_label": valence_label,
                "arousal_label": arousal_label,
                "quadrant_label": pd.array(quadrant_of(valence_label, arousal_label).tolist(), "string"),
            }
        ).assign(**columns)

    return make


@pytest.fixture
def make_cues():
    def make(read, joins=("start", "neighbour", "crossfade", "hard")):
        return read[["clip_id", "start_s"]].assign(join=np.resize(joins, len(read)))

    return make
