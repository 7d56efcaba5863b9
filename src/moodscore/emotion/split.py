"""The split into training and held-out clips.

It is by clip, because neighbouring segments of a clip are nearly copies of each other, and it is
stratified by the quadrant that a clip is mostly in, because corpora are small and lopsided: left to
chance, a quadrant may end up on one side only. Every draw depends on the seed, the quadrant and the
set of its clips, never on the order of rows.
"""

import math

import numpy as np
import pandas as pd

from moodscore.emotion.quadrants import QUADRANTS, quadrant_code
from moodscore.errors import MoodscoreError


def main_quadrants(labels: pd.DataFrame) -> pd.Series:
    """The quadrant most labelled segments of each clip are in; of equals the one of lower code.

    Parameters
    ----------
    labels : pd.DataFrame
        ``clip_id, quadrant``, one row a segment; the quadrant of an unlabelled one is missing.

    Returns
    -------
    pd.Series of str
        One quadrant a clip, indexed by ``clip_id`` in sorted order; missing (``<NA>``) for a clip
        without a labelled segment.

    Raises
    ------
    MoodscoreError
        If a quadrant has another name than the four.
    """
    quadrant_code(labels["quadrant"].dropna())
    is_in = pd.DataFrame({name: labels["quadrant"].isin([name]) for name in QUADRANTS})
    counts = is_in.groupby(labels["clip_id"]).sum()
    most_frequent = counts.idxmax(axis=1)  # the first of equals: columns are in the order of the codes
    return most_frequent.where(counts.any(axis=1)).astype("string").rename("quadrant")


def hold_back(quadrants: pd.Series, fraction: float, seed: int) -> pd.Index:
    """Draw clips of every quadrant.

    Of the `n` clips of a quadrant ``floor(fraction * n + 0.5)`` are drawn, but at least one and at
    most ``n - 1``; a quadrant of one clip keeps it. Used for held-out clips and, again within the
    training clips, for those that early stopping watches.

    Parameters
    ----------
    quadrants : pd.Series of str
        Main quadrant of each clip, indexed by ``clip_id``; clips without one are never drawn.
    fraction : float
        Share to draw, 0 to 1 (exclusive); 0 draws none.
    seed : int
        Same seed, same clips.

    Returns
    -------
    pd.Index of str
        The clips drawn, sorted.

    Raises
    ------
    MoodscoreError
        If `fraction` is outside 0 to 1, a quadrant has another name than the four, or a clip is
        there twice.
    """
    if not 0 <= fraction < 1:
        raise MoodscoreError(f"fraction {fraction} of clips to hold back: expected 0 or more and less than 1")
    if quadrants.index.has_duplicates:
        repeated = quadrants.index[quadrants.index.duplicated()][0]
        raise MoodscoreError(f"clip {repeated!r} has more than one main quadrant, expected one row a clip")
    labelled = quadrants.dropna()
    codes = quadrant_code(labelled)
    drawn: list[str] = []
    for code in np.unique(codes):
        clips = sorted(labelled.index[codes == code])
        order = np.random.default_rng([seed, code]).permutation(len(clips))
        drawn += [clips[place] for place in order[: _number_held(len(clips), fraction)]]
    return pd.Index(sorted(drawn), name="clip_id", dtype=quadrants.index.dtype)


def _number_held(n_clips: int, fraction: float) -> int:
    if fraction == 0:
        return 0
    nearest = math.floor(fraction * n_clips + 0.5)
    return min(max(nearest, 1), n_clips - 1)


def split_clips(labels: pd.DataFrame, *, held_out: float = 0.25, seed: int = 0) -> pd.Series:
    """Say of every clip whether it is for training or held out.

    Parameters
    ----------
    labels : pd.DataFrame
        ``clip_id, quadrant``, one row a segment, as from `segment_labels`.
    held_out : float
        Share of the clips of each quadrant to hold out (see `hold_back`); 0 holds out none that
        has a label.
    seed : int
        Same seed, same split.

    Returns
    -------
    pd.Series of str
        ``"train"`` or ``"held_out"``, indexed by ``clip_id`` in sorted order. Each quadrant that
        is the main one of two or more clips is on both sides. A clip without a single label
        cannot be trained on and is held out.

    Raises
    ------
    MoodscoreError
        If no segment has a label, or `held_out` is outside 0 to 1.
    """
    quadrants = main_quadrants(labels)
    if quadrants.isna().all():
        raise MoodscoreError("labels: no segment of any clip has a rating, expected at least one to train on")
    held = quadrants.isna() | quadrants.index.isin(hold_back(quadrants, held_out, seed))
    return pd.Series(np.where(held, "held_out", "train"), index=quadrants.index, name="split")


def labelled_training(segments: pd.DataFrame) -> pd.DataFrame:
    """The rows anything may be learnt from: rated segments of training clips.

    Parameters
    ----------
    segments : pd.DataFrame
        ``split`` and ``quadrant``, missing where nobody rated.

    Returns
    -------
    pd.DataFrame
        Those rows, all columns.
    """
    return segments[(segments["split"] == "train") & segments["quadrant"].notna()]
