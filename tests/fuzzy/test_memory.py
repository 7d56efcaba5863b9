"""Memory of a whole process: what a user's machine must have, not what numpy says it took."""

import subprocess
import sys
from pathlib import Path

import pytest

_GIB = 2**30
# Not getrusage: its ru_maxrss survives the exec, so that a child starts with the peak of the test runner.
_STATUS = Path("/proc/self/status")
_TRAIN = """
import sys
from pathlib import Path
import numpy as np
from moodscore.fuzzy import ANFISRegressor
rows = int(sys.argv[1])
inputs = np.random.default_rng(0).random((rows, 3))
model = ANFISRegressor(n_mfs=4, max_epochs=1).fit(inputs, inputs[:, 0] * inputs[:, 1])
assert model.training_rmse_[0] < 0.01
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def peak_bytes(rows):
    """Largest resident memory of a process that trains 64 rules on so many rows for an epoch."""
    command = [sys.executable, "-c", _TRAIN, str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


@pytest.mark.slow
@pytest.mark.skipif(not _STATUS.exists(), reason="the peak is read from /proc")
def test_a_million_rows_train_in_one_gibibyte_and_memory_grows_with_the_rows():
    few, half, whole = (peak_bytes(rows) for rows in (1000, 500_000, 1_000_000))
    assert whole <= _GIB
    assert whole - few == pytest.approx(2 * (half - few), rel=0.15)
