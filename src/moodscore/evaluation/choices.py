"""Choices that are made on evidence: rules, shrinkage, smoothing and what counts as neutral.

Every error is that on sources that were left out (:mod:`moodscore.evaluation.readings`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moodscore.emotion import NEUTRAL_SCORE, ReaderOptions, quadrant_of, settle_emotion
from moodscore.evaluation.readings import SCORES, by_clip, fuzzy_reader, leave_out

#: Smoothing in seconds and neutral radii that are tried.
_WINDOWS_S = (0.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0)
_RADII = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)


def choose_rules(
    rows: pd.DataFrame,
    groups: pd.Series,
    *,
    inputs: Sequence[str],
    options: ReaderOptions,
    bells: Sequence[int],
    strengths: Sequence[float],
    seed: int,
) -> pd.DataFrame:
    """Number of bells and strength of the shrinkage by the error on sources left out.

    The simplest is chosen whose mean squared error is within one standard error (over sources) of the least:
    the fewest bells, then the strongest shrinkage.

    Parameters
    ----------
    rows, groups, inputs, options, seed
        As for `compare_readings`.
    bells : sequence of int
        Numbers of bells of every input.
    strengths : sequence of float
        Shrinkages.

    Returns
    -------
    pd.DataFrame
        ``bells, shrinkage, mse, standard_error, chosen``, the simplest first.
    """
    table = []
    for count in sorted(bells):
        for strength in sorted(strengths, reverse=True):
            reader = fuzzy_reader(inputs, options, seed, n_mfs=count, shrinkage=strength)
            error, spread = _error(rows, groups, leave_out(rows, groups, reader))
            table.append({"bells": count, "shrinkage": strength, "mse": error, "standard_error": spread})
    tried = pd.DataFrame(table)
    best = tried.loc[tried["mse"].idxmin()]
    within = tried["mse"] <= best["mse"] + best["standard_error"]
    return tried.assign(chosen=tried.index == within.idxmax())


def _error(rows: pd.DataFrame, groups: pd.Series, read: np.ndarray) -> tuple[float, float]:
    """Mean squared error over clips and both scores, and its standard error over groups."""
    table = pd.DataFrame(read, columns=["v", "a"], index=rows.index)
    clips = by_clip(rows.join(table), ["v", "a", *SCORES])
    squares = ((clips[["v", "a"]].to_numpy() - clips[list(SCORES)].to_numpy()) ** 2).mean(axis=1)
    own = groups.groupby(rows["clip_id"]).first()[clips.index].to_numpy()
    mean = squares.mean()
    sums = pd.Series(squares - mean).groupby(own).sum()
    return float(mean), float(np.sqrt((sums**2).sum()) / len(squares))


def choose_settling(
    rows: pd.DataFrame, groups: pd.Series, *, inputs: Sequence[str], options: ReaderOptions, seed: int
) -> pd.DataFrame:
    """What smoothing and which neutral radius the films speak for.

    Parameters
    ----------
    rows, groups, inputs, options, seed
        As for `compare_readings`; ``rows`` with ``cut_s``.

    Returns
    -------
    pd.DataFrame
        ``what`` (``smoothing_s`` or ``neutral_radius``), ``value``, ``rmse`` (of every second, smoothed
        over so long, against its clip's rating), ``changes_per_min`` (of the quadrant), and of the clips
        within the radius ``share``, ``parted`` (between-group variance ``p (1 - p) (outside - inside)**2`` of
        being right: a radius is the better the further it parts readings that are right from those that are
        not), ``quadrant_inside`` and ``quadrant_outside`` (share read right).
    """
    raw = leave_out(rows, groups, fuzzy_reader(inputs, options, seed))
    read = rows[["clip_id", "segment", "cut_s", "quadrant", *SCORES]].copy()
    read[["read_v", "read_a"]] = raw
    table: list[dict[str, object]] = []
    settled = read
    for window in _WINDOWS_S:
        settled = pd.concat([_smoothed(own, window) for _, own in read.groupby("clip_id")])
        errors = settled[["valence", "arousal"]].to_numpy() - read.loc[settled.index, list(SCORES)].to_numpy()
        changed = settled["quadrant"].ne(settled.groupby(read["clip_id"])["quadrant"].shift())
        n_changes = changed.sum() - read["clip_id"].nunique()
        table.append(
            {
                "what": "smoothing_s",
                "value": window,
                "rmse": float(np.sqrt((errors**2).mean())),
                "changes_per_min": float(60 * n_changes / len(read)),
            }
        )
    clips = by_clip(read, ["read_v", "read_a", *SCORES]).to_numpy()
    right = ((clips[:, :2] > NEUTRAL_SCORE) == (clips[:, 2:] > NEUTRAL_SCORE)).all(axis=1)
    distance = np.hypot(*(clips[:, :2] - NEUTRAL_SCORE).T)
    for radius in _RADII:
        inside = distance < radius
        share = float(inside.mean())
        within = float(right[inside].mean()) if inside.any() else np.nan
        beyond = float(right[~inside].mean()) if not inside.all() else np.nan
        table.append(
            {
                "what": "neutral_radius",
                "value": radius,
                "share": share,
                "quadrant_inside": within,
                "quadrant_outside": beyond,
                "parted": share * (1 - share) * max(beyond - within, 0.0) ** 2,
            }
        )
    tried = pd.DataFrame(table)
    return tried.assign(chosen=tried["parted"].eq(tried["parted"].max()))


def _smoothed(own: pd.DataFrame, window: float) -> pd.DataFrame:
    scores = own.drop(columns=list(SCORES)).rename(columns={"read_v": "valence", "read_a": "arousal"})
    scores["quadrant"] = quadrant_of(scores["valence"], scores["arousal"])
    return settle_emotion(scores, segment_s=1.0, smoothing_s=window, neutral_radius=0.0, min_dwell_s=0.0)


def correlate_cues(rows: pd.DataFrame, cues: Sequence[str]) -> pd.DataFrame:
    """Rank correlation of each cue with both scores, clip by clip.

    Returns
    -------
    pd.DataFrame
        ``cue, valence, arousal`` (Spearman), ``n_clips``; the strongest with valence first.
    """
    clips = by_clip(rows, [*cues, *SCORES])
    table = clips.corr(method="spearman").loc[list(cues), list(SCORES)]
    table = table.rename_axis("cue").reset_index().assign(n_clips=len(clips))
    return table.iloc[(-table["valence"].abs()).argsort(kind="stable")].reset_index(drop=True)
