"""The retrieval pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.retrieval.nodes import (
    choose_music,
    index_snippets,
    render_soundtracks,
    score_videos,
)


def create_pipeline(**kwargs) -> Pipeline:
    """Predicted features to cue sheets, soundtracks and scored videos."""
    return pipeline(
        [
            node(
                index_snippets,
                inputs=[
                    "soundtracks",
                    "segments",
                    "audio_features",
                    "audio_scaler",
                    "params:segment_s",
                    "params:compute",
                ],
                outputs="snippet_index",
                name="index_snippets",
            ),
            node(
                choose_music,
                inputs=[
                    "snippet_index",
                    "predicted_audio_features",
                    "emotion_predictions",
                    "segments",
                    "soundtracks",
                    "params:segment_s",
                    "params:retrieval",
                ],
                outputs="cue_sheet",
                name="choose_music",
            ),
            node(
                render_soundtracks,
                inputs=["cue_sheet", "soundtracks", "clip_manifest", "params:compute"],
                outputs="generated_soundtracks",
                name="render_soundtracks",
            ),
            node(
                score_videos,
                inputs=["generated_soundtracks", "clips", "params:compute"],
                outputs="scored_videos",
                name="score_videos",
            ),
        ]
    )
