r"""The networks as plain arrays: what Keras has trained, read forward by numpy.

A layer of long short-term memory [1]_ keeps a state :math:`h` and a cell :math:`c`, both zero before the
first step. With the gates stacked as Keras stacks them,

.. math:: (i, f, g, o) = x_t W + h_{t-1} U + b, \qquad
          c_t = \sigma(f) \odot c_{t-1} + \sigma(i) \odot \tanh(g), \qquad
          h_t = \sigma(o) \odot \tanh(c_t) .

The networks have no mask: padding stands at the end of a sequence, where a network that reads forwards
meets it last, and whoever padded leaves out what is written there.

References
----------
.. [1] S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from moodscore.errors import MoodscoreError

if TYPE_CHECKING:
    import keras

_LAYER_PARTS = ("kernel", "recurrent", "bias")
#: Gates of a cell: input, forget, candidate, output.
_N_GATES = 4
#: Sequences are read so many at a time. Matrix products of other shapes round differently: with one
#: shape, what a sequence gives does not depend on which others are read beside it.
_ROWS = 4


class LSTMLayer(NamedTuple):
    """The weights of one layer of ``u`` units that reads ``n`` numbers.

    Attributes
    ----------
    kernel : np.ndarray [shape=(n, 4 u)]
    recurrent : np.ndarray [shape=(u, 4 u)]
    bias : np.ndarray [shape=(4 u,)]
    """

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class LSTMNetwork:
    """Layers of long short-term memory and a linear layer that writes at every step.

    Attributes
    ----------
    layers : tuple of LSTMLayer
        In the order in which they read.
    kernel : np.ndarray [shape=(u, n_outputs)]
    bias : np.ndarray [shape=(n_outputs,)]
        The linear layer.
    """

    layers: tuple[LSTMLayer, ...]
    kernel: np.ndarray
    bias: np.ndarray

    @classmethod
    def from_keras(cls, model: keras.Model) -> LSTMNetwork:
        """The weights of a network that :func:`moodscore.sequence.train_lstm` trained."""
        *recurrent, dense = (tuple(layer.get_weights()) for layer in model.layers)
        return cls(tuple(LSTMLayer(*weights) for weights in recurrent), *dense)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> LSTMNetwork:
        """The network that `to_arrays` took apart; in single precision, whatever it was stored in.

        Raises
        ------
        MoodscoreError
            If an array is missing, does not fit the others or holds a number that is not finite.
        """
        parts = {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
        try:
            layers = tuple(
                LSTMLayer(*(parts[f"lstm_{number}_{part}"] for part in _LAYER_PARTS))
                for number in _layer_numbers(parts)
            )
            network = cls(layers, parts["dense_kernel"], parts["dense_bias"])
        except KeyError as error:
            raise MoodscoreError(f"network: lacks the array {error}; train the networks again") from error
        if not network._fits() or not all(np.isfinite(array).all() for array in parts.values()):
            raise MoodscoreError("network: its arrays make no sense together; train the networks again")
        return network

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All weights by name: ``lstm_1_kernel``, ``lstm_1_recurrent``, ``lstm_1_bias``, … ``dense_bias``."""
        arrays = {
            f"lstm_{number}_{part}": array
            for number, layer in enumerate(self.layers, 1)
            for part, array in zip(_LAYER_PARTS, layer, strict=True)
        }
        return arrays | {"dense_kernel": self.kernel, "dense_bias": self.bias}

    def predict_on_batch(self, batch: np.ndarray) -> np.ndarray:
        """Read sequences from their first step to their last.

        Parameters
        ----------
        batch : np.ndarray of float32 [shape=(n, steps, n_inputs)]
            The sequences.

        Returns
        -------
        np.ndarray of float32 [shape=(n, steps, n_outputs)]
            What a Keras network of these weights predicts, to within 1e-5; of a sequence the same to the
            bit, whichever others it is read with.
        """
        n, steps, _ = batch.shape
        written = np.zeros((n, steps, len(self.bias)), dtype=np.float32)
        rows = np.zeros((_ROWS, *batch.shape[1:]), dtype=np.float32)
        for first in range(0, n, _ROWS):
            own = batch[first : first + _ROWS]
            rows[: len(own)], rows[len(own) :] = own, 0.0
            written[first : first + _ROWS] = self._read(rows)[: len(own)]
        return written

    def _read(self, sequences: np.ndarray) -> np.ndarray:
        for layer in self.layers:
            sequences = _states(layer, sequences)
        return sequences @ self.kernel + self.bias

    def _fits(self) -> bool:
        """Whether each layer reads as many numbers as the one before it writes."""
        if not self.layers or self.kernel.ndim != 2 or self.bias.shape != self.kernel.shape[1:]:
            return False
        width = self.layers[0].kernel.shape[0]
        for kernel, recurrent, bias in self.layers:
            units = recurrent.shape[0]
            gates = _N_GATES * units
            if (kernel.shape, recurrent.shape, bias.shape) != ((width, gates), (units, gates), (gates,)):
                return False
            width = units
        return len(self.kernel) == width


def _layer_numbers(parts: Mapping[str, np.ndarray]) -> Iterator[int]:
    """1, 2, … as long as there is any array of that layer; the first is asked for in any case."""
    for number in count(1):
        if number > 1 and not any(name.startswith(f"lstm_{number}_") for name in parts):
            return
        yield number


def _states(layer: LSTMLayer, sequences: np.ndarray) -> np.ndarray:
    """The layer's state after every step [shape=(n, steps, units)]."""
    n, steps, _ = sequences.shape
    units = len(layer.recurrent)
    # What the inputs add needs no state: one product for all steps.
    driven = sequences @ layer.kernel + layer.bias
    state, cell = (np.zeros((n, units), dtype=np.float32) for _ in range(2))
    states = np.empty((n, steps, units), dtype=np.float32)
    for step in range(steps):
        gates = driven[:, step] + state @ layer.recurrent
        let_in, keep, let_out = (_sigmoid(gates[:, k * units : (k + 1) * units]) for k in (0, 1, 3))
        cell = keep * cell + let_in * np.tanh(gates[:, 2 * units : 3 * units])
        state = let_out * np.tanh(cell)
        states[:, step] = state
    return states


def _sigmoid(x: np.ndarray) -> np.ndarray:
    # By the hyperbolic tangent it overflows nowhere.
    return np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1.0))
