"""The room opens without matplotlib, and draws without a window system."""

import subprocess
import sys


def modules_after(code):
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_naming_every_figure_imports_no_matplotlib():
    loaded = modules_after("import moodscore.figures as room\n[getattr(room, name) for name in room.__all__]")
    assert "moodscore.figures.training" in loaded
    assert not {"matplotlib", "sklearn", "tensorflow", "kedro"} & loaded


def test_drawing_needs_no_pyplot():
    loaded = modules_after("from moodscore.figures import systems_bars\nsystems_bars({}).canvas.draw()")
    assert "matplotlib" in loaded and "matplotlib.pyplot" not in loaded
