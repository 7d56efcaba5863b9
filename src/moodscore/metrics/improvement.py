"""By how much one system betters another, and whether that may be chance.

Conventions: both systems were run on the same clips and have one error a clip, lower being better.
Segments of a clip are anything but independent, so clips are what is tested and resampled.

References
----------
.. [1] Wilcoxon, F., "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945.
.. [2] Efron, B. and Tibshirani, R. J., "An Introduction to the Bootstrap", Chapman & Hall, 1993.
"""

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError

_N_RESAMPLES = 10_000
_INTERVAL_PERCENTILES = (2.5, 97.5)
#: Clips drawn at a time: bounds the memory of the bootstrap.
_DRAWS_PER_BLOCK = 1 << 20


def validate(errors: pd.Series, reference_errors: pd.Series) -> None:
    """Check the errors of the two systems.

    Raises
    ------
    MoodscoreError
        If a clip is missing from one of them or there twice, there is no clip, an error is
        negative or not finite, or the reference makes no error at all.
    """
    for name, series in (("errors", errors), ("reference_errors", reference_errors)):
        if series.empty or series.index.has_duplicates:
            raise MoodscoreError(f"{name}: expected one error a clip, and at least one clip")
        values = series.to_numpy(dtype=float)
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise MoodscoreError(f"{name}: an error is negative or not finite")
    unpaired = errors.index.symmetric_difference(reference_errors.index)
    if len(unpaired):
        raise MoodscoreError(
            f"clip {unpaired[0]!r} has an error of only one of the two systems, expected both"
        )
    if not reference_errors.to_numpy().any():
        raise MoodscoreError("reference_errors: all are zero, an improvement on that has no percentage")


def improvement(
    errors: pd.Series, reference_errors: pd.Series, *, seed: int = 0
) -> dict[str, float | list[float]]:
    r"""Improvement of a system over a reference.

    .. math:: 100 \, \frac{\sum_c r_c - \sum_c e_c}{\sum_c r_c} ,

    the reduction of the mean error. (The mean of each clip's own reduction would be ruled by the
    clips on which the reference errs least.)

    Parameters
    ----------
    errors, reference_errors : pd.Series [shape=(n,)]
        Error of the system and of the reference on each clip, indexed by ``clip_id``, in any order.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``percent``: the improvement, at most 100; negative if the system is worse.
        ``wilcoxon_p``: two-sided p of the signed-rank test [1]_ on the differences of the clips,
        those without a difference left out; 1 if none differs.
        ``ci95``: lower and upper end of the 95 % percentile bootstrap interval of ``percent`` over
        clips [2]_. Resamples in which the reference makes no error do not count.

    Raises
    ------
    MoodscoreError
        As `validate`.

    References
    ----------
    .. [1] Wilcoxon, "Individual comparisons by ranking methods", 1945.
    .. [2] Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
    """
    validate(errors, reference_errors)
    clips = sorted(errors.index)
    system, reference = (series.loc[clips].to_numpy(dtype=float) for series in (errors, reference_errors))
    return {
        "percent": float(100 * (reference.sum() - system.sum()) / reference.sum()),
        "wilcoxon_p": _signed_rank_p(reference - system),
        "ci95": _bootstrap_interval(system, reference, seed),
    }


def _signed_rank_p(differences: np.ndarray) -> float:
    differences = differences[differences != 0]
    if len(differences) == 0:
        return 1.0
    from scipy.stats import wilcoxon

    return float(wilcoxon(differences).pvalue)


def _bootstrap_interval(system: np.ndarray, reference: np.ndarray, seed: int) -> list[float]:
    n_clips = len(system)
    rng = np.random.default_rng(seed)
    resamples_per_block = max(1, _DRAWS_PER_BLOCK // n_clips)
    percents = []
    for start in range(0, _N_RESAMPLES, resamples_per_block):
        n_resamples = min(resamples_per_block, _N_RESAMPLES - start)
        drawn = rng.integers(n_clips, size=(n_resamples, n_clips))
        of_reference, of_system = reference[drawn].sum(axis=1), system[drawn].sum(axis=1)
        counts = of_reference > 0
        percents.append(100 * (of_reference - of_system)[counts] / of_reference[counts])
    return np.percentile(np.concatenate(percents), _INTERVAL_PERCENTILES).tolist()
