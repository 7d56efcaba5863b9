"""Nodes of the baseline pipeline.

The system that Sergio & Lee (2020) improve upon reads valence alone, by an ANFIS of two membership
functions an input, and has two shallow networks of 12 simple recurrent units, one for positive and one
for negative scenes. It is trained with the same care as its successor: the same clips, the same early
stopping, the same number of epochs.
"""

import logging
from typing import Any

import pandas as pd

from moodscore import emotion, sequence
from moodscore.emotion import ReaderOptions
from moodscore.progress import epoch_bar
from moodscore.sequence import NetworkOptions
from moodscore.vision import VisualModel

logger = logging.getLogger(__name__)

_KEYS = ["clip_id", "segment"]
_FEATURES = ["tempo", "loudness", "rhythm"]
#: Membership functions an input.
_N_MFS = 2


def train_previous_anfis(
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
    segments: pd.DataFrame,
    options: ReaderOptions,
    seed: int,
) -> Any:
    """Train the fuzzy system that reads valence alone."""
    labelled = emotion.labelled_training(segments)[[*_KEYS, "valence", "quadrant"]]
    model, _ = emotion.train_reader(
        visual_descriptors.merge(labelled, on=_KEYS),
        VisualModel.model_validate(cluster_centres).inputs,
        n_mfs=_N_MFS,
        max_epochs=options.max_epochs,
        patience=options.patience,
        held_back=options.held_back,
        seed=seed,
        target="valence",
        balanced=options.balanced,
    )
    return model


def train_previous_networks(
    training_sequences: pd.DataFrame, cluster_centres: dict, options: NetworkOptions, seed: int
) -> tuple[Any, Any, pd.DataFrame]:
    """Train the networks of positive and of negative scenes.

    Returns
    -------
    previous_positive_network, previous_negative_network : keras.Model
        Read the visual descriptor, write scaled tempo, loudness and rhythm.
    previous_learning_curves : pd.DataFrame
        ``half, epoch, loss, val_loss`` and ``learnt_from``, the half the segments are of.
    """
    sequences = training_sequences.assign(half=emotion.half_of_quadrant(training_sequences["quadrant"]))
    counts = sequences["half"].value_counts().to_dict()
    models, curves = [], []
    for half in emotion.VALENCE_HALVES:
        lender = sequence.lender(half, counts, options.min_segments)
        if lender != half:
            logger.warning(
                "the previous system has %d training segments of %s scenes, fewer than "
                "lstm_x4.min_segments (%d): it borrows the network of the %s ones",
                counts.get(half, 0),
                half,
                options.min_segments,
                lender,
            )
        windows = sequence.training_windows(
            sequences,
            lender,
            inputs=VisualModel.model_validate(cluster_centres).inputs,
            outputs=_FEATURES,
            window=options.window,
            column="half",
        )
        with epoch_bar(f"Training the previous system, {half}") as progress:
            model, history = sequence.train_simple_rnn(
                *windows,
                max_epochs=options.max_epochs,
                patience=options.patience,
                seed=seed,
                progress=progress,
            )
        models.append(model)
        curves.append(history.assign(half=half, learnt_from=lender))
    return *models, pd.concat(curves, ignore_index=True)


def predict_previous(
    previous_anfis_model: Any,
    positive: Any,
    negative: Any,
    visual_descriptors: pd.DataFrame,
    cluster_centres: dict,
) -> pd.DataFrame:
    """Let the network of each segment's half say how its music should be.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment`` and ``tempo, loudness, rhythm`` in [0, 1].
    """
    inputs = VisualModel.model_validate(cluster_centres).inputs
    read = emotion.read_valence(previous_anfis_model, visual_descriptors, inputs)
    routed = visual_descriptors[[*_KEYS, *inputs]].assign(half=emotion.half_of(read))
    return sequence.predict_audio_features(
        {"positive": positive, "negative": negative}, routed, inputs=inputs, column="half"
    )
