"""Named arrays in one compressed file."""

import numpy as np

from moodscore.datasets._local_file import LocalPathDataset


class NPZDataset(LocalPathDataset):
    """A dictionary of arrays (``numpy.savez_compressed``); nothing pickled is read or written."""

    def load(self) -> dict[str, np.ndarray]:
        """All arrays by name."""
        with np.load(self._load_from, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}

    def save(self, data: dict[str, np.ndarray]) -> None:
        """Write all arrays."""
        with self._replacing() as part, part.open("wb") as file:
            np.savez_compressed(file, **data, allow_pickle=False)
