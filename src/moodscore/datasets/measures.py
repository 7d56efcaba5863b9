"""Measures of pictures that are kept in a repository: exact enough, and small."""

import numpy as np

from moodscore.datasets.npz import NPZDataset

#: Shares of a histogram are kept as so many parts of the whole; finer is below the noise of any camera.
_PARTS = 1 << 14
_HISTOGRAMS = "histograms"


class MeasuresDataset(NPZDataset):
    """As `NPZDataset`, its ``histograms`` in whole parts of 1/16384: a fifth of the size."""

    def load(self) -> dict[str, np.ndarray]:
        """All arrays by name."""
        arrays = super().load()
        return arrays | {_HISTOGRAMS: arrays[_HISTOGRAMS].astype(np.float32) / _PARTS}

    def save(self, data: dict[str, np.ndarray]) -> None:
        """Write all arrays."""
        parts = np.rint(np.asarray(data[_HISTOGRAMS]) * _PARTS).astype(np.uint16)
        super().save({**data, _HISTOGRAMS: parts})
