"""One clip that cannot be rendered or muxed never takes the others down."""

import numpy as np
import pytest

from moodscore.compute import Compute
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Clip, Waveform, probe_clip, write_audio, write_clip
from moodscore.pipelines.retrieval.nodes import choose_music, score_videos

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


def test_without_a_clip_to_choose_for_it_says_so(corpus):
    nothing = corpus["segments"].iloc[:0]
    predicted = nothing[["clip_id", "segment"]].assign(tempo=0.5, loudness=0.5, rhythm=0.5)
    emotions = nothing[["clip_id", "segment", "valence", "arousal", "quadrant"]].assign(confidence=1.0)
    with pytest.raises(MoodscoreError, match="no clip can be given music"):
        choose_music(nothing, predicted, emotions, nothing, {}, 1.0, None)
