"""The demo library of songs as a catalog entry."""

from pathlib import Path

from moodscore.compute import Compute
from moodscore.datasets._local_file import LocalInputDataset
from moodscore.demo import ensure_library


class DemoLibraryDataset(LocalInputDataset):
    """Loads the folder of the demo songs; the first load synthesises them, later ones check them.

    Parameters
    ----------
    filepath : str
        The folder.
    seed : int
        Equal seeds give equal songs.
    metadata : dict, optional
        For Kedro-Viz; not used here.
    """

    def __init__(self, *, filepath: str, seed: int, metadata: dict | None = None):
        super().__init__(filepath=filepath, metadata=metadata)
        self._seed = seed

    def load(self) -> Path:
        """The path; the songs are made first where they are missing or damaged."""
        return ensure_library(self._load_from, seed=self._seed, compute=Compute())

    def _describe(self) -> dict:
        return super()._describe() | {"seed": self._seed}
