"""Labels counted by quadrant, beside the counts of published tables."""

import pandas as pd

from moodscore.emotion import deap, lindsey
from moodscore.emotion.labels import quadrant_counts, segment_labels, timed_segments
from moodscore.emotion.quadrants import QUADRANTS
from moodscore.errors import MoodscoreError

_OF_CORPUS = {"deap": deap.published_counts, "lindsey": lindsey.published_counts}
_OURS = "these ratings"
_RULE = "mean over raters, positive if above 5, high if above 5"


def label_counts(
    ratings: pd.DataFrame, labels: pd.DataFrame, *, segment_s: float, published: str | None = None
) -> pd.DataFrame:
    """How many labels lie in each quadrant, in several units.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_ratings`.
    labels : pd.DataFrame
        Their `interval_labels`.
    segment_s : float
        Length of a segment in seconds.
    published : {"deap", "lindsey"}, optional
        The corpus whose published table is set beside them, in its units.

    Returns
    -------
    pd.DataFrame
        One row a way of counting: ``source`` (these ratings, or the published table), ``counted``
        (what is counted), ``rule`` (by which quadrants were told), a column for each quadrant, and
        ``total``. Segments are counted where every rating says when it starts and ends.

    Raises
    ------
    MoodscoreError
        If nothing is published of such a corpus.
    """
    if published is not None and published not in _OF_CORPUS:
        raise MoodscoreError(f"published = {published!r}: expected one of {', '.join(_OF_CORPUS)}")
    counted = "clips and intervals that were rated"
    rows = [
        {"source": _OURS, "counted": counted, "rule": _RULE, "counts": quadrant_counts(labels["quadrant"])}
    ]
    if ratings["end_s"].notna().all():
        segments = segment_labels(ratings, timed_segments(ratings, segment_s))
        counted = f"segments of {segment_s:g} s in rated intervals"
        counts = quadrant_counts(segments["quadrant"])
        rows.append({"source": _OURS, "counted": counted, "rule": _RULE, "counts": counts})
    if published is not None:
        rows += _OF_CORPUS[published](labels)
    table = pd.DataFrame([row | row.pop("counts") for row in rows])
    return table.assign(total=table[list(QUADRANTS)].sum(axis=1))
