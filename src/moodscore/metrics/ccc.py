"""Agreement of predicted and rated scores.

Conventions: both sequences are of the same segments in the same order. Correlation alone forgives a
wrong offset and a wrong range; the concordance correlation coefficient [1]_ does not, and is the
customary measure for valence and arousal.

References
----------
.. [1] Lin, L. I., "A concordance correlation coefficient to evaluate reproducibility", Biometrics
   45(1), 255-268, 1989.
"""

import numpy as np
from numpy.typing import ArrayLike

from moodscore.errors import MoodscoreError


def validate(true: ArrayLike, predicted: ArrayLike) -> None:
    """Check the two sequences.

    Raises
    ------
    MoodscoreError
        If they are not one-dimensional, differ in length or are empty, or a value is not finite.
    """
    true, predicted = np.asarray(true, dtype=float), np.asarray(predicted, dtype=float)
    if true.shape != predicted.shape or true.ndim != 1 or true.size == 0:
        raise MoodscoreError(
            f"true and predicted scores of shapes {true.shape} and {predicted.shape}, "
            "expected one-dimensional, of the same length and not empty"
        )
    if not (np.isfinite(true).all() and np.isfinite(predicted).all()):
        raise MoodscoreError(
            "true and predicted scores: a value is not finite; leave out unlabelled segments"
        )


def concordance_correlation(true: ArrayLike, predicted: ArrayLike) -> float:
    r"""Concordance correlation coefficient.

    .. math:: \rho_c = \frac{2 s_{xy}}{s_x^2 + s_y^2 + (\bar x - \bar y)^2}

    with moments of denominator `n`, as in [1]_.

    Parameters
    ----------
    true, predicted : array_like [shape=(n,)]
        Scores; the measure is symmetric in them.

    Returns
    -------
    float
        -1 to 1; 1 only if the sequences are equal. Sequences that are constant: if one is, there
        is no covariance and the result is 0, also if both are at different values; if both are
        at the same value they are equal and the result is 1.

    Raises
    ------
    MoodscoreError
        As `validate`.

    References
    ----------
    .. [1] Lin, "A concordance correlation coefficient to evaluate reproducibility", 1989.
    """
    validate(true, predicted)
    x, y = np.asarray(true, dtype=float), np.asarray(predicted, dtype=float)
    if np.array_equal(x, y):
        return 1.0
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    largest = max(np.abs(x).max(), np.abs(y).max())
    x, y = x / largest, y / largest  # so that no square leaves the range of the numbers
    x_off, y_off = x - x.mean(), y - y.mean()
    spread = np.mean(x_off**2) + np.mean(y_off**2) + (x.mean() - y.mean()) ** 2
    return float(2 * np.mean(x_off * y_off) / spread)
