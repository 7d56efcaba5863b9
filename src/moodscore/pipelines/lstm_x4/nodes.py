"""Nodes of the lstm_x4 pipeline."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from moodscore import emotion, sequence, sound
from moodscore.progress import epoch_bar
from moodscore.sequence import NetworkOptions
from moodscore.vision import VisualModel

logger = logging.getLogger(__name__)

_KEYS = ["clip_id", "segment"]
_FEATURES = ["tempo", "loudness", "rhythm"]


def prepare_sequences(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segments: pd.DataFrame,
    options: NetworkOptions,
) -> pd.DataFrame:
    """Descriptors, scaled audio features and the labelled quadrant of every training segment."""
    inputs = VisualModel.model_validate(cluster_centres).inputs
    heard = sound.AudioScaler.from_dict(audio_scaler).transform_keyed(audio_features)
    labelled = emotion.labelled_training(segments)
    sequence.check_material(labelled["quadrant"].value_counts().to_dict(), options.min_segments)
    seen = visual_descriptors[[*_KEYS, *inputs]]
    return labelled[[*_KEYS, "quadrant"]].merge(seen, on=_KEYS).merge(heard, on=_KEYS)


def train_network(
    training_sequences: pd.DataFrame, cluster_centres: dict, quadrant: str, options: NetworkOptions, seed: int
) -> tuple[Any, dict[str, np.ndarray], pd.DataFrame]:
    """Train the network of one quadrant.

    A quadrant with too few segments learns from the nearest one with enough; with the same data and
    the same seed this *is* that quadrant's network.

    Returns
    -------
    lstm_model : keras.Model
        Reads the visual descriptor, writes scaled tempo, loudness and rhythm.
    lstm_arrays : dict of str to np.ndarray
        The same network as plain arrays, see :class:`moodscore.sequence.LSTMNetwork`.
    learning_curve : pd.DataFrame
        ``epoch, loss, val_loss`` and ``learnt_from``, the quadrant the segments are of.
    """
    counts = training_sequences["quadrant"].value_counts().to_dict()
    lender = sequence.lender(quadrant, counts, options.min_segments)
    if lender != quadrant:
        logger.warning(
            "%s has %d training segments, fewer than lstm_x4.min_segments (%d): it borrows the network of %s",
            quadrant,
            counts.get(quadrant, 0),
            options.min_segments,
            lender,
        )
    windows = sequence.training_windows(
        training_sequences,
        lender,
        inputs=VisualModel.model_validate(cluster_centres).inputs,
        outputs=_FEATURES,
        window=options.window,
    )
    with epoch_bar(f"Training {quadrant}") as progress:
        model, history = sequence.train_lstm(
            *windows, max_epochs=options.max_epochs, patience=options.patience, seed=seed, progress=progress
        )
    arrays = sequence.LSTMNetwork.from_keras(model).to_arrays()
    return model, arrays, history.assign(learnt_from=lender)


def predict_audio(
    emotion_predictions: pd.DataFrame,
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    pos_high: Any,
    pos_low: Any,
    neg_high: Any,
    neg_low: Any,
) -> pd.DataFrame:
    """Let the network of each segment's quadrant say how its music should be.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment`` and ``tempo, loudness, rhythm`` in [0, 1].
    """
    models = {"pos_high": pos_high, "pos_low": pos_low, "neg_high": neg_high, "neg_low": neg_low}
    inputs = VisualModel.model_validate(cluster_centres).inputs
    return sequence.predict_routed_features(models, visual_descriptors, emotion_predictions, inputs=inputs)
