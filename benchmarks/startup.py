"""Commands that do nothing must not take long: against Kedro alone, outside any project."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import paired_ratio

TITLE = "start-up, seconds (reference: `kedro --version` outside a project)"
_PROJECT = Path(__file__).parents[1]


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    with tempfile.TemporaryDirectory() as elsewhere:
        for arguments in (["--help"], ["registry", "list"]):
            ours, reference, ratio = paired_ratio(
                lambda arguments=arguments: _kedro(_PROJECT, *arguments),
                lambda: _kedro(elsewhere, "--version"),
            )
            yield " ".join(["kedro", *arguments]), ours, reference, ratio


def _kedro(folder, *arguments):
    subprocess.run([sys.executable, "-m", "kedro", *arguments], cwd=folder, capture_output=True, check=True)
