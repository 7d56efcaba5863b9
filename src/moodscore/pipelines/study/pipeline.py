"""The study pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.study.nodes import make_versions, write_page


def create_pipeline(**kwargs) -> Pipeline:
    """Soundtracks to a folder that can be handed to raters, and the key that cannot."""
    return pipeline(
        [
            node(
                make_versions,
                inputs=[
                    "generated_soundtracks",
                    "clips",
                    "snippet_index",
                    "library_index",
                    "library_cache",
                    "predicted_audio_features",
                    "previous_audio_features",
                    "emotion_predictions",
                    "visual_descriptors",
                    "segments",
                    "soundtracks",
                    "audio_features",
                    "audio_scaler",
                    "params:segment_s",
                    "params:retrieval",
                    "params:study",
                    "params:compute",
                    "params:seed",
                ],
                outputs=["study_videos", "study_key"],
                name="make_versions",
            ),
            node(
                write_page,
                inputs=["study_key", "params:study"],
                outputs="study_page",
                name="write_page",
            ),
        ]
    )
