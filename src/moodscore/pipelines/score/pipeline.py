"""The score pipeline."""

import warnings

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.emotion import QUADRANTS
from moodscore.pipelines.score.nodes import (
    choose_score,
    describe_video,
    draw_score,
    look_at_video,
    play_score,
    predict_score,
    put_to_picture,
    read_video,
)


def create_pipeline(**kwargs) -> Pipeline:
    """One video and the stored models to its score."""
    with warnings.catch_warnings():
        # It reads from each of the four namespaces; Kedro suspects a slip.
        warnings.filterwarnings("ignore", message="One or more dataset names contain '.'")
        predict = node(
            predict_score,
            inputs=["score_emotion", "score_descriptors", "cluster_centres", "descriptor_quantiles"]
            + [f"{quadrant}.lstm_arrays" for quadrant in QUADRANTS],
            outputs="score_audio_features",
            name="predict_score",
        )
    return pipeline(
        [
            node(
                look_at_video,
                inputs=["params:score", "score_cache", "params:segment_s", "params:visual_features.measure"],
                outputs=["score_facts", "score_measures"],
                name="look_at_video",
            ),
            node(
                describe_video,
                inputs=["score_facts", "score_measures", "cluster_centres", "params:segment_s"],
                outputs="score_descriptors",
                name="describe_video",
            ),
            node(
                read_video,
                inputs=[
                    "anfis_model",
                    "score_descriptors",
                    "score_facts",
                    "params:anfis",
                    "params:segment_s",
                    "params:score",
                ],
                outputs="score_emotion",
                name="read_video",
            ),
            predict,
            node(
                choose_score,
                inputs=[
                    "snippet_index",
                    "library_index",
                    "library_cache",
                    "soundtracks",
                    "score_audio_features",
                    "score_emotion",
                    "score_descriptors",
                    "score_facts",
                    "audio_scaler",
                    "params:segment_s",
                    "params:retrieval",
                    "params:compute",
                    "params:seed",
                    "params:score",
                ],
                outputs=["score_cue_sheet", "score_findings", "score_notes"],
                name="choose_score",
            ),
            node(
                play_score,
                inputs=[
                    "score_cue_sheet",
                    "score_notes",
                    "score_facts",
                    "soundtracks",
                    "library_cache",
                    "params:retrieval",
                    "params:compute",
                    "params:score",
                ],
                outputs=["score_soundtrack", "score_loudness"],
                name="play_score",
            ),
            node(
                draw_score,
                inputs=[
                    "score_facts",
                    "score_emotion",
                    "score_descriptors",
                    "score_cue_sheet",
                    "score_cache",
                    "params:score",
                ],
                outputs="score_figure",
                name="draw_score",
            ),
            node(
                put_to_picture,
                inputs=["score_soundtrack", "params:compute", "params:score"],
                outputs=["scored_video", "score_container"],
                name="put_to_picture",
            ),
        ]
    )
