"""The emotion of clips: over time, and on the plane of valence and arousal."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.emotion import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    NEUTRAL,
    NEUTRAL_SCORE,
    QUADRANTS,
    quadrant_of,
    shown_moods,
)
from moodscore.figures.style import (
    FAINT,
    INK,
    LABEL_SIZE,
    MOOD_COLOURS,
    MOOD_NAMES,
    NOTE_SIZE,
    QUADRANT_COLOURS,
    QUADRANT_MARKERS,
    QUADRANT_NAMES,
    TINT,
    VERMILION,
    legend_below,
    new_figure,
    printable,
    say_nothing_to_show,
    tidy,
)
from moodscore.vocabulary import JOINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: More clips would make the picture unreadable.
_MAX_TIMELINES = 12
#: Inches, by the number of columns; the legend needs the first.
_WIDTHS = {1: 9.4, 2: 11.6}
_SCORE_COLOURS = {"valence": INK, "arousal": VERMILION}
#: Scores at the ends of the scale keep off the edge of the panel.
_TIMELINE_RANGE = (LOWEST_SCORE - 0.4, HIGHEST_SCORE + 0.4)
#: On the plane there is room for a line of text, too.
_PLANE_RANGE = (LOWEST_SCORE - 0.6, HIGHEST_SCORE + 0.6)
_PLANE_TEXT_INSET = 0.12
_TICKS = range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1)
_READ, _RATED = {"ls": "-", "lw": 1.6}, {"ls": ":", "lw": 1.4}
_JOIN = {"ls": "", "marker": "^", "ms": 5, "mew": 0, "color": INK}
#: Half the height of that marker, as a score: it stands on the edge of the panel.
_JOIN_LIFT = 0.3
#: Segments further apart than this are not joined by a line: more than the clock's tick.
_GAP_S = 0.01


def emotion_timelines(read: pd.DataFrame, cues: pd.DataFrame) -> "Figure":
    """Valence and arousal of each clip as read (solid) and as rated (dotted), joins, quadrant bands.

    Parameters
    ----------
    read : pd.DataFrame
        ``clip_id, segment, start_s, end_s, valence, arousal, routed_quadrant`` and the labels
        ``valence_label, arousal_label``. Of more than 12 clips the first 12 are drawn.
    cues : pd.DataFrame
        The cue sheets; says where the music was joined.
    """
    clips = sorted(read["clip_id"].unique())
    shown = clips[:_MAX_TIMELINES]
    columns = 2 if len(shown) > 1 else 1
    rows = max(-(-len(shown) // columns), 1)
    figure = new_figure(_WIDTHS[columns], 1.6 * rows + 1.5, _timelines_title(len(shown), len(clips)))
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for axes, clip_id in zip(panels, shown, strict=False):
        _timeline(axes, read[read["clip_id"] == clip_id], cues[cues["clip_id"] == clip_id])
        axes.set_title(printable(clip_id), loc="left", fontsize=LABEL_SIZE, color=INK)
    for axes in panels[max(len(shown), 1) :]:
        axes.remove()
    for number, axes in enumerate(figure.axes):
        if number % columns == 0:
            axes.set_ylabel("score (1–9)")
        if number >= len(figure.axes) - columns:
            axes.set_xlabel("time (s)")
        axes.set(ylim=_TIMELINE_RANGE, yticks=_TICKS[::2])
        tidy(axes)
    if not shown:
        say_nothing_to_show(figure.axes[0], "no clip was read")
    legend_below(figure, _timeline_handles(read), columns=5)
    return figure


def emotion_plane(read: pd.DataFrame) -> "Figure":
    """Every segment where its picture was read, marked by the quadrant it was rated in.

    Parameters
    ----------
    read : pd.DataFrame
        ``valence, arousal`` as read and ``quadrant_label``, missing where a segment was not rated.
    """
    figure = new_figure(5.4, 5.9, "Emotion read from the picture of each segment")
    axes = figure.add_subplot()
    _draw_quadrants(axes)
    rated = read["quadrant_label"]
    unrated = read[rated.isna()]
    axes.scatter(unrated["valence"], unrated["arousal"], s=18, marker="x", lw=0.8, color=FAINT)
    handles = []
    for quadrant in QUADRANTS:
        own = read[(rated == quadrant).fillna(False).astype(bool)]
        style = {"color": QUADRANT_COLOURS[quadrant], "marker": QUADRANT_MARKERS[quadrant]}
        axes.scatter(own["valence"], own["arousal"], s=24, alpha=0.8, lw=0, **style)
        handles.append(_key(f"rated {QUADRANT_NAMES[quadrant]}", ms=6, mew=0, **style))
    if len(unrated):
        handles.append(_key("not rated", ms=5, color=FAINT, marker="x"))
    axes.set(
        xlim=_PLANE_RANGE,
        ylim=_PLANE_RANGE,
        xticks=_TICKS,
        yticks=_TICKS,
        xlabel="valence read (1–9)",
        ylabel="arousal read (1–9)",
        aspect="equal",
    )
    axes.set_title(_share_in_place(read), fontsize=LABEL_SIZE, color=INK)
    tidy(axes)
    legend_below(figure, handles, columns=2)
    return figure


def _timelines_title(n_shown: int, n_clips: int) -> str:
    title = "Emotion of the picture over time, and where the music was joined"
    return title if n_shown == n_clips else f"{title}: {n_shown} of {n_clips} clips"


def _timeline(axes: "Axes", own: pd.DataFrame, cues: pd.DataFrame) -> None:
    own = own.sort_values("segment")
    for segment in own.assign(mood=shown_moods(own)).itertuples():
        colour = MOOD_COLOURS[segment.mood]
        axes.axvspan(segment.start_s, segment.end_s, color=colour, alpha=TINT, lw=0)
    axes.axhline(NEUTRAL_SCORE, color=FAINT, lw=0.6)
    for name, colour in _SCORE_COLOURS.items():
        for column, style in ((f"{name}_label", _RATED), (name, _READ)):
            axes.stairs(*_steps(own, column), baseline=None, color=colour, **style)
    joins = cues.loc[cues["join"].isin(JOINS), "start_s"]
    axes.plot(joins, np.full(len(joins), _TIMELINE_RANGE[0] + _JOIN_LIFT), **_JOIN)
    axes.set_xlim(own["start_s"].min(), own["end_s"].max())


def _steps(own: pd.DataFrame, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Values and edges of a staircase; where segments are missing the value is NaN."""
    starts, ends = own["start_s"].to_numpy(), own["end_s"].to_numpy()
    values = own[column].to_numpy(dtype=float, na_value=np.nan)
    gaps = np.flatnonzero(starts[1:] - ends[:-1] > _GAP_S) + 1
    edges = np.insert(starts, gaps, ends[gaps - 1])
    return np.insert(values, gaps, np.nan), np.append(edges, ends[-1])


def _timeline_handles(read: pd.DataFrame) -> list:
    from matplotlib.patches import Patch

    lines = [
        _key(f"{name}, {how}", color=colour, **style)
        for name, colour in _SCORE_COLOURS.items()
        for how, style in (("read", _READ), ("rated", _RATED))
    ]
    bands = [
        Patch(color=MOOD_COLOURS[mood], alpha=2 * TINT, lw=0, label=MOOD_NAMES[mood])
        for mood in (*QUADRANTS, *sorted({NEUTRAL} & set(shown_moods(read))))
    ]
    return [*lines, _key("join of the music", **_JOIN), *bands]


def _key(label: str, **style):
    """What a line or marker looks like, for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **{"ls": ""} | style)


def _draw_quadrants(axes: "Axes") -> None:
    """The four quadrants as tinted grounds, each with its name in its corner."""
    low, high = _PLANE_RANGE
    for quadrant in QUADRANTS:
        positive, aroused = quadrant.startswith("pos"), quadrant.endswith("high")
        corner = (high if positive else low, high if aroused else low)
        axes.fill_between(
            (NEUTRAL_SCORE, corner[0]),
            NEUTRAL_SCORE,
            corner[1],
            color=QUADRANT_COLOURS[quadrant],
            alpha=TINT,
            lw=0,
        )
        axes.text(
            corner[0] + (-_PLANE_TEXT_INSET if positive else _PLANE_TEXT_INSET),
            corner[1] + (-_PLANE_TEXT_INSET if aroused else _PLANE_TEXT_INSET),
            QUADRANT_NAMES[quadrant],
            ha="right" if positive else "left",
            va="top" if aroused else "bottom",
            fontsize=NOTE_SIZE,
            color=INK,
        )
    axes.axhline(NEUTRAL_SCORE, color=FAINT, lw=0.8)
    axes.axvline(NEUTRAL_SCORE, color=FAINT, lw=0.8)


def _share_in_place(read: pd.DataFrame) -> str:
    """How many rated segments were read where they were rated, in words."""
    rated = read[read["quadrant_label"].notna()]
    if rated.empty:
        return "no segment was rated"
    found = quadrant_of(rated["valence"], rated["arousal"])
    share = np.mean(found == rated["quadrant_label"].to_numpy(dtype=str))
    return f"{share:.0%} of {len(rated)} rated segments lie in the quadrant they were rated in"
