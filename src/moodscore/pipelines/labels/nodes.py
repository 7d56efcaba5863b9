"""Nodes of the labels pipeline."""

import logging
from typing import Any

import pandas as pd

from moodscore import emotion, figures
from moodscore.pipelines.labels.parameters import LabelOptions

logger = logging.getLogger(__name__)


def label_intervals(ratings: pd.DataFrame) -> pd.DataFrame:
    """Mean opinion scores of every clip or interval that was rated."""
    labels = emotion.interval_labels(ratings)
    logger.info(
        "%d ratings by %d raters of %d clips, in %d intervals",
        len(ratings),
        ratings["rater"].nunique(),
        ratings["clip_id"].nunique(),
        len(labels),
    )
    return labels


def count_labels(
    ratings: pd.DataFrame, label_mos: pd.DataFrame, segment_s: float, options: LabelOptions
) -> pd.DataFrame:
    """Labels by quadrant, beside the published ones where there are any."""
    counts = emotion.label_counts(ratings, label_mos, segment_s=segment_s, published=options.published)
    for row in counts.itertuples():
        numbers = ", ".join(f"{quadrant} {getattr(row, quadrant)}" for quadrant in emotion.QUADRANTS)
        logger.info("%s, %s: %s (%s)", row.source, row.counted, numbers, row.rule)
    return counts


def measure_agreement(ratings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How far the raters agree, and who stands apart.

    Returns
    -------
    label_agreement : pd.DataFrame
        As from :func:`moodscore.emotion.rater_agreement`.
    label_raters : pd.DataFrame
        As from :func:`moodscore.emotion.describe_raters`; remarks are warned of.
    """
    raters = emotion.describe_raters(ratings)
    for row in raters[raters["remark"] != ""].itertuples():
        logger.warning("rater %s, %s: %s", row.rater, row.score, row.remark)
    return emotion.rater_agreement(ratings), raters


def draw_labels(label_mos: pd.DataFrame) -> Any:
    """The labels on the plane of valence and arousal."""
    return figures.label_plane(label_mos)
