"""Pairing the rows of two tables by what they are about, never by their order."""

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError


def paired_values(
    first: pd.DataFrame, second: pd.DataFrame, columns: tuple[str, ...], names: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Values of the segments that both tables have.

    Parameters
    ----------
    first, second : pd.DataFrame
        ``segment``, ``clip_id`` if they are of more than one clip, and `columns`.
    columns : tuple of str
        Which values to take.
    names : tuple of str
        What to call the two tables in an error message.

    Returns
    -------
    tuple of np.ndarray [shape=(n, len(columns))]
        The values of each table, in the same order of segments.

    Raises
    ------
    MoodscoreError
        If a table lacks a column, has a segment twice or a value that is not finite; if they have
        no segment in common.
    """
    keys = ["clip_id", "segment"] if "clip_id" in first and "clip_id" in second else ["segment"]
    indexed = [
        _indexed(table, keys, columns, name) for table, name in zip((first, second), names, strict=True)
    ]
    common = indexed[0].index.intersection(indexed[1].index).sort_values()
    if common.empty:
        raise MoodscoreError(f"{names[0]} and {names[1]} have no segment in common, expected at least one")
    one, other = (table.loc[common].to_numpy(dtype=float) for table in indexed)
    return one, other


def _indexed(table: pd.DataFrame, keys: list[str], columns: tuple[str, ...], name: str) -> pd.DataFrame:
    for column in (*keys, *columns):
        if column not in table:
            raise MoodscoreError(f"{name}: no column {column!r}, expected {', '.join((*keys, *columns))}")
    indexed = table.set_index(keys)[list(columns)]
    if indexed.index.has_duplicates:
        repeated = indexed.index[indexed.index.duplicated()][0]
        raise MoodscoreError(
            f"{name}: {', '.join(keys)} {repeated} is there twice, expected one row a segment"
        )
    if not np.isfinite(indexed.to_numpy(dtype=float)).all():
        raise MoodscoreError(f"{name}: a value is not finite, expected numbers in {', '.join(columns)}")
    return indexed
