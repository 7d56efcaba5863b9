"""A folder of songs becomes an index; what was heard once is not heard again."""

import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from moodscore.compute import Compute
from moodscore.emotion import CUES, Judge, quadrant_of
from moodscore.errors import MoodscoreError
from moodscore.files import content_key
from moodscore.media import AudioFile, decode_song
from moodscore.music import SNIPPET_COLUMNS, SongCache, index_library, index_track, song_cache
from moodscore.sound import AudioScaler, sound_features

RATE = 44_100


def write_song(path, seconds, seed, *, beats_s=2.0, level=0.2):
    """Pulses of noise in stereo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal((len(time), 2))
    sf.write(path, level * noise * np.exp(-8 * (time * beats_s % 1))[:, None], RATE, subtype="PCM_16")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "library"
    write_song(folder / "b.wav", 3.2, 0)
    write_song(folder / "album" / "a.flac", 4.6, 1, beats_s=1.5, level=0.05)
    return folder


@pytest.fixture
def cache(tmp_path):
    return SongCache(tmp_path / "cache")


def judge_of(seed):
    rng = np.random.default_rng(seed)
    features = pd.DataFrame(
        rng.normal([110, 20, -25, 0, 7, 2], [30, 10, 3, 0.3, 1, 1], (60, 6)), columns=CUES
    )
    scores = pd.DataFrame(rng.uniform(1, 9, (60, 2)), columns=["valence", "arousal"])
    return Judge().fit(features, scores)


@pytest.fixture
def index(folder, cache):
    def run(folder=folder, **options):
        options = {
            "judge": judge_of(0),
            "scaler": AudioScaler((50.0, 0.0, -45.0), (180.0, 60.0, -35.0)),
            "segment_s": 1.0,
            "compute": Compute(backend="serial"),
        } | options
        return index_library(folder, cache, **options)

    return run


@pytest.fixture
def decoded(monkeypatch):
    """Names of the songs that were decoded, in order."""
    names = []

    def spy(path, out):
        names.append(path.name)
        return decode_song(path, out)

    monkeypatch.setattr(song_cache, "decode_song", spy)
    return names


def test_every_song_is_there_with_its_whole_sound(index, folder):
    library = index()
    assert tuple(library.snippets) == SNIPPET_COLUMNS
    assert (library.snippets["kind"] == "library").all()
    assert library.snippets["file"].value_counts(sort=False).to_dict() == {"album/a.flac": 5, "b.wav": 3}
    for file, rows in library.snippets.groupby("file"):
        audio = library.sources[rows["clip_id"].iloc[0]]
        np.testing.assert_array_equal(audio.read(), sf.read(folder / file, dtype="float32")[0])
        assert rows["start_sample"].tolist() == [k * RATE for k in range(len(rows))]
        assert rows["stop_sample"].iloc[-1] == min(len(rows) * RATE, audio.n_samples)
    assert set(library.sources) == set(library.snippets["clip_id"])


def test_snippets_are_those_of_a_soundtrack(index, folder):
    """Against what becomes of the same sound on the way that soundtracks take."""
    library, judge = index(), judge_of(0)
    for file, rows in library.snippets.groupby("file"):
        audio = library.sources[rows["clip_id"].iloc[0]]
        features = sound_features(audio.read(), RATE)
        scaled = AudioScaler((50.0, 0.0, -45.0), (180.0, 60.0, -35.0)).transform(features)
        expected = index_track(
            audio,
            features.assign(clip_id=rows["clip_id"].iloc[0])
            .rename(columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"})
            .assign(**scaled, **judge.predict(features)),
            segment_s=1.0,
            kind="library",
            file=file,
        )
        pd.testing.assert_frame_equal(rows.reset_index(drop=True), expected, check_dtype=False)


def test_the_report(index, folder):
    (folder / "LICENSES.csv").write_text("file,license,author\nb.wav,CC BY 4.0,me\n")
    write_song(folder / "short.wav", 0.7, 3)
    write_song(folder / "silent.wav", 2.0, 4, level=0.0)
    (folder / "broken.mp3").write_text("no music")
    shutil.copy(folder / "b.wav", folder / "copy.wav")
    library = index()
    report = library.report.set_index("file")
    assert list(report) == [
        "seconds",
        "snippets",
        "licence",
        "valence",
        "arousal",
        "quadrant",
        "status",
        "reason",
    ]
    assert report["status"].to_dict() == {
        "album/a.flac": "used",
        "b.wav": "used",
        "broken.mp3": "left_out",
        "copy.wav": "left_out",
        "short.wav": "left_out",
        "silent.wav": "left_out",
    }
    assert report.loc["b.wav", ["seconds", "snippets", "licence"]].tolist() == [3.2, 3, "by me, CC BY 4.0"]
    assert report.loc["copy.wav", "reason"] == "is the same as b.wav"
    assert report.loc["short.wav", "reason"] == "lasts 0.70 s, shorter than a segment of 1 s"
    assert report.loc["silent.wav", "reason"] == "is silent"
    assert report.loc["broken.mp3", "reason"].startswith("cannot be decoded")
    assert (library.snippets.loc[library.snippets["file"] == "b.wav", "licence"] == "by me, CC BY 4.0").all()
    for file in ("b.wav", "album/a.flac"):
        rows = library.snippets[library.snippets["file"] == file]
        assert report.loc[file, "valence"] == pytest.approx(rows["valence"].mean())
        quadrants = quadrant_of(rows["valence"], rows["arousal"]).tolist()
        assert quadrants.count(report.loc[file, "quadrant"]) == max(map(quadrants.count, quadrants))


def test_silence_at_the_ends_is_marked_and_has_no_say_in_the_report(index, folder):
    sound = sf.read(folder / "b.wav", dtype="float32")[0][: 3 * RATE]
    silence = np.zeros((2 * RATE, 2), dtype=np.float32)
    sf.write(folder / "b.wav", np.concatenate([silence, sound, silence]), RATE)
    library = index()
    rows = library.snippets[library.snippets["file"] == "b.wav"]
    assert rows["is_silent"].tolist() == [True] * 2 + [False] * 3 + [True] * 2
    report = library.report.set_index("file").loc["b.wav"]
    assert (report["seconds"], report["snippets"]) == (7.0, 3)
    assert report["valence"] == pytest.approx(rows["valence"].iloc[2:5].mean())


class TestHearingOnce:
    def test_nothing_is_heard_twice(self, index, decoded, monkeypatch):
        first = index()
        assert sorted(decoded) == ["a.flac", "b.wav"]
        monkeypatch.setattr("moodscore.sound.sound_features", None)
        second = index()
        assert len(decoded) == 2
        pd.testing.assert_frame_equal(second.snippets, first.snippets)
        pd.testing.assert_frame_equal(second.report, first.report)

    def test_a_renamed_song_is_known(self, index, folder, decoded):
        before = index().snippets
        (folder / "b.wav").rename(folder / "album" / "new.wav")
        after = index().snippets
        assert len(decoded) == 2
        assert set(after["file"]) == {"album/a.flac", "album/new.wav"}
        numbers = ["tempo", "valence", "head_level_db"]
        old, new = (table[table["file"].str.endswith(".wav")] for table in (before, after))
        np.testing.assert_array_equal(old[numbers], new[numbers])

    def test_a_changed_song_is_heard_again(self, index, folder, decoded):
        before = index().snippets
        write_song(folder / "b.wav", 3.2, 99)
        after = index().snippets
        assert decoded[2:] == ["b.wav"]
        assert not set(before.loc[before["file"] == "b.wav", "clip_id"]) & set(after["clip_id"])

    def test_a_removed_song_is_gone(self, index, folder):
        index()
        (folder / "b.wav").unlink()
        library = index()
        assert set(library.snippets["file"]) == set(library.report["file"]) == {"album/a.flac"}

    def test_another_segment_length_is_measured_and_not_decoded(self, index, decoded):
        index()
        assert len(index(segment_s=0.5).snippets) == 9 + 6
        assert len(decoded) == 2

    def test_what_an_older_version_heard_is_not_used(self, index, decoded, monkeypatch):
        index()
        monkeypatch.setattr(song_cache, "CACHE_VERSION", song_cache.CACHE_VERSION + 1)
        index()
        assert len(decoded) == 4

    def test_other_models_are_applied_without_hearing(self, index, decoded):
        first = index().snippets
        second = index(judge=judge_of(1), scaler=AudioScaler((0.0, 0.0, -50.0), (200.0, 99.0, 0.0))).snippets
        assert len(decoded) == 2
        for column in ("valence", "arousal", "tempo", "loudness", "rhythm"):
            assert (first[column] != second[column]).any(), column
        same = [
            name
            for name in SNIPPET_COLUMNS
            if name not in ("valence", "arousal", "tempo", "loudness", "rhythm")
        ]
        pd.testing.assert_frame_equal(first[same], second[same])

    def test_a_song_that_failed_is_tried_again(self, index, folder):
        (folder / "late.wav").write_bytes(b"still downloading")
        assert len(index().sources) == 2
        write_song(folder / "late.wav", 2.0, 7)
        assert len(index().sources) == 3

    def test_what_is_kept_tells_what_the_code_measures(self, cache, tmp_path):
        """If this fails, measuring has changed: raise `CACHE_VERSION`, then put the new numbers here."""
        write_song(tmp_path / "x.wav", 9.0, 0)
        cache.add(tmp_path / "x.wav", "0" * 16, 1.0)
        row = cache.measurements("0" * 16, 1.0).iloc[4]
        measured = row[
            ["tempo", "loudness", "rhythm", "brightness", "onset_rate", "beat_strength", "tail_band_3"]
        ]
        assert song_cache.CACHE_VERSION == 2
        np.testing.assert_allclose(measured.astype(float), MEASURED, rtol=2e-3)


MEASURED = [120.0, 14.591, -40.382, 9.3174, 2.0, 0.98483, -35.465]


def test_backends_agree(index, cache):
    serial = index()
    shutil.rmtree(cache.folder)
    parallel = index(compute=Compute(backend="processes", workers=2))
    pd.testing.assert_frame_equal(parallel.snippets, serial.snippets)
    pd.testing.assert_frame_equal(parallel.report, serial.report)


def test_the_songs_folder_is_not_written_to(index, folder):
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}
    index()
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before


def test_a_song_is_never_held_whole(index, folder, monkeypatch):
    write_song(folder / "b.wav", 30.0, 0)
    longest, read = [0], AudioFile.read

    def spy(self, start=0, stop=None):
        longest.append((self.n_samples if stop is None else stop) - start)
        return read(self, start, stop)

    monkeypatch.setattr(AudioFile, "read", spy)
    index()
    assert 0 < max(longest) < 15 * RATE


def test_without_a_song_that_can_be_used_it_says_so(index, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "x.mp3").write_text("no music")
    with pytest.raises(
        MoodscoreError, match=r"^[^\n]*bad: none of its songs can be used; [^\n]*x\.mp3[^\n]*$"
    ):
        index(tmp_path / "bad")


def test_a_malformed_licence_table_is_refused_before_anything_is_heard(index, folder, decoded):
    (folder / "LICENSES.csv").write_text("file,licence\nb.wav,\n")
    with pytest.raises(MoodscoreError, match=r"LICENSES\.csv, row 2, column licence"):
        index()
    assert decoded == []


class TestCache:
    def test_sources_of_a_stored_index(self, index, cache):
        library = index()
        assert cache.sources(library.snippets) == library.sources

    def test_sound_that_is_gone_is_named(self, index, cache):
        library = index()
        clip_id, audio = next(iter(library.sources.items()))
        audio.path.unlink()
        with pytest.raises(MoodscoreError, match=f"the sound of song {clip_id} is gone; index the library"):
            cache.sources(library.snippets)

    def test_only_what_is_used_is_kept_and_nothing_of_others_is_touched(self, index, folder, cache):
        index()
        (cache.folder / "notes.txt").touch()
        (cache.folder / "mine.v1.flac").touch()
        (cache.folder / f"{'0' * 16}.v0.flac").touch()
        (folder / "b.wav").unlink()
        library = index()
        cache.keep_only(library.sources)
        [audio] = library.sources.values()
        kept = {path.name for path in cache.folder.iterdir()}
        key = audio.path.name.partition(".")[0]
        assert kept == {"notes.txt", "mine.v1.flac", audio.path.name, f"{key}.v2.1.0s.parquet"}

    def test_equal_content_has_one_key(self, folder, tmp_path):
        shutil.copy(folder / "b.wav", tmp_path / "other name")
        keys = [content_key(path) for path in (folder / "b.wav", tmp_path / "other name")]
        assert keys[0] == keys[1] != content_key(folder / "album" / "a.flac")
