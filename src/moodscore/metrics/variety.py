"""How varied and how continuous a soundtrack is.

Conventions: a soundtrack is a cue sheet in order of time, that says which stretch of which source sounds
when. Neither number is good or bad by itself: a single song played through has the most of both.
"""

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError

#: A source goes on if it does so within this time (s): neighbours are rounded to samples.
_GAP_S = 1e-3


def validate(cues: pd.DataFrame) -> None:
    """Check a table of cues.

    Raises
    ------
    MoodscoreError
        If there is no row.
    """
    if cues.empty:
        raise MoodscoreError("cues: there is none, expected one row a run or segment")


def unique_ratio(cues: pd.DataFrame) -> float:
    """Share of the music that is new: the length of all that is heard, each place once, over the whole.

    Parameters
    ----------
    cues : pd.DataFrame
        ``source_clip, source_start_s, source_end_s`` of one soundtrack.

    Returns
    -------
    float
        Above 0 (one stretch throughout) to 1 (none comes back).

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(cues)
    new_s = sum(_union_s(own) for _, own in cues.groupby("source_clip"))
    return float(min(new_s / (cues["source_end_s"] - cues["source_start_s"]).sum(), 1.0))


def _union_s(cues: pd.DataFrame) -> float:
    """Length of the union of the stretches of one source."""
    ordered = cues.sort_values("source_start_s")
    starts, stops = ordered["source_start_s"].to_numpy(), ordered["source_end_s"].to_numpy()
    reached = np.maximum.accumulate(np.append(-np.inf, stops[:-1]))
    return float(np.maximum(stops - np.maximum(starts, reached), 0).sum())


def longest_run_s(cues: pd.DataFrame) -> float:
    """The longest time a piece of music plays on as it was recorded.

    Parameters
    ----------
    cues : pd.DataFrame
        ``source_clip, source_start_s, source_end_s, start_s, end_s`` (seconds), in order of time.

    Returns
    -------
    float
        In seconds: from one cue to the whole soundtrack.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(cues)
    clip, starts, stops = (cues[c].to_numpy() for c in ("source_clip", "source_start_s", "source_end_s"))
    breaks = (clip[1:] != clip[:-1]) | (np.abs(starts[1:] - stops[:-1]) > _GAP_S)
    firsts = np.append(0, np.flatnonzero(breaks) + 1)
    lasts = np.append(firsts[1:] - 1, len(cues) - 1)
    return float((cues["end_s"].to_numpy()[lasts] - cues["start_s"].to_numpy()[firsts]).max())
