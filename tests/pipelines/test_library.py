"""The library pipeline with its own catalog entries, on a folder of real little songs."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile as sf
import yaml
from kedro.io import DataCatalog, MemoryDataset
from kedro.io.core import DatasetError
from kedro.runner import SequentialRunner

from moodscore.compute import Compute
from moodscore.emotion import CUES, Judge
from moodscore.errors import MoodscoreError
from moodscore.music import REPORT_COLUMNS, MusicOptions
from moodscore.pipelines.library import create_pipeline
from moodscore.sound import AudioScaler

RATE = 44_100
CONF = Path(__file__).parents[2] / "conf"
#: As for songs that somebody owns; the demo library is tested with the demo.
ENTRIES = [CONF / environment / "catalog_library.yml" for environment in ("base", "own")]


@pytest.fixture
def judge():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(
        rng.normal([110, 20, -25, 0, 7, 2], [30, 10, 3, 0.3, 1, 1], (60, 6)), columns=CUES
    )
    return Judge().fit(features, pd.DataFrame(rng.uniform(1, 9, (60, 2)), columns=["valence", "arousal"]))


@pytest.fixture
def workspace(tmp_path):
    songs = tmp_path / "data" / "01_raw" / "demo" / "library"
    songs.mkdir(parents=True)
    for number, level in enumerate((0.02, 0.3)):
        noise = np.random.default_rng(number).standard_normal(4 * RATE)
        sf.write(songs / f"song {number}.wav", level * noise, RATE)
    return tmp_path


@pytest.fixture
def run(workspace, judge):
    runs = itertools.count()

    def catalog(music="library"):
        entries = {}
        for path in ENTRIES:
            text = path.read_text().replace("${globals:workspace}", "demo")
            entries |= yaml.safe_load(text.replace("filepath: data", f"filepath: {workspace}/data"))
        catalog = DataCatalog.from_config(entries, save_version=f"2020-01-01T00.00.0{next(runs)}.000Z")
        catalog["emotion_judge"] = MemoryDataset(judge.to_dict())
        catalog["audio_scaler"] = MemoryDataset(
            AudioScaler((50.0, 0.0, -45.0), (180.0, 60.0, -35.0)).to_dict()
        )
        catalog["params:segment_s"] = MemoryDataset(1.0)
        catalog["params:compute"] = MemoryDataset(Compute(backend="serial"))
        catalog["params:retrieval"] = MemoryDataset(MusicOptions(music=music))
        return catalog

    def run(music="library"):
        SequentialRunner().run(create_pipeline(), catalog(music))
        return catalog()

    run.catalog = catalog
    return run


def test_songs_to_index_and_report(run, workspace, caplog):
    with caplog.at_level("INFO", logger="moodscore"):
        catalog = run()
    index, report = catalog["library_index"].load(), catalog["library_report"].load()
    assert index["file"].value_counts().to_dict() == {"song 0.wav": 4, "song 1.wav": 4}
    assert report[["file", "seconds", "snippets", "status"]].to_numpy().tolist() == [
        ["song 0.wav", 4.0, 4, "used"],
        ["song 1.wav", 4.0, 4, "used"],
    ]
    assert "Songs: 2 used, 0 left out" in caplog.text
    assert "Snippets with sound: 8, " in caplog.text
    assert "Songs without a licence note: 2" in caplog.text
    assert len(list((workspace / "data" / "02_intermediate" / "demo" / "library").glob("*.flac"))) == 2


def test_what_was_heard_of_a_removed_song_is_removed(run, workspace):
    run()
    (workspace / "data" / "01_raw" / "demo" / "library" / "song 1.wav").unlink()
    run()
    names = [p.suffix for p in (workspace / "data" / "02_intermediate" / "demo" / "library").iterdir()]
    assert sorted(names) == [".flac", ".parquet"]


def test_without_a_library_the_index_is_empty_and_may_be(run):
    dataset = run.catalog()["library_index"]
    assert dataset.is_optional
    assert not dataset.exists()
    assert len(dataset.load()) == 0
    run()
    dataset = run.catalog()["library_index"]
    assert dataset.exists()
    assert len(dataset.load()) == 8


def test_where_no_music_is_asked_of_songs_there_need_be_none(run, workspace, caplog):
    folder = workspace / "data" / "01_raw" / "demo" / "library"
    for song in folder.iterdir():
        song.unlink()
    folder.rmdir()
    with caplog.at_level("INFO", logger="moodscore"):
        catalog = run(music="soundtracks")
    assert len(catalog["library_index"].load()) == 0
    assert catalog["library_report"].load().columns.tolist() == REPORT_COLUMNS
    assert "There is no library of songs" in caplog.text


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_without_songs_it_says_where_to_put_them(run, workspace, left):
    folder = workspace / "data" / "01_raw" / "demo" / "library"
    for song in folder.iterdir():
        song.unlink()
    if left == "nothing":
        folder.rmdir()
    with pytest.raises(MoodscoreError, match=r"^[^\n]*01_raw/demo/library: [^\n]*put [^\n]*$"):
        run()


def test_the_folder_is_never_written(run):
    with pytest.raises(DatasetError, match="never written"):
        run.catalog()["library_folder"].save("anything")
