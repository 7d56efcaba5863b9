"""Whether a soundtrack carries the emotion of its video.

Conventions: tables have one row a segment, keyed by ``segment`` (and ``clip_id``, if of more than
one clip), with ``valence`` and ``arousal`` on the scale of 1 to 9. One holds what the judge hears
in the output audio, the other the labels of the video. The judge errs too: its figures on original
audio bound what this measure can show.
"""

import numpy as np
import pandas as pd

from moodscore.emotion.quadrants import quadrant_of
from moodscore.errors import MoodscoreError
from moodscore.metrics._tables import paired_values
from moodscore.metrics.ccc import concordance_correlation

_SCORES = ("valence", "arousal")


def emotion_match(judged: pd.DataFrame, labels: pd.DataFrame) -> dict[str, float | int]:
    """Agreement of the emotion judged from audio with the labels of the video.

    Parameters
    ----------
    judged : pd.DataFrame
        ``segment``, optionally ``clip_id``, and ``valence, arousal`` of the audio.
    labels : pd.DataFrame
        The same columns of the video, as from `moodscore.emotion.segment_labels`. Unlabelled
        segments (scores NaN) and segments that only one table has do not count.

    Returns
    -------
    dict
        ``emotion_match``: share of segments whose two quadrants are equal, 0 to 1.
        ``valence_ccc``, ``arousal_ccc``: concordance correlation coefficient, -1 to 1.
        ``n``: number of segments compared.

    Raises
    ------
    MoodscoreError
        If a table lacks a column, has a segment twice or a value that is not finite (in `labels`:
        infinite, or one of the two scores NaN), or if no labelled segment was judged.
    """
    for column in _SCORES:
        if column not in labels:
            raise MoodscoreError(f"labels: no column {column!r}, expected {', '.join(_SCORES)}")
    labelled = labels.dropna(subset=list(_SCORES), how="all")
    heard, felt = paired_values(judged, labelled, _SCORES, ("judged", "labels"))
    return {
        "emotion_match": float(np.mean(quadrant_of(*heard.T) == quadrant_of(*felt.T))),
        "valence_ccc": concordance_correlation(felt[:, 0], heard[:, 0]),
        "arousal_ccc": concordance_correlation(felt[:, 1], heard[:, 1]),
        "n": len(felt),
    }
