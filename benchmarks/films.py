"""How well films are read, each source left out in turn: the corpus of numbers, in this run."""

from pathlib import Path

import pandas as pd

PROJECT = Path(__file__).parents[1]


def compare() -> pd.DataFrame:
    """The table of :func:`moodscore.evaluation.compare_readings` on the films in the repository."""
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(PROJECT)
    # Nothing is kept: a benchmark makes no run.
    with KedroSession.create(PROJECT, env="films") as session:
        catalog = session.load_context().catalog
    from moodscore.pipelines.films.nodes import compare_readings
    from moodscore.pipelines.ingest.nodes import label_segments
    from moodscore.pipelines.visual_features.nodes import describe_pictures, fit_clusters

    load = catalog.load
    measures, seed = load("visual_measures"), load("params:seed")
    _, segments = label_segments(
        load("clip_probe"), load("ratings"), load("params:segment_s"), load("params:ingest"), seed
    )
    centres = fit_clusters(measures, segments, load("params:visual_features.descriptor"))
    described = describe_pictures(measures, centres)
    return compare_readings(described, centres, segments, load("clip_sources"), load("params:anfis"), seed)
