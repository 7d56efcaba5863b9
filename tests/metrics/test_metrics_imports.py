"""The room opens without waking anything heavy."""

import subprocess
import sys

HEAVY = {
    "sklearn",
    "librosa",
    "scipy.stats",
    "scipy.signal",
    "tensorflow",
    "matplotlib",
    "cv2",
    "av",
    "kedro",
}


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_the_package_imports_none_of_its_modules():
    assert not {
        name for name in modules_after("import moodscore.metrics") if name.startswith("moodscore.metrics.")
    }


def test_every_public_name_is_a_function_and_none_is_heavy():
    loaded = modules_after(
        "import moodscore.metrics as room\nassert all(callable(getattr(room, name)) for name in room.__all__)"
    )
    assert "moodscore.metrics.mae_tlr" in loaded
    assert not HEAVY & loaded
