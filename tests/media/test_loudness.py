"""Signals as in EBU Tech 3341, whose loudness and true peak are known by construction."""

import av
import numpy as np
import pytest
import soundfile as sf
from av.filter import Graph

from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, master, mastered, measure_loudness, normalise
from moodscore.samples import ArraySource

RATE = 44100


def sine(level_db, seconds, frequency=1000.0, rate=RATE, phase=0.0):
    t = np.arange(round(seconds * rate)) / rate
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * t + phase)


def music(seconds=6, drums=0.2):
    """Chords of decaying tones with more or less drums."""
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * RATE)) / RATE
    beat = t % 0.5
    chords = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) for f in (110, 220, 277, 330, 440))
    noise = rng.standard_normal(len(t)) * np.exp(-beat / 0.02)
    left = 0.05 * chords * (0.3 + np.exp(-beat / 0.3)) + drums * noise
    return np.stack([left, np.roll(left, 40) * 0.8], axis=1)


def clicks():
    """Loud clicks over noise that can hardly be heard."""
    sound = np.random.default_rng(1).normal(0, 1e-3, (6 * RATE, 2))
    sound[:: RATE // 4] = 0.9
    return sound


@pytest.fixture
def stored(tmp_path):
    def store(samples, rate=RATE, name="track.wav"):
        sf.write(tmp_path / name, samples, rate, subtype="FLOAT")
        return AudioFile.open(tmp_path / name)

    return store


def ffmpeg_true_peak(samples, rate=RATE):
    """What FFmpeg's own meter reads, at 192 kHz; three decimals."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T, np.float32), "fltp", "stereo")
    frame.sample_rate, frame.pts = rate, 0
    graph.push(frame)
    peaks = []
    while True:
        try:
            peaks.append(float(graph.pull().metadata["lavfi.r128.true_peak"]))
        except av.error.BlockingIOError:
            return 20 * np.log10(max(peaks))


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_a_tone_in_stereo(stored, level, rate):
    """Tech 3341, cases 1 and 2."""
    tone = np.repeat(sine(level, 20, rate=rate)[:, None], 2, axis=1)
    measured = measure_loudness(stored(tone, rate))
    assert measured.lufs == pytest.approx(level, abs=0.1)
    assert measured.dbtp == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize(
    "parts",
    [
        [(-36, 10), (-23, 60), (-36, 10)],  # case 3: the relative gate
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],  # case 4: the absolute gate too
        [(-26, 20), (-20, 20.1), (-26, 20)],  # case 5: no gate
    ],
)
def test_quiet_parts_do_not_count(stored, parts):
    tone = np.concatenate([sine(level, seconds) for level, seconds in parts])
    assert measure_loudness(stored(np.stack([tone, tone], 1))).lufs == pytest.approx(-23, abs=0.1)


def test_mono_is_as_loud_as_on_two_speakers(stored):
    tone = sine(-23, 3)
    mono, stereo = (measure_loudness(stored(np.stack([tone] * n, axis=1))) for n in (1, 2))
    assert mono.lufs == pytest.approx(stereo.lufs, abs=0.01)
    assert mono.dbtp == stereo.dbtp


@pytest.mark.parametrize(
    ("frequency", "phase"),
    [(RATE / 4, 45), (RATE / 4, 60), (RATE / 6, 60), (RATE / 8, 67.5), (997, 0)],  # cases 15 to 19
)
def test_the_peak_between_the_samples(stored, frequency, phase):
    tone = sine(-6, 1, frequency, phase=np.radians(phase))
    # A tone that sets in at full level overshoots; it fades in and out.
    tone *= np.interp(np.arange(len(tone)), [0, 2000, len(tone) - 2000, len(tone)], [0, 1, 1, 0])
    assert measure_loudness(stored(tone[:, None])).dbtp == pytest.approx(-6, abs=0.05)


def test_the_true_peak_ffmpeg_reads(stored):
    sound = music()
    assert measure_loudness(stored(sound)).dbtp == pytest.approx(ffmpeg_true_peak(sound), abs=0.1)


@pytest.mark.parametrize(
    ("sound", "is_silent"),
    [
        (np.zeros((0, 1)), True),
        (np.zeros((3 * RATE, 2)), True),
        (np.full((1, 1), 0.5), False),
        (sine(-23, 0.39)[:, None], False),  # shorter than one block of 400 ms
        (sine(-75, 3)[:, None], False),  # under the absolute gate
    ],
)
def test_loudness_that_is_not_defined(stored, tmp_path, sound, is_silent):
    track = stored(sound)
    measured = measure_loudness(track)
    assert measured.lufs is None
    assert (measured.dbtp is None) == is_silent
    kept = normalise(track, tmp_path / "out.wav")
    assert (kept.gain_db, kept.limited, kept.track.n_samples) == (0, False, len(sound))
    np.testing.assert_allclose(kept.track.read(), sound, atol=2**-23)


def test_a_track_of_many_blocks_is_measured_as_one(stored, monkeypatch):
    sound = music(7)
    whole = measure_loudness(stored(sound))
    monkeypatch.setattr("moodscore.media._blocks.BLOCK", 4096)
    parts = measure_loudness(stored(sound))
    assert parts.lufs == whole.lufs
    assert parts.dbtp == pytest.approx(whole.dbtp, abs=1e-4)


@pytest.mark.parametrize(("level", "limited"), [(-30, False), (-10, False), (0, True)])
def test_music_is_brought_to_the_target(stored, tmp_path, level, limited):
    sound = music(drums=0.2 if limited else 0.02) * 10 ** (level / 20)
    made = normalise(stored(sound), tmp_path / "out.flac")
    assert made.loudness == measure_loudness(made.track)
    assert made.loudness.lufs == pytest.approx(-16, abs=0.15)
    assert made.loudness.dbtp <= -1
    assert ffmpeg_true_peak(made.track.read()) <= -1
    assert made.limited == limited
    assert made.track.n_samples == len(sound)
    if not limited:  # nothing but a gain
        np.testing.assert_allclose(made.track.read(), sound * 10 ** (made.gain_db / 20), atol=2e-6)


def test_dense_music_is_limited(stored, tmp_path):
    made = normalise(stored(music()), tmp_path / "out.flac", target_lufs=-10)
    assert made.limited
    assert made.loudness.lufs == pytest.approx(-10, abs=0.5)
    assert made.loudness.dbtp <= -1
    assert ffmpeg_true_peak(made.track.read()) <= -1


def test_clicks_over_quiet(stored, tmp_path):
    """The quiet is heard at the target, the clicks stay under the ceiling."""
    made = normalise(stored(clicks()), tmp_path / "out.flac")
    assert made.loudness.lufs == pytest.approx(-16, abs=0.5)
    assert made.loudness.dbtp <= -1


def test_where_both_cannot_be_had_the_ceiling_holds(stored, tmp_path):
    sound = np.zeros((4 * RATE, 1))
    sound[::RATE] = 0.5
    made = normalise(stored(sound), tmp_path / "out.flac", target_lufs=-16)
    assert made.loudness.dbtp <= -1
    assert made.loudness.lufs < -20
    assert made.limited


def test_far_from_a_peak_the_limiter_changes_nothing(stored, tmp_path):
    sound = np.repeat(sine(-16, 4)[:, None], 2, axis=1)
    sound[2 * RATE] = 1.5
    made = normalise(stored(sound), tmp_path / "out.flac")
    heard = made.track.read() / 10 ** (made.gain_db / 20)
    away = np.abs(np.arange(len(sound)) - 2 * RATE) > 0.11 * RATE
    np.testing.assert_allclose(heard[away], sound[away], atol=1e-6)
    assert np.abs(heard[2 * RATE]).max() < 1


def test_the_limited_sound_does_not_depend_on_the_blocks(stored, tmp_path, monkeypatch):
    sound = music()
    whole = normalise(stored(sound), tmp_path / "whole.flac", target_lufs=-8).track.read()
    monkeypatch.setattr("moodscore.media._blocks.BLOCK", 50_000)
    parts = normalise(stored(sound), tmp_path / "parts.flac", target_lufs=-8).track.read()
    np.testing.assert_allclose(parts, whole, atol=1e-5)


def test_equal_input_gives_equal_bytes(stored, tmp_path):
    track = stored(music(2))
    for suffix in (".flac", ".wav"):
        made = [normalise(track, tmp_path / f"{n}{suffix}", target_lufs=-8).track.path for n in "ab"]
        assert made[0].read_bytes() == made[1].read_bytes()


def test_a_track_does_not_replace_itself(stored):
    track = stored(music(1))
    before = track.path.read_bytes()
    with pytest.raises(MoodscoreError, match="would replace"):
        normalise(track, track.path)
    assert track.path.read_bytes() == before


def test_another_ending(stored, tmp_path):
    with pytest.raises(MoodscoreError, match=r"a stored track ends in \.flac or \.wav"):
        normalise(stored(music(1)), tmp_path / "out.mp3")


def test_a_track_that_breaks_off(tmp_path):
    sf.write(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, (5 * RATE, 1)), RATE)
    content = (tmp_path / "a.flac").read_bytes()
    track = AudioFile.open(tmp_path / "a.flac")
    (tmp_path / "a.flac").write_bytes(content[:100])
    with pytest.raises(MoodscoreError, match=r"a\.flac: cannot be read"):
        measure_loudness(track)


@pytest.mark.parametrize(("make", "gain_db"), [(music, -40), (music, 12), (clicks, 0)])
def test_what_is_mastered_in_memory_is_what_is_written(tmp_path, make, gain_db):
    """To within the rounding to 24 bits, at any level it is rendered at, beyond full scale, too."""
    rendered = (make() * 10 ** (gain_db / 20)).astype(np.float32)
    written = master(ArraySource(rendered, RATE), tmp_path / "track.flac")
    held = mastered(rendered, RATE)
    assert held.dtype == np.float32 and held.shape == rendered.shape
    np.testing.assert_allclose(held, written.track.read(), atol=2**-23)
    assert written.loudness.dbtp <= -0.99
    if make is music:
        assert written.loudness.lufs == pytest.approx(-16, abs=0.11)
    assert [path.name for path in tmp_path.iterdir()] == ["track.flac"]  # nothing is left beside it


def test_silence_and_a_short_sound_are_mastered_as_they_are(tmp_path):
    for samples in (np.zeros((RATE, 2), np.float32), np.full((100, 2), 0.1, np.float32)):
        np.testing.assert_array_equal(mastered(samples, RATE), samples)
        written = master(ArraySource(samples, RATE), tmp_path / "track.wav").track
        np.testing.assert_allclose(written.read(), samples, atol=2**-23)
