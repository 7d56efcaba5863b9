"""What was made of a clip: its track over time, where the music is from, and what was asked of it."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE, NEUTRAL_SCORE, QUADRANTS
from moodscore.figures.scored import piece_colours
from moodscore.figures.style import (
    FAINT,
    INK,
    QUADRANT_COLOURS,
    QUADRANT_NAMES,
    TINT,
    VERMILION,
    legend_below,
    new_figure,
    printable,
    tidy,
)
from moodscore.vocabulary import JOINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from moodscore.samples import SampleSource

_FEATURES = ("tempo", "loudness", "rhythm")
#: Columns of the waveform: about one a pixel.
_COLUMNS = 1200
#: Samples read at a time, however long the track.
_SAMPLES_AT_ONCE = 1 << 20
_SIZE = (9.4, 7.6)
_HEIGHTS = (1.7, 1.3, 0.7, 0.7, 0.7)
_LEGEND_COLUMNS = 4
#: Longer names of files are cut in the legend.
_MAX_NAME = 28
#: Values at the ends of a scale keep off the edge of the panel.
_SCORES = (LOWEST_SCORE - 0.4, HIGHEST_SCORE + 0.4)
_UNIT = (-0.06, 1.06)
_SCORE_COLOURS = {"valence": INK, "arousal": VERMILION}
_ASKED, _CHOSEN = {"ls": ":", "lw": 1.4, "color": INK}, {"ls": "-", "lw": 1.3, "color": FAINT}
_JOIN = {"ls": "", "marker": "^", "ms": 4.5, "mew": 0, "color": INK}


def track_picture(clip_id: str, track: "SampleSource", cues: pd.DataFrame) -> "Figure":
    """Waveform by source, emotion, and the features asked for beside those of the snippets chosen.

    Parameters
    ----------
    clip_id : str
        For the title.
    track : SampleSource
        The track; its channels are averaged, and it is read in blocks.
    cues : pd.DataFrame
        The cue sheet it was made from. Of many sources, those that sound longest have a colour of their own.
    """
    figure = new_figure(*_SIZE, f"{printable(clip_id)}: the music chosen for it")
    wave, emotion, *features = figure.subplots(len(_HEIGHTS), 1, sharex=True, height_ratios=_HEIGHTS)
    sources = _draw_waveform(wave, track, cues)
    _draw_emotion(emotion, cues)
    for axes, feature in zip(features, _FEATURES, strict=True):
        _stairs(axes, cues, f"target_{feature}", **_ASKED)
        _stairs(axes, cues, f"chosen_{feature}", **_CHOSEN)
        axes.set(ylim=_UNIT, yticks=(0, 1), ylabel=f"{feature}\n(0–1)")
    for axes in (wave, emotion, *features):
        tidy(axes)
    features[-1].set(xlabel="time (s)", xlim=(0, cues["end_s"].iloc[-1]))
    figure.align_ylabels()
    legend_below(figure, [*sources, *_handles()], columns=_LEGEND_COLUMNS)
    return figure


def _draw_waveform(axes: "Axes", track: "SampleSource", cues: pd.DataFrame) -> list:
    """The extremes of the sound in the colour of their source, and joins; handles for the legend."""
    from matplotlib.patches import Patch

    edges = np.linspace(0, track.n_samples, min(_COLUMNS, track.n_samples) + 1).astype(np.int64)
    lowest, highest = _extremes(track, edges)
    middles = (edges[:-1] + edges[1:]) // 2
    cue_of_column = np.searchsorted(cues["start_sample"].to_numpy(), middles, side="right") - 1
    colours = piece_colours(cues)
    colour_of_column = np.array([colours[file] for file in cues["source_file"]])[cue_of_column]
    times = middles / track.sample_rate
    limit = max(np.abs([lowest, highest]).max(), np.finfo(np.float32).eps) * 1.15
    axes.vlines(times, lowest, highest, colors=colour_of_column, lw=0.9)
    joins = cues.loc[cues["join"].isin(JOINS), "start_s"]
    axes.plot(joins, np.full(len(joins), -0.95 * limit), **_JOIN)
    axes.set(ylim=(-limit, limit), ylabel="amplitude\n(full scale = 1)")
    named = [Patch(color=colour, label=_short(file)) for file, colour in colours.items() if colour != FAINT]
    others = sum(colour == FAINT for colour in colours.values())
    return named + ([Patch(color=FAINT, label=f"{others} other sources")] if others else [])


def _short(name: str) -> str:
    name = printable(PurePosixPath(name).name)
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def _extremes(track: "SampleSource", edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sample between successive edges [shape=(n,)] each."""
    lowest, highest = np.empty((2, len(edges) - 1))
    at_once = max(_SAMPLES_AT_ONCE * (len(edges) - 1) // max(track.n_samples, 1), 1)
    for first in range(0, len(edges) - 1, at_once):
        own = edges[first : first + at_once + 1]
        mono = track.read(int(own[0]), int(own[-1])).mean(axis=1)
        lowest[first : first + at_once] = np.minimum.reduceat(mono, own[:-1] - own[0])
        highest[first : first + at_once] = np.maximum.reduceat(mono, own[:-1] - own[0])
    return lowest, highest


def _draw_emotion(axes: "Axes", cues: pd.DataFrame) -> None:
    """Valence and arousal as read from the picture, over bands in the colour of the quadrant."""
    is_new = cues["quadrant"].ne(cues["quadrant"].shift())
    for _, band in cues.groupby(is_new.cumsum()):
        colour = QUADRANT_COLOURS[band["quadrant"].iloc[0]]
        axes.axvspan(band["start_s"].iloc[0], band["end_s"].iloc[-1], color=colour, alpha=TINT, lw=0)
    axes.axhline(NEUTRAL_SCORE, color=FAINT, lw=0.6)
    for name, colour in _SCORE_COLOURS.items():
        _stairs(axes, cues, name, color=colour, lw=1.6)
    axes.set(ylim=_SCORES, yticks=range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1, 2), ylabel="score\n(1–9)")


def _stairs(axes: "Axes", cues: pd.DataFrame, column: str, **style) -> None:
    edges = np.append(cues["start_s"].to_numpy(), cues["end_s"].iloc[-1])
    axes.stairs(cues[column].to_numpy(dtype=float), edges, baseline=None, **style)


def _handles() -> list:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = [
        Line2D([], [], label=label, **style)
        for label, style in (
            ("join of the music", _JOIN),
            ("asked for", _ASKED),
            ("of the snippet chosen", _CHOSEN),
            *((f"{name} of the picture", {"color": colour}) for name, colour in _SCORE_COLOURS.items()),
        )
    ]
    bands = [
        Patch(color=QUADRANT_COLOURS[name], alpha=2 * TINT, lw=0, label=QUADRANT_NAMES[name])
        for name in QUADRANTS
    ]
    return lines + bands
