"""TensorFlow comes late and in silence; what others write meanwhile is not lost."""

import os
import subprocess
import sys

from moodscore.sequence import start_tensorflow
from moodscore.sequence.tensorflow_runtime import _chatter_removed

IMPORT_EVERYTHING = """
import sys
from moodscore.sequence import (
    build_lstm, lender, predict_audio_features, start_tensorflow, train_lstm, training_windows
)
print([name for name in ("tensorflow", "keras") if name in sys.modules])
"""


def test_importing_the_package_does_not_import_tensorflow():
    done = subprocess.run([sys.executable, "-c", IMPORT_EVERYTHING], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_one_thread_and_no_graphics_card():
    _, tf = start_tensorflow()
    assert tf.config.threading.get_intra_op_parallelism_threads() == 1
    assert tf.config.threading.get_inter_op_parallelism_threads() == 1
    assert tf.config.get_visible_devices("GPU") == []


def test_only_the_chatter_is_removed(capfd):
    with _chatter_removed():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are written\n")
        os.write(2, b"I0000 00:00:1795361186.385357 7030 cudart_stub.cc:31] Could not find cuda\n")
        os.write(2, b"Illegal instruction\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "Illegal instruction\nafterwards\n"
