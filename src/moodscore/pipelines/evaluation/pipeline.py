"""The evaluation pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.evaluation.nodes import (
    draw_emotions,
    draw_spectrograms,
    evaluate_emotion,
    measure_systems,
    summarise,
)


def create_pipeline(**kwargs) -> Pipeline:
    """Predictions and soundtracks to metrics, tables and figures."""
    return pipeline(
        [
            node(
                evaluate_emotion,
                inputs=["emotion_predictions", "emotion_judge", "audio_features", "segments"],
                outputs=["emotion_scores", "judge_scores"],
                name="evaluate_emotion",
            ),
            node(
                measure_systems,
                inputs=[
                    "snippet_index",
                    "predicted_audio_features",
                    "emotion_predictions",
                    "segments",
                    "soundtracks",
                    "audio_features",
                    "audio_scaler",
                    "emotion_judge",
                    "params:segment_s",
                    "params:retrieval",
                    "params:evaluation",
                    "params:compute",
                    "params:seed",
                ],
                outputs=["system_errors", "system_emotions"],
                name="measure_systems",
            ),
            node(
                summarise,
                inputs=[
                    "clip_manifest",
                    "segments",
                    "emotion_scores",
                    "judge_scores",
                    "system_errors",
                    "system_emotions",
                ],
                outputs=["metrics", "systems_table"],
                name="summarise",
            ),
            node(
                draw_spectrograms,
                inputs=["generated_soundtracks", "soundtracks"],
                outputs="spectrogram_pairs",
                name="draw_spectrograms",
            ),
            node(
                draw_emotions,
                inputs=["emotion_predictions", "segments", "cue_sheet", "metrics"],
                outputs=["emotion_timelines", "emotion_plane", "systems_figure"],
                name="draw_emotions",
            ),
        ]
    )
