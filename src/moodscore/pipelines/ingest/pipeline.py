"""The ingest pipeline."""

from kedro.pipeline import Pipeline, node, pipeline

from moodscore.pipelines.ingest.nodes import inspect_clips, label_segments


def create_pipeline(**kwargs) -> Pipeline:
    """Clips and ratings to manifest, segments and soundtracks."""
    return pipeline(
        [
            node(
                inspect_clips,
                inputs=["clips", "ratings", "params:compute", "params:segment_s", "params:ingest"],
                outputs=["clip_probe", "soundtracks"],
                name="inspect_clips",
            ),
            node(
                label_segments,
                inputs=["clip_probe", "ratings", "params:segment_s", "params:ingest", "params:seed"],
                outputs=["clip_manifest", "segments"],
                name="label_segments",
            ),
        ]
    )
