"""Emotion over time as a drawing in the page itself, which follows its light and dark colours."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from moodscore.emotion import HIGHEST_SCORE, LOWEST_SCORE, shown_moods
from moodscore.vocabulary import JOINS

#: Size of the drawing in its own units; the page stretches it to the width there is.
WIDTH, HEIGHT = 1000.0, 100.0
#: Pieces have one of so many colours.
N_COLOURS = 6
#: Scores at the ends of the scale keep off the edge.
_INSET = 4.0
#: About as many ticks on the axis of time.
_N_TICKS = 6
_TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@dataclass(frozen=True)
class Timeline:
    """What the page draws; lengths in units of a drawing 1000 wide and 100 high.

    Attributes
    ----------
    bands : list of (float, float, str)
        Left edge, width, quadrant that the music follows or ``neutral``.
    lines : dict of str to str
        Path of ``valence, arousal, valence_label, arousal_label``.
    joins : list of float
        Where music was joined.
    pieces : list of (float, float, int, str)
        Left edge, width, number of the piece's colour, its name: what plays when.
    ticks : list of (float, str)
        Share of the width in percent, time.
    """

    bands: list[tuple[float, float, str]]
    lines: dict[str, str]
    joins: list[float]
    pieces: list[tuple[float, float, int, str]]
    ticks: list[tuple[float, str]]


def timeline_of(read: pd.DataFrame, cues: pd.DataFrame) -> Timeline:
    """Lay out the emotion of one clip.

    Parameters
    ----------
    read : pd.DataFrame
        ``start_s, end_s, valence, arousal, routed_quadrant`` and ``valence_label, arousal_label``
        (NaN where nobody rated), one row a segment in order of time.
    cues : pd.DataFrame
        ``start_s, end_s, join, source_file``: the clip's cue sheet.
    """
    end_s = float(read["end_s"].max())
    x = WIDTH / end_s
    moods = pd.Series(shown_moods(read), index=read.index)
    runs = (moods != moods.shift()).cumsum()
    bands = [
        (float(run["start_s"].min() * x), float((run["end_s"].max() - run["start_s"].min()) * x), mood)
        for (_, mood), run in read.groupby([runs, moods], sort=False)
    ]
    names = ("valence", "arousal", "valence_label", "arousal_label")
    joins = cues.loc[cues["join"].isin(JOINS), "start_s"]
    step = next((s for s in _TICK_STEPS_S if end_s / s <= _N_TICKS), _TICK_STEPS_S[-1])
    return Timeline(
        bands=bands,
        lines={name: _path(read, name, x) for name in names},
        joins=[float(join * x) for join in joins],
        pieces=_pieces(cues, x),
        ticks=[(100 * t / end_s, clock(t)) for t in np.arange(0, end_s, step)],
    )


def _pieces(cues: pd.DataFrame, x: float) -> list[tuple[float, float, int, str]]:
    """The stretches of one piece each, with a colour by the order in which pieces come."""
    numbers = {file: number % N_COLOURS for number, file in enumerate(cues["source_file"].unique())}
    stretches = cues["source_file"].ne(cues["source_file"].shift()).cumsum()
    return [
        (
            float(own["start_s"].iloc[0] * x),
            float((own["end_s"].iloc[-1] - own["start_s"].iloc[0]) * x),
            numbers[own["source_file"].iloc[0]],
            PurePosixPath(own["source_file"].iloc[0]).stem,
        )
        for _, own in cues.groupby(stretches)
    ]


def _path(read: pd.DataFrame, column: str, x: float) -> str:
    """A staircase as an SVG path; it is broken where there is no value."""
    pieces = []
    height = (HEIGHT - 2 * _INSET) / (HIGHEST_SCORE - LOWEST_SCORE)
    pen_is_down = False
    for start, end, value in read[["start_s", "end_s", column]].to_numpy(dtype=float, na_value=np.nan):
        if np.isnan(value):
            pen_is_down = False
            continue
        y = _INSET + (HIGHEST_SCORE - value) * height
        pieces.append(f"{'L' if pen_is_down else 'M'}{start * x:.1f} {y:.1f}H{end * x:.1f}")
        pen_is_down = True
    return "".join(pieces)


def clock(seconds: float) -> str:
    """Minutes and seconds, as players show them: ``1:05``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
