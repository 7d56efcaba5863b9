"""The notebooks: they run from top to bottom where a ``kedro run`` has been, and only call what exists."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
#: What Jupyter does with a notebook, cell by cell, each notebook in a namespace of its own.
RUNNER = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

class Shell(InteractiveShell):
    def enable_gui(self, gui=None):
        pass

shell = Shell.instance()
for notebook in sys.argv[1:]:
    shell.reset()
    for cell in json.load(open(notebook, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            result = shell.run_cell("".join(cell["source"]))
            result.raise_error()
            print("CELL", cell["id"], type(result.result).__name__)
"""
#: A notebook shows; what decides or repeats belongs into the library, where it is tested.
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.For, ast.While, ast.Try)
MOST_LINES = 10


def code_of(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_there_is_one_for_each_kind_of_corpus():
    assert [notebook.stem for notebook in NOTEBOOKS] == ["demo", "label_files", "own_videos"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_it_is_saved_without_outputs_and_has_no_logic_of_its_own(notebook):
    for cell in code_of(notebook):
        assert cell["outputs"] == [] and cell["execution_count"] is None
        lines = [line for line in cell["source"] if not line.startswith("%")]
        assert len(lines) <= MOST_LINES
        assert not [part for part in ast.walk(ast.parse("".join(lines))) if isinstance(part, LOGIC)]


@pytest.mark.slow
def test_they_run_from_top_to_bottom(demo_project, demo_run):
    assert demo_run.returncode == 0, demo_run.stderr[-3000:]
    folder = demo_project.folder / "notebooks"
    shutil.copytree(NOTEBOOKS[0].parent, folder, dirs_exist_ok=True)
    names = [notebook.name for notebook in NOTEBOOKS]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", RUNNER, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    shown = dict(line.split()[1:] for line in done.stdout.splitlines() if line.startswith("CELL"))
    assert list(shown) == [cell["id"] for notebook in NOTEBOOKS for cell in code_of(notebook)]
    figures = [kind for kind in shown.values() if kind == "Figure"]
    assert len(figures) == 3
    silent = [cell for cell, kind in shown.items() if kind == "NoneType" and not cell.endswith("-02")]
    assert not silent, "a cell that shows nothing"
