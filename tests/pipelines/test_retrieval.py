"""From features to tracks; and one clip that cannot be rendered or muxed never takes the others down."""

import numpy as np
import pandas as pd
import pytest

from moodscore.compute import Compute
from moodscore.errors import MoodscoreError
from moodscore.media import (
    AudioFile,
    Clip,
    Waveform,
    mastered,
    measure_loudness,
    probe_clip,
    write_audio,
    write_clip,
)
from moodscore.music import Arrangement, MusicOptions
from moodscore.pipelines.retrieval.nodes import (
    choose_music,
    draw_tracks,
    index_snippets,
    render_soundtracks,
    score_videos,
    scored_clips,
)
from moodscore.sound import AudioScaler

RATE = 44_100


def test_a_picture_that_cannot_be_copied_is_reported(tmp_path, caplog):
    sound = np.zeros((2 * RATE, 2), dtype=np.float32)
    frames = [np.full((36, 64, 3), 10 * k, dtype=np.uint8) for k in range(20)]
    write_clip(tmp_path / "good.mp4", frames, 10, sound, RATE)
    (tmp_path / "bad.mp4").write_text("no film")
    write_audio(tmp_path / "track.wav", Waveform(sound, RATE))
    clips = [Clip(name, tmp_path / f"{name}.mp4") for name in ("bad", "good")]
    tracks = {clip.clip_id: lambda: AudioFile.open(tmp_path / "track.wav") for clip in clips}
    with caplog.at_level("WARNING"):
        videos = score_videos(tracks, clips, Compute(backend="serial", scratch=str(tmp_path / "scratch")))
    assert list(videos) == ["good"]
    assert videos["good"].is_relative_to(tmp_path / "scratch")
    assert probe_clip(videos["good"]).duration_s == pytest.approx(2.0)
    assert "bad.mp4" in caplog.text


SERIAL = Compute(backend="serial")


@pytest.fixture
def manifest(corpus):
    clips = corpus["segments"].drop_duplicates("clip_id")[["clip_id", "split"]]
    return clips.assign(status="used", file=clips["clip_id"] + ".mp4").reset_index(drop=True)


@pytest.fixture
def snippet_index(corpus, manifest):
    scaler = AudioScaler.fit(corpus["audio_features"])
    tables = [corpus[name] for name in ("soundtracks", "segments")]
    return index_snippets(*tables, manifest, corpus["audio_features"], scaler.to_dict(), 1.0, SERIAL)


@pytest.fixture
def choose(corpus, manifest, snippet_index, tmp_path):
    segments = corpus["segments"]
    predicted = segments[["clip_id", "segment"]].assign(tempo=0.5, loudness=0.5, rhythm=0.5)
    emotions = segments[["clip_id", "segment", "valence", "arousal", "quadrant"]].assign(confidence=1.0)

    def choose(segments=segments, **options):
        return choose_music(
            snippet_index,
            pd.DataFrame(),
            tmp_path,
            predicted,
            emotions,
            corpus["visual_descriptors"],
            segments,
            manifest,
            corpus["soundtracks"],
            AudioScaler.fit(corpus["audio_features"]).to_dict(),
            1.0,
            MusicOptions(**options),
            SERIAL,
            0,
        )

    return choose


def test_the_index_is_of_training_clips_and_names_their_files(snippet_index, corpus):
    split = corpus["segments"].set_index("clip_id")["split"]
    clips = snippet_index["clip_id"].unique()
    assert (split[clips] == "train").all() and len(clips) == 12
    assert snippet_index["file"].eq(snippet_index["clip_id"] + ".mp4").all()
    assert snippet_index["kind"].eq("soundtrack").all()


def test_every_clip_gets_a_sheet_and_those_to_be_scored_pass_the_gate(choose, manifest, tmp_path):
    cues, csv, gate, notes = choose()
    assert notes.empty
    assert set(cues["clip_id"]) == set(manifest["clip_id"])
    assert gate["clip_id"].tolist() == scored_clips(manifest)
    csv.to_csv(tmp_path / "cues.csv", index=False)
    again = pd.read_csv(tmp_path / "cues.csv")
    known = cues.mask(cues == "")  # nothing is nothing in a file
    pd.testing.assert_frame_equal(again, known, check_dtype=False, check_exact=True)


@pytest.mark.parametrize("system", ["moodscore", "collage", "paper", "composed"])
def test_tracks_are_what_their_sheets_say_mastered(choose, corpus, manifest, tmp_path, system):
    two = scored_clips(manifest)[:2]
    segments = corpus["segments"][corpus["segments"]["clip_id"].isin(two)]
    cues, _, _, notes = choose(segments, system=system)
    options = MusicOptions(system=system)
    tracks = render_soundtracks(cues, notes, corpus["soundtracks"], tmp_path, manifest, options, SERIAL)
    assert sorted(tracks) == two
    sources = {name: load() for name, load in corpus["soundtracks"].items()}
    for clip_id, track in tracks.items():
        own = cues[cues["clip_id"] == clip_id]
        written = notes[notes["clip_id"] == clip_id] if system == "composed" else None
        arranged = Arrangement(clip_id, system, own, sources, sources[clip_id].n_samples, RATE, written)
        expected = mastered(arranged.rendered().read(0, arranged.n_samples), RATE)
        np.testing.assert_allclose(track.read(), expected, atol=2**-23)
    loudness = measure_loudness(next(iter(tracks.values())))
    assert loudness.lufs == pytest.approx(-16, abs=0.3) and loudness.dbtp <= -0.9
    pictures = draw_tracks({clip_id: (lambda track=track: track) for clip_id, track in tracks.items()}, cues)
    assert sorted(pictures) == sorted(tracks)
    assert len(next(iter(pictures.values()))().axes) == 5


def test_without_a_clip_to_choose_for_it_says_so(choose, corpus):
    with pytest.raises(MoodscoreError, match="no clip is left to be given music"):
        choose(segments=corpus["segments"].iloc[:0])
