"""``kedro score`` on files of many kinds, good and bad, by the models of a small workspace."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
import pandas as pd
import pytest
import soundfile as sf

from moodscore.emotion import CUES, QUADRANTS, Judge
from moodscore.fuzzy import ANFISRegressor
from moodscore.media import AudioFile, Waveform, probe_clip, write_audio, write_clip
from moodscore.music import CUE_COLUMNS, build_snippets, index_track
from moodscore.pretrained import Shipped
from moodscore.sound import AudioScaler

pytestmark = pytest.mark.slow

RATE, SONG_S = 44_100, 20
VERSION = "2026-01-01T00.00.00.000Z"
INPUTS = ["hue", "saturation", "intensity", "motion"]


def noise(seconds, seed):
    rng = np.random.default_rng(seed)
    pulse = np.exp(-6 * (np.arange(round(seconds * RATE)) / RATE * (1 + seed % 3) % 1))
    return (0.1 * pulse[:, None] * rng.standard_normal((len(pulse), 2))).astype(np.float32)


def snippets_of(path, seed):
    """A soundtrack's snippets, features drawn by lot."""
    rng = np.random.default_rng(seed)
    columns = ("tempo", "loudness", "rhythm", "valence", "arousal")
    drawn = pd.DataFrame(rng.uniform(size=(SONG_S, len(columns))), columns=list(columns))
    features = drawn.assign(
        clip_id=path.stem,
        segment=range(SONG_S),
        valence=1 + 8 * drawn["valence"],
        arousal=1 + 8 * drawn["arousal"],
        tempo_bpm=100.0,
        loudness_sone=1 + 10 * drawn["loudness"],
        key=0,
        is_silent=False,
    )
    return index_track(
        AudioFile.open(path), features, segment_s=1.0, kind="soundtrack", file=f"{path.stem}.mp4"
    )


def small_network(rng, units=8):
    """The arrays of a network that was never trained."""
    shapes = {
        "lstm_1_kernel": (len(INPUTS), 4 * units),
        "lstm_1_recurrent": (units, 4 * units),
        "lstm_1_bias": (4 * units,),
        "dense_kernel": (units, 3),
        "dense_bias": (3,),
    }
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def project(make_project, visual_model):
    """A workspace as a run leaves it, of models that were hardly trained."""
    project = make_project()
    data = project.folder / "data"
    rng = np.random.default_rng(0)

    def place(layer, name):
        path = data / layer / "demo" / name / VERSION / name.rpartition("/")[2]
        path.parent.mkdir(parents=True)
        return path

    soundtracks = data / "02_intermediate" / "demo" / "soundtracks"
    soundtracks.mkdir(parents=True)
    for name in ("one", "two"):
        write_audio(soundtracks / f"{name}.flac", Waveform(noise(SONG_S, len(name)), RATE))
    (soundtracks / ".partitions.flac.json").write_text('["one", "two"]')
    index = build_snippets(
        snippets_of(soundtracks / f"{name}.flac", k) for k, name in enumerate(("one", "two"))
    )
    index.to_parquet(place("06_models", "snippet_index.parquet"))
    place("04_feature", "cluster_centres.json").write_text(visual_model.model_dump_json())
    scaler = AudioScaler((40.0, 0.0, -40.0), (200.0, 20.0, 0.0))
    place("04_feature", "audio_scaler.json").write_text(json.dumps(scaler.to_dict()))
    seen = pd.DataFrame(rng.uniform(size=(60, 4)), columns=INPUTS)
    felt = pd.DataFrame({"valence": 1 + 8 * seen["intensity"], "arousal": 1 + 8 * seen["motion"]})
    ANFISRegressor(n_mfs=[1, 1, 1, 2], max_epochs=2).fit(seen, felt).save(
        place("06_models", "anfis_model.json")
    )
    cues = pd.DataFrame(rng.uniform(size=(60, len(CUES))), columns=list(CUES))
    place("06_models", "emotion_judge.json").write_text(json.dumps(Judge().fit(cues, felt).to_dict()))
    for quadrant in QUADRANTS:
        np.savez_compressed(place("06_models", f"{quadrant}/lstm_arrays.npz"), **small_network(rng))
    (project.folder / "songs").mkdir()
    write_audio(project.folder / "songs" / "a song é.flac", Waveform(noise(SONG_S, 9), RATE))
    (project.folder / "songs" / "broken.mp3").write_bytes(b"no song")
    return project


@dataclass(frozen=True)
class Kind:
    """A file that somebody might have."""

    name: str
    codec: str = "libx264"
    times: tuple = tuple(k / 25 for k in range(50))
    size: tuple = (64, 48)
    n_tracks: int = 0
    rotated: bool = False
    ending: str = ".mp4"
    pix_fmt: str = "yuv420p"
    is_copied: bool = True
    options: dict = field(default_factory=dict)


FILM = tuple(k / 24 for k in range(72))
KINDS = (
    Kind("h264.mp4", n_tracks=10),
    Kind("hevc.mov", "libx265", FILM, options={"x265-params": "log-level=none"}),
    Kind("vp9.webm", "libvpx-vp9"),
    Kind("av1.mkv", "libsvtav1", options={"preset": "12"}),
    Kind("mpeg4.avi", "mpeg4", tuple(k / 15 for k in range(37))),
    Kind("vp8.webm", "libvpx", ending=".mkv"),
    Kind("animation.mov", "qtrle", pix_fmt="rgb24", is_copied=False),
    Kind("sixty.mp4", times=tuple(k / 60 for k in range(150))),
    Kind("variable.mkv", times=tuple(np.cumsum([0, *[0.02, 0.11, 0.04, 0.25] * 8]).tolist())),
    Kind("portrait.mp4", size=(96, 48), rotated=True, n_tracks=1),
)


def chapter(number, start, end, title):
    clock = {"id": number, "start": start, "end": end, "time_base": Fraction(1, 1000)}
    return clock | {"metadata": {"title": title}}


def write(folder, kind):
    """A film of a changing brightness, with a title and two chapters."""
    path = folder / kind.name
    with av.open(str(path), "w") as out:
        if path.suffix != ".avi":
            out.metadata["title"] = f"All of {kind.name}"
            halves = (kind.times[len(kind.times) // 2] * end for end in (0, 1))
            first, second = (round(1000 * start) for start in halves)
            spans = ((first, second, "One"), (second, round(1000 * kind.times[-1]), "Two"))
            out.set_chapters(
                [
                    {
                        "id": k,
                        "start": a,
                        "end": b,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": name},
                    }
                    for k, (a, b, name) in enumerate(spans)
                ]
            )
        video = out.add_stream(kind.codec, rate=round(len(kind.times) / kind.times[-1]), options=kind.options)
        video.width, video.height, video.pix_fmt = *kind.size, kind.pix_fmt
        is_even = kind.name != "variable.mkv"
        tick = Fraction(1, round(1 / kind.times[1])) if is_even else Fraction(1, 1000)
        video.codec_context.time_base = tick
        tracks = [out.add_stream("aac", rate=RATE, layout="stereo") for _ in range(kind.n_tracks)]
        packets = []
        for k, time_s in enumerate(kind.times):
            picture = np.full((*kind.size[::-1], 3), 40 + 3 * (k % 60), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time_s / tick), tick
            packets += video.encode(frame)
        packets += video.encode(None)
        for number, track in enumerate(tracks):
            samples = np.ascontiguousarray(noise(kind.times[-1], number).T)
            for first in range(0, samples.shape[1] - 1024, 1024):
                block = np.ascontiguousarray(samples[:, first : first + 1024])
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = RATE, first
                packets += track.encode(frame)
            packets += track.encode(None)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            out.mux(packet)
    if kind.rotated:
        one = 1 << 16
        upright = np.array((one, 0, 0, 0, one, 0, 0, 0, 1 << 30), dtype=">i4").tobytes()
        turned = np.array((0, one, 0, -one, 0, 0, 0, 0, 1 << 30), dtype=">i4").tobytes()
        content = path.read_bytes()
        place = content.index(upright, content.index(b"tkhd"))
        path.write_bytes(content[:place] + turned + content[place + len(turned) :])


def write_musical(path):
    """Six seconds with a chord that changes."""
    t = np.arange(2 * RATE) / RATE
    chords = [
        sum(np.sin(2 * np.pi * root * k * ratio * t) / k for k in range(1, 6) for ratio in (1, 1.25, 1.5))
        for root in (220, 294, 330)
    ]
    sound = np.repeat(0.05 * np.concatenate(chords)[:, None], 2, axis=1).astype(np.float32)
    write_clip(path, [np.full((48, 64, 3), 90, np.uint8)] * 60, 10, sound, RATE)


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]


@pytest.fixture(scope="module")
def films(project):
    folder = project.folder / "new films é"
    folder.mkdir()
    for kind in KINDS:
        write(folder, kind)
    folder.chmod(0o555)
    return folder


@pytest.fixture(scope="module")
def scored(project, films):
    """All films scored by one command."""
    out = project.folder / "scored films"
    out.mkdir()
    return project.kedro("score", str(films), "-o", str(out), "--preset", "collage"), out


def test_every_film_is_scored_and_named(scored):
    run, out = scored
    assert run.returncode == 0, run.stdout + run.stderr
    names = {f"{kind.name.rpartition('.')[0]}.scored{kind.ending}" for kind in KINDS}
    named = run.stdout.splitlines()[-len(KINDS) :]
    assert {str(out / name) for name in names} == set(named)
    assert len(list(out.iterdir())) == 4 * len(KINDS)  # and nothing is left over
    assert "Warning" not in run.stderr and "Traceback" not in run.stderr
    assert "start-up" in run.stderr and "LUFS" in run.stderr
    said = " ".join(run.stderr.split())
    assert "an mp4 file cannot hold its picture" in said
    assert "encoded anew as h264" in said
    assert "of its 10 sound tracks" not in said  # none of them is kept


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_picture_is_copied_and_the_sound_fits(scored, films, kind):
    stem = kind.name.rpartition(".")[0]
    source, video = films / kind.name, scored[1] / f"{stem}.scored{kind.ending}"
    was, now = probe_clip(source), probe_clip(video)
    # The last picture's time on screen is not written down in every container.
    assert now.duration_s == pytest.approx(was.duration_s, abs=max(np.diff(kind.times)))
    assert (now.width, now.height) == (was.width, was.height)
    assert (packets_of(video) == packets_of(source)) == kind.is_copied
    with av.open(str(video)) as container:
        assert [stream.type for stream in container.streams if stream.type != "data"][:2] == [
            "video",
            "audio",
        ]
        if kind.name != "mpeg4.avi":
            assert container.metadata["title"] == f"All of {kind.name}"
            assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One", "Two"]
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(heard / RATE - was.duration_s) < 0.1
    wav = sf.info(scored[1] / f"{stem}.scored.wav")
    assert abs(wav.frames - was.duration_s * RATE) <= 1
    cues = pd.read_csv(scored[1] / f"{stem}.scored.cues.csv", keep_default_na=False)
    assert tuple(cues) == CUE_COLUMNS
    assert cues["stop_sample"].iloc[-1] == wav.frames
    assert (scored[1] / f"{stem}.scored.emotion.png").read_bytes().startswith(b"\x89PNG")


def test_bad_ones_are_named_and_the_finished_one_is_kept(project, scored, films):
    _, out = scored
    bad = project.folder / "bad"
    bad.mkdir()
    whole = (films / "sixty.mp4").read_bytes()
    (bad / "empty.mp4").touch()
    (bad / "text.mp4").write_text("once upon a time\n")
    (bad / "list.m3u8").write_text("#EXTM3U\n#EXTINF:3,\n../new films é/sixty.mp4\n")
    (bad / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    sf.write(bad / "sound.wav", noise(1, 0), RATE)
    (bad / "folder").mkdir()
    names = [*sorted(map(str, bad.iterdir())), str(bad / "gone.mp4"), "https://example.org/a.mp4"]
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    began = time.monotonic()
    again = project.kedro("score", *names, str(films / "sixty.mp4"), "-o", str(out), "--preset", "collage")
    assert again.returncode == 2
    assert again.stdout.splitlines()[-1] == str(out / "sixty.scored.mp4")
    errors = [line for line in again.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == len(names)
    for name in names:
        assert sum(line.startswith(f"Error: {name}: ") for line in errors) == 1, name
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert "was finished" in " ".join(again.stderr.split())
    assert time.monotonic() - began < 60


def test_corrected_from_a_library_with_its_own_sound(project, films):
    out = project.folder / "mine.mp4"
    options = ("--library", "songs", "--keep-audio", "-6", "--flac", "--takes", "2", "--explain")
    emotion = ("--emotion", "0-1:neg_low, 0:01-:8/2")
    run = project.kedro("score", str(films / "portrait.mp4"), "-o", str(out), *options, *emotion)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    assert lines[-2:] == [str(project.folder / f"mine.{take}.mp4") for take in (1, 2)]
    assert any(line.startswith("0:00-0:01 negative, low arousal") for line in lines)
    assert sum("the emotion is the one you gave" in line for line in lines) == 4
    cues = pd.read_csv(project.folder / "mine.1.cues.csv", keep_default_na=False)
    assert cues["source_file"].unique().tolist() == ["a song é.flac"]
    assert cues["quadrant"].iloc[0] == "neg_low"  # the one song plays on over the boundary
    assert sorted(path.name for path in project.folder.glob("mine.2.*")) == [
        "mine.2.cues.csv",
        "mine.2.emotion.png",
        "mine.2.flac",
        "mine.2.mp4",
    ]
    assert sorted(path.name for path in (project.folder / "songs").iterdir()) == [
        "a song é.flac",
        "broken.mp3",
    ]
    table = run.stderr[run.stderr.index("song left out") :].split()
    assert table[:6] == ["song", "left", "out", "reason", "broken.mp3", "cannot"]
    assert "of its" not in run.stderr  # one sound track needs no word


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "has music already, in 100% of what is heard, which the new music replaces; --keep-audio -6"),
        (("--keep-audio", "-6"), "has music already, in 100% of what is heard; it is kept"),
        (("--replace",), None),
    ],
)
def test_music_a_film_has_is_told_of_where_nobody_can_be_asked(project, options, said):
    film = project.folder / "musical.mp4"
    write_musical(film)
    run = project.kedro("score", str(film), "-o", "musical.scored.mp4", "--force", *options)
    assert run.returncode == 0, run.stdout + run.stderr
    told = " ".join(run.stderr.split())
    assert "music already" not in told if said is None else said in told


def test_a_killed_run_leaves_nothing_under_a_final_name(project, films):
    command = [sys.executable, "-m", "kedro", "score", str(films / "h264.mp4"), "-o", "killed.mp4", "--force"]
    process = subprocess.Popen(command, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not list(project.folder.glob(".moodscore-*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert not list(project.folder.glob(".moodscore-*")) + list(project.folder.glob("killed*"))


def test_a_workspace_without_models_says_what_to_run(project, films):
    run = project.kedro("score", str(films / "h264.mp4"), "-o", "none.mp4", "--env", "own")
    assert run.returncode == 2
    assert run.stderr == "Error: workspace own: nothing is trained yet; run `kedro run --env=own` first\n"
    assert not os.path.exists(project.folder / "none.mp4")


def test_the_models_of_a_run_become_those_that_ship(project, tmp_path):
    refused = project.kedro("pretrain", "--into", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: workspace demo: there are no figures to ship with the models")
    metrics = project.folder / "data" / "08_reporting" / "demo" / "metrics.json" / VERSION / "metrics.json"
    metrics.parent.mkdir(parents=True)
    metrics.write_text('{"emotion": {"held_out": {"accuracy": 0.25}}, "systems": {}}')
    run = project.kedro("pretrain", "--into", str(tmp_path), "--reader", "demo")
    assert run.returncode == 0, run.stdout + run.stderr
    assert {str(path) for path in tmp_path.rglob("*") if path.is_file()} == set(run.stdout.splitlines())
    record = Shipped("demo", tmp_path).record["reader"]
    assert record["figures"] == {"emotion": {"held_out": {"accuracy": 0.25}}}
    assert record["versions"]["pos_low.lstm_arrays"] == VERSION
    before = (tmp_path / "pos_low.npz").stat().st_mtime_ns
    again = project.kedro("pretrain", "--into", str(tmp_path), "--reader", "films", "--reader-only")
    assert again.returncode == 0, again.stdout + again.stderr
    assert set(Shipped("films", tmp_path).record["reader"]["versions"]) == {"anfis_model", "cluster_centres"}
    assert (tmp_path / "pos_low.npz").stat().st_mtime_ns == before
