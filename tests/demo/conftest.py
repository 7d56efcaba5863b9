from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moodscore.compute import Compute, map_clips
from moodscore.demo import plan_corpus

SEED = 0


@dataclass(frozen=True)
class MeasuredCorpus:
    """The corpus as the rest of the project sees it: files, ratings and what is measured of them."""

    folder: Path
    infos: dict
    segments: pd.DataFrame  # clip_id, segment, valence, arousal, quadrant
    histograms: np.ndarray
    motion: np.ndarray


def measure(clip_id, path):
    from moodscore.media import probe_clip
    from moodscore.vision import measure_clip

    info = probe_clip(path)
    return info, measure_clip(path, start_s=info.start_s, duration_s=info.duration_s)


@pytest.fixture(scope="session")
def corpus(demo_folder):
    from moodscore.emotion import read_ratings, segment_labels
    from moodscore.segments import segment_bounds

    folder = demo_folder
    clips = {path.stem: path for path in sorted((folder / "clips").iterdir())}
    measured, failures = map_clips(measure, clips, Compute(), label="Measuring demo clips")
    assert not failures
    tables = []
    for clip_id, (info, _) in measured.items():
        start_s, end_s = segment_bounds(info.duration_s).T
        columns = {"clip_id": clip_id, "segment": np.arange(len(start_s)), "start_s": start_s, "end_s": end_s}
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    return MeasuredCorpus(
        folder,
        {clip_id: info for clip_id, (info, _) in measured.items()},
        segment_labels(read_ratings(folder / "ratings.csv"), table),
        np.concatenate([measures.histograms for _, measures in measured.values()]),
        np.concatenate([measures.motion for _, measures in measured.values()]),
    )


@pytest.fixture(scope="session")
def recipes():
    return plan_corpus(SEED)


@pytest.fixture(scope="session")
def liveliest(recipes):
    """The steady clip with the highest arousal."""
    return max((r for r in recipes if len(r.scenes) == 1), key=lambda r: r.scenes[0].cues.activity)


@pytest.fixture(scope="session")
def calmest(recipes):
    return min((r for r in recipes if len(r.scenes) == 1), key=lambda r: r.scenes[0].cues.activity)
