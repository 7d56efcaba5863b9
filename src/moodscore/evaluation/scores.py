"""Putting single measurements together, ``seen`` and ``held_out`` side by side.

``seen`` figures are of clips that were in training, ``held_out`` ones of clips kept out of training
and out of the music dictionary. A split without any clip has no figures (None).
"""

from typing import Any

import numpy as np
import pandas as pd

from moodscore.emotion import QUADRANTS
from moodscore.evaluation.takes import CONTINUITY, ORIGINAL
from moodscore.metrics import (
    MFCCStatistics,
    concordance_correlation,
    emotion_match,
    emotion_scores,
    fd_mfcc,
    improvement,
)
from moodscore.metrics.fd_mfcc import N_MFCC
from moodscore.music import SYSTEMS

#: What a figure's side is called, and the value of the column ``split`` it stands for.
SPLITS = {"seen": "train", "held_out": "held_out"}
#: How well the joins of a track are told from the rest; the untouched original's beside them.
JOINS = ("join_auc_flux", "join_auc_click", "join_auc_loudness")
#: What is measured of a track, averaged over takes and then over clips.
MEASURES = (
    "mae_waveform",
    "mae_tlr",
    "log_mel_distance",
    *JOINS,
    *CONTINUITY,
    "unique_ratio",
    "longest_run_s",
)
#: Agreement of what the judge hears with the labels, over all segments of a take; averaged over takes.
AGREEMENTS = ("emotion_match", "valence_ccc", "arousal_ccc")
#: What the others are to improve upon.
PREVIOUS = "previous"
_KEYS = ["clip_id", "segment"]


def describe_corpus(clip_manifest: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Any]:
    """Counts of clips and segments, and the seconds they last."""
    used = clip_manifest[clip_manifest["status"] == "used"]
    return {
        "clips": len(used),
        "left_out": int((clip_manifest["status"] == "left_out").sum()),
        "segments": len(segments),
        "duration_s": round(float(used["duration_s"].sum()), 3),
        **{f"{side}_clips": int((used["split"] == split).sum()) for side, split in SPLITS.items()},
    }


def count_labels(segments: pd.DataFrame) -> dict[str, Any]:
    """Labelled segments of each quadrant, in all and by side."""

    def counts(rows: pd.DataFrame) -> dict[str, int]:
        found = rows["quadrant"].value_counts()
        return {quadrant: int(found.get(quadrant, 0)) for quadrant in QUADRANTS}

    sides = {side: counts(segments[segments["split"] == split]) for side, split in SPLITS.items()}
    return {**counts(segments), "unlabelled": int(segments["quadrant"].isna().sum()), **sides}


def score_reading(read: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Any]:
    """How well valence, arousal and quadrant were read.

    Parameters
    ----------
    read : pd.DataFrame
        ``clip_id, segment, valence, arousal, quadrant``.
    segments : pd.DataFrame
        The labels: the same columns and ``split``.

    Returns
    -------
    dict
        ``seen`` and ``held_out``: ``accuracy, majority_accuracy, balanced_accuracy, macro_f1, n``
        and the concordance of both scores, ``valence_ccc, arousal_ccc``.
    """
    labelled = segments[segments["quadrant"].notna()]
    both = labelled.merge(read, on=_KEYS, suffixes=("", "_read"))
    return {side: _score_side(both[both["split"] == split]) for side, split in SPLITS.items()}


def _score_side(rows: pd.DataFrame) -> dict[str, Any] | None:
    if rows.empty:
        return None
    scores = emotion_scores(rows["quadrant"].to_numpy(dtype=str), rows["quadrant_read"].to_numpy(dtype=str))
    for name in ("valence", "arousal"):
        scores[f"{name}_ccc"] = concordance_correlation(rows[name], rows[f"{name}_read"])
    return scores


def clips_to_measure(split: pd.Series, max_seen: int, seed: int) -> list[str]:
    """All held-out clips, and training clips drawn at random where there are more than ``max_seen``."""
    seen = sorted(split.index[split == "train"])
    if len(seen) > max_seen:
        seen = sorted(np.random.default_rng(seed).choice(seen, size=max_seen, replace=False).tolist())
    return seen + sorted(split.index[split == "held_out"])


def score_systems(
    errors: pd.DataFrame, emotions: pd.DataFrame, timbre: pd.DataFrame, segments: pd.DataFrame
) -> dict[str, Any]:
    """The figures of every system.

    Parameters
    ----------
    errors : pd.DataFrame
        ``clip_id, split, system, take`` and `MEASURES`.
    emotions : pd.DataFrame
        ``clip_id, system, take, segment, valence, arousal``: what the judge hears.
    timbre : pd.DataFrame
        ``clip_id, system, n, total, products``: sums over the tracks' frames, of the originals, too.
    segments : pd.DataFrame
        ``clip_id, segment, split`` and the labels.

    Returns
    -------
    dict
        By system, then ``seen`` and ``held_out``: `MEASURES` (None where there is nothing to measure, as
        the joins of silence), ``fd_mfcc``, `AGREEMENTS` (None without labels), and ``n_clips``.
    """
    return {
        system: {
            side: _score_system(errors, emotions, timbre, segments, system, split)
            for side, split in SPLITS.items()
        }
        for system in SYSTEMS
    }


def score_originals(errors: pd.DataFrame) -> dict[str, Any]:
    """`JOINS` of the untouched originals, ``seen`` and ``held_out``: what joins that nobody made get."""
    own = errors[errors["system"] == ORIGINAL]
    sides = {side: own[own["split"] == split] for side, split in SPLITS.items()}
    return {side: _means(rows, JOINS) if len(rows) else None for side, rows in sides.items()}


def score_improvement(errors: pd.DataFrame, *, seed: int) -> dict[str, Any]:
    """By how much each system's `mae_tlr` is below that of the previous one, over clips.

    Returns
    -------
    dict
        By system, then ``seen`` and ``held_out``: what :func:`moodscore.metrics.improvement` says; None for
        a side without clips.
    """
    by_clip = errors.groupby(["split", "system", "clip_id"])["mae_tlr"].mean()

    def on(split: str, system: str) -> dict[str, Any] | None:
        if (split, PREVIOUS) not in by_clip or (split, system) not in by_clip:
            return None
        return improvement(by_clip[split, system], by_clip[split, PREVIOUS], seed=seed)

    others = [system for system in SYSTEMS if system != PREVIOUS]
    return {system: {side: on(split, system) for side, split in SPLITS.items()} for system in others}


def _score_system(
    errors: pd.DataFrame,
    emotions: pd.DataFrame,
    timbre: pd.DataFrame,
    segments: pd.DataFrame,
    system: str,
    split: str,
) -> dict[str, Any] | None:
    own = errors[(errors["system"] == system) & (errors["split"] == split)]
    if own.empty:
        return None
    clips = own["clip_id"].unique()
    labels = segments[segments["clip_id"].isin(clips) & segments["quadrant"].notna()]
    heard = emotions[(emotions["system"] == system) & emotions["clip_id"].isin(clips)]
    sound = timbre[timbre["clip_id"].isin(clips)]
    return {
        **_means(own, MEASURES),
        "fd_mfcc": fd_mfcc(_pooled(sound, ORIGINAL), _pooled(sound, system)),
        **_score_emotions(heard, labels),
        "n_clips": len(clips),
    }


def _means(rows: pd.DataFrame, names: tuple[str, ...]) -> dict[str, float | None]:
    """Over takes, then over clips, so that a clip with more takes does not count more."""
    means = rows.groupby("clip_id")[list(names)].mean().mean()
    return {name: None if np.isnan(value) else float(value) for name, value in means.items()}


def _pooled(timbre: pd.DataFrame, system: str) -> MFCCStatistics:
    rows = timbre[timbre["system"] == system]
    return MFCCStatistics.pooled(
        MFCCStatistics(row.n, np.array(row.total), np.reshape(row.products, (N_MFCC, N_MFCC)))
        for row in rows.itertuples()
    )


def _score_emotions(heard: pd.DataFrame, labels: pd.DataFrame) -> dict[str, float | None]:
    if labels.empty:
        return dict.fromkeys(AGREEMENTS)
    takes = heard.drop(columns="system").groupby("take")
    matches = pd.DataFrame([emotion_match(take, labels) for _, take in takes])
    return {name: float(matches[name].mean()) for name in AGREEMENTS}


def systems_table(systems: dict[str, Any]) -> pd.DataFrame:
    """One row a system and side that has clips, for reading and for spreadsheets."""
    rows = [
        {"system": system, "split": side, **scores}
        for system, sides in systems.items()
        for side, scores in sides.items()
        if scores is not None
    ]
    return pd.DataFrame(rows, columns=["system", "split", *MEASURES, "fd_mfcc", *AGREEMENTS, "n_clips"])
