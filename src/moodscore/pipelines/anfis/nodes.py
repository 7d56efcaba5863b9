"""Nodes of the anfis pipeline."""

from typing import Any

import pandas as pd

from moodscore import emotion, evaluation, figures, fuzzy
from moodscore.emotion import ReaderOptions
from moodscore.vision import VisualModel

_KEYS = ["clip_id", "segment"]
_SCORES = ["valence", "arousal"]


def train_anfis(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    options: ReaderOptions,
    seed: int,
) -> tuple[Any, pd.DataFrame]:
    """Train the fuzzy system on the training clips (:func:`moodscore.emotion.train_reader`).

    Returns
    -------
    anfis_model : ANFISRegressor
        Reads valence and arousal from the visual descriptor.
    anfis_learning_curve : pd.DataFrame
        ``epoch``, ``training_rmse``, ``validation_rmse``.
    """
    return emotion.train_reader(
        _training_rows(visual_descriptors, segments),
        options.inputs or VisualModel.model_validate(cluster_centres).inputs,
        seed=seed,
        **options.training,
    )


def train_judge(audio_features: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Any]:
    """Train the judge of audio on the soundtracks of the training clips."""
    rows = _training_rows(audio_features, segments)
    weights = emotion.balanced_weights(rows["quadrant"])
    return emotion.Judge().fit(rows, rows[_SCORES], sample_weight=weights).to_dict()


def predict_emotion(
    anfis_model: Any,
    visual_descriptors: pd.DataFrame,
    options: ReaderOptions,
    segment_s: float,
) -> pd.DataFrame:
    """Read the emotion of every segment's picture.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment`` and the columns of :func:`moodscore.emotion.settle_emotion`.
    """
    described = visual_descriptors.sort_values(_KEYS, ignore_index=True)
    read = emotion.read_emotion(anfis_model, described, anfis_model.input_names_)
    read = pd.concat([described.filter(items=["cut_s"]), read], axis=1)
    clips = [
        emotion.settle_emotion(own, segment_s=segment_s, **options.settling)
        for _, own in read.groupby(described["clip_id"], sort=False)
    ]
    return pd.concat([described[_KEYS], pd.concat(clips)], axis=1)


def embed_emotions(
    anfis_model: Any,
    visual_descriptors: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    segments: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Lay labelled segments out by their descriptor, with the quadrant they were rated and read in.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, x, y, split, rated, read``.
    """
    labelled = segments.loc[segments["quadrant"].notna(), [*_KEYS, "split", "quadrant"]]
    both = labelled.merge(emotion_predictions[[*_KEYS, "quadrant"]], on=_KEYS, suffixes=("_rated", "_read"))
    both = both.rename(columns={"quadrant_rated": "rated", "quadrant_read": "read"})
    described = visual_descriptors.merge(both[_KEYS], on=_KEYS)
    return evaluation.embed_descriptors(described, anfis_model.input_names_, seed=seed).merge(both, on=_KEYS)


def draw_anfis(
    anfis_model: Any, anfis_learning_curve: pd.DataFrame, emotion_embedding: pd.DataFrame
) -> tuple[Any, Any, Any]:
    """The learning curve, the membership functions, t-SNE of rated and read emotion."""
    return (
        figures.learning_curve(anfis_learning_curve),
        figures.membership_functions(anfis_model),
        figures.emotion_embedding(emotion_embedding),
    )


def list_rules(anfis_model: Any) -> pd.DataFrame:
    """The rules of the fuzzy system, in numbers and in words."""
    return fuzzy.rule_table(anfis_model)


def _training_rows(features: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Features and labels of the labelled training segments."""
    labelled = emotion.labelled_training(segments)
    return features.merge(labelled[[*_KEYS, *_SCORES, "quadrant"]], on=_KEYS)
