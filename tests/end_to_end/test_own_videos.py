"""``kedro run --env=own`` on videos of one's own, good and bad, pipeline by pipeline and all at once."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from moodscore.media import write_clip

pytestmark = pytest.mark.slow

RATE, FPS, SECONDS = 44_100, 10, 6
PIPELINES = (
    "ingest",
    "visual_features",
    "audio_features",
    "anfis",
    "lstm_x4",
    "retrieval",
    "evaluation",
)
MOODS = {"sunny": (8, 7), "meadow": (7, 3), "storm": (2, 8), "fog": (3, 2)}
TABLES = (
    "clip_manifest.parquet",
    "segments.parquet",
    "visual_descriptors.parquet",
    "audio_features.parquet",
    "audio_scaler.json",
    "cluster_centres.json",
    "anfis_model.json",
    "emotion_judge.json",
    "emotion_predictions.parquet",
    "training_sequences.parquet",
    "predicted_audio_features.parquet",
    "snippet_index.parquet",
    "cue_sheet.parquet",
    "system_errors.parquet",
    "system_emotions.parquet",
    "metrics.json",
    "systems.csv",
)


def film(path, valence, arousal, seed):
    """Drifting stripes and pulsing chords in the colours and at the pace of a mood."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 1, 96)[None, :, None]
    colour = np.array([255, 60 + 20 * valence, 25 * (9 - valence)]) * (0.3 + 0.08 * valence)
    frames = []
    for number in range(FPS * SECONDS):
        stripes = 0.6 + 0.4 * np.sin(2 * np.pi * (3 * x + 0.02 * arousal * number))
        picture = np.broadcast_to(stripes * np.minimum(colour, 255), (54, 96, 3))
        frames.append((picture * rng.uniform(0.98, 1)).astype(np.uint8))
    time = np.arange(RATE * SECONDS) / RATE
    pulse = np.exp(-6 * (time * (0.5 + arousal / 4) % 1))
    third = 1.26 if valence > 5 else 1.19
    chord = sum(np.sin(2 * np.pi * 220 * ratio * time) for ratio in (1, third, 1.5))
    sound = 0.03 * arousal * pulse * chord + 0.002 * rng.standard_normal(len(time))
    write_clip(path, frames, FPS, np.column_stack([sound, sound]).astype(np.float32), RATE)


@pytest.fixture(scope="module")
def project(make_project):
    project = make_project()
    clips = project.folder / "data" / "01_raw" / "own" / "clips"
    clips.mkdir(parents=True)
    rows = []
    for mood, (valence, arousal) in MOODS.items():
        for take in range(3):
            film(clips / f"{mood} {take}é.mp4", valence, arousal, seed=10 * take + valence)
            rows += [(f"{mood} {take}é", "", "", f"r{k}", valence, arousal + k % 2) for k in range(3)]
    film(clips / "nobody rated this.mp4", 5, 5, seed=0)
    (clips / "broken.mp4").write_bytes(b"\x00\x01 no film")
    rows.append(("broken", "", "", "r0", 5, 5))
    with (clips.parent / "ratings.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("clip_id", "start_s", "end_s", "rater", "valence", "arousal"), *rows])
    return project


def tables_of(project):
    return {name: read(project.newest(name)) for name in TABLES}


def read(path):
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path) if path.suffix == ".csv" else json.loads(path.read_text())


@pytest.fixture(scope="module")
def whole_run(project):
    run = project.kedro("run", "--env=own")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run, tables_of(project)


def test_bad_clips_are_left_out_with_their_reason(whole_run):
    run, tables = whole_run
    manifest = tables["clip_manifest.parquet"].set_index("clip_id")
    assert (manifest["status"] == "used").sum() == 12
    assert "broken.mp4" in manifest.loc["broken", "reason"]
    assert manifest.loc["nobody rated this", "reason"] == "has no ratings"
    text = " ".join(run.stdout.split())
    assert "clip broken is left out" in text
    assert "clip nobody rated this is left out" in text


def test_the_user_s_folder_is_only_read(project, whole_run):
    own = project.folder / "data" / "01_raw" / "own"
    assert sorted(p.name for p in own.iterdir()) == ["clips", "ratings.csv"]
    assert len(list((own / "clips").iterdir())) == 14
    assert not (project.folder / "data" / "01_raw" / "demo").exists()


def test_other_backend_pipeline_by_pipeline_same_tables(project, whole_run):
    _, first = whole_run
    for name in PIPELINES:
        run = project.kedro("run", "--env=own", f"--pipeline={name}", "--params=compute.backend=serial")
        assert run.returncode == 0, f"{name}: {run.stdout[-3000:]}{run.stderr[-3000:]}"
    for name, table in tables_of(project).items():
        if isinstance(table, pd.DataFrame):
            pd.testing.assert_frame_equal(table, first[name], check_exact=True, obj=name)
        else:
            assert table == first[name], name


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda lines: None, ["ratings.csv", "no such file"]),
        (
            lambda lines: [lines[0], "sunny 0é,,,r9,7,eleven", *lines[2:]],
            ["ratings.csv, row 2, column arousal"],
        ),
        (lambda lines: [lines[0].replace("valence", "mood"), *lines[1:]], ["ratings.csv", "valence"]),
    ],
    ids=["missing", "not a number", "no such column"],
)
def test_bad_ratings_get_one_line(project, whole_run, damage, said):
    path = project.folder / "data" / "01_raw" / "own" / "ratings.csv"
    whole = path.read_text()
    damaged = damage(whole.splitlines())
    path.unlink()
    try:
        if damaged is not None:
            path.write_text("\n".join(damaged))
        run = project.kedro("run", "--env=own", "--nodes=label_segments")
    finally:
        path.write_text(whole)
    assert run.returncode == 1
    errors = [line for line in run.stderr.splitlines() if line]
    assert len(errors) == 1
    for words in said:
        assert words in errors[0]
    assert "Traceback" not in run.stdout + run.stderr
