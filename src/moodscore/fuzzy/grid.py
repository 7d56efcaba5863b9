r"""The grid partition: which membership functions make which rule.

On a grid the normalised firing strength of a rule is a product of one share per input,

.. math:: \bar w_r = \frac{\prod_i \mu_{i,r_i}}{\sum_s \prod_i \mu_{i,s_i}}
                   = \prod_i p_{i,r_i},\qquad p_{i,j} = \frac{\mu_{i,j}}{\sum_l \mu_{i,l}},

since the sum over all rules of a product is the product of the sums. All of the room's speed comes from
that identity.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: Slope of every bell before training.
_INITIAL_SLOPE = 2.0


@dataclass(frozen=True)
class RuleGrid:
    """The rules of a grid partition.

    Attributes
    ----------
    n_mfs : tuple of int
        Number of membership functions of each input. One function covers everything: such an input
        enters the consequents only.
    """

    n_mfs: tuple[int, ...]

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return len(self.n_mfs)

    @cached_property
    def n_rules(self) -> int:
        """Number of rules: the product of ``n_mfs``."""
        return math.prod(self.n_mfs)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the functions of each input lie in a flat list of all functions."""
        ends = np.cumsum(self.n_mfs).tolist()
        return tuple(slice(end - count, end) for end, count in zip(ends, self.n_mfs, strict=True))

    @cached_property
    def antecedents(self) -> np.ndarray:
        """Function number of each input in each rule, last input fastest [shape=(n_rules, n_inputs)]."""
        return np.indices(self.n_mfs).reshape(self.n_inputs, -1).T

    @cached_property
    def incidence(self) -> np.ndarray:
        """1 where a rule uses a function, else 0 [shape=(n_functions, n_rules)]."""
        incidence = np.zeros((sum(self.n_mfs), self.n_rules))
        firsts = [functions.start for functions in self.slices]
        incidence[self.antecedents + firsts, np.arange(self.n_rules)[:, None]] = 1.0
        return incidence

    def firing_strengths(self, shares: np.ndarray) -> np.ndarray:
        """Normalised firing strengths.

        Parameters
        ----------
        shares : np.ndarray [shape=(n_functions, n_samples)]
            Memberships divided by their sum over each input.

        Returns
        -------
        np.ndarray [shape=(n_rules, n_samples)]
            In [0, 1]; they sum to 1 over the rules.
        """
        strengths = shares[self.slices[0]]
        for functions in self.slices[1:]:
            strengths = outer_rows(strengths, shares[functions])
        return strengths

    def pad(self, premises: np.ndarray) -> np.ndarray:
        """A flat list of bells [shape=(n_functions, 3)] by input [shape=(n_inputs, max(n_mfs), 3)].

        Bells that an input lacks are NaN.
        """
        padded = np.full((self.n_inputs, max(self.n_mfs), 3), np.nan)
        for bells, functions, count in zip(padded, self.slices, self.n_mfs, strict=True):
            bells[:count] = premises[functions]
        return padded

    def unpad(self, premises: np.ndarray) -> np.ndarray:
        """The reverse of :meth:`pad`."""
        return np.concatenate([bells[:count] for bells, count in zip(premises, self.n_mfs, strict=True)])


def outer_rows(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Products of every row of ``left`` with every row of ``right``, the latter fastest."""
    return (left[:, None] * right).reshape(-1, left.shape[-1])


def grid_premises(lowest: np.ndarray, highest: np.ndarray, grid: RuleGrid) -> np.ndarray:
    """Premise parameters that cover a box evenly, as training starts from.

    Centres are evenly spaced from the lowest to the highest value of the input, half-widths are half the
    spacing (neighbours cross at membership 1/2), the slope is 2. A single function sits in the middle.

    Parameters
    ----------
    lowest, highest : np.ndarray [shape=(n_inputs,)]
        The box.
    grid : RuleGrid
        The number of functions of each input.

    Returns
    -------
    np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]`` of the functions, those of one input after those of the one before.
    """
    premises = np.full((sum(grid.n_mfs), 3), _INITIAL_SLOPE)
    for low, high, functions, count in zip(lowest, highest, grid.slices, grid.n_mfs, strict=True):
        premises[functions, 0] = (high - low) / max(count - 1, 1) / 2
        premises[functions, 2] = np.linspace(low, high, count) if count > 1 else (low + high) / 2
    return premises
