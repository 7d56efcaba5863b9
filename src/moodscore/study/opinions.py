"""What people felt and preferred, as the paper's tables give it.

The table of mean opinion scores has the form of Tables 2 and 6 of the paper [1]_, in which the values
after ± are standard deviations over raters; the counts of preferences are those of its Fig. 11.

References
----------
.. [1] G. C. Sergio, M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering 2020, 8478527.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moodscore.study.answers import EITHER, AnswerFolder, read_answers

SCALES = ("valence", "arousal")
#: The row of the counts that sums up all videos.
ALL_VIDEOS = "all"
#: Two videos always lie on a line.
_LEAST_FOR_CORRELATION = 3

#: Means that are equal on paper must be equal here, whatever the rounding of their sums.
_SCORE_DECIMALS = 9

#: Columns of the three tables; of the counts, those that do not depend on the systems.
_MOS = ["video", "system", "n", *(f"{s}_{what}" for s in SCALES for what in ("mean", "sd", "target"))]
_CORRELATIONS = ["system", "scale", "n", "pearson_r", "spearman_rho"]
_COUNTS = ["video", EITHER, "n", "p_value"]


def mos_table(ratings: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Mean opinion scores of every version of a video, beside what its picture was rated.

    Parameters
    ----------
    ratings : pd.DataFrame
        ``rater, video, system, valence, arousal``, one row a rater and version.
    targets : pd.DataFrame
        ``valence, arousal`` (1 to 9), indexed by video; a video may be missing.

    Returns
    -------
    pd.DataFrame
        ``video, system``; ``n`` raters; for each scale the mean ``…_mean``, the standard deviation
        over raters ``…_sd`` (ddof 1, missing for a single rater) and the target ``…_target`` (missing
        if unknown). Sorted by system, then video.
    """
    groups = ratings.groupby(["system", "video"])
    scores = groups[list(SCALES)].agg(["mean", "std"])
    table = pd.DataFrame({"n": groups.size()}, index=scores.index)
    wanted = targets.reindex(scores.index.get_level_values("video"))
    for scale in SCALES:
        table[f"{scale}_mean"] = scores[scale]["mean"]
        table[f"{scale}_sd"] = scores[scale]["std"]
        table[f"{scale}_target"] = wanted[scale].to_numpy(dtype=float)
    return table.reset_index()[_MOS]


def mos_correlations(table: pd.DataFrame) -> pd.DataFrame:
    """Correlation of the mean opinion scores with their targets, over the videos of each system.

    Parameters
    ----------
    table : pd.DataFrame
        From `mos_table`.

    Returns
    -------
    pd.DataFrame
        ``system, scale``; ``n`` videos that have a target; ``pearson_r`` and ``spearman_rho``, missing
        where they are undefined (fewer than three videos, or all scores or all targets alike).
    """
    rows = [
        {"system": system, "scale": scale, **_correlations(own[f"{scale}_mean"], own[f"{scale}_target"])}
        for system, own in table.groupby("system")
        for scale in SCALES
    ]
    return pd.DataFrame(rows, columns=_CORRELATIONS)


def preference_counts(preferences: pd.DataFrame, systems: Sequence[str]) -> pd.DataFrame:
    """How often each system was preferred, by video and in all, and whether that may be chance.

    The test is the two-sided binomial test of equal chances; who said "either" is left out of it. It
    takes answers as independent; those of one rater are less so, and the last row's p-value is
    optimistic to that degree.

    Parameters
    ----------
    preferences : pd.DataFrame
        ``rater, video, preferred``: one of `systems`, or ``either``.
    systems : sequence of str
        The two systems.

    Returns
    -------
    pd.DataFrame
        ``video`` (the last row is ``all``), a column of counts for each system, ``either``, ``n``
        answers and ``p_value`` (1 if nobody preferred one). Empty without answers.
    """
    from scipy.stats import binomtest

    columns = [*systems, EITHER]
    counts = pd.crosstab(preferences["video"], preferences["preferred"]).reindex(
        columns=columns, fill_value=0
    )
    if len(counts):
        counts.loc[ALL_VIDEOS] = counts.sum()
    counts = counts.astype(int).rename_axis(index="video", columns=None)
    first, second = (counts[system] for system in systems)
    tested = zip(first, first + second, strict=True)
    p_values = [binomtest(int(k), int(n)).pvalue if n else 1.0 for k, n in tested]
    counts["n"] = counts.sum(axis=1)
    return counts.assign(p_value=np.array(p_values, dtype=float)).reset_index()


def summarise_answers(
    answers: AnswerFolder, segments: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Everything people said, in three tables that are empty if nobody was asked.

    Parameters
    ----------
    answers : AnswerFolder
        Where the answers are, if there are any.
    segments : pd.DataFrame
        ``clip_id, valence, arousal``: the labels of the videos' segments. The target of a video is
        their mean.

    Returns
    -------
    mos, correlations, preferences : pd.DataFrame
        From `mos_table`, `mos_correlations` and `preference_counts`.

    Raises
    ------
    MoodscoreError
        If answers cannot be read, see `read_answers`.
    """
    key = answers.key()
    if key is None:
        return tuple(pd.DataFrame(columns=columns) for columns in (_MOS, _CORRELATIONS, _COUNTS))
    ratings, preferences = read_answers(answers.folder, key)
    mos = mos_table(ratings, segments.groupby("clip_id")[list(SCALES)].mean())
    compared = len(key.systems) > 1
    counts = preference_counts(preferences, key.systems) if compared else pd.DataFrame(columns=_COUNTS)
    return mos, mos_correlations(mos), counts


def _correlations(scores: pd.Series, targets: pd.Series) -> dict[str, float]:
    known = targets.notna()
    scores, targets = (values[known].to_numpy().round(_SCORE_DECIMALS) for values in (scores, targets))
    if len(scores) < _LEAST_FOR_CORRELATION or np.ptp(scores) == 0 or np.ptp(targets) == 0:
        return {"n": len(scores), "pearson_r": np.nan, "spearman_rho": np.nan}
    from scipy.stats import pearsonr, spearmanr

    return {
        "n": len(scores),
        "pearson_r": float(pearsonr(scores, targets).statistic),
        "spearman_rho": float(spearmanr(scores, targets).statistic),
    }
