"""Nodes of the anfis pipeline."""

from typing import Any

import numpy as np
import pandas as pd

from moodscore import emotion, figures, fuzzy
from moodscore.pipelines.anfis.parameters import ANFISOptions
from moodscore.vision import VisualModel

_KEYS = ["clip_id", "segment"]
_SCORES = ["valence", "arousal"]


def train_anfis(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    options: ANFISOptions,
    seed: int,
) -> tuple[Any, pd.DataFrame]:
    """Train the fuzzy system on the training clips, rows weighted so that quadrants count alike.

    Returns
    -------
    anfis_model : ANFISRegressor
        Of the snapshot that read the held-back training clips best.
    anfis_learning_curve : pd.DataFrame
        ``epoch``, ``training_rmse``, ``validation_rmse`` (missing where nothing was held back).
    """
    rows = _training_rows(visual_descriptors, segments)
    inputs = VisualModel.model_validate(cluster_centres).inputs
    watched = emotion.hold_back(emotion.main_quadrants(rows), options.held_back, seed)
    watching = rows["clip_id"].isin(watched)
    learnt, checked = rows[~watching], rows[watching]
    model = fuzzy.ANFISRegressor(
        n_mfs=options.n_mfs,
        max_epochs=options.max_epochs,
        patience=options.patience if len(checked) else None,
    )
    model.fit(
        learnt[inputs],
        learnt[_SCORES],
        sample_weight=emotion.balanced_weights(learnt["quadrant"]),
        validation_data=(checked[inputs], checked[_SCORES]) if len(checked) else None,
    )
    return model, _learning_curve(model)


def train_judge(audio_features: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Any]:
    """Train the judge of audio on the soundtracks of the training clips."""
    rows = _training_rows(audio_features, segments)
    weights = emotion.balanced_weights(rows["quadrant"])
    return emotion.Judge().fit(rows, rows[_SCORES], sample_weight=weights).to_dict()


def predict_emotion(
    anfis_model: Any,
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    options: ANFISOptions,
    segment_s: float,
) -> pd.DataFrame:
    """Read the emotion of every segment's picture.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, valence, arousal`` (1..9), ``confidence`` (distance from neutral),
        ``quadrant`` and ``routed_quadrant``, the one whose network is used.
    """
    inputs = VisualModel.model_validate(cluster_centres).inputs
    scores = anfis_model.predict(visual_descriptors[inputs])
    scores = np.clip(scores, emotion.LOWEST_SCORE, emotion.HIGHEST_SCORE)
    read = visual_descriptors[_KEYS].assign(valence=scores[:, 0], arousal=scores[:, 1])
    read["confidence"] = emotion.confidence(read["valence"], read["arousal"])
    read["quadrant"] = emotion.quadrant_of(read["valence"], read["arousal"])
    read["routed_quadrant"] = read.groupby("clip_id")["quadrant"].transform(
        lambda quadrants: emotion.hold_quadrant(quadrants, segment_s, options.min_dwell_s)
    )
    return read


def draw_anfis(anfis_model: Any, anfis_learning_curve: pd.DataFrame) -> tuple[Any, Any]:
    """The learning curve, and the membership functions before and after training."""
    return figures.learning_curve(anfis_learning_curve), figures.membership_functions(anfis_model)


def _training_rows(features: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Features and labels of the labelled training segments."""
    labelled = segments[(segments["split"] == "train") & segments["quadrant"].notna()]
    return features.merge(labelled[[*_KEYS, *_SCORES, "quadrant"]], on=_KEYS)


def _learning_curve(model: Any) -> pd.DataFrame:
    curve = pd.DataFrame({"epoch": np.arange(1, len(model.training_rmse_) + 1)})
    curve["training_rmse"] = model.training_rmse_
    curve["validation_rmse"] = model.validation_rmse_ if len(model.validation_rmse_) else np.nan
    return curve
