"""Labels: from the ratings of many to one opinion of each segment or interval.

The label is the mean opinion score, the mean over raters, with the number of raters and the standard
deviation (ddof 1) beside it.
"""

import math

import numpy as np
import pandas as pd

from moodscore.emotion.quadrants import QUADRANTS, quadrant_of
from moodscore.segments import segment_bounds

#: Overlaps are compared to the microsecond, so that the binary rounding of 0.1 breaks no tie.
_OVERLAP_DECIMALS = 6
#: A mean that is 5 on paper must not fall on the far side of 5 by the rounding of a sum.
_SCORE_DECIMALS = 9

#: What the ratings are of: a clip, or an interval of one.
INTERVAL = ("clip_id", "start_s", "end_s")


def segment_labels(ratings: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Mean opinion scores of every segment.

    Each rater speaks for a segment with the interval that overlaps it most (of two that overlap it
    equally: the one that starts earlier, then the one that ends earlier; a rating of the whole clip
    starts at 0 and never ends). The label is the mean over the raters who have such an interval.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`; rows of clips that are not in `segments` are left out.
    segments : pd.DataFrame
        ``clip_id, segment, start_s, end_s``.

    Returns
    -------
    pd.DataFrame
        One row for each row of `segments`, in its order: ``clip_id, segment``; ``n_raters``;
        ``valence, arousal`` (1 to 9); ``valence_sd, arousal_sd`` (standard deviation over raters,
        ddof 1, NaN for a single rater); ``quadrant``. A segment that no rating overlaps is
        unlabelled: ``n_raters`` is 0, the scores are NaN and the quadrant is missing (``<NA>``).
    """
    by_clip = dict(list(ratings.groupby("clip_id")))
    n_raters = np.zeros(len(segments), dtype=np.int64)
    mean, sd = np.full((2, len(segments), 2), np.nan)
    for clip_id, places in segments.groupby("clip_id").indices.items():
        if clip_id in by_clip:
            spans = segments.iloc[places][["start_s", "end_s"]].to_numpy(dtype=float)
            n_raters[places], mean[places], sd[places] = _opinion(by_clip[clip_id], spans)
    labelled = n_raters > 0
    quadrants = np.full(len(segments), None, dtype=object)
    quadrants[labelled] = quadrant_of(*mean[labelled].T)
    return segments[["clip_id", "segment"]].assign(
        n_raters=n_raters,
        valence=mean[:, 0],
        arousal=mean[:, 1],
        valence_sd=sd[:, 0],
        arousal_sd=sd[:, 1],
        quadrant=pd.array(quadrants, dtype="string"),
    )


def interval_labels(ratings: pd.DataFrame) -> pd.DataFrame:
    """Mean opinion scores of everything that was rated: clips, or intervals of clips.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`.

    Returns
    -------
    pd.DataFrame
        One row for each interval that at least one rater rated, sorted: ``clip_id, start_s, end_s``
        (NaN for a clip rated as a whole); ``n_raters``; ``valence, arousal``; ``valence_sd,
        arousal_sd`` (ddof 1, NaN for a single rater); ``quadrant``.
    """
    scores = ratings.groupby(list(INTERVAL), dropna=False)[["valence", "arousal"]]
    mean, sd = scores.mean().round(_SCORE_DECIMALS), scores.std(ddof=1)
    labels = mean.assign(valence_sd=sd["valence"], arousal_sd=sd["arousal"])
    labels.insert(0, "n_raters", scores.size())
    quadrants = quadrant_of(labels["valence"], labels["arousal"])
    return labels.assign(quadrant=pd.array(quadrants.tolist(), dtype="string")).reset_index()


def timed_segments(ratings: pd.DataFrame, segment_s: float) -> pd.DataFrame:
    """The segments of clips of which only the ratings are known: up to the last interval's end.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`; clips that anybody rated as a whole, whose length is not known, are
        left out.
    segment_s : float
        Length of a segment in seconds.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, start_s, end_s``.
    """
    ends = ratings.groupby("clip_id")["end_s"].agg(lambda end_s: end_s.max(skipna=False)).dropna()
    bounds = {clip_id: segment_bounds(end_s, segment_s) for clip_id, end_s in ends.items()}
    rows = [
        (clip_id, segment, *span)
        for clip_id, spans in bounds.items()
        for segment, span in enumerate(spans.tolist())
    ]
    return pd.DataFrame(rows, columns=["clip_id", "segment", "start_s", "end_s"])


def quadrant_counts(quadrants: pd.Series) -> dict[str, int]:
    """How often each of the four quadrants occurs; missing ones count nowhere."""
    found = quadrants.value_counts()
    return {quadrant: int(found.get(quadrant, 0)) for quadrant in QUADRANTS}


def _opinion(ratings: pd.DataFrame, spans: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number of raters, mean and standard deviation of both scores for each span of one clip."""
    intervals = ratings.fillna({"start_s": 0.0, "end_s": math.inf}).sort_values(["start_s", "end_s"])
    scores = np.stack([_scores_of_rater(own, spans) for _, own in intervals.groupby("rater")])
    heard = ~np.isnan(scores[..., 0])
    n_raters = heard.sum(axis=0)
    mean = np.full(spans.shape, np.nan)
    np.divide(np.nansum(scores, axis=0), n_raters[:, None], out=mean, where=n_raters[:, None] > 0)
    mean = mean.round(_SCORE_DECIMALS)
    sd = np.full(spans.shape, np.nan)
    squares = np.nansum((scores - mean) ** 2, axis=0)
    np.divide(squares, n_raters[:, None] - 1, out=sd, where=n_raters[:, None] > 1)
    return n_raters, mean, np.sqrt(sd)


def _scores_of_rater(intervals: pd.DataFrame, spans: np.ndarray) -> np.ndarray:
    """Valence and arousal a single rater gives each span; NaN where no interval overlaps it."""
    starts, ends = intervals["start_s"].to_numpy(), intervals["end_s"].to_numpy()
    overlap = np.minimum(ends, spans[:, 1:]) - np.maximum(starts, spans[:, :1])
    overlap = overlap.round(_OVERLAP_DECIMALS)
    best = overlap.argmax(axis=1)  # the first of equals: intervals are sorted by start, then end
    scores = intervals[["valence", "arousal"]].to_numpy(dtype=float)[best]
    scores[overlap.max(axis=1) <= 0] = np.nan
    return scores
