"""The films pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines import anfis, ingest, visual_features
from moodscore.pipelines.films.nodes import (
    choose_rules,
    choose_settling,
    compare_readings,
    correlate_cues,
    write_films_report,
)

#: What is made of numbers alone, without any picture or sound.
_OF_OTHERS = {
    ingest: ["label_segments"],
    visual_features: ["fit_clusters", "describe_pictures", "keep_distribution"],
    anfis: ["train_anfis", "predict_emotion", "embed_emotions", "draw_anfis", "list_rules"],
}
_READING = [
    "visual_descriptors",
    "cluster_centres",
    "segments",
    "clip_sources",
    "params:anfis",
]


def create_pipeline(**kwargs) -> Pipeline:
    """Measures and ratings to a reader, and what it is worth on sources it has not seen."""
    parts = (steps.create_pipeline().only_nodes(*names) for steps, names in _OF_OTHERS.items())
    others = sum(parts, Pipeline([]))
    return others + pipeline(
        [
            node(
                correlate_cues,
                inputs=["visual_descriptors", "segments"],
                outputs="cue_correlations",
                name="correlate_cues",
            ),
            node(
                choose_rules,
                inputs=[*_READING, "params:films", "params:seed"],
                outputs="rule_choice",
                name="choose_rules",
            ),
            node(
                choose_settling,
                inputs=[*_READING, "params:seed"],
                outputs="settling_choice",
                name="choose_settling",
            ),
            node(
                compare_readings,
                inputs=[*_READING, "params:seed"],
                outputs="reading_scores",
                name="compare_readings",
            ),
            node(
                write_films_report,
                inputs=[
                    "params:workspace",
                    "label_agreement",
                    "cue_correlations",
                    "rule_choice",
                    "settling_choice",
                    "reading_scores",
                    "label_mos",
                    "anfis_model",
                ],
                outputs="films_report",
                name="write_films_report",
            ),
        ]
    )
