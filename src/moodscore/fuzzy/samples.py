"""Rows of data as the learning wants them."""

from typing import NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Rows of data, the sample axis last.

    Attributes
    ----------
    inputs : np.ndarray [shape=(n_inputs, n_samples)]
    targets : np.ndarray [shape=(n_outputs, n_samples)]
    weights : np.ndarray [shape=(n_samples,)]
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray

    @classmethod
    def from_rows(cls, inputs: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> "Samples":
        """Samples from tables with a row a sample."""
        return cls(np.ascontiguousarray(inputs.T), np.ascontiguousarray(targets.T), weights)

    @property
    def total(self) -> float:
        """Weight of all answers together, each output counted."""
        return float(self.weights.sum() * len(self.targets))
