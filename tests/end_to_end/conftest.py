"""A project folder of its own for each run: the configuration and the source as they are here."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
#: No run of the tests takes longer than this, in seconds, even on a loaded machine.
PATIENCE_S = 480


@dataclass(frozen=True)
class Project:
    """A Kedro project and the commands typed in it."""

    folder: Path

    def kedro(self, *arguments):
        """What ``kedro ARGUMENTS`` does."""
        command = [sys.executable, "-m", "kedro", *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )

    def newest(self, name):
        """The newest version of a versioned file below ``data``, by its name."""
        versions = sorted(self.folder.glob(f"data/*/*/**/{name}/*/{Path(name).name}"))
        assert versions, f"{name} was not made"
        return versions[-1]


@pytest.fixture(scope="session")
def make_project(tmp_path_factory):
    def make():
        folder = tmp_path_factory.mktemp("project")
        for name in ("pyproject.toml", ".telemetry"):
            shutil.copy(HERE / name, folder)
        shutil.copytree(HERE / "conf", folder / "conf")
        shutil.copytree(HERE / "src", folder / "src")
        return Project(folder)

    return make


@pytest.fixture(scope="session")
def demo_project(make_project, demo_folder):
    """A project with the demo corpus in its place."""
    project = make_project()
    shutil.copytree(demo_folder, project.folder / "data" / "01_raw" / "demo")
    return project


@pytest.fixture(scope="session")
def demo_run(demo_project):
    """What ``kedro run`` said there."""
    return demo_project.kedro("run")
