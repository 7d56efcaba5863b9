"""The quadrant of a scene picks the network that reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.sequence.windows import KEY, numeric_columns, unbroken_runs

if TYPE_CHECKING:
    import keras

    from moodscore.sequence.forward import LSTMNetwork

AUDIO_FEATURES = ["tempo", "loudness", "rhythm"]

#: Runs are padded to powers of two from here on and read together with others of their length.
SHORTEST_BATCH = 8
#: The state of 300 units at so many segments is 10 MB.
SEGMENTS_PER_CALL = 8192
#: Matrix products round the rows left over from a block of this size differently: with full blocks
#: only, what a run gives does not depend on which other runs are read beside it.
ROW_BLOCK = 4


def predict_audio_features(
    models: Mapping[str, keras.Model | LSTMNetwork],
    table: pd.DataFrame,
    *,
    inputs: list[str],
    column: str = "quadrant",
) -> pd.DataFrame:
    """Predict the audio features of every segment by the network of its quadrant.

    Each unbroken run of a quadrant inside a clip is read from its first segment to its last by that
    quadrant's network, which starts from an empty state.

    Parameters
    ----------
    models : Mapping[str, keras.Model or LSTMNetwork]
        The network of each quadrant; the same one may serve several.
    table : pd.DataFrame
        One row a segment: ``clip_id``, ``segment``, ``column`` and ``inputs``.
    inputs : list of str
        Columns of the visual descriptor, in the order of training.
    column : str
        Where the quadrant stands.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, tempo, loudness, rhythm``, row by row as in ``table``; features scaled and
        clipped to [0, 1]. A clip's values do not depend on the other clips.

    Raises
    ------
    MoodscoreError
        If a segment has no quadrant or one without a network, occurs twice, or has an input that is
        missing or infinite.
    """
    unserved = table[~table[column].isin(list(models))]
    if len(unserved):
        clip_id, segment = unserved.iloc[0][KEY]
        raise MoodscoreError(
            f"segment {segment} of clip '{clip_id}' is in quadrant '{unserved.iloc[0][column]}', which "
            f"has no network (there are {', '.join(models)}); train the networks again"
        )
    descriptors = numeric_columns(table, inputs)
    quadrants = table[column].to_numpy()
    features = np.empty((len(table), len(AUDIO_FEATURES)))
    batches = defaultdict(list)
    for run in unbroken_runs(table, column=column):
        batches[quadrants[run[0]], _batch_length(run)].append(run)
    for (quadrant, length), runs in batches.items():
        per_call = max(SEGMENTS_PER_CALL // length, ROW_BLOCK)
        for first in range(0, len(runs), per_call):
            _read(models[quadrant], descriptors, runs[first : first + per_call], length, features)
    return pd.concat(
        [
            table[KEY].reset_index(drop=True),
            pd.DataFrame(features.clip(0.0, 1.0), columns=AUDIO_FEATURES),
        ],
        axis=1,
    )


def predict_routed_features(
    models: Mapping[str, keras.Model | LSTMNetwork],
    descriptors: pd.DataFrame,
    emotions: pd.DataFrame,
    *,
    inputs: list[str],
) -> pd.DataFrame:
    """As `predict_audio_features`, by the network that the emotion of each segment routes it to.

    Parameters
    ----------
    models, inputs
        As for `predict_audio_features`.
    descriptors : pd.DataFrame
        ``clip_id``, ``segment`` and ``inputs``, one row a segment.
    emotions : pd.DataFrame
        ``clip_id``, ``segment`` and ``routed_quadrant``, one row a segment.

    Returns
    -------
    pd.DataFrame
        As `predict_audio_features`, for the segments that both tables have.
    """
    routed = descriptors[[*KEY, *inputs]].merge(emotions[[*KEY, "routed_quadrant"]], on=KEY)
    return predict_audio_features(models, routed, inputs=inputs, column="routed_quadrant")


def _batch_length(run: np.ndarray) -> int:
    """The power of two that the run is padded to."""
    return max(SHORTEST_BATCH, 1 << (len(run) - 1).bit_length())


def _read(
    model: keras.Model | LSTMNetwork,
    descriptors: np.ndarray,
    runs: list[np.ndarray],
    length: int,
    features: np.ndarray,
) -> None:
    """Let a network read runs side by side; write what it says to their rows of ``features``.

    The padding stands at the end, where a network that reads forwards meets it last.
    """
    n_rows = -(-len(runs) // ROW_BLOCK) * ROW_BLOCK
    batch = np.zeros((n_rows, length, descriptors.shape[1]), dtype=np.float32)
    for row, run in enumerate(runs):
        batch[row, : len(run)] = descriptors[run]
    written = model.predict_on_batch(batch)
    for row, run in enumerate(runs):
        features[run] = written[row, : len(run)]
