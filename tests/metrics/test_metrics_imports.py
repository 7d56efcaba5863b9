"""The room's names are its functions, whatever was imported before, and nothing heavy comes with them."""

import subprocess
import sys

import pytest

FUNCTIONS = (
    "concordance_correlation",
    "continuity",
    "emotion_match",
    "emotion_scores",
    "fd_mfcc",
    "improvement",
    "join_auc_click",
    "join_auc_flux",
    "join_auc_loudness",
    "log_mel_distance",
    "longest_run_s",
    "mae_tlr",
    "mae_waveform",
    "unique_ratio",
)
HEAVY = {"sklearn", "librosa", "scipy", "tensorflow", "matplotlib", "cv2", "av", "kedro"}


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_nothing_heavy_is_imported_with_the_room():
    assert not HEAVY & modules_after("import moodscore.metrics")


def test_every_public_name_is_listed():
    import moodscore.metrics as room

    assert set(FUNCTIONS) | {"BeatGrid", "LogMelReference", "MFCCStatistics"} == set(room.__all__)


@pytest.mark.parametrize("first", ["import moodscore.metrics.{0}", "from moodscore.metrics.{0} import *", ""])
def test_a_name_is_the_function_even_if_its_file_was_imported_first(first):
    files = (
        "continuity",
        "fd_mfcc",
        "improvement",
        "log_mel_distance",
        "mae_tlr",
        "mae_waveform",
        "emotion_match",
    )
    modules_after(
        "\n".join(first.format(name) for name in files)
        + f"\nimport moodscore.metrics as room\nfor name in {FUNCTIONS}:\n"
        + "    assert callable(getattr(room, name)), name\n"
        + "from moodscore.metrics import mae_tlr\nassert callable(mae_tlr)"
    )
