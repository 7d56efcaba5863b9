"""What is refused before the first node runs."""

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro_datasets.json import JSONDataset

from moodscore.datasets import FreshPartitionedDataset
from moodscore.errors import MoodscoreError
from moodscore.hooks import BeforeTheRun
from moodscore.pipelines import audio_features, ingest, retrieval


def check(pipeline, **datasets):
    parameters = {"params:seed": MemoryDataset(0), "params:segment_s": MemoryDataset(1.0)}
    BeforeTheRun().before_pipeline_run(pipeline, DataCatalog(parameters | datasets))


def test_what_an_earlier_pipeline_makes_is_asked_for_by_name(tmp_path):
    segments = JSONDataset(filepath=str(tmp_path / "segments.json"))
    with pytest.raises(MoodscoreError, match=r"segments: .* run --pipeline=ingest first"):
        check(audio_features.create_pipeline(), segments=segments, soundtracks=MemoryDataset({}))


def test_so_are_empty_partitions(tmp_path):
    soundtracks = FreshPartitionedDataset(
        path=str(tmp_path), dataset="moodscore.datasets.AudioDataset", filename_suffix=".flac"
    )
    with pytest.raises(MoodscoreError, match=r"soundtracks: .* run --pipeline=ingest first"):
        check(audio_features.create_pipeline(), segments=MemoryDataset(1), soundtracks=soundtracks)


def test_what_a_person_puts_there_is_left_to_its_dataset(tmp_path):
    missing = JSONDataset(filepath=str(tmp_path / "nothing.json"))
    check(ingest.create_pipeline(), clips=missing, ratings=missing)


def test_what_is_there_passes():
    names = [n for n in retrieval.create_pipeline().inputs() if not n.startswith("params:")]
    check(retrieval.create_pipeline(), **{name: MemoryDataset(1) for name in names})


@pytest.mark.parametrize(
    ("name", "value"),
    [("segment_s", 0), ("segment_s", -1.0), ("segment_s", "long"), ("seed", -1), ("seed", 1.5)],
)
def test_shared_parameters_are_checked(name, value):
    with pytest.raises(MoodscoreError, match=name) as caught:
        check(ingest.create_pipeline(), **{f"params:{name}": MemoryDataset(value)})
    assert "\n" not in str(caught.value)
