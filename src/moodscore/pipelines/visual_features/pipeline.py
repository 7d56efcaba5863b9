"""The visual_features pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.visual_features.nodes import (
    describe_pictures,
    fit_clusters,
    keep_distribution,
    measure_pictures,
)


def create_pipeline(**kwargs) -> Pipeline:
    """Clips to visual descriptors and the cluster centres they rest on."""
    return pipeline(
        [
            node(
                measure_pictures,
                inputs=[
                    "clips",
                    "clip_manifest",
                    "params:compute",
                    "params:segment_s",
                    "params:visual_features.measure",
                ],
                outputs="visual_measures",
                name="measure_pictures",
            ),
            node(
                fit_clusters,
                inputs=["visual_measures", "segments", "params:visual_features.descriptor"],
                outputs="cluster_centres",
                name="fit_clusters",
            ),
            node(
                describe_pictures,
                inputs=["visual_measures", "cluster_centres"],
                outputs="visual_descriptors",
                name="describe_pictures",
            ),
            node(
                keep_distribution,
                inputs=["visual_descriptors", "segments"],
                outputs="descriptor_distribution",
                name="keep_distribution",
            ),
        ]
    )
