"""From one music's tempo, loudness and rhythm to another's: the same quantile.

What is predicted for a video lies in the range of the soundtracks the networks were trained on; a
library of other music has a range of its own. A library may have nothing as loud as the loudest
soundtrack, but it has a loudest song. So a feature is mapped to the value that holds the same rank
there (:mod:`moodscore.quantiles`): all values keep their order and get the library's distribution.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.quantiles import PROBABILITIES, match
from moodscore.sound.scaling import FEATURES


@dataclass(frozen=True)
class QuantileMap:
    """Map tempo, loudness and rhythm from one distribution to another, rank by rank.

    Piecewise linear between matched quantiles, monotone, and within the range of the target. A value
    that holds several quantiles of the source (a tie, or all of them where a feature is constant) is
    mapped to the middle one of those it holds.

    Attributes
    ----------
    source, target : tuple of tuple of float [shape=(3, 101)]
        The quantiles at `PROBABILITIES` of each feature, in the order of `FEATURES`, ascending.

    Examples
    --------
    >>> ramp = np.linspace(0.0, 1.0, 11)
    >>> training = pd.DataFrame({"tempo": ramp, "loudness": ramp, "rhythm": ramp})
    >>> library = pd.DataFrame({"tempo": 0.5 + ramp / 2, "loudness": ramp**2, "rhythm": 0.3})
    >>> QuantileMap.fit(training, library).transform(training.iloc[[4, 10]]).round(2).values.tolist()
    [[0.7, 0.16, 0.3], [1.0, 1.0, 0.3]]
    """

    source: tuple[tuple[float, ...], ...]
    target: tuple[tuple[float, ...], ...]

    @classmethod
    def fit(cls, source: pd.DataFrame, target: pd.DataFrame) -> "QuantileMap":
        """Find the quantiles of both.

        Parameters
        ----------
        source, target : pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm``, on one scale, one row a segment; rows whose
            ``is_silent`` (if there) is true are left out.

        Raises
        ------
        MoodscoreError
            If a column is missing, no row is left or a value is not finite.
        """
        return cls(_quantiles(source, "source"), _quantiles(target, "target"))

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Features of the source as features of the target.

        Parameters
        ----------
        table : pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm``.

        Returns
        -------
        pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm``, the index of ``table``; what lies beyond the
            source's range becomes the end of the target's.

        Raises
        ------
        MoodscoreError
            If a column is missing.
        """
        values = _values(table, "features")
        mapped = [match(*feature) for feature in zip(values.T, self.source, self.target, strict=True)]
        return pd.DataFrame(np.column_stack(mapped), columns=list(FEATURES), index=table.index)

    def to_dict(self) -> dict[str, Any]:
        """The quantiles as plain types, ready for JSON."""
        return {
            end: {name: list(quantiles) for name, quantiles in zip(FEATURES, getattr(self, end), strict=True)}
            for end in ("source", "target")
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "QuantileMap":
        """The map that `to_dict` stored.

        Raises
        ------
        MoodscoreError
            If that is not what was stored.
        """
        try:
            ends = np.array([[stored[end][name] for name in FEATURES] for end in ("source", "target")], float)
        except (KeyError, TypeError, ValueError) as error:
            raise MoodscoreError(f"quantile map: cannot be read ({error!r}); fit it again") from error
        as_fitted = ends.shape == (2, len(FEATURES), len(PROBABILITIES))
        if not as_fitted or not np.isfinite(ends).all() or (np.diff(ends) < 0).any():
            raise MoodscoreError("quantile map: its quantiles make no sense; fit it again")
        source, target = (tuple(map(tuple, end)) for end in ends.tolist())
        return cls(source, target)


def _quantiles(table: pd.DataFrame, name: str) -> tuple[tuple[float, ...], ...]:
    values = _values(table, name)
    if "is_silent" in table:
        values = values[~table["is_silent"].to_numpy(dtype=bool)]
    if not len(values):
        raise MoodscoreError(f"quantile map: the {name} has no sound; add music that can be heard")
    if not np.isfinite(values).all():
        raise MoodscoreError(f"quantile map: the {name} contains NaN or infinity; compute the features again")
    return tuple(map(tuple, np.quantile(values, PROBABILITIES, axis=0).T.tolist()))


def _values(table: pd.DataFrame, name: str) -> np.ndarray:
    """The features as an array [shape=(n, 3)]."""
    missing = [feature for feature in FEATURES if feature not in table]
    if missing:
        raise MoodscoreError(
            f"quantile map: the {name} lacks {', '.join(missing)}; compute the features again"
        )
    return table[list(FEATURES)].to_numpy(dtype=np.float64)
