"""What is refused before the first node runs."""

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro_datasets.json import JSONDataset

from moodscore.datasets import FreshPartitionedDataset
from moodscore.errors import MoodscoreError
from moodscore.hooks import AfterTheRun, BeforeTheRun
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


def test_a_misspelt_group_of_parameters_is_refused():
    with pytest.raises(MoodscoreError, match=r"retrival: nothing reads it; did you mean retrieval\?"):
        check(ingest.create_pipeline(), parameters=MemoryDataset({"seed": 0, "retrival": {"no_repeat_s": 4}}))
    with pytest.raises(MoodscoreError, match=r"there are .*segment_s"):
        check(ingest.create_pipeline(), parameters=MemoryDataset({"zzz": 1}))


def test_the_run_ends_with_where_things_are(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    videos = FreshPartitionedDataset(
        path=str(tmp_path / "out"), dataset="moodscore.datasets.ScoredVideoDataset", filename_suffix=".mp4"
    )
    steps = retrieval.create_pipeline()
    AfterTheRun().after_pipeline_run(steps, DataCatalog({"scored_videos": videos}))
    assert capsys.readouterr().out == "Videos with their new music: out\n"
