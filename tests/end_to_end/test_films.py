"""``kedro run --env=films``: from the numbers in the repository to a reader, its tables and its page."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from moodscore.fuzzy import ANFISRegressor
from moodscore.pipelines.films.shipping import ship_films

pytestmark = pytest.mark.slow

CORPUS = Path(__file__).parents[2] / "data" / "01_raw" / "films"


@pytest.fixture(scope="module")
def project(make_project):
    project = make_project()
    shutil.copytree(CORPUS, project.folder / "data" / "01_raw" / "films")
    with (project.folder / "conf" / "films" / "parameters.yml").open("a") as parameters:
        parameters.write("films: {bells: [2], shrinkages: [100.0]}\n")  # the rest is for those who choose
    return project


@pytest.fixture(scope="module")
def run(project):
    return project.kedro("run", "--env=films")


def test_it_ends_with_the_table(run, project):
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Reading 99 clips of 25 sources" in run.stdout
    scores = pd.read_csv(project.newest("reading_scores.csv")).set_index("reader")
    assert scores.loc["ANFIS", "valence_r"] > scores.loc["ridge, the paper's three", "valence_r"]
    assert scores.loc["ANFIS", "arousal_r"] > scores.loc["ridge, the paper's three", "arousal_r"]
    page = project.newest("films.html").read_text()
    assert "ANFIS before training" in page and "IF vividness is low" in page
    assert len(pd.read_csv(project.newest("label_mos.csv"))) == 99


def test_it_needs_no_clip(run, project):
    assert not (project.folder / "data" / "01_raw" / "films" / "clips").exists()
    assert not list(project.folder.glob("data/06_models/films/**/*.keras"))


def test_its_reader_can_ship(run, project, tmp_path):
    made = project.newest("descriptor_distribution.json")
    demo = project.folder / "data" / "04_feature" / "demo" / made.parent.parent.name / made.parent.name
    demo.mkdir(parents=True)
    shutil.copy(made, demo)
    files = ship_films(project.folder, tmp_path)
    assert {file.name for file in files} == {
        "reader.json",
        "centres.json",
        "descriptor_quantiles.json",
        "record.json",
    }
    shipped = tmp_path / "readers" / "films"
    assert ANFISRegressor.load(shipped / "reader.json").input_names_ == ["vividness", "log_motion"]
    record = json.loads((shipped / "record.json").read_text())
    assert record["figures"]["emotion"]["left_out"]["constant"]["valence_r"] is None
