"""The emotion of one scored video, over its pictures, and the music that plays to it."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE, NEUTRAL, NEUTRAL_SCORE, QUADRANTS, shown_moods
from moodscore.figures.style import (
    FAINT,
    INK,
    MOOD_COLOURS,
    MOOD_NAMES,
    NOTE_SIZE,
    SERIES_COLOURS,
    TINT,
    VERMILION,
    legend_below,
    new_figure,
    printable,
    say_nothing_to_show,
    tidy,
)
from moodscore.music import on_beat
from moodscore.vocabulary import JOINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Height of the pictures of the strip in pixels, and how many times as wide as high the strip is.
STRIP_HEIGHT = 120
_STRIP_ASPECT = 10.5
_SIZE = (9.4, 6.4)
_HEIGHTS = (0.8, 0.3, 2.0, 0.6, 0.7)
_LEGEND_COLUMNS = 4
_SCORE_COLOURS = {"valence": INK, "arousal": VERMILION}
#: Scores at the ends of the scale keep off the edge of the panel.
_SCORES = (LOWEST_SCORE - 0.4, HIGHEST_SCORE + 0.4)
#: Where picture cuts are marked in the lane of the music.
_CUT_HEIGHT = 1.16
_MAX_NAME = 24
#: Distance from neutral to a corner of the scale.
_MAX_CONFIDENCE = float(np.hypot(HIGHEST_SCORE - NEUTRAL_SCORE, HIGHEST_SCORE - NEUTRAL_SCORE))
#: A quadrant's name is written on its band where that takes at least this share of the width.
_NAMED_SHARE = 0.17
_HATCH = "////"
#: Steps of the axis of time in seconds; at most so many of them.
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_MAX_STEPS = 10
#: Longer clips have minutes on their axis.
_SECONDS_ONLY_S = 120


def strip_length(width: int, height: int) -> int:
    """How many pictures of a video fill the strip of `scored_figure`.

    Parameters
    ----------
    width, height : int
        Of a picture of the video, as shown.
    """
    return max(int(np.ceil(_STRIP_ASPECT * height / width)), 1)


def scored_figure(
    clip_id: str,
    strip: Sequence[np.ndarray],
    emotion: pd.DataFrame,
    cues: pd.DataFrame,
    cuts_s: Sequence[float] = (),
) -> "Figure":
    """Film strip, moods that the music follows, valence and arousal, the music, confidence.

    Parameters
    ----------
    clip_id : str
        For the title.
    strip : sequence of np.ndarray of uint8 [shape=(height, width, 3)]
        Evenly spaced pictures of the clip (`moodscore.media.film_strip`); may be empty.
    emotion : pd.DataFrame
        One row a segment: ``start_s, end_s, valence, arousal, confidence, routed_quadrant``,
        ``is_neutral`` (if there) and ``is_given``, whether a person said so.
    cues : pd.DataFrame
        The cue sheet; says which piece plays when, where it jumps, and how long the clip is.
    cuts_s : sequence of float
        Picture cuts.
    """
    figure = new_figure(*_SIZE, f"{printable(clip_id)}: emotion, and the music that plays to it")
    duration_s = float(cues["end_s"].iloc[-1])
    emotion = emotion.assign(mood=shown_moods(emotion))
    panels = figure.subplots(len(_HEIGHTS), 1, sharex=True, height_ratios=_HEIGHTS)
    film, band, scores, music, confidence = panels
    _draw_strip(film, strip, duration_s)
    _draw_band(band, emotion, duration_s)
    _draw_scores(scores, emotion)
    _draw_music(music, cues, np.asarray(cuts_s, dtype=float), duration_s)
    _draw_confidence(confidence, emotion)
    for axes in (scores, confidence):
        tidy(axes)
    scores.tick_params(axis="x", length=0)
    _label_time(confidence, duration_s)
    figure.align_ylabels([scores, confidence])
    legend_below(figure, _handles(emotion), columns=_LEGEND_COLUMNS)
    return figure


def _draw_strip(axes: "Axes", strip: Sequence[np.ndarray], duration_s: float) -> None:
    _without_frame(axes)
    if not len(strip):
        say_nothing_to_show(axes, "no picture could be decoded")
        return
    height, width = strip[0].shape[:2]
    kept = min(max(round(height * _STRIP_ASPECT / len(strip)), 1), width)
    first = (width - kept) // 2
    row = np.concatenate([picture[:, first : first + kept] for picture in strip], axis=1)
    axes.imshow(row, extent=(0, duration_s, 0, 1), aspect="auto", interpolation="antialiased")


def _without_frame(axes: "Axes") -> None:
    axes.axis("off")
    axes.set(ylim=(0, 1), yticks=[])


def _draw_band(axes: "Axes", emotion: pd.DataFrame, duration_s: float) -> None:
    """The quadrant that is followed, hatched where a person gave it."""
    _without_frame(axes)
    for start_s, end_s, (mood, is_given) in _runs(emotion, ["mood", "is_given"]):
        axes.axvspan(start_s, end_s, color=MOOD_COLOURS[mood], alpha=3 * TINT, lw=0)
        if is_given:
            axes.axvspan(start_s, end_s, fill=False, hatch=_HATCH, edgecolor=FAINT, lw=0)
    for start_s, end_s, (mood,) in _runs(emotion, ["mood"]):
        if end_s - start_s >= _NAMED_SHARE * duration_s:
            axes.text(
                (start_s + end_s) / 2,
                0.46,
                MOOD_NAMES[mood],
                ha="center",
                va="center",
                fontsize=NOTE_SIZE,
                color=INK,
                clip_on=True,
            )


def _draw_scores(axes: "Axes", emotion: pd.DataFrame) -> None:
    for start_s, end_s, (mood,) in _runs(emotion, ["mood"]):
        axes.axvspan(start_s, end_s, color=MOOD_COLOURS[mood], alpha=TINT, lw=0)
    axes.axhline(NEUTRAL_SCORE, color=FAINT, lw=0.6)
    for name, colour in _SCORE_COLOURS.items():
        axes.stairs(emotion[name].to_numpy(), _edges(emotion), baseline=None, color=colour, lw=1.6)
    axes.set(ylim=_SCORES, yticks=range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1, 2), ylabel="score (1–9)")


def _draw_music(axes: "Axes", cues: pd.DataFrame, cuts_s: np.ndarray, duration_s: float) -> None:
    """The pieces by colour, jumps inside one as ticks, picture cuts above, filled where on a beat."""
    _without_frame(axes)
    axes.set(ylim=(0, 1.3))
    colours = piece_colours(cues)
    changes = cues["source_file"].ne(cues["source_file"].shift()).cumsum()
    for _, own in cues.groupby(changes):
        start_s, end_s = own["start_s"].iloc[0], own["end_s"].iloc[-1]
        file = own["source_file"].iloc[0]
        axes.axvspan(start_s, end_s, 0, 0.7, color=colours[file], alpha=0.55, lw=0)
        if end_s - start_s >= _NAMED_SHARE * duration_s:
            name = {"ha": "center", "va": "center", "fontsize": NOTE_SIZE, "color": INK, "clip_on": True}
            axes.text((start_s + end_s) / 2, 0.42, _short(file), **name)
    is_change = cues["source_file"].ne(cues["source_file"].shift())
    joins = cues.loc[cues["join"].isin(JOINS) & ~is_change, "start_s"]
    axes.vlines(joins, 0, 0.91, color=INK, lw=1.0)
    is_on_beat = on_beat(cues, cuts_s)
    for flags, fill in ((is_on_beat, INK), (~is_on_beat, "none")):
        cuts = cuts_s[flags]
        axes.plot(cuts, np.full(len(cuts), _CUT_HEIGHT), ls="", marker="v", ms=4, mfc=fill, mec=INK, mew=0.7)


def piece_colours(cues: pd.DataFrame) -> dict[str, str]:
    """A colour for each source file, those that sound longest first; the last one for all that are left."""
    lasts = (cues["end_s"] - cues["start_s"]).groupby(cues["source_file"]).sum()
    ranked = lasts.sort_values(ascending=False, kind="stable").index
    n_own = len(SERIES_COLOURS) if len(ranked) <= len(SERIES_COLOURS) else len(SERIES_COLOURS) - 1
    return {file: SERIES_COLOURS[rank] if rank < n_own else FAINT for rank, file in enumerate(ranked)}


def _short(file: str) -> str:
    name = printable(PurePosixPath(file).stem)
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def _draw_confidence(axes: "Axes", emotion: pd.DataFrame) -> None:
    axes.stairs(emotion["confidence"].to_numpy(), _edges(emotion), fill=True, color=FAINT, alpha=0.5)
    axes.set(ylim=(0, _MAX_CONFIDENCE), yticks=(0, 2, 4), ylabel="confidence\n(0–5.7)")


def _label_time(axes: "Axes", duration_s: float) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    step = next((step for step in _STEPS_S if duration_s / step <= _MAX_STEPS), _STEPS_S[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.set(xlim=(0, duration_s), xlabel="time (s)")
    if duration_s > _SECONDS_ONLY_S:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{int(s) // 60}:{int(s) % 60:02d}"))
        axes.set_xlabel("time (min:s)")


def _runs(emotion: pd.DataFrame, columns: list[str]):
    """Start, end and values of each unbroken run of equal values."""
    is_new = emotion[columns].ne(emotion[columns].shift()).any(axis=1)
    for _, run in emotion.groupby(is_new.cumsum()):
        yield run["start_s"].iloc[0], run["end_s"].iloc[-1], tuple(run[columns].iloc[0])


def _edges(emotion: pd.DataFrame) -> np.ndarray:
    return np.append(emotion["start_s"].to_numpy(), emotion["end_s"].iloc[-1])


def _handles(emotion: pd.DataFrame) -> list:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = [Line2D([], [], color=colour, label=name) for name, colour in _SCORE_COLOURS.items()]
    lines.append(Line2D([], [], color=INK, ls="", marker="|", ms=8, label="jump inside a piece"))
    cut = {"ls": "", "marker": "v", "ms": 4, "mec": INK, "mew": 0.7}
    lines.append(Line2D([], [], mfc=INK, **cut, label="picture cut on a beat"))
    lines.append(Line2D([], [], mfc="none", **cut, label="picture cut between beats"))
    lines.append(Patch(color=FAINT, alpha=0.5, lw=0, label="confidence (from neutral)"))
    bands = [
        Patch(color=MOOD_COLOURS[name], alpha=3 * TINT, lw=0, label=MOOD_NAMES[name])
        for name in (*QUADRANTS, *([NEUTRAL] if NEUTRAL in set(emotion["mood"]) else []))
    ]
    given = [Patch(fill=False, hatch=_HATCH, edgecolor=FAINT, lw=0, label="given by you")]
    return lines + bands + (given if emotion["is_given"].any() else [])
