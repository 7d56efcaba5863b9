"""The audio_features pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.audio_features.nodes import fit_audio_scaler, measure_sound


def create_pipeline(**kwargs) -> Pipeline:
    """Soundtracks to audio features and their scale."""
    return pipeline(
        [
            node(
                measure_sound,
                inputs=[
                    "soundtracks",
                    "segments",
                    "params:compute",
                    "params:segment_s",
                    "params:audio_features",
                ],
                outputs="audio_features",
                name="measure_sound",
            ),
            node(
                fit_audio_scaler,
                inputs=["audio_features", "segments", "params:audio_features"],
                outputs="audio_scaler",
                name="fit_audio_scaler",
            ),
        ]
    )
