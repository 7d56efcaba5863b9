"""The baseline pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.baseline.nodes import (
    predict_previous,
    train_previous_anfis,
    train_previous_networks,
)


def create_pipeline(**kwargs) -> Pipeline:
    """Descriptors and audio features to what the previous system would predict."""
    return pipeline(
        [
            node(
                train_previous_anfis,
                inputs=["visual_descriptors", "cluster_centres", "segments", "params:anfis", "params:seed"],
                outputs="previous_anfis_model",
                name="train_previous_anfis",
            ),
            node(
                train_previous_networks,
                inputs=["training_sequences", "cluster_centres", "params:lstm_x4", "params:seed"],
                outputs=[
                    "previous_positive_network",
                    "previous_negative_network",
                    "previous_learning_curves",
                ],
                name="train_previous_networks",
            ),
            node(
                predict_previous,
                inputs=[
                    "previous_anfis_model",
                    "previous_positive_network",
                    "previous_negative_network",
                    "visual_descriptors",
                    "cluster_centres",
                ],
                outputs="previous_audio_features",
                name="predict_previous",
            ),
        ]
    )
