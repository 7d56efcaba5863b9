"""The anfis pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.anfis.nodes import (
    draw_anfis,
    embed_emotions,
    list_rules,
    predict_emotion,
    train_anfis,
    train_judge,
)


def create_pipeline(**kwargs) -> Pipeline:
    """Features and labels to a trained ANFIS, a trained judge and the emotion of every segment."""
    return pipeline(
        [
            node(
                train_anfis,
                inputs=["visual_descriptors", "cluster_centres", "segments", "params:anfis", "params:seed"],
                outputs=["anfis_model", "anfis_learning_curve"],
                name="train_anfis",
            ),
            node(
                train_judge,
                inputs=["audio_features", "segments"],
                outputs="emotion_judge",
                name="train_judge",
            ),
            node(
                predict_emotion,
                inputs=[
                    "anfis_model",
                    "visual_descriptors",
                    "params:anfis",
                    "params:segment_s",
                ],
                outputs="emotion_predictions",
                name="predict_emotion",
            ),
            node(
                embed_emotions,
                inputs=[
                    "anfis_model",
                    "visual_descriptors",
                    "emotion_predictions",
                    "segments",
                    "params:seed",
                ],
                outputs="emotion_embedding",
                name="embed_emotions",
            ),
            node(
                draw_anfis,
                inputs=["anfis_model", "anfis_learning_curve", "emotion_embedding"],
                outputs=["learning_curve_figure", "membership_figure", "embedding_figure"],
                name="draw_anfis",
            ),
            node(list_rules, inputs="anfis_model", outputs="anfis_rules", name="list_rules"),
        ]
    )
