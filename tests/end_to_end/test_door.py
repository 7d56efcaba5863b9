"""The first minutes with moodscore: a clone in which nothing ran, and a package that was installed."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from moodscore import Scorer
from moodscore.errors import MoodscoreError
from moodscore.media import Waveform, probe_clip, write_audio, write_clip
from moodscore.pretrained import shipped_readers

from .conftest import HERE, PATIENCE_S

pytestmark = pytest.mark.slow

RATE, FPS, SECONDS, SONG_S = 44_100, 10, 4, 12
#: Kedro's command line where nobody can import TensorFlow.
WITHOUT_TENSORFLOW = (
    "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None; "
    "from kedro.framework.cli import main; main()"
)
FILES = ["film.scored.cues.csv", "film.scored.emotion.png", "film.scored.mp4", "film.scored.wav"]


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """Somebody's film and songs, outside of any project."""
    folder = tmp_path_factory.mktemp("mine")
    rng = np.random.default_rng(0)
    pictures = [np.full((48, 64, 3), 20 + 5 * k, np.uint8) for k in range(FPS * SECONDS)]
    write_clip(folder / "film.mp4", pictures, FPS, np.zeros((RATE * SECONDS, 1), np.float32), RATE)
    (folder / "songs").mkdir()
    time = np.arange(RATE * SONG_S) / RATE
    for name, speed in (("slow", 1.0), ("fast", 2.5)):
        pulse = np.exp(-6 * (time * speed % 1))[:, None]
        wave = 0.1 * pulse * rng.standard_normal((len(time), 2))
        write_audio(folder / "songs" / f"{name}.flac", Waveform(wave.astype(np.float32), RATE))
    return folder


@pytest.fixture(scope="module")
def clone(make_project):
    """A project in which nothing was trained."""
    return make_project()


def run(command, folder, **variables):
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_clone_scores_before_anything_is_trained_and_without_tensorflow(clone, mine):
    command = [sys.executable, "-c", WITHOUT_TENSORFLOW, "score", str(mine / "film.mp4")]
    done = run([*command, "--library", str(mine / "songs"), "--explain"], clone.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == str(mine / "film.scored.mp4")
    assert f"read by reader {shipped_readers()[0]};" in done.stderr
    assert sorted(path.name for path in mine.glob("film.scored*")) == FILES
    assert probe_clip(mine / "film.scored.mp4").duration_s == SECONDS
    cues = pd.read_csv(mine / "film.scored.cues.csv", keep_default_na=False)
    assert set(cues["source_file"]) <= {"slow.flac", "fast.flac"}


def test_a_clone_without_songs_composes(clone, mine, tmp_path):
    done = clone.kedro("score", str(mine / "film.mp4"), "-o", str(tmp_path / "new.mp4"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new.mid").read_bytes().startswith(b"MThd")
    cues = pd.read_csv(tmp_path / "new.cues.csv", keep_default_na=False)
    assert set(cues["source_kind"]) == {"composed"}


def test_soundtracks_that_are_not_there_are_missed(clone, mine):
    done = clone.kedro("score", str(mine / "film.mp4"), "--preset", "collage")
    assert done.returncode == 2
    assert done.stderr == (
        "Error: there is no music to take: name a folder of songs with --library FOLDER, or run `make run`, "
        "which makes some\n"
    )


def test_a_reader_that_is_not_there_is_refused(clone, mine):
    done = clone.kedro("score", str(mine / "film.mp4"), "--library", str(mine / "songs"), "--reader", "own")
    assert done.returncode == 2
    assert done.stderr == "Error: workspace demo: nothing is trained yet; run `make run` first\n"


def test_a_parameter_that_nothing_reads_is_refused(clone, mine):
    local = clone.folder / "conf" / "local" / "parameters.yml"
    local.write_text("retreival: {no_repeat_s: 4}\n")
    done = clone.kedro("score", str(mine / "film.mp4"), "--library", str(mine / "songs"))
    local.unlink()
    assert done.returncode == 2
    assert done.stderr == "Error: parameter retreival: nothing reads it; did you mean retrieval?\n"


def test_python_scores_as_the_command_does(clone, mine, tmp_path):
    typed = clone.kedro("score", str(mine / "film.mp4"), "--library", str(mine / "songs"), "--force")
    assert typed.returncode == 0, typed.stderr
    scorer = Scorer(clone.folder)
    options = {"library": mine / "songs", "output": tmp_path / "out.mp4"}
    scored = scorer.score(mine / "film.mp4", **options)
    assert scored.video == tmp_path / "out.mp4" and scored.video.is_file()
    assert scored.reader == shipped_readers()[0] and not scored.is_kept
    assert len(scored.tables["score_emotion"]) == SECONDS
    assert scored.tables["score_loudness"]["lufs"] == pytest.approx(-16, abs=0.3)
    assert "score_measures" not in scored.tables
    as_typed = pd.read_csv(mine / "film.scored.cues.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(scored.cues, as_typed)
    again = scorer.score(str(mine / "film.mp4"), **options)
    assert again.is_kept and again.video == scored.video
    with pytest.raises(MoodscoreError, match=r"gone\.mp4"):
        scorer.score(mine / "gone.mp4", library=mine / "songs")


@pytest.fixture(scope="module")
def wheel(clone):
    """What is installed from the wheel, and nothing else."""
    for name in ("README.md", "LICENSE", "setup.py", "MANIFEST.in"):
        shutil.copy(HERE / name, clone.folder)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", "dist", "."], clone.folder)
    assert built.returncode == 0, built.stderr
    (file,) = (clone.folder / "dist").glob("*.whl")
    installed = run([*pip, "install", "--no-deps", "--target", "installed", str(file)], clone.folder)
    assert installed.returncode == 0, installed.stderr
    return clone.folder / "installed"


def test_what_is_installed_scores_without_a_project(wheel, mine, tmp_path):
    shutil.copy(mine / "film.mp4", tmp_path)
    variables = {"PYTHONPATH": str(wheel), "MOODSCORE_HOME": str(tmp_path / "kept")}
    command = [sys.executable, str(wheel / "bin" / "moodscore"), "score", "film.mp4"]
    done = run([*command, "--library", str(mine / "songs")], tmp_path, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "film.scored.mp4\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", *FILES, "kept"]
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["data"]
    refused = run([*command, "--preset", "collage"], tmp_path, **variables)
    assert (refused.returncode, refused.stderr) == (
        2,
        "Error: there is no music to take: name a folder of songs with --library FOLDER\n",
    )
