"""How far raters agree with each other, and who among them stands apart.

Two measures, each for the scores of ``n`` targets (clips or intervals) by ``k`` raters. The intraclass
correlation ICC(2, k) is the reliability of the mean over raters, ICC(2, 1) that of a single rater, with
raters taken as a sample of possible ones [1]_; it needs every rater's score of every target. The
coefficient alpha with interval differences compares the disagreement within targets to that among all
scores [2]_, and takes scores that are missing. Both are 1 where raters agree and 0 where they might as
well have drawn lots.

References
----------
.. [1] Shrout, P. E. and Fleiss, J. L., "Intraclass correlations: uses in assessing rater reliability",
   Psychological Bulletin 86(2), 1979.
.. [2] Krippendorff, K., "Computing Krippendorff's alpha-reliability", University of Pennsylvania, 2011.
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from moodscore.emotion.labels import INTERVAL

_SCORES = ("valence", "arousal")
#: The lower 5 % of the standard normal distribution.
_RARELY_BELOW = -1.645
#: Fewer targets say nothing of a correlation r: the standard error of artanh r is 1 / sqrt(n - 3).
_FEWEST_TARGETS = 4
#: Means that are equal on paper must not vary by the rounding of a sum.
_SCORE_DECIMALS = 9


class IntraclassCorrelation(NamedTuple):
    """ICC(2, 1), ICC(2, k) and what they are taken over; NaN where they are not defined."""

    single: float
    average: float
    n_targets: int
    n_raters: int


def intraclass_correlation(scores: ArrayLike) -> IntraclassCorrelation:
    """Intraclass correlation, two-way random effects, absolute agreement.

    With the mean squares of targets (MSR), of raters (MSC) and of the rest (MSE)::

        ICC(2, 1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n)
        ICC(2, k) = (MSR - MSE) / (MSR + (MSC - MSE) / n)

    Parameters
    ----------
    scores : array_like [shape=(n, k)]
        A row a target, a column a rater; targets with a missing score (NaN) are left out.

    Returns
    -------
    IntraclassCorrelation
        At most 1, and NaN with fewer than two targets or raters or where all scores are equal.
    """
    scores = np.asarray(scores, dtype=float)
    scores = scores[~np.isnan(scores).any(axis=1)]
    n, k = scores.shape
    if n < 2 or k < 2 or np.ptp(scores) == 0:
        return IntraclassCorrelation(math.nan, math.nan, n, k)
    of_targets, of_raters = scores.mean(axis=1, keepdims=True), scores.mean(axis=0, keepdims=True)
    rest = scores - of_targets - of_raters + scores.mean()
    msr = k * of_targets.var(ddof=1)
    msc = n * of_raters.var(ddof=1)
    mse = (rest**2).sum() / ((n - 1) * (k - 1))
    average = _ratio(msr - mse, msr + (msc - mse) / n)
    single = _ratio(msr - mse, msr + (k - 1) * mse + k * (msc - mse) / n)
    return IntraclassCorrelation(single, average, n, k)


def krippendorff_alpha(scores: ArrayLike) -> float:
    """Krippendorff's alpha with squared differences, the one for interval scales.

    ``alpha = 1 - D_o / D_e``: ``D_o`` is the mean squared difference of two scores of one target, each
    target counting by its number of scores, ``D_e`` that of any two scores.

    Parameters
    ----------
    scores : array_like [shape=(n, k)]
        A row a target, a column a rater; NaN where a score is missing. A target with a single score
        has nothing to be compared to and is left out.

    Returns
    -------
    float
        At most 1; NaN if no target has two scores or all scores are equal.
    """
    scores = np.asarray(scores, dtype=float)
    scores = scores[(~np.isnan(scores)).sum(axis=1) >= 2]
    given = ~np.isnan(scores)
    if not given.any() or np.ptp(scores[given]) == 0:
        return math.nan
    numbers, total = given.sum(axis=1), given.sum()
    centred = np.where(given, scores - scores[given].mean(), 0.0)
    # Over all ordered pairs, sum (x - y)^2 = 2 (m sum x^2 - (sum x)^2).
    within = numbers * (centred**2).sum(axis=1) - centred.sum(axis=1) ** 2
    observed = (within / (numbers - 1)).sum() / total
    expected = (total * (centred**2).sum() - centred.sum() ** 2) / (total * (total - 1))
    return float(1 - observed / expected)


def rater_agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """Agreement on valence and on arousal.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`.

    Returns
    -------
    pd.DataFrame
        Two rows: ``score``; ``n_targets, n_raters``; ``alpha``; ``icc_single, icc_average`` over the
        ``icc_targets`` that every rater rated. NaN where a measure is not defined.
    """
    rows = []
    for score in _SCORES:
        scores = _by_rater(ratings, score)
        icc = intraclass_correlation(scores)
        rows.append(
            {
                "score": score,
                "n_targets": len(scores),
                "n_raters": scores.shape[1],
                "alpha": krippendorff_alpha(scores),
                "icc_single": icc.single,
                "icc_average": icc.average,
                "icc_targets": icc.n_targets,
            }
        )
    return pd.DataFrame(rows)


def describe_raters(ratings: pd.DataFrame) -> pd.DataFrame:
    """What sets each rater apart.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`.

    Returns
    -------
    pd.DataFrame
        One row a rater and score: ``rater, score, n_targets, mean, sd`` (ddof 1), ``r_with_others``
        (correlation with the mean of the others' scores, NaN where either does not vary) and
        ``remark``: empty, or that the rater answers alike everywhere, or the other way round, the
        latter where a correlation of zero would be this negative in one case of twenty.
    """
    return pd.concat([_describe(_by_rater(ratings, score), score) for score in _SCORES], ignore_index=True)


def _by_rater(ratings: pd.DataFrame, score: str) -> pd.DataFrame:
    """A row a target, a column a rater, NaN where a rater did not rate."""
    targets = ratings.groupby(list(INTERVAL), dropna=False).ngroup()  # a whole clip has no times
    return ratings.assign(target=targets).pivot_table(score, "target", "rater")


def _describe(scores: pd.DataFrame, score: str) -> pd.DataFrame:
    numbers = scores.notna().sum(axis=1)
    sums = scores.sum(axis=1)
    rows = []
    for rater, own in scores.items():
        others = ((sums - own) / (numbers - 1).where(numbers > 1)).round(_SCORE_DECIMALS)
        compared = pd.DataFrame({"own": own, "others": others}).dropna()
        r = _correlation(compared["own"], compared["others"])
        rows.append(
            {
                "rater": rater,
                "score": score,
                "n_targets": int(own.notna().sum()),
                "mean": own.mean(),
                "sd": own.std(ddof=1),
                "r_with_others": r,
                "remark": _remark(own.dropna(), r, len(compared)),
            }
        )
    return pd.DataFrame(rows)


def _remark(own: pd.Series, r: float, n_compared: int) -> str:
    if len(own) > 1 and np.ptp(own) == 0:
        return f"gives {own.iloc[0]:g} everywhere"
    if n_compared >= _FEWEST_TARGETS and r < math.tanh(_RARELY_BELOW / math.sqrt(n_compared - 3)):
        return "answers the other way round"
    return ""


def _correlation(a: pd.Series, b: pd.Series) -> float:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below else math.nan
