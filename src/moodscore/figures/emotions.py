"""The emotion of clips: over time, and on the plane of valence and arousal."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.figures.style import FAINT, INK, QUADRANT_COLOURS, QUADRANT_NAMES, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: More clips would make the picture unreadable.
_MAX_TIMELINES = 12
_SCALE = (1, 9)
_NEUTRAL = 5
_VALENCE_COLOUR, _AROUSAL_COLOUR = "#CC79A7", "#0072B2"


def emotion_timelines(read: pd.DataFrame, cues: pd.DataFrame) -> "Figure":
    """Valence and arousal of each clip as read (line) and as rated (dotted), joins, quadrant bands.

    Parameters
    ----------
    read : pd.DataFrame
        ``clip_id, segment, start_s, end_s, valence, arousal, routed_quadrant`` and the labels
        ``valence_label, arousal_label``.
    cues : pd.DataFrame
        The cue sheets; says where the music was joined.
    """
    clips = sorted(read["clip_id"].unique())[:_MAX_TIMELINES]
    columns = 2 if len(clips) > 1 else 1
    rows = -(-len(clips) // columns)
    figure = new_figure(6.2 * columns, 2.1 * rows + 0.6)
    for number, clip_id in enumerate(clips):
        axes = figure.add_subplot(rows, columns, number + 1)
        own = read[read["clip_id"] == clip_id].sort_values("segment")
        _timeline(axes, own, cues[cues["clip_id"] == clip_id])
        axes.set_title(clip_id, loc="left", fontsize=9)
        if number % columns == 0:
            axes.set_ylabel("score (1–9)")
        if number >= len(clips) - columns:
            axes.set_xlabel("time (s)")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    handles += [_patch(colour) for colour in QUADRANT_COLOURS.values()]
    labels += list(QUADRANT_NAMES.values())
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    figure.suptitle("Emotion of the clips: read from the picture, rated, and where the music was joined")
    return figure


def emotion_plane(read: pd.DataFrame) -> "Figure":
    """Every segment where its picture was read, coloured by the quadrant it was rated in.

    Parameters
    ----------
    read : pd.DataFrame
        ``valence, arousal`` as read and ``quadrant_label``.
    """
    figure = new_figure(5.6, 5.4)
    axes = figure.add_subplot()
    axes.axhline(_NEUTRAL, color=FAINT, lw=0.8)
    axes.axvline(_NEUTRAL, color=FAINT, lw=0.8)
    for quadrant, colour in QUADRANT_COLOURS.items():
        own = read[(read["quadrant_label"] == quadrant).fillna(False).astype(bool)]
        axes.scatter(
            own["valence"],
            own["arousal"],
            s=16,
            color=colour,
            alpha=0.75,
            lw=0,
            label=QUADRANT_NAMES[quadrant],
        )
    axes.set(
        xlim=_SCALE,
        ylim=_SCALE,
        xlabel="valence read from the picture (1–9)",
        ylabel="arousal read from the picture (1–9)",
        title="Segments by the quadrant they were rated in",
        aspect="equal",
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    tidy(axes)
    return figure


def _timeline(axes: "Axes", own: pd.DataFrame, cues: pd.DataFrame) -> None:
    for segment in own.itertuples():
        colour = QUADRANT_COLOURS[segment.routed_quadrant]
        axes.axvspan(segment.start_s, segment.end_s, color=colour, alpha=0.16, lw=0)
    edges = np.append(own["start_s"].to_numpy(), own["end_s"].iloc[-1])
    for name, colour in (("valence", _VALENCE_COLOUR), ("arousal", _AROUSAL_COLOUR)):
        axes.stairs(own[name], edges, baseline=None, color=colour, lw=1.6, label=f"{name}, read")
        rated = own[f"{name}_label"].to_numpy(dtype=float)
        axes.stairs(rated, edges, baseline=None, color=colour, lw=1.2, ls=":", label=f"{name}, rated")
    joins = cues.loc[cues["join"].isin(["crossfade", "hard"]), "start_s"]
    bottom = np.full(len(joins), _SCALE[0] + 0.25)
    axes.plot(joins, bottom, "|", color=INK, ms=7, mew=1, label="join")
    axes.axhline(_NEUTRAL, color=FAINT, lw=0.6)
    axes.set(ylim=_SCALE, xlim=(edges[0], edges[-1]), yticks=(1, 3, 5, 7, 9))
    tidy(axes)


def _patch(colour: str):
    from matplotlib.patches import Patch

    return Patch(color=colour, alpha=0.3, lw=0)
