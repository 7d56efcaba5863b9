"""How well the quadrants of segments are predicted.

Conventions: quadrants are names out of `moodscore.emotion.QUADRANTS`; both sequences are of the same
segments in the same order, unlabelled segments left out. Emotional quadrants are lopsided, so that
always answering the most frequent one may look good: the accuracy of that answer stands beside the
accuracy, and two measures that give every quadrant the same weight.
"""

import numpy as np
from numpy.typing import ArrayLike

from moodscore.emotion.quadrants import QUADRANTS, quadrant_code
from moodscore.errors import MoodscoreError


def validate(true_quadrants: ArrayLike, predicted_quadrants: ArrayLike) -> None:
    """Check the two sequences.

    Raises
    ------
    MoodscoreError
        If they are not one-dimensional, differ in length or are empty, or if a name is missing or
        not a quadrant.
    """
    shapes = [np.shape(quadrants) for quadrants in (true_quadrants, predicted_quadrants)]
    if shapes[0] != shapes[1] or len(shapes[0]) != 1 or shapes[0] == (0,):
        raise MoodscoreError(
            f"true and predicted quadrants of shapes {shapes[0]} and {shapes[1]}, "
            "expected one-dimensional, of the same length and not empty"
        )
    quadrant_code(true_quadrants)
    quadrant_code(predicted_quadrants)


def emotion_scores(true_quadrants: ArrayLike, predicted_quadrants: ArrayLike) -> dict[str, float | int]:
    r"""Accuracy and the measures without which it says little.

    With :math:`C_{tp}` the number of segments of quadrant `t` predicted as `p`,

    .. math:: \text{recall}_t = \frac{C_{tt}}{\sum_p C_{tp}}, \qquad
       F_t = \frac{2 C_{tt}}{\sum_p C_{tp} + \sum_p C_{pt}} .

    Parameters
    ----------
    true_quadrants, predicted_quadrants : array_like of str [shape=(n,)]
        Names of the quadrants.

    Returns
    -------
    dict
        ``accuracy``: share predicted right. ``majority_accuracy``: share of the most frequent true
        quadrant of these very segments. ``balanced_accuracy``: mean recall of the true quadrants
        that occur. ``macro_f1``: mean :math:`F` of the quadrants that occur in either sequence.
        All 0 to 1. ``n``: number of segments.

    Raises
    ------
    MoodscoreError
        As `validate`.
    """
    validate(true_quadrants, predicted_quadrants)
    true, predicted = quadrant_code(true_quadrants) - 1, quadrant_code(predicted_quadrants) - 1
    n_classes = len(QUADRANTS)
    pairs = np.bincount(n_classes * true + predicted, minlength=n_classes**2)
    confusion = pairs.reshape(n_classes, n_classes)
    hits, n_true, n_predicted = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    occurs, is_true = n_true + n_predicted > 0, n_true > 0
    return {
        "accuracy": float(hits.sum() / len(true)),
        "majority_accuracy": float(n_true.max() / len(true)),
        "balanced_accuracy": float(np.mean(hits[is_true] / n_true[is_true])),
        "macro_f1": float(np.mean(2 * hits[occurs] / (n_true + n_predicted)[occurs])),
        "n": len(true),
    }
