"""Sound that is read by slice, so that nothing need ever hold a whole track.

Whatever measures, searches or plays sound takes any `SampleSource`: a stored soundtrack
(`moodscore.media.AudioFile`), an array in memory (`ArraySource`) or samples made as they are asked for.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


class SampleSource(Protocol):
    """Sound that is read by slice, such as `moodscore.media.AudioFile`."""

    sample_rate: int
    n_samples: int
    channels: int

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)``, float32 [shape=(stop - start, channels)]."""
        ...


@dataclass(frozen=True)
class ArraySource:
    """Sound in memory, read like any other.

    Attributes
    ----------
    samples : np.ndarray of float [shape=(n, channels)]
        Full scale at ±1; read in the precision they have.
    sample_rate : float
        Samples a second.
    """

    samples: np.ndarray
    sample_rate: float

    @property
    def n_samples(self) -> int:
        """Length in samples (per channel)."""
        return len(self.samples)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.samples.shape[1]

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)``, a view."""
        return self.samples[start:stop]
