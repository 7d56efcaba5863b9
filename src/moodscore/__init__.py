"""moodscore gives a video a score in its own mood."""

import os
import tempfile
from pathlib import Path

__version__ = "0.1.0"

_USER = getattr(os, "getuid", lambda: "user")()  # no such thing on Windows
# librosa compiles on import and must be able to keep the result, wherever it is installed.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"moodscore-numba-{_USER}"))
