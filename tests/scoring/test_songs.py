import numpy as np
import pandas as pd
import pytest

from moodscore.compute import Compute
from moodscore.emotion import CUES, Judge
from moodscore.errors import MoodscoreError
from moodscore.media import Waveform, write_audio
from moodscore.scoring import index_songs, songs
from moodscore.sound import AudioScaler

RATE = 44_100


@pytest.fixture(scope="module")
def models():
    rng = np.random.default_rng(0)
    cues = pd.DataFrame(rng.uniform(size=(40, len(CUES))), columns=list(CUES))
    scores = pd.DataFrame(rng.uniform(1, 9, (40, 2)), columns=["valence", "arousal"])
    scaler = AudioScaler((40.0, 0.0, -40.0), (200.0, 20.0, 0.0))
    return {"judge": Judge().fit(cues, scores).to_dict(), "scaler": scaler.to_dict()}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "songs").mkdir()
    for name in ("one", "two"):
        song(tmp_path / "songs" / f"{name}.wav", len(name) + ord(name[0]))
    return tmp_path / "songs"


def song(path, seed):
    noise = 0.1 * np.random.default_rng(seed).standard_normal((3 * RATE, 1))
    write_audio(path, Waveform(noise.astype(np.float32), RATE))


@pytest.fixture
def index(folder, models, tmp_path, monkeypatch):
    """Index the folder, and count how often that was more than a look."""

    def index(**changed):
        return index_songs(
            folder, tmp_path / "cache", **models | changed, segment_s=1.0, compute=Compute(backend="serial")
        )

    index.calls = []
    whole = songs.index_library
    monkeypatch.setattr(songs, "index_library", lambda *a, **k: index.calls.append(1) or whole(*a, **k))
    return index


def test_indexed_once(index):
    first = index()
    assert first["file"].unique().tolist() == ["one.wav", "two.wav"]
    pd.testing.assert_frame_equal(index(), first)
    assert len(index.calls) == 1


def test_again_when_something_changes(index, folder, models, tmp_path):
    index()
    song(folder / "three.wav", 5)
    assert index()["file"].nunique() == 3
    index(scaler=AudioScaler((40.0, 0.0, -40.0), (100.0, 20.0, 0.0)).to_dict())
    next((tmp_path / "cache").glob("*.flac")).unlink()
    index()
    (folder / "LICENSES.csv").write_text("file,licence\none.wav,CC0\n")
    assert set(index()["licence"]) == {"CC0", ""}
    assert len(index.calls) == 5


def test_songs_left_out_are_one_table_and_no_lines(index, folder, caplog):
    (folder / "broken.mp3").write_bytes(b"no song")
    (folder / "same.wav").write_bytes((folder / "one.wav").read_bytes())
    write_audio(folder / "short.wav", Waveform(np.ones((900, 1), np.float32), RATE))
    for _ in range(2):  # heard, then remembered
        left_out = dict(index().attrs["left_out"])
        assert sorted(left_out) == ["broken.mp3", "same.wav", "short.wav"]
        assert left_out["broken.mp3"].startswith("cannot be decoded")
        assert left_out["same.wav"] == "is the same as one.wav"
        assert "shorter than a segment" in left_out["short.wav"]
    assert len(index.calls) == 1
    assert not caplog.records


def test_the_folder_stays_as_it_was(index, folder):
    before = sorted(folder.iterdir())
    index()
    assert sorted(folder.iterdir()) == before


def test_an_empty_folder(index, folder):
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(MoodscoreError, match="holds no song"):
        index()
