"""Training sequences: windows over the unbroken runs of one quadrant inside a clip.

A *run* is a stretch of consecutive segments of one clip that share one quadrant. A network of that
quadrant never sees across the end of a run: what comes next belongs to another mood or another film.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError

KEY = ["clip_id", "segment"]


class TrainingWindows(NamedTuple):
    """Sequences of equal length for a network, one row a window.

    Attributes
    ----------
    X : np.ndarray of float32 [shape=(n, window, n_inputs)]
        What the network reads; zero where padded.
    y : np.ndarray of float32 [shape=(n, window, n_outputs)]
        What it shall write; zero where padded.
    weights : np.ndarray of float32 [shape=(n, window)]
        1 for a segment, 0 for padding, which stands at the end of a window.
    groups : np.ndarray of object [shape=(n,)]
        The clip of each window.
    """

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    groups: np.ndarray


def unbroken_runs(table: pd.DataFrame, *, column: str = "quadrant") -> list[np.ndarray]:
    """Find the stretches of a clip that stay in one quadrant.

    Parameters
    ----------
    table : pd.DataFrame
        One row a segment, in any order, with ``clip_id``, ``segment`` and ``column``.
    column : str
        Where the quadrant stands. A segment without one ends a run and belongs to none.

    Returns
    -------
    list of np.ndarray of int
        For each run the positions of its rows in ``table`` in order of time; the runs in order of
        clip and time. Segments of a run follow one another without a gap.

    Raises
    ------
    MoodscoreError
        If a segment occurs twice.

    Examples
    --------
    >>> moods = ["pos_low", "pos_low", "neg_low", "neg_low"]
    >>> scenes = pd.DataFrame({"clip_id": "film", "segment": [0, 1, 2, 4], "quadrant": moods})
    >>> [run.tolist() for run in unbroken_runs(scenes)]
    [[0, 1], [2], [3]]
    """
    clip = pd.factorize(table["clip_id"], sort=True)[0]
    segment = table["segment"].to_numpy()
    quadrant = pd.factorize(table[column])[0]
    order = np.lexsort((segment, clip))
    same_clip = np.diff(clip[order]) == 0
    step = np.diff(segment[order])
    if (same_clip & (step == 0)).any():
        twice = table.iloc[order[np.argmax(same_clip & (step == 0))]]
        raise MoodscoreError(
            f"segment {twice['segment']} of clip '{twice['clip_id']}' occurs twice; "
            "keep one row for each clip and segment"
        )
    goes_on = same_clip & (step == 1) & (np.diff(quadrant[order]) == 0)
    runs = np.split(order, np.flatnonzero(~goes_on) + 1)
    return [run for run in runs if len(run) and quadrant[run[0]] >= 0]


def numeric_columns(table: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Take columns that a network is to read or write.

    Returns
    -------
    np.ndarray of float32 [shape=(len(table), len(columns))]

    Raises
    ------
    MoodscoreError
        If a value is missing or infinite: a single one would turn every weight into NaN.
    """
    values = table[columns].to_numpy(dtype=np.float32)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        where = table.iloc[row]
        raise MoodscoreError(
            f"'{columns[column]}' of segment {where['segment']} of clip '{where['clip_id']}' is "
            f"{values[row, column]}; compute the features of this clip again"
        )
    return values


def training_windows(
    table: pd.DataFrame,
    quadrant: str,
    *,
    inputs: list[str],
    outputs: list[str],
    window: int,
    column: str = "quadrant",
) -> TrainingWindows:
    """Cut one quadrant's training sequences.

    From each unbroken run come all windows of ``window`` segments, one starting at each segment; a
    shorter run gives one window, padded at its end. A recurrent network reads forwards, so padding
    at the end cannot touch what it wrote before; the weights keep it out of the loss.

    Parameters
    ----------
    table : pd.DataFrame
        One row a segment: ``clip_id``, ``segment``, ``column``, ``inputs`` and ``outputs``.
    quadrant : str
        The value of ``column`` that is wanted.
    inputs, outputs : list of str
        Columns to read and to write, both scaled to [0, 1].
    window : int
        Length of a window in segments.
    column : str
        Where the quadrant stands.

    Returns
    -------
    TrainingWindows
        Empty arrays of the right shape if the quadrant does not occur.

    Raises
    ------
    MoodscoreError
        If a segment occurs twice, or a value of this quadrant is missing or infinite.
    """
    table = table[(table[column] == quadrant).fillna(False).astype(bool)]
    runs = unbroken_runs(table, column=column)
    read, written = numeric_columns(table, inputs), numeric_columns(table, outputs)
    rows = [run[start : start + window] for run in runs for start in range(max(1, len(run) - window + 1))]

    X = np.zeros((len(rows), window, len(inputs)), dtype=np.float32)
    y = np.zeros((len(rows), window, len(outputs)), dtype=np.float32)
    weights = np.zeros((len(rows), window), dtype=np.float32)
    for number, row in enumerate(rows):
        X[number, : len(row)] = read[row]
        y[number, : len(row)] = written[row]
        weights[number, : len(row)] = 1
    clips = table["clip_id"].to_numpy(dtype=object)
    groups = clips[[row[0] for row in rows]] if rows else clips[:0]
    return TrainingWindows(X, y, weights, groups)
