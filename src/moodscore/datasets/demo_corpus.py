"""The procedural demo corpus as a catalog entry."""

from pathlib import Path

from moodscore.compute import Compute
from moodscore.datasets._local_file import LocalInputDataset
from moodscore.demo import ensure_corpus
from moodscore.media import Clip, list_clips


class DemoCorpusDataset(LocalInputDataset):
    """Loads the demo clips; the first load synthesises them, later ones check their checksums.

    A catalog entry does not see a run's parameters, so ``compute`` does not apply here: the clips are
    made on this machine, in one process a core. A load that was interrupted is taken up where it was.

    Parameters
    ----------
    filepath : str
        The workspace's folder of raw data; gets ``clips/`` and ``ratings.csv``.
    seed : int
        Equal seeds give equal corpora.
    metadata : dict, optional
        For Kedro-Viz; not used here.
    """

    def __init__(self, *, filepath: str, seed: int, metadata: dict | None = None):
        super().__init__(filepath=filepath, metadata=metadata)
        self._seed = seed

    def load(self) -> list[Clip]:
        """The clips, sorted by name, made first where they are missing or damaged."""
        folder = ensure_corpus(self._load_from, seed=self._seed, compute=Compute())
        return list_clips(Path(folder) / "clips")

    def _describe(self) -> dict:
        return super()._describe() | {"seed": self._seed}
