"""moodscore gives a video a score in its own mood."""

import os
from pathlib import Path

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__, submod_attrs={"pipelines.score.scorer": ["Scored", "Scorer"]}
)

# librosa compiles functions and must be able to keep them, even where it is installed read-only.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path.home() / ".cache" / "moodscore" / "numba"))
