"""The judge: reads the emotion that a piece of audio carries.

Valence and arousal are read from six cues of a segment by ridge regression. The emotional cues of
music add up linearly, mode and tempo first, with next to no interaction [1]_; so a linear model is
enough, and few enough numbers for a corpus of a few dozen clips. The judge is trained on training
clips only and measures, afterwards, whether generated audio fits the emotion of its video.

References
----------
.. [1] Eerola, T., Friberg, A. and Bresin, R., "Emotional expression in music: contribution,
   linearity, and additivity of primary musical cues", Frontiers in Psychology 4, 487, 2013.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError

#: Audio features the judge listens to, columns of those names.
CUES = ("tempo", "loudness", "rhythm", "mode", "brightness", "onset_rate")

_SCORES = ("valence", "arousal")
_KEYS = ("clip_id", "segment")
#: What is kept of each cue.
_STORED = ("mean", "scale", "lowest", "highest", *_SCORES)

#: Penalty on squared coefficients, against a mean squared error over standardised cues: a cue that is
#: independent of the others is shrunk by 1 / (1 + 0.05), however many segments there are.
_RIDGE = 0.05


class Judge:
    r"""Ridge regression of valence and arousal on standardised audio cues.

    With :math:`z` the cues less their mean, divided by their standard deviation (both over the
    weighted training rows), and :math:`w` the sample weights scaled to sum to one,

    .. math:: \min_\beta \sum_i w_i (y_i - \bar y - z_i^T \beta)^2 + \lambda \|\beta\|^2 ,
       \qquad \hat y = \min(\max(\bar y + z^T \beta, 1), 9) .

    A cue beyond all that was heard in training counts as the farthest one heard: what a line says far
    outside its data, of the last second of a fade-out for instance, is no judgement.

    The result depends on the unit of no cue and on no overall factor of the weights.

    Attributes
    ----------
    cue_mean_, cue_scale_ : np.ndarray [shape=(6,)]
        Mean and standard deviation of each of `CUES`; the scale of a constant cue is 1.
    cue_range_ : np.ndarray [shape=(6, 2)]
        Lowest and highest value of each cue in training.
    coefficients_ : np.ndarray [shape=(6, 2)]
        Change of valence and arousal for one standard deviation of each cue.
    intercept_ : np.ndarray [shape=(2,)]
        Mean valence and arousal.
    """

    cue_mean_: np.ndarray
    cue_scale_: np.ndarray
    cue_range_: np.ndarray
    coefficients_: np.ndarray
    intercept_: np.ndarray

    def fit(
        self, features: pd.DataFrame, labels: pd.DataFrame, sample_weight: ArrayLike | None = None
    ) -> "Judge":
        """Learn from labelled segments.

        Parameters
        ----------
        features : pd.DataFrame
            The columns `CUES`, one row a segment.
        labels : pd.DataFrame
            The columns ``valence, arousal``, one row for each row of `features`.
        sample_weight : array_like, optional [shape=(n,)]
            Weight of each row, 0 or more.

        Returns
        -------
        Judge
            Itself.

        Raises
        ------
        MoodscoreError
            If there is no row, the two tables differ in length or (where both have the columns
            ``clip_id`` and ``segment``) in the segments of their rows, a column is missing, a
            value is not finite, or the weights are negative, all zero or of another number.
        """
        cues = _numbers(features, CUES, "features")
        scores = _numbers(labels, _SCORES, "labels")
        _check_same_rows(features, labels)
        weight = _checked_weight(sample_weight, len(cues))

        # einsum, not BLAS: the sum over rows must not depend on the number of threads.
        self.cue_mean_ = np.einsum("n,ni->i", weight, cues)
        self.cue_scale_ = _spread(cues, self.cue_mean_, weight)
        counted = cues[weight > 0]
        self.cue_range_ = np.column_stack([counted.min(axis=0), counted.max(axis=0)])
        self.intercept_ = np.einsum("n,nk->k", weight, scores)
        z = (cues - self.cue_mean_) / self.cue_scale_
        gram = np.einsum("n,ni,nj->ij", weight, z, z)
        moment = np.einsum("n,ni,nk->ik", weight, z, scores - self.intercept_)
        self.coefficients_ = np.linalg.solve(gram + _RIDGE * np.eye(len(CUES)), moment)
        return self

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Valence and arousal of segments.

        Parameters
        ----------
        features : pd.DataFrame
            The columns `CUES`, one row a segment.

        Returns
        -------
        pd.DataFrame
            ``valence, arousal``, 1 to 9, with the index of `features`.

        Raises
        ------
        MoodscoreError
            If the judge is not fitted, a column is missing or a value is not finite.
        """
        if not hasattr(self, "coefficients_"):
            raise MoodscoreError("the judge has learnt nothing yet: call fit first")
        cues = np.clip(_numbers(features, CUES, "features"), *self.cue_range_.T)
        z = (cues - self.cue_mean_) / self.cue_scale_
        scores = self.intercept_ + np.einsum("ni,ik->nk", z, self.coefficients_)
        scores = np.clip(scores, LOWEST_SCORE, HIGHEST_SCORE)
        return pd.DataFrame(scores, index=features.index, columns=list(_SCORES))

    def to_dict(self) -> dict[str, dict[str, dict[str, float]]]:
        """The fitted judge as plain numbers, for JSON.

        Returns
        -------
        dict
            ``cues``: for each of `CUES` its ``mean``, ``scale``, ``lowest``, ``highest`` and the
            coefficients ``valence`` and ``arousal``; ``intercept``: ``valence`` and ``arousal``.
        """
        rows = np.column_stack([self.cue_mean_, self.cue_scale_, self.cue_range_, self.coefficients_])
        cues = {
            cue: dict(zip(_STORED, row, strict=True)) for cue, row in zip(CUES, rows.tolist(), strict=True)
        }
        return {"cues": cues, "intercept": dict(zip(_SCORES, self.intercept_.tolist(), strict=True))}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Judge":
        """The judge that `to_dict` stored.

        Raises
        ------
        MoodscoreError
            If a number is missing or not finite, or a scale is not positive.
        """
        try:
            rows = np.array([[stored["cues"][cue][name] for name in _STORED] for cue in CUES], dtype=float)
            intercept = np.array([stored["intercept"][score] for score in _SCORES], dtype=float)
        except (KeyError, TypeError, ValueError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise MoodscoreError(f"stored judge: cannot be used ({reason}); train it again") from error
        if not (np.isfinite(rows).all() and np.isfinite(intercept).all() and (rows[:, 1] > 0).all()):
            raise MoodscoreError(
                "stored judge: a number is not finite or a scale not positive; train it again"
            )
        judge = cls()
        judge.cue_mean_, judge.cue_scale_ = rows[:, 0], rows[:, 1]
        judge.cue_range_ = rows[:, 2:4]
        judge.coefficients_, judge.intercept_ = rows[:, 4:], intercept
        return judge


def _numbers(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> np.ndarray:
    missing = [column for column in columns if column not in table]
    if missing:
        raise MoodscoreError(f"{name}: no column {missing[0]!r}, expected {', '.join(columns)}")
    values = table[list(columns)].to_numpy(dtype=float)
    bad = ~np.isfinite(values).all(axis=0)
    if bad.any():
        column = columns[int(bad.argmax())]
        raise MoodscoreError(
            f"{name}: column {column!r} has values that are not finite; leave those rows out"
        )
    return values


def _check_same_rows(features: pd.DataFrame, labels: pd.DataFrame) -> None:
    if len(features) == 0 or len(features) != len(labels):
        raise MoodscoreError(
            f"{len(features)} rows of features and {len(labels)} of labels, "
            "expected as many of one as of the other, and at least one"
        )
    for key in _KEYS:
        if key in features and key in labels and (features[key].to_numpy() != labels[key].to_numpy()).any():
            raise MoodscoreError(
                f"features and labels differ in {key!r}: join them by clip and segment first"
            )


def _checked_weight(sample_weight: ArrayLike | None, n_rows: int) -> np.ndarray:
    """Weights that sum to one."""
    weight = np.ones(n_rows) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    if weight.shape != (n_rows,) or not (np.isfinite(weight).all() and (weight >= 0).all() and weight.any()):
        raise MoodscoreError(f"sample_weight: expected {n_rows} finite numbers, none negative, not all zero")
    return weight / weight.sum()


def _spread(cues: np.ndarray, mean: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Standard deviation of each cue, 1 for a constant one (among the rows that count)."""
    counted = cues[weight > 0]
    spread = np.sqrt(np.einsum("n,ni->i", weight, (cues - mean) ** 2))
    constant = (counted == counted[0]).all(axis=0)
    return np.where(constant | (spread == 0), 1.0, spread)
