"""Each dataset: what is saved comes back, nothing half-written stays, inputs are never written."""

import numpy as np
import pytest
from kedro.io.core import DatasetError, Version

from moodscore.datasets import (
    ANFISDataset,
    AudioDataset,
    ClipFolderDataset,
    FreshPartitionedDataset,
    NPZDataset,
    RatingsDataset,
    ScoredVideoDataset,
)
from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor
from moodscore.media import AudioFile, Waveform, write_audio, write_clip

RATE = 44_100


@pytest.fixture
def noise():
    return (np.random.default_rng(0).standard_normal((RATE, 2)) * 0.1).astype(np.float32)


def test_npz(tmp_path):
    dataset = NPZDataset(filepath=str(tmp_path / "new" / "x.npz"))
    arrays = {"a": np.arange(6).reshape(2, 3), "names": np.array(["é", "bb"])}
    assert not dataset.exists()
    dataset.save(arrays)
    assert dataset.exists()
    loaded = dataset.load()
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array)


def test_npz_refuses_objects(tmp_path):
    dataset = NPZDataset(filepath=str(tmp_path / "x.npz"))
    with pytest.raises(DatasetError):
        dataset.save({"a": np.array([{"not": "an array"}], dtype=object)})
    assert list(tmp_path.iterdir()) == []


def test_versions(tmp_path):
    path = str(tmp_path / "x.npz")
    NPZDataset(filepath=path, version=Version(None, "1")).save({"a": np.array([1])})
    NPZDataset(filepath=path, version=Version(None, "2")).save({"a": np.array([2])})
    assert NPZDataset(filepath=path, version=Version(None, None)).load()["a"] == [2]
    assert NPZDataset(filepath=path, version=Version("1", None)).load()["a"] == [1]


def test_a_failed_save_keeps_what_was_there(tmp_path):
    dataset = NPZDataset(filepath=str(tmp_path / "x.npz"))
    dataset.save({"a": np.array([1])})
    with pytest.raises(DatasetError):
        dataset.save({"a": np.array([object()], dtype=object)})
    assert dataset.load()["a"] == [1]
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]


def test_anfis(tmp_path):
    X = np.random.default_rng(0).random((40, 2))
    model = ANFISRegressor(n_mfs=2, max_epochs=3).fit(X, X.sum(axis=1))
    dataset = ANFISDataset(filepath=str(tmp_path / "model.json"))
    dataset.save(model)
    np.testing.assert_array_equal(dataset.load().predict(X), model.predict(X))


@pytest.mark.parametrize(("suffix", "tolerance"), [("wav", 0.0), ("flac", 2**-23)])
def test_audio_from_memory(tmp_path, noise, suffix, tolerance):
    dataset = AudioDataset(filepath=str(tmp_path / f"x.{suffix}"))
    dataset.save(Waveform(noise, RATE))
    audio = dataset.load()
    assert (audio.sample_rate, audio.n_samples, audio.channels) == (RATE, RATE, 2)
    np.testing.assert_allclose(audio.read(), noise, atol=tolerance)
    assert [p.name for p in tmp_path.iterdir()] == [f"x.{suffix}"]


def test_audio_from_a_file_is_moved(tmp_path, noise):
    (tmp_path / "scratch").mkdir()
    write_audio(tmp_path / "scratch" / "a.flac", Waveform(noise, RATE))
    dataset = AudioDataset(filepath=str(tmp_path / "stored" / "a.flac"))
    dataset.save(AudioFile.open(tmp_path / "scratch" / "a.flac"))
    assert dataset.load().n_samples == RATE
    assert list((tmp_path / "scratch").iterdir()) == []


def test_scored_video(tmp_path, noise):
    frames = [np.full((36, 64, 3), 40 * k, dtype=np.uint8) for k in range(5)]
    write_clip(tmp_path / "muxed.mp4", frames, 5, noise, RATE)
    dataset = ScoredVideoDataset(filepath=str(tmp_path / "out" / "scored.mp4"))
    dataset.save(tmp_path / "muxed.mp4")
    info = dataset.load()
    assert info.duration_s == pytest.approx(1.0)
    assert (info.width, info.height, info.has_audio) == (64, 36, True)
    assert [p.name for p in tmp_path.rglob("*.mp4")] == ["scored.mp4"]


def test_what_cannot_be_written_is_named(tmp_path):
    (tmp_path / "x.npz" / "a folder in the way").mkdir(parents=True)
    with pytest.raises(DatasetError) as caught:
        NPZDataset(filepath=str(tmp_path / "x.npz")).save({"a": np.array([1])})
    assert isinstance(caught.value.__cause__, MoodscoreError)
    assert "x.npz: cannot be written" in str(caught.value.__cause__)


def test_clip_folder(tmp_path):
    (tmp_path / "b.mp4").touch()
    (tmp_path / "a.mkv").touch()
    (tmp_path / "notes.txt").touch()
    dataset = ClipFolderDataset(filepath=str(tmp_path))
    assert [clip.clip_id for clip in dataset.load()] == ["a", "b"]
    with pytest.raises(DatasetError, match="never written"):
        dataset.save([])


def test_ratings(tmp_path):
    (tmp_path / "ratings.csv").write_text("clip_id,start_s,end_s,rater,valence,arousal\n01,,,r,7,3\n")
    assert RatingsDataset(filepath=str(tmp_path / "ratings.csv")).load()["clip_id"].tolist() == ["01"]


def test_a_refusal_travels_as_the_cause(tmp_path):
    with pytest.raises(DatasetError) as caught:
        RatingsDataset(filepath=str(tmp_path / "missing.csv")).load()
    assert isinstance(caught.value.__cause__, MoodscoreError)


class TestFreshPartitions:
    @pytest.fixture
    def dataset(self, tmp_path):
        return FreshPartitionedDataset(
            path=str(tmp_path), dataset="moodscore.datasets.AudioDataset", filename_suffix=".wav"
        )

    def test_old_partitions_go_others_stay(self, dataset, tmp_path, noise):
        sound = Waveform(noise, RATE)
        (tmp_path / "x.mp4").touch()
        (tmp_path / "of somebody else.wav").touch()
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "mine.wav").touch()
        dataset.save({"a": sound, "b": sound})
        dataset.save({"b": sound, "cé": lambda: sound})
        assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.[wm][ap][v4]")) == [
            "b.wav",
            "cé.wav",
            "of somebody else.wav",
            "sub/mine.wav",
            "x.mp4",
        ]
        assert sorted(dataset.load()) == ["b", "cé"]

    def test_a_failed_save_keeps_the_old_ones(self, dataset, noise):
        dataset.save({"a": Waveform(noise, RATE)})

        def fail():
            raise RuntimeError("no music today")

        with pytest.raises(DatasetError):
            dataset.save({"b": fail})
        assert sorted(dataset.load()) == ["a"]

    def test_half_written_files_are_not_partitions(self, dataset, tmp_path, noise):
        dataset.save({"a": Waveform(noise, RATE)})
        (tmp_path / ".part-b.wav").touch()
        assert sorted(dataset.load()) == ["a"]
