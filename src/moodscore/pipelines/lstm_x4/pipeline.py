"""The lstm_x4 pipeline: one small pipeline, instantiated once a quadrant."""

import warnings

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.emotion import QUADRANTS
from moodscore.pipelines.lstm_x4.nodes import predict_audio, prepare_sequences, train_network


def create_pipeline(**kwargs) -> Pipeline:
    """Descriptors and audio features to four networks and what they predict."""
    prepare = node(
        prepare_sequences,
        inputs=[
            "visual_descriptors",
            "cluster_centres",
            "audio_features",
            "audio_scaler",
            "segments",
            "params:lstm_x4",
        ],
        outputs="training_sequences",
        name="prepare_sequences",
    )
    train = node(
        train_network,
        inputs=[
            "training_sequences",
            "cluster_centres",
            "params:quadrant",
            "params:lstm_x4",
            "params:seed",
        ],
        outputs=["lstm_model", "lstm_arrays", "learning_curve"],
        name="train_network",
    )
    with warnings.catch_warnings():
        # This node stands outside the four namespaces and reads from each; Kedro suspects a slip.
        warnings.filterwarnings("ignore", message="One or more dataset names contain '.'")
        predict = node(
            predict_audio,
            inputs=["emotion_predictions", "visual_descriptors", "cluster_centres"]
            + [f"{quadrant}.lstm_model" for quadrant in QUADRANTS],
            outputs="predicted_audio_features",
            name="predict_audio",
        )
    networks = [
        pipeline(
            [train],
            namespace=quadrant,
            inputs={"training_sequences", "cluster_centres"},
            parameters={"params:lstm_x4": "params:lstm_x4", "params:seed": "params:seed"},
        )
        for quadrant in QUADRANTS
    ]
    return pipeline([prepare]) + sum(networks) + pipeline([predict])
