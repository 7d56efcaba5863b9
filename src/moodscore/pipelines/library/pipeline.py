"""The library pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.library.nodes import index_songs


def create_pipeline(**kwargs) -> Pipeline:
    """Songs, the judge and the scale to an index of snippets."""
    return pipeline(
        [
            node(
                index_songs,
                inputs=[
                    "library_folder",
                    "library_cache",
                    "emotion_judge",
                    "audio_scaler",
                    "params:segment_s",
                    "params:retrieval",
                    "params:compute",
                ],
                outputs=["library_index", "library_report"],
                name="index_songs",
            )
        ]
    )
