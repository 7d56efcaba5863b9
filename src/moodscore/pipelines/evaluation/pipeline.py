"""The evaluation pipeline."""

from kedro.pipeline import Node, Pipeline, node, pipeline

from moodscore.pipelines.evaluation import nodes


def create_pipeline(**kwargs) -> Pipeline:
    """Predictions, soundtracks and what people said to metrics, tables, figures and a report."""
    return pipeline([*_measuring(), *_comparing(), *_showing()])


def _measuring() -> list[Node]:
    return [
        node(
            nodes.evaluate_emotion,
            inputs=["emotion_predictions", "emotion_judge", "audio_features", "segments"],
            outputs=["emotion_scores", "judge_scores"],
            name="evaluate_emotion",
        ),
        node(
            nodes.plan_systems,
            inputs=[
                "snippet_index",
                "library_index",
                "library_cache",
                "cue_sheet",
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
                "params:evaluation",
                "params:compute",
                "params:seed",
            ],
            outputs=["system_cue_sheets", "system_notes"],
            name="plan_systems",
        ),
        node(
            nodes.measure_systems,
            inputs=[
                "system_cue_sheets",
                "system_notes",
                "segments",
                "soundtracks",
                "library_cache",
                "audio_features",
                "audio_scaler",
                "emotion_judge",
                "params:segment_s",
                "params:compute",
            ],
            outputs=["system_errors", "system_emotions", "system_timbre"],
            name="measure_systems",
        ),
        node(
            nodes.ask_people,
            inputs=["study_answers", "segments"],
            outputs=["study_mos", "study_mos_correlations", "study_preferences", "preference_figure"],
            name="ask_people",
        ),
    ]


def _comparing() -> list[Node]:
    return [
        node(
            nodes.summarise,
            inputs=[
                "clip_manifest",
                "segments",
                "emotion_scores",
                "judge_scores",
                "system_errors",
                "system_emotions",
                "system_timbre",
                "params:seed",
            ],
            outputs=["metrics", "systems_table"],
            name="summarise",
        ),
        node(
            nodes.compare_runs,
            inputs=["metrics", "metrics_history"],
            outputs="runs_table",
            name="compare_runs",
        ),
        node(
            nodes.render_compared,
            inputs=[
                "system_cue_sheets",
                "system_notes",
                "generated_soundtracks",
                "soundtracks",
                "library_cache",
                "params:retrieval",
                "params:compute",
            ],
            outputs="compared_soundtracks",
            name="render_compared",
        ),
    ]


def _showing() -> list[Node]:
    return [
        node(
            nodes.draw_spectrograms,
            inputs=["generated_soundtracks", "compared_soundtracks", "soundtracks", "params:retrieval"],
            outputs="spectrogram_pairs",
            name="draw_spectrograms",
        ),
        node(
            nodes.draw_emotions,
            inputs=["emotion_predictions", "segments", "cue_sheet", "metrics"],
            outputs=["emotion_timelines", "emotion_plane", "systems_figure"],
            name="draw_emotions",
        ),
        node(
            nodes.write_report,
            inputs=[
                "metrics",
                "clips",
                "clip_manifest",
                "segments",
                "visual_descriptors",
                "emotion_predictions",
                "anfis_model",
                "anfis_learning_curve",
                "emotion_embedding",
                "cue_sheet",
                "quality_gate",
                "soundtracks",
                "generated_soundtracks",
                "compared_soundtracks",
                "study_mos",
                "study_mos_correlations",
                "study_preferences",
                "runs_table",
                "parameters",
                "params:workspace",
            ],
            outputs="report",
            name="write_report",
        ),
    ]
