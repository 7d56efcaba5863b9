"""moodscore gives a video a score in its own mood."""

import os
from pathlib import Path

__version__ = "0.1.0"

# librosa compiles functions and must be able to keep them, even where it is installed read-only.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path.home() / ".cache" / "moodscore" / "numba"))
