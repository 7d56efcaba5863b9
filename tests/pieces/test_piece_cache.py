from dataclasses import fields, replace

import numpy as np
import pytest

from moodscore.compute import Compute
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.pieces import Piece, PieceCache, analyse_pieces, analysis, cache

SERIAL = Compute(backend="serial")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory, music, rate):
    folder = tmp_path_factory.mktemp("sounds")
    for name, period in (("a", 0.5), ("b", 0.6)):
        y = music(np.arange(0.2, 12, period), 4, "A")
        write_audio(folder / f"{name}.flac", Waveform(0.5 * y[:, None].astype(np.float32), rate))
    (folder / "same.flac").write_bytes((folder / "a.flac").read_bytes())
    return {name: AudioFile.open(folder / f"{name}.flac") for name in ("a", "b", "same")}


def assert_equal(piece, other):
    for field in fields(Piece):
        a, b = getattr(piece, field.name), getattr(other, field.name)
        assert type(a) is type(b)
        np.testing.assert_array_equal(a, b)


def test_each_sound_is_described_once_and_read_back_as_it_was(sounds, tmp_path, monkeypatch):
    described = []

    def spy(audio):
        described.append(audio.path.name)
        return real(audio)

    real = analysis.analyse_piece
    monkeypatch.setattr(analysis, "analyse_piece", spy)
    kept = PieceCache(tmp_path / "kept")
    pieces, failures = analyse_pieces(sounds, kept, SERIAL)
    assert list(pieces) == ["a", "b", "same"] and not failures
    assert described == ["a.flac", "b.flac"]
    again, _ = analyse_pieces({"another name": sounds["b"]}, kept, SERIAL)
    assert len(described) == 2
    assert_equal(again["another name"], pieces["b"])
    assert_equal(pieces["a"], real(sounds["a"]))


def test_one_that_cannot_be_read_does_not_take_the_others_down(sounds, tmp_path):
    (tmp_path / "broken.flac").write_bytes(sounds["a"].path.read_bytes()[:2000])
    broken = replace(sounds["a"], path=tmp_path / "broken.flac")
    gone = replace(sounds["a"], path=tmp_path / "gone.flac")
    pieces, failures = analyse_pieces(
        {"gone": gone, "broken": broken, "b": sounds["b"]}, PieceCache(tmp_path / "kept"), SERIAL
    )
    assert list(pieces) == ["b"]
    assert set(failures) == {"gone", "broken"}


def test_a_damaged_description_is_refused_in_one_line(sounds, tmp_path):
    kept = PieceCache(tmp_path)
    analyse_pieces({"b": sounds["b"]}, kept, SERIAL)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(MoodscoreError, match=r"is not the description of a piece; remove it"):
        Piece.load(path)
    np.savez(path, beats_s=np.zeros(3))
    with pytest.raises(MoodscoreError):
        Piece.load(path)


def test_an_interrupted_write_leaves_nothing(sounds, tmp_path, monkeypatch):
    pieces, _ = analyse_pieces({"b": sounds["b"]}, PieceCache(tmp_path / "kept"), SERIAL)

    def half(file, **arrays):
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", half)
    with pytest.raises(MoodscoreError, match="No space left"):
        PieceCache(tmp_path / "new").add("0" * 16, pieces["b"])
    assert not list((tmp_path / "new").iterdir())


def test_older_versions_are_dropped_and_other_files_left(tmp_path, monkeypatch):
    kept = PieceCache(tmp_path)
    kept.drop_older_versions()
    for name in (f"{'0' * 16}.v1.piece.npz", f"{'1' * 16}.v2.piece.npz", "notes.txt"):
        (tmp_path / name).touch()
    monkeypatch.setattr(cache, "CACHE_VERSION", 2)
    kept.drop_older_versions()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{'1' * 16}.v2.piece.npz", "notes.txt"]


@pytest.mark.slow
def test_workers_describe_alike(sounds, tmp_path):
    here, _ = analyse_pieces(sounds, PieceCache(tmp_path / "here"), SERIAL)
    there, _ = analyse_pieces(sounds, PieceCache(tmp_path / "there"), Compute(workers=2))
    for name, piece in here.items():
        assert_equal(piece, there[name])
