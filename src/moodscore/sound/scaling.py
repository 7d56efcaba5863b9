"""One scale for tempo, loudness and rhythm, fitted on training segments and reused everywhere else.

``"default"`` maps each feature by its own 1st and 99th percentile, so that the three weigh alike in a
distance. ``"paper"`` maps all three by one minimum and maximum [1]_; tempo, whose numbers are the
largest, then decides almost alone.

.. [1] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.sound.variants import Variant, check_variant

#: The features that are scaled, in this order everywhere.
FEATURES = ("tempo", "loudness", "rhythm")
#: Percentiles mapped to 0 and 1: one outlier in a hundred does not set the scale.
PERCENTILES = (1.0, 99.0)
#: A range smaller than this share of its ends is rounding: the feature is constant …
CONSTANT_TOLERANCE = 1e-9
#: … and is mapped here, the same distance from either end.
CONSTANT_VALUE = 0.5


@dataclass(frozen=True)
class AudioScaler:
    """Map tempo, loudness and rhythm to [0, 1] and back.

    Attributes
    ----------
    lower, upper : tuple of float [length 3]
        What is mapped to 0 and to 1, in the order of `FEATURES`. What lies beyond is clipped. A constant
        feature (``lower == upper``) is mapped to 0.5.
    variant : {"default", "paper"}
        How the limits were found.

    Examples
    --------
    >>> table = pd.DataFrame({"tempo": [60.0, 180.0], "loudness": [0.0, 10.0], "rhythm": [-40.0, -20.0]})
    >>> AudioScaler.fit(table, variant="paper").transform(table).round(2).values.tolist()
    [[0.45, 0.18, 0.0], [1.0, 0.23, 0.09]]
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    variant: Variant = "default"

    @property
    def tempo_range_bpm(self) -> tuple[float, float]:
        """What scaled tempo 0 and 1 mean, in beats a minute."""
        place = FEATURES.index("tempo")
        return self.lower[place], self.upper[place]

    @classmethod
    def fit(cls, table: pd.DataFrame, variant: Variant = "default") -> "AudioScaler":
        """Find the limits.

        Parameters
        ----------
        table : pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm``; rows whose ``is_silent`` (if there) is true are left
            out.
        variant : {"default", "paper"}
            Percentiles of each feature, or one minimum and maximum for all.

        Raises
        ------
        MoodscoreError
            If a column is missing, no row is left or a value is not finite, or the variant unknown.
        """
        check_variant(variant)
        values = _values(table)
        if "is_silent" in table:
            values = values[~table["is_silent"].to_numpy(dtype=bool)]
        if not len(values):
            raise MoodscoreError("audio scaler: no sound to fit on; add training clips with a soundtrack")
        if not np.isfinite(values).all():
            raise MoodscoreError("audio scaler: the features contain NaN or infinity; compute them again")
        if variant == "paper":
            lower, upper = (np.full(len(FEATURES), limit) for limit in (values.min(), values.max()))
        else:
            lower, upper = np.percentile(values, PERCENTILES, axis=0)
        constant = upper - lower <= CONSTANT_TOLERANCE * np.maximum(np.abs(lower), np.abs(upper))
        upper = np.where(constant, lower, upper)
        return cls(tuple(lower.tolist()), tuple(upper.tolist()), variant)

    def transform(self, table: pd.DataFrame) -> pd.DataFrame:
        """Features on the common scale.

        Parameters
        ----------
        table : pd.DataFrame
            Columns ``tempo`` (beats a minute), ``loudness`` (sone), ``rhythm`` (log variance).

        Returns
        -------
        pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm`` in [0, 1], the index of ``table``.

        Raises
        ------
        MoodscoreError
            If a column is missing.
        """
        span = self._span()
        scaled = (_values(table) - self.lower) / np.where(span > 0, span, 1.0)
        scaled = np.where(span > 0, np.clip(scaled, 0.0, 1.0), CONSTANT_VALUE)
        return pd.DataFrame(scaled, columns=list(FEATURES), index=table.index)

    def transform_keyed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Features on the common scale, beside the keys of their segments.

        Parameters
        ----------
        table : pd.DataFrame
            ``segment``, ``clip_id`` if it is of more than one clip, and what `transform` takes.

        Returns
        -------
        pd.DataFrame
            The keys that are there, then ``tempo``, ``loudness``, ``rhythm`` in [0, 1].

        Raises
        ------
        MoodscoreError
            If a column is missing.
        """
        keys = [name for name in ("clip_id", "segment") if name in table]
        return pd.concat([table[keys], self.transform(table)], axis=1)

    def inverse(self, table: pd.DataFrame) -> pd.DataFrame:
        """Features on their own scales, from the common one.

        Parameters
        ----------
        table : pd.DataFrame
            Columns ``tempo``, ``loudness``, ``rhythm`` in [0, 1].

        Returns
        -------
        pd.DataFrame
            Beats a minute, sone, log variance; the index of ``table``.

        Raises
        ------
        MoodscoreError
            If a column is missing.
        """
        values = self.lower + _values(table) * self._span()
        return pd.DataFrame(values, columns=list(FEATURES), index=table.index)

    def to_dict(self) -> dict[str, Any]:
        """The limits as plain types, ready for JSON."""
        return {
            "variant": self.variant,
            "lower": dict(zip(FEATURES, self.lower, strict=True)),
            "upper": dict(zip(FEATURES, self.upper, strict=True)),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "AudioScaler":
        """The scaler that `to_dict` stored.

        Raises
        ------
        MoodscoreError
            If that is not what was stored.
        """
        try:
            lower, upper = (
                tuple(float(stored[end][name]) for name in FEATURES) for end in ("lower", "upper")
            )
            variant = stored["variant"]
        except (KeyError, TypeError, ValueError) as error:
            raise MoodscoreError(f"audio scaler: cannot be read ({error!r}); fit it again") from error
        ordered = all(low <= high for low, high in zip(lower, upper, strict=True))
        check_variant(variant)
        if not ordered or not np.isfinite(lower + upper).all():
            raise MoodscoreError("audio scaler: its limits make no sense; fit it again")
        return cls(lower, upper, variant)

    def _span(self) -> np.ndarray:
        return np.subtract(self.upper, self.lower)


def _values(table: pd.DataFrame) -> np.ndarray:
    """The features as an array [shape=(n, 3)]."""
    missing = [name for name in FEATURES if name not in table]
    if missing:
        raise MoodscoreError(
            f"audio scaler: the table lacks {', '.join(missing)}; compute the features again"
        )
    return table[list(FEATURES)].to_numpy(dtype=np.float64)
