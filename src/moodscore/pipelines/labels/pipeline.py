"""The labels pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.labels.nodes import count_labels, draw_labels, label_intervals, measure_agreement


def create_pipeline(**kwargs) -> Pipeline:
    """Ratings to labels, counts, agreement and a figure."""
    return pipeline(
        [
            node(label_intervals, inputs="ratings", outputs="label_mos", name="label_intervals"),
            node(
                count_labels,
                inputs=["ratings", "label_mos", "params:segment_s", "params:labels"],
                outputs="label_counts",
                name="count_labels",
            ),
            node(
                measure_agreement,
                inputs="ratings",
                outputs=["label_agreement", "label_raters"],
                name="measure_agreement",
            ),
            node(draw_labels, inputs="label_mos", outputs="labels_figure", name="draw_labels"),
        ]
    )
