"""How far the music's tempo, loudness and rhythm are from the original's.

Conventions: tables have one row a segment, keyed by ``segment`` (and ``clip_id``, if of more than
one clip), and the three features scaled to [0, 1] by the scaler of the training clips. The features
of the output are those extracted from its audio again, not those it was asked to have.
"""

import numpy as np
import pandas as pd

from moodscore.metrics._tables import paired_values

_FEATURES = ("tempo", "loudness", "rhythm")


def mae_tlr(original: pd.DataFrame, output: pd.DataFrame) -> float:
    """Mean absolute error of scaled tempo, loudness and rhythm.

    Parameters
    ----------
    original, output : pd.DataFrame
        ``segment``, optionally ``clip_id``, and ``tempo, loudness, rhythm``, all scaled. Segments
        that only one table has (an output may end a fraction of a segment early) do not count.

    Returns
    -------
    float
        Mean over segments and the three features, 0 (equal) to 1.

    Raises
    ------
    MoodscoreError
        If a table lacks a column, has a segment twice or a value that is not finite, or if they
        have no segment in common.
    """
    original_tlr, output_tlr = paired_values(original, output, _FEATURES, ("original", "output"))
    return float(np.abs(original_tlr - output_tlr).mean())
