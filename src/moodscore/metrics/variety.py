"""How varied and how continuous a soundtrack made of snippets is.

Conventions: a soundtrack is a table of cues in order of time, one row a segment, that names the source
and the segment in it. Neither number is good or bad by itself: a single song played through has the most
of both.
"""

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError

_SOURCE = ["source_clip", "source_segment"]


def validate(cues: pd.DataFrame) -> None:
    """Check a table of cues.

    Raises
    ------
    MoodscoreError
        If there is no row.
    """
    if cues.empty:
        raise MoodscoreError("cues: there is none, expected one row a segment")


def unique_ratio(cues: pd.DataFrame) -> float:
    """Share of the segments that have a snippet of their own: different snippets over segments.

    Parameters
    ----------
    cues : pd.DataFrame
        ``source_clip, source_segment``, one row a segment of one soundtrack.

    Returns
    -------
    float
        Above 0 (one snippet throughout) to 1 (none comes back).

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(cues)
    return len(cues[_SOURCE].drop_duplicates()) / len(cues)


def longest_run_s(cues: pd.DataFrame) -> float:
    """The longest time a piece of music plays on as it was recorded.

    Parameters
    ----------
    cues : pd.DataFrame
        ``source_clip, source_segment, start_s, end_s`` (seconds), in order of time.

    Returns
    -------
    float
        In seconds: from one segment to the whole soundtrack.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(cues)
    clip, segment = (cues[column].to_numpy() for column in _SOURCE)
    breaks = (clip[1:] != clip[:-1]) | (segment[1:] != segment[:-1] + 1)
    firsts = np.append(0, np.flatnonzero(breaks) + 1)
    lasts = np.append(firsts[1:] - 1, len(cues) - 1)
    return float((cues["end_s"].to_numpy()[lasts] - cues["start_s"].to_numpy()[firsts]).max())
