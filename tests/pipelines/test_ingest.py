"""The ingest pipeline on an in-memory catalog, with real little files."""

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from moodscore.compute import Compute
from moodscore.emotion import CorpusOptions, read_ratings
from moodscore.errors import MoodscoreError
from moodscore.media import list_clips, write_clip
from moodscore.pipelines.ingest import create_pipeline
from moodscore.pipelines.ingest.nodes import label_segments

RATE = 44_100


def write(path, seconds, level=0.1):
    rng = np.random.default_rng(len(path.name))
    frames = [rng.integers(0, 255, (36, 64, 3), dtype=np.uint8) for _ in range(round(10 * seconds))]
    write_clip(path, frames, 10, (level * rng.standard_normal((round(RATE * seconds), 2))).astype("f4"), RATE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    for name in ("good one", "gut", "bon", "unrated"):
        write(folder / f"{name}.mp4", 3)
    write(folder / "short.mp4", 1)
    write(folder / "silent.mp4", 3, level=0.0)
    (folder / "text.mp4").write_text("this is no video")
    lines = ["clip_id,start_s,end_s,rater,valence,arousal"]
    for clip in ("good one", "gut", "bon", "short", "silent", "text", "gone"):
        lines += [f"{clip},,,{rater},{6 + rater},{7 - rater}" for rater in (1, 2)]
    (folder / "ratings.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def run(folder):
    catalog = DataCatalog(
        {
            "clips": MemoryDataset(list_clips(folder)),
            "ratings": MemoryDataset(read_ratings(folder / "ratings.csv")),
            "params:compute": MemoryDataset(Compute(backend="serial")),
            "params:segment_s": MemoryDataset(1.0),
            "params:ingest": MemoryDataset(CorpusOptions()),
            "params:seed": MemoryDataset(0),
        }
    )
    outputs = SequentialRunner().run(create_pipeline(), catalog)
    return {name: dataset.load() for name, dataset in outputs.items()} | {
        "soundtracks": catalog["soundtracks"].load()
    }


def test_every_clip_is_in_the_manifest_with_its_reason(run):
    manifest = run["clip_manifest"].set_index("clip_id")
    assert sorted(manifest.index) == ["bon", "good one", "gut", "short", "silent", "text", "unrated"]
    assert manifest.loc[["bon", "good one", "gut"], "status"].eq("used").all()
    assert manifest.loc[["bon", "good one", "gut"], "reason"].eq("").all()
    for clip, reason in {
        "short": "shorter than 2 segments",
        "silent": "silent",
        "text": "text.mp4",
        "unrated": "no ratings",
    }.items():
        assert manifest.loc[clip, "status"] == "left_out"
        assert reason in manifest.loc[clip, "reason"]
        assert pd.isna(manifest.loc[clip, "split"])


def test_segments_are_labelled_and_split_by_clip(run):
    segments = run["segments"]
    assert segments.groupby("clip_id").size().to_dict() == {"bon": 3, "good one": 3, "gut": 3}
    assert segments["valence"].eq(7.5).all()
    assert segments["arousal"].eq(5.5).all()
    assert segments["quadrant"].eq("pos_high").all()
    assert segments.groupby("clip_id")["split"].nunique().eq(1).all()
    assert set(segments["split"]) == {"train", "held_out"}


def test_soundtracks_are_as_long_as_the_picture(run):
    for clip in ("bon", "good one", "gut"):
        assert run["soundtracks"][clip].n_samples == 3 * RATE


def test_ratings_of_other_clips_alone_are_refused(run):
    ratings = pd.DataFrame(
        {
            "clip_id": ["x"],
            "start_s": [np.nan],
            "end_s": [np.nan],
            "rater": ["r"],
            "valence": [7.0],
            "arousal": [7.0],
        }
    )
    probe = run["clip_manifest"].drop(columns=["n_segments", "split", "status"])
    with pytest.raises(MoodscoreError, match="clip_id"):
        label_segments(probe[probe["reason"] == ""], ratings, 1.0, CorpusOptions(), 0)


def test_a_folder_of_bad_clips_is_refused(tmp_path):
    (tmp_path / "a.mp4").write_text("no")
    catalog = DataCatalog(
        {
            "clips": MemoryDataset(list_clips(tmp_path)),
            "ratings": MemoryDataset(pd.DataFrame({"clip_id": ["a"]})),
            "params:compute": MemoryDataset(Compute(backend="serial")),
            "params:segment_s": MemoryDataset(1.0),
            "params:ingest": MemoryDataset(CorpusOptions()),
        }
    )
    with pytest.raises(MoodscoreError, match=r"none of the 1 can be used; .*a\.mp4"):
        SequentialRunner().run(create_pipeline().only_nodes("inspect_clips"), catalog)
