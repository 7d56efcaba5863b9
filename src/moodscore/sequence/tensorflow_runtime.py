"""The one door to TensorFlow: late, silent and the same on every machine.

The import takes seconds, so nothing outside a function may cause it. Left alone, TensorFlow reports
the absence of a graphics card on standard error, takes as many threads as there are cores and picks
kernels by what the machine has; sums are then taken in another order and two trainings differ.
"""

import contextlib
import functools
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType

#: What the C++ libraries write while they load, before any setting of theirs is read: the notice
#: that logging has not started yet, and lines of level INFO.
_CHATTER = re.compile(rb"WARNING: All log messages before absl::InitializeLog|I\d{4} ")

_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its kernels, hence the rounding, depend on the processor
}
#: Failures reach the caller as exceptions; below FATAL the C++ log only repeats or speculates.
_DEFAULT_LOG_LEVEL = "3"


@functools.cache
def start_tensorflow() -> tuple[ModuleType, ModuleType]:
    """Import Keras and TensorFlow, set up for reproducible work on the processor.

    One thread and deterministic kernels, no graphics card: networks of this size gain nothing from
    more, and the result no longer depends on the machine's load or equipment. Where the program
    around us has put TensorFlow to work before, its own settings stand.

    Returns
    -------
    keras, tensorflow : module
    """
    os.environ.update(_ENVIRONMENT)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", _DEFAULT_LOG_LEVEL)
    with _chatter_removed():
        import keras
        import tensorflow
    # Each network is compiled once, which from the fifth on it takes for one compiled five times.
    tensorflow.get_logger().setLevel(logging.ERROR)
    with contextlib.suppress(RuntimeError):  # raised once TensorFlow's devices are in use
        tensorflow.config.threading.set_intra_op_parallelism_threads(1)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        tensorflow.config.set_visible_devices([], "GPU")
    tensorflow.config.experimental.enable_op_determinism()
    return keras, tensorflow


@contextlib.contextmanager
def _chatter_removed() -> Iterator[None]:
    """Hold back what is written to standard error meanwhile; pass on all but the chatter.

    The descriptor itself is redirected, because the lines come from C++ and not through Python.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held_back:
        stderr = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            held_back.seek(0)
            for line in held_back:
                if not _CHATTER.match(line):
                    os.write(2, line)
