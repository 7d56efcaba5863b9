import hashlib
import json
from dataclasses import replace

import mir_eval
import numpy as np
import pytest

from moodscore.compute import Compute
from moodscore.demo import LIBRARY_VERSION, ensure_library, library
from moodscore.demo.song_plan import FADE_S, LEAD_IN_S, RING_S, Part, beat_times, plan_library
from moodscore.demo.song_score import write_song
from moodscore.demo.song_sound import render_song
from moodscore.demo.synth import SAMPLE_RATE
from moodscore.errors import MoodscoreError
from moodscore.pieces import analyse_piece
from moodscore.samples import ArraySource

SERIAL = Compute(backend="serial")


def shortened(song):
    return replace(song, parts=(Part("intro", 1), Part("A", 1), Part("ending", 1)))


@pytest.fixture
def short_plan(monkeypatch):
    """Two songs of three bars, so that making them takes no time."""
    monkeypatch.setattr(library, "plan_library", lambda seed: [shortened(s) for s in plan_library(seed)[:2]])


@pytest.fixture
def made(short_plan, tmp_path):
    return ensure_library(tmp_path / "library", seed=1, compute=SERIAL)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_songs_are_of_every_kind():
    songs = plan_library(0)
    truths = [library.song_truth(song) for song in songs]
    seconds = [beat_times(song)[-1] + (RING_S if song.ending == "ends" else 0) for song in songs]
    assert len(songs) == len({song.name for song in songs}) == 8
    assert all(60 <= length <= 150 for length in seconds)
    steady = [truth for truth in truths if truth["has_beat"]]
    assert len(steady) == 6
    assert {truth["metre"] for truth in steady} == {3, 4}
    assert min(t["tempo_bpm"] for t in steady) == 60 and max(t["tempo_bpm"] for t in steady) == 150
    assert (
        sorted(truth["quadrant"] for truth in truths)
        == sorted(2 * ["pos_high", "pos_low", "neg_high", "neg_low"])
        or len({truth["quadrant"] for truth in truths}) == 4
    )
    drums = {"kick", "snare", "hat", "tom"}
    undrummed = [s for s in songs if not drums & {note.instrument for note in write_song(s)}]
    assert len([song for song in undrummed if song.pulse == "steady"]) == 2
    assert {song.pulse for song in songs} == {"steady", "free", "none"}
    assert [truth["ending"] for truth in truths].count("fades") == 1
    assert all(t["section_names"] == ["intro", "A", "B", "A", "ending"] for t in truths)


def test_truth_is_what_the_tempo_says():
    for song in plan_library(5):
        truth = library.song_truth(song)
        if not truth["beats_s"]:
            assert truth["metre"] == 0 and not truth["bar_position"]
            continue
        beats = np.array(truth["beats_s"])
        assert beats[0] == LEAD_IN_S
        tempo = 60 / np.diff(beats)
        assert np.median(tempo) == pytest.approx(song.tempo_bpm, rel=0.12 if song.pulse == "free" else 0.03)
        assert (np.ptp(tempo) > 0.3 * song.tempo_bpm) == (song.pulse == "free")
        downbeats = beats[np.array(truth["bar_position"]) == 0]
        assert len(downbeats) == song.n_bars
        assert set(truth["sections_s"]) <= set(downbeats)


def test_files_and_truth(made):
    files = contents(made)
    truth = json.loads(files.pop("truth.json"))
    assert (truth["seed"], truth["version"]) == (1, LIBRARY_VERSION)
    assert {f: known["sha256"] for f, known in truth["songs"].items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert not [path for path in made.parent.iterdir() if path != made]


def test_a_whole_library_is_left_alone_and_a_damaged_one_made_anew(made):
    before = contents(made)
    times = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    ensure_library(made, seed=1, compute=SERIAL)
    assert {path: path.stat().st_mtime_ns for path in made.iterdir()} == times
    song = next(made.glob("*.flac"))
    song.write_bytes(song.read_bytes()[:-10])
    ensure_library(made, seed=1, compute=SERIAL)
    assert contents(made) == before


def test_another_seed_replaces_it(made):
    before = contents(made)
    ensure_library(made, seed=2, compute=SERIAL)
    assert contents(made).keys() == before.keys()
    assert all(data != before[name] for name, data in contents(made).items())


def test_somebodys_own_music_is_never_touched(short_plan, tmp_path):
    (tmp_path / "song.flac").write_bytes(b"mine")
    with pytest.raises(MoodscoreError, match="holds files that are not the demo library"):
        ensure_library(tmp_path, seed=1, compute=SERIAL)
    assert contents(tmp_path) == {"song.flac": b"mine"}


def test_own_music_beside_the_songs_is_never_touched(made):
    (made / "mine.flac").write_bytes(b"mine")
    with pytest.raises(MoodscoreError, match="holds nothing else"):
        ensure_library(made, seed=2, compute=SERIAL)
    assert (made / "mine.flac").read_bytes() == b"mine"


def test_a_song_that_fails_leaves_nothing(short_plan, tmp_path, monkeypatch):
    def fail(song):
        if song.name == "carousel":
            raise MoodscoreError("no breath")
        return np.zeros((100, 2), dtype=np.float32)

    monkeypatch.setattr(library, "render_song", fail)
    with pytest.raises(MoodscoreError, match="carousel because: no breath"):
        ensure_library(tmp_path / "library", seed=1, compute=SERIAL)
    assert not list(tmp_path.iterdir())


def test_a_song_that_fades_ends_in_silence_and_the_others_ring_out():
    for song in plan_library(0):
        if song.name in ("vigil", "pursuit"):
            song = shortened(song) if song.ending == "ends" else replace(song, parts=(Part("A", 12),))
            sound = render_song(song)
            assert np.abs(sound).max() < 0.85
            assert np.abs(sound[-200:]).max() < 1e-3
            last = sound[round(beat_times(song)[-1 - song.metre] * SAMPLE_RATE) :]
            if song.ending == "ends":
                assert np.abs(last[: SAMPLE_RATE // 2]).max() > 10 * np.abs(last[-SAMPLE_RATE:]).max()
            else:
                half = -round(FADE_S / 2 * SAMPLE_RATE)
                assert np.abs(sound[half:]).max() < 0.1 * np.abs(sound[: len(sound) // 3]).max()


@pytest.mark.slow
def test_same_seed_same_bytes_on_every_backend(made, tmp_path):
    other = ensure_library(tmp_path / "other", seed=1, compute=Compute(workers=2))
    assert contents(other) == contents(made)


@pytest.mark.slow
def test_what_is_known_of_the_songs_is_found_in_their_sound():
    matches = []
    for song in plan_library(3):
        if song.name not in ("cradle", "vigil", "harbour"):
            continue
        truth = library.song_truth(song)
        piece = analyse_piece(ArraySource(render_song(song), SAMPLE_RATE))
        assert piece.has_beat == truth["has_beat"]
        assert piece.metre == truth["metre"]
        assert piece.ending == truth["ending"]
        if truth["has_beat"]:
            beats, found = np.array(truth["beats_s"]), piece.beats_s[:-1]
            heard = (found > beats[0] - 0.07) & (found < beats[-1] + 0.07)
            assert mir_eval.beat.f_measure(beats, found[heard]) > 0.95
            downbeats = beats[np.array(truth["bar_position"]) == 0]
            assert mir_eval.beat.f_measure(downbeats, found[heard & (piece.bar_position == 0)]) > 0.95
            sections, claimed = np.array(truth["sections_s"]), piece.beats_s[piece.sections]
            matched = len(mir_eval.util.match_events(sections, claimed, 60 / song.tempo_bpm))
            matches.append(2 * matched / (len(sections) + len(claimed)))
    assert np.mean(matches) >= 0.6
