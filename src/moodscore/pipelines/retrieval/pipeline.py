"""The retrieval pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.retrieval.nodes import (
    choose_music,
    draw_tracks,
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
                    "clip_manifest",
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
                    "library_index",
                    "library_cache",
                    "predicted_audio_features",
                    "emotion_predictions",
                    "visual_descriptors",
                    "segments",
                    "clip_manifest",
                    "soundtracks",
                    "audio_scaler",
                    "params:segment_s",
                    "params:retrieval",
                    "params:compute",
                    "params:seed",
                ],
                outputs=["cue_sheet", "cue_sheet_csv", "quality_gate", "composed_notes"],
                name="choose_music",
            ),
            node(
                render_soundtracks,
                inputs=[
                    "cue_sheet",
                    "composed_notes",
                    "soundtracks",
                    "library_cache",
                    "clip_manifest",
                    "params:retrieval",
                    "params:compute",
                ],
                outputs="generated_soundtracks",
                name="render_soundtracks",
            ),
            node(
                draw_tracks,
                inputs=["generated_soundtracks", "cue_sheet"],
                outputs="track_pictures",
                name="draw_tracks",
            ),
            node(
                score_videos,
                inputs=["generated_soundtracks", "clips", "params:compute"],
                outputs="scored_videos",
                name="score_videos",
            ),
        ]
    )
