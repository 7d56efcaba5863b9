import numpy as np
import pandas as pd
import pytest

from moodscore.compute import Compute
from moodscore.errors import MoodscoreError
from moodscore.media import Waveform, write_audio
from moodscore.music import MusicOptions, SongCache, assemble_music, nearest_snippets, sources_of
from moodscore.music.song_cache import song_id
from moodscore.sound import QuantileMap

RATE = 8000


@pytest.fixture
def clips(make_snippets, array_source):
    snippets = make_snippets(2, 10)
    return snippets, {name: array_source(np.ones(10 * RATE)) for name in snippets["clip_id"].unique()}


@pytest.fixture
def library(make_snippets, tmp_path):
    """A library of one song, half as wide in every feature, its sound in a cache."""
    songs = make_snippets(1, 10, seed=4).assign(clip_id=song_id("song.ogg", "0" * 16), kind="library")
    songs[["tempo", "loudness", "rhythm"]] = 0.5 + songs[["tempo", "loudness", "rhythm"]] / 2
    cache = SongCache(tmp_path)
    write_audio(cache._sound("0" * 16), Waveform(np.ones((10 * RATE, 1), dtype=np.float32), RATE))
    return songs, tmp_path


def assemble(clips, library, music):
    options = MusicOptions(music=music)
    compute = Compute(backend="serial")
    return assemble_music(*clips, *library, segment_s=1.0, options=options, compute=compute)


def test_soundtracks_need_no_library(clips, tmp_path):
    music = assemble(clips, (pd.DataFrame(), tmp_path / "nowhere"), "soundtracks")
    assert set(music.snippets["kind"]) == {"soundtrack"}
    with pytest.raises(MoodscoreError, match="no library"):
        assemble(clips, (pd.DataFrame(), tmp_path / "nowhere"), "library")
    both = assemble(clips, (pd.DataFrame(), tmp_path / "nowhere"), "both")  # of both what there is
    assert both.snippets.equals(music.snippets)


def test_a_library_is_searched_in_its_own_range(clips, library, make_targets):
    music = assemble(clips, library, "library")
    targets = make_targets(20)
    mapped = QuantileMap.fit(clips[0], library[0]).transform(targets)
    chosen = nearest_snippets(targets, music)["snippet"].to_numpy()
    np.testing.assert_array_equal(music.targets_of(targets, chosen), mapped)
    assert (mapped >= 0.5).all(axis=None)


def test_a_cue_sheet_finds_its_sound_again(clips, library):
    music = assemble(clips, library, "both")
    assert set(music.sources) == {"clip0", "clip1", song_id("song.ogg", "0" * 16)}
    cues = pd.DataFrame(
        {
            "source_kind": ["soundtrack", "library", "soundtrack"],
            "source_clip": ["clip1", song_id("song.ogg", "0" * 16), "clip1"],
        }
    )
    sources = sources_of(cues, clips[1], library[1])
    assert sources["clip1"] is clips[1]["clip1"] and len(sources) == 2
    assert sources[song_id("song.ogg", "0" * 16)].n_samples == 10 * RATE
    assert set(sources_of(cues[:1], clips[1], library[1] / "nowhere")) == {"clip1"}


def test_pieces_are_listened_to_once_and_kept_beside_the_songs(clips, library, monkeypatch):
    """The next dictionary of the same music reads what this one found, and hears nothing again."""
    first = assemble(clips, library, "library").pieces
    (song,) = first
    assert song == song_id("song.ogg", "0" * 16) and first[song].duration_s == pytest.approx(10)
    before = {path.name for path in library[1].iterdir()}
    monkeypatch.setattr("moodscore.pieces.analysis.analyse_piece", lambda source: pytest.fail("heard again"))
    again = assemble(clips, library, "library").pieces
    np.testing.assert_array_equal(again[song].beats_s, first[song].beats_s)
    assert {path.name for path in library[1].iterdir()} == before


def test_music_that_cannot_be_listened_to_is_left_out(clips, library, caplog):
    """Sound that lies in no file has no fingerprint to keep its piece under."""
    music = assemble(clips, library, "both")
    assert set(music.pieces) == {song_id("song.ogg", "0" * 16)}
    assert "clip0 is left out" in caplog.text
