"""``kedro run``, as it stands in the README, on the demo corpus, and what it leaves behind."""

import json
import re
import shutil

import av
import pandas as pd
import pytest
import soundfile as sf

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(make_project, demo_folder):
    project = make_project()
    shutil.copytree(demo_folder, project.folder / "data" / "01_raw" / "demo")
    return project


@pytest.fixture(scope="module")
def run(project):
    return project.kedro("run")


@pytest.fixture(scope="module")
def metrics(project, run):
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return json.loads(project.newest("metrics.json").read_text())


def held_out(project):
    manifest = pd.read_parquet(project.newest("clip_manifest.parquet"))
    return manifest[manifest["split"] == "held_out"]


def packets(path):
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(container.streams.video[0]) if p.size]


def test_a_healthy_run_warns_of_nothing(run):
    assert run.returncode == 0
    noise = re.compile(r"WARN|Warning|ERROR|Error|Traceback")
    assert not [line for line in (run.stdout + run.stderr).splitlines() if noise.search(line)]


def test_the_run_ends_with_the_systems_side_by_side(run):
    for system in ("silence", "random", "paper", "moodscore", "oracle"):
        assert system in run.stdout


def test_eight_clips_are_held_out_and_scored(project, metrics):
    clips = held_out(project)
    assert len(clips) == 8
    folder = project.folder / "data" / "07_model_output" / "demo"
    assert sorted(p.stem for p in folder.glob("*.mp4")) == sorted(clips["clip_id"])
    assert sorted(p.stem for p in folder.glob("*.wav")) == sorted(clips["clip_id"])


def test_the_picture_is_untouched_and_the_sound_exactly_as_long(project, metrics):
    folder = project.folder / "data"
    for clip in held_out(project).itertuples():
        source = folder / "01_raw" / "demo" / "clips" / clip.file
        scored = folder / "07_model_output" / "demo" / f"{clip.clip_id}.mp4"
        assert packets(scored) == packets(source)
        n_samples = round(clip.duration_s * 44_100)
        assert sf.info(scored.with_suffix(".wav")).frames == n_samples
        with av.open(str(scored)) as container:
            sound = container.streams.audio[0]
            assert sound.codec_context.name == "aac"
            assert float(sound.duration * sound.time_base) == pytest.approx(n_samples / 44_100, abs=1e-4)


def test_moodscore_beats_chance_on_clips_it_has_not_seen(metrics):
    ours, chance = (metrics["systems"][system]["held_out"] for system in ("moodscore", "random"))
    assert ours["mae_tlr"] < chance["mae_tlr"]
    assert ours["emotion_match"] > chance["emotion_match"]
    assert metrics["emotion"]["held_out"]["accuracy"] > metrics["emotion"]["held_out"]["majority_accuracy"]


def test_every_figure_of_the_metrics_is_a_number(metrics):
    def leaves(value):
        children = value.values() if isinstance(value, dict) else [value]
        return [
            leaf for child in children for leaf in (leaves(child) if isinstance(child, dict) else [child])
        ]

    assert list(metrics) == ["corpus", "labels", "emotion", "judge", "systems", "improvement"]
    assert all(isinstance(leaf, int | float) for leaf in leaves(metrics))


def test_one_run_one_timestamp(project, metrics):
    stamps = {p.parent.name for p in project.folder.glob("data/0[2-8]*/demo/**/2*Z/*")}
    assert len(stamps) == 1


def test_evaluation_alone_gives_the_same_metrics(project, metrics):
    again = project.kedro("run", "--pipeline=evaluation")
    assert again.returncode == 0, again.stderr[-3000:]
    assert json.loads(project.newest("metrics.json").read_text()) == metrics


def test_the_pipelines_can_be_drawn(project, metrics):
    built = project.kedro("viz", "build")
    assert built.returncode == 0, built.stderr[-3000:]
    drawn = json.loads((project.folder / "build" / "api" / "main").read_text())
    assert {p["id"] for p in drawn["pipelines"]} == {
        "__default__",
        "ingest",
        "visual_features",
        "audio_features",
        "anfis",
        "lstm_x4",
        "retrieval",
        "evaluation",
    }
    assert drawn["layers"] == [
        "raw",
        "intermediate",
        "feature",
        "model_input",
        "models",
        "model_output",
        "reporting",
    ]
