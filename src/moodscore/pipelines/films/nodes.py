"""Nodes of the films pipeline."""

from typing import Any

import pandas as pd

from moodscore import evaluation, figures, report, vision
from moodscore.emotion import ReaderOptions
from moodscore.pipelines.films.parameters import FilmsOptions

_KEYS = ["clip_id", "segment"]
_SCORES = ["valence", "arousal"]


def correlate_cues(visual_descriptors: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """What each cue has to do with how films feel (:func:`moodscore.evaluation.correlate_cues`)."""
    return evaluation.correlate_cues(_rated(visual_descriptors, segments), _CUES)


def choose_rules(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    clip_sources: pd.DataFrame,
    reader: ReaderOptions,
    options: FilmsOptions,
    seed: int,
) -> pd.DataFrame:
    """Number of bells and strength of shrinkage (:func:`moodscore.evaluation.choose_rules`)."""
    return evaluation.choose_rules(
        **_task(visual_descriptors, cluster_centres, segments, clip_sources, reader),
        bells=options.bells,
        strengths=options.shrinkages,
        seed=seed,
    )


def choose_settling(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    clip_sources: pd.DataFrame,
    reader: ReaderOptions,
    seed: int,
) -> pd.DataFrame:
    """Smoothing and neutral radius (:func:`moodscore.evaluation.choose_settling`)."""
    return evaluation.choose_settling(
        **_task(visual_descriptors, cluster_centres, segments, clip_sources, reader), seed=seed
    )


def compare_readings(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    clip_sources: pd.DataFrame,
    reader: ReaderOptions,
    seed: int,
) -> pd.DataFrame:
    """Every way of reading, each source left out (:func:`moodscore.evaluation.compare_readings`)."""
    return evaluation.compare_readings(
        **_task(visual_descriptors, cluster_centres, segments, clip_sources, reader),
        paper_inputs=list(vision.CHANNELS),
        all_inputs=_CUES,
        seed=seed,
    )


def write_films_report(
    workspace: str,
    label_agreement: pd.DataFrame,
    cue_correlations: pd.DataFrame,
    rule_choice: pd.DataFrame,
    settling_choice: pd.DataFrame,
    reading_scores: pd.DataFrame,
    label_mos: pd.DataFrame,
    anfis_model: Any,
) -> str:
    """The page with all of it."""
    return report.films_page(
        workspace,
        tables={
            "Reading films that were left out": evaluation.readable_scores(reading_scores),
            "Rank correlation of the cues": cue_correlations,
            "Number of bells and shrinkage": rule_choice,
            "Smoothing and the neutral radius": settling_choice,
            "Agreement of the raters": label_agreement,
        },
        rules=anfis_model.rules(),
        figures={
            "Membership functions before and after training": figures.membership_functions(anfis_model),
            "Ratings": figures.label_plane(label_mos),
        },
    )


_CUES = [*vision.CHANNELS, "motion", "chroma", "cut_rate", *vision.CUES]


def _task(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    clip_sources: pd.DataFrame,
    reader: ReaderOptions,
) -> dict[str, Any]:
    """What every comparison on sources left out starts from."""
    rows = _rated(visual_descriptors, segments)
    return {
        "rows": rows,
        "groups": _groups(rows, clip_sources),
        "inputs": reader.inputs or vision.VisualModel.model_validate(cluster_centres).inputs,
        "options": reader,
    }


def _rated(visual_descriptors: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    labelled = segments.loc[segments["quadrant"].notna(), [*_KEYS, *_SCORES, "quadrant"]]
    return visual_descriptors.merge(labelled, on=_KEYS)


def _groups(rows: pd.DataFrame, clip_sources: pd.DataFrame) -> pd.Series:
    """The source of every row; a clip without one stands for itself."""
    if clip_sources.empty:
        return rows["clip_id"]
    return rows["clip_id"].map(clip_sources.set_index("clip_id")["source"]).fillna(rows["clip_id"])
