from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile as sf
from av.stream import Disposition

from moodscore.errors import MoodscoreError
from moodscore.media import SAMPLE_RATE, decode_soundtrack, probe_clip

#: The largest misalignment that is accepted, in samples.
ALIGNED = 2
#: Matroska's clock ticks once a millisecond.
MILLISECOND = 45


@pytest.fixture
def decode(tmp_path):
    def run(path, **clock):
        info = probe_clip(path)
        clock = {"start_s": info.start_s, "duration_s": info.duration_s} | clock
        return decode_soundtrack(path, tmp_path / "decoded" / "sound.flac", **clock)

    (tmp_path / "decoded").mkdir()
    yield run
    left = [entry.name for entry in (tmp_path / "decoded").iterdir()]
    assert left in ([], ["sound.flac"])


#: Which containers take which sound. (AVI cannot say how much of a coded sound is the coder's own run-up.)
FORMATS = [
    *(("mp4", "aac", rate, 2) for rate in (8000, 22050, 44100, 48000, 96000)),
    *(("mp4", "aac", rate, channels) for rate in (44100, 48000) for channels in (1, 6)),
    *(("mp4", "libmp3lame", rate, channels) for rate in (22050, 44100, 48000) for channels in (1, 2)),
    *(("mkv", "flac", rate, 2) for rate in (8000, 22050, 44100, 48000, 96000, 192_000)),
    *(("mov", "pcm_s16le", rate, 1) for rate in (8000, 22050, 44100, 48000, 96000, 192_000)),
    *(("mkv", codec, 48000, 2) for codec in ("aac", "libmp3lame", "libopus", "pcm_s16le")),
    *(("webm", "libopus", rate, channels) for rate in (8000, 48000) for channels in (1, 6)),
    ("mkv", "libmp3lame", 8000, 1),
    ("mkv", "flac", 96000, 6),
    ("mov", "aac", 44100, 2),
    ("mov", "libmp3lame", 44100, 2),
    ("mov", "pcm_s16le", 48000, 6),
    ("mp4", "flac", 44100, 1),
    ("mp4", "libopus", 48000, 2),
    ("avi", "pcm_s16le", 22050, 1),
    ("avi", "pcm_s16le", 48000, 2),
]
VIDEO_OF = {"avi": "mpeg4", "webm": "libvpx"}
#: The MP3 encoder turns the sound down by half a decibel, as a reserve against overload.
LEVEL_OF = {"libmp3lame": 0.95}


@pytest.mark.parametrize(("container", "codec", "rate", "channels"), FORMATS)
def test_every_format_is_in_time_of_its_length_and_of_its_level(
    decode, make_clip, sound_of, chirp, lag_of, container, codec, rate, channels
):
    samples = chirp(2.0, rate, channels)
    samples[:, 2:] = 0  # of surround sound, front left and right only
    sound = sound_of(samples, rate, codec=codec)
    video = VIDEO_OF.get(container, "libx264")
    path = make_clip(f"a.{container}", n=59, fps=30, codec=video, sound=sound)
    heard, duration_s = decode(path), probe_clip(path).duration_s
    assert duration_s == pytest.approx(59 / 30, abs=1e-3)
    assert heard.n_samples == round(duration_s * SAMPLE_RATE)
    assert (heard.sample_rate, heard.channels) == (SAMPLE_RATE, min(channels, 2))
    wanted = chirp(2.0)[: heard.n_samples, 0]
    inside = slice(3000, -3000)
    for channel in heard.read().T:
        assert abs(lag_of(channel, wanted)) <= ALIGNED
        # the lowest bit rates cost a little of the sound
        assert np.corrcoef(channel[inside], wanted[inside])[0, 1] > 0.95
        level = np.sqrt(np.mean(channel[inside] ** 2) / np.mean(wanted[inside] ** 2))
        assert level == pytest.approx(LEVEL_OF.get(codec, 1.0), rel=0.02)


@pytest.mark.parametrize("late_s", [0.25, 0.7])
@pytest.mark.parametrize("name", ["late.mp4", "late.mkv"])
def test_sound_that_starts_after_the_picture(decode, make_clip, sound_of, chirp, lag_of, name, late_s):
    sound = decode(make_clip(name, n=50, sound=sound_of(chirp(1.0), start_s=late_s)))
    heard = sound.read()[:, 0]
    assert sound.n_samples == 2 * SAMPLE_RATE
    assert lag_of(heard, chirp(1.0)[:, 0]) == pytest.approx(late_s * SAMPLE_RATE, abs=MILLISECOND)
    assert not heard[: round((late_s - 0.1) * SAMPLE_RATE)].any()
    assert not heard[round((late_s + 1.1) * SAMPLE_RATE) :].any()


def test_sound_that_starts_before_the_picture(decode, make_clip, sound_of, chirp, lag_of):
    path = make_clip("early.mp4", pts_ms=range(500, 2500, 40), sound=sound_of(chirp(2.5)))
    assert probe_clip(path).start_s == 0.5
    sound = decode(path)
    assert sound.n_samples == 2 * SAMPLE_RATE
    wanted = chirp(2.5)[round(0.5 * SAMPLE_RATE) :, 0]
    assert abs(lag_of(sound.read()[:, 0], wanted)) <= ALIGNED


def test_sound_that_ends_before_the_picture_is_padded(decode, make_clip, sound_of, chirp, lag_of):
    sound = decode(make_clip("short.mp4", n=50, sound=sound_of(chirp(0.8))))
    heard = sound.read()[:, 0]
    assert sound.n_samples == 2 * SAMPLE_RATE
    assert abs(lag_of(heard[: round(0.8 * SAMPLE_RATE)], chirp(0.8)[:, 0])) <= ALIGNED
    assert not heard[round(0.8 * SAMPLE_RATE) :].any()


def test_sound_that_ends_after_the_picture_is_cut(decode, make_clip, sound_of, chirp):
    assert decode(make_clip("long.mp4", n=50, sound=sound_of(chirp(3.0)))).n_samples == 2 * SAMPLE_RATE


def test_the_length_is_the_pictures_to_the_sample(decode, make_clip, sound_of, chirp):
    path = make_clip("odd.mp4", n=37, fps=30, sound=sound_of(chirp(3.0, 48000), 48000))
    assert decode(path).n_samples == round(37 / 30 * SAMPLE_RATE)


@pytest.mark.parametrize("name", ["gap.mkv", "gap.mp4"])
def test_missing_sound_does_not_shift_what_follows(decode, make_clip, sound_of, chirp, lag_of, name):
    sound = sound_of(chirp(2.0), codec="flac", missing=range(5, 10))
    heard = decode(make_clip(name, n=50, sound=sound)).read()[:, 0]
    wanted = chirp(2.0)[:, 0]
    lost = slice(5 * 4608 + MILLISECOND, 10 * 4608 - MILLISECOND)  # FLAC packs 4608 samples
    assert not heard[lost].any()
    for part in (slice(0, lost.start - 2 * MILLISECOND), slice(lost.stop + 2 * MILLISECOND, 85000)):
        assert abs(lag_of(heard[part], wanted[part])) <= ALIGNED + MILLISECOND


@pytest.mark.parametrize(("channels", "kept"), [(1, 1), (2, 2), (6, 2)])
def test_at_most_two_channels(decode, make_clip, sound_of, chirp, lag_of, channels, kept):
    samples = chirp(1.0, channels=channels)
    samples[:, 1:] = 0  # front left only
    sound = decode(make_clip("many.mp4", n=25, sound=sound_of(samples)))
    heard = sound.read()
    assert heard.shape == (SAMPLE_RATE, kept)
    assert abs(lag_of(heard[:, 0], chirp(1.0)[:, 0])) <= ALIGNED
    if kept == 2:
        assert np.abs(heard[5000:-5000, 1]).max() < 0.01


def test_sound_above_full_scale_is_clipped_not_wrapped(decode, make_clip, sound_of, chirp):
    path = make_clip("hot.mkv", n=25, sound=sound_of(4 * chirp(1.0), codec="pcm_f32le"))
    heard = decode(path).read()[:, 0]
    wanted = np.clip(4 * chirp(1.0)[:, 0], -1, 1)
    np.testing.assert_allclose(heard[:40000], wanted[:40000], atol=1e-6)


def test_a_damaged_packet_is_passed_over(decode, make_clip, sound_of, chirp, lag_of):
    path = make_clip("damaged.mkv", n=50, sound=sound_of(chirp(2.0), codec="libmp3lame"))
    with av.open(str(path)) as container:
        packets = [bytes(p) for p in container.demux(audio=0) if p.size]
    content = path.read_bytes()
    for packet in packets[20:24]:
        content = content.replace(packet, bytes(len(packet)))
    path.write_bytes(content)
    heard, wanted = decode(path).read()[:, 0], chirp(2.0)[:, 0]
    assert abs(lag_of(heard[44100:80000], wanted[44100:80000])) <= ALIGNED + MILLISECOND


@pytest.mark.parametrize("level", [0.0, 5e-5])
def test_a_silent_track_is_refused(decode, make_clip, sound_of, chirp, level):
    sound = sound_of(level / 0.4 * chirp(1.2), codec="pcm_s16le")
    with pytest.raises(MoodscoreError, match=r"silent\.mkv: its sound track is silent"):
        decode(make_clip("silent.mkv", sound=sound))


def test_a_clip_without_sound_is_refused(decode, make_clip):
    with pytest.raises(MoodscoreError, match=r"mute\.mp4: has no sound track"):
        decode(make_clip("mute.mp4"))


def test_a_broken_file_leaves_nothing_behind(decode, tmp_path):
    path = tmp_path / "fake.mp4"
    path.write_text("no film")
    with pytest.raises(MoodscoreError, match=r"fake\.mp4: cannot be decoded"):
        decode_soundtrack(path, tmp_path / "decoded" / "sound.flac", start_s=0, duration_s=1)


def test_an_earlier_soundtrack_survives_a_failure(decode, make_clip, sound_of, chirp, tmp_path):
    kept = decode(make_clip("good.mp4", sound=sound_of(chirp(1.2))))
    before = kept.path.read_bytes()
    with pytest.raises(MoodscoreError):
        decode(make_clip("mute.mp4"))
    assert kept.path.read_bytes() == before
    assert sf.info(str(kept.path)).subtype == "PCM_24"


def write_tracks(path, tracks, default=None):
    """A film with tones on its sound tracks, by language; None is silence."""
    t = np.arange(44100) / 44100
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sounds = [out.add_stream("pcm_s16le", rate=44100, layout="mono") for _ in tracks]
        for place, (sound, language) in enumerate(zip(sounds, tracks, strict=True)):
            sound.metadata["language"] = language
            sound.disposition = Disposition.default if place == default else 0
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 100, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for sound, hertz in zip(sounds, tracks.values(), strict=True):
            wave = np.zeros(len(t)) if hertz is None else 8000 * np.sin(2 * np.pi * hertz * t)
            frame = av.AudioFrame.from_ndarray(wave.astype("<i2")[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
            out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
    return path


@pytest.mark.parametrize(
    ("tracks", "default", "hertz", "taken"),
    [
        ({"eng": 300, "fra": 500}, None, 300, "track 1 (eng)"),
        ({"eng": 300, "fra": 500}, 1, 500, "track 2 (fra)"),
        ({"eng": None, "fra": 500}, None, 500, "track 2 (fra)"),
        ({"eng": None, "fra": 500, "deu": 700}, 0, 500, "track 2 (fra)"),
        ({"eng": 300, "fra": None}, 1, 300, "track 1 (eng)"),
        ({"eng": None, "und": 500}, None, 500, "track 2 is"),
    ],
)
def test_of_several_tracks_the_one_that_is_meant(tmp_path, caplog, tracks, default, hertz, taken):
    path = write_tracks(tmp_path / "film.mkv", tracks, default)
    audio = decode_soundtrack(path, tmp_path / "a.flac", start_s=0, duration_s=1)
    assert np.abs(np.fft.rfft(audio.read()[:, 0])).argmax() == hertz
    assert f"of its {len(tracks)} sound tracks, {taken}" in caplog.text


def test_all_of_several_tracks_are_silent(tmp_path):
    path = write_tracks(tmp_path / "film.mkv", {"eng": None, "fra": None})
    with pytest.raises(MoodscoreError, match=r"film\.mkv: all its sound tracks are silent"):
        decode_soundtrack(path, tmp_path / "a.flac", start_s=0, duration_s=1)
    assert not (tmp_path / "a.flac").exists()
