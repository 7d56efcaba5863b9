"""The systems beside each other."""

from typing import TYPE_CHECKING, Any

from moodscore.figures.style import FAINT, INK, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = (
    ("emotion_match", "share of segments whose mood is met (0–1)", "higher is better"),
    ("mae_tlr", "error of scaled tempo, loudness, rhythm (0–1)", "lower is better"),
    ("log_mel_distance", "log-mel distance (dB)", "lower is better"),
    ("mae_waveform", "waveform error (full scale = 1)", "lower; silence wins"),
)


def systems_bars(systems: dict[str, Any]) -> "Figure":
    """Every metric as a panel, every system as a pair of bars: held-out clips and seen ones.

    Parameters
    ----------
    systems : dict
        By system, then ``seen`` and ``held_out``, then metric.
    """
    names = list(systems)
    figure = new_figure(11.0, 3.6)
    for index, (metric, label, reading) in enumerate(_PANELS):
        axes = figure.add_subplot(1, len(_PANELS), index + 1)
        for place, name in enumerate(names):
            for side, shift, colour in (("seen", 0.2, FAINT), ("held_out", -0.2, INK)):
                scores = systems[name][side]
                if scores is not None:
                    axes.barh(place + shift, scores[metric], height=0.38, color=colour)
        axes.set_yticks(range(len(names)), names if index == 0 else [""] * len(names))
        axes.invert_yaxis()
        axes.set_xlabel(label, fontsize=8)
        axes.set_title(reading, fontsize=8, loc="left")
        tidy(axes)
    figure.suptitle("Systems on held-out clips (dark) and on clips seen in training (light)")
    return figure
