r"""Ridge least squares for the consequents of a grid partition, without its design matrix.

The output of a first-order Sugeno system is linear in the consequents: row :math:`n` of the design matrix
:math:`A` holds :math:`\bar w_{nr}\tilde x_{na}` for every rule :math:`r` and every column
:math:`\tilde x_n = [x_n, 1]`. The estimate is

.. math:: \hat\theta = (A^\top V A + \lambda I)^{-1} A^\top V y,

which is what Jang's sequential estimator [1]_ arrives at when it starts from
:math:`S_0 = \lambda^{-1} I`. :math:`A` is wide and is never formed. The firing strengths factorise
(:mod:`moodscore.fuzzy.grid`), hence so do both matrices that the estimate can be had from:

- the Gram matrix :math:`A^\top V A`, whose entries are sums of
  :math:`\prod_i p_{i,j_i}p_{i,l_i}\cdot\tilde x_a\tilde x_b`. They are symmetric in every pair, so four
  bells on three inputs make 10 000 distinct entries of 65 536, and these are *one* product of two narrow
  matrices;
- the kernel matrix :math:`A A^\top`, :math:`k_{nm} = \tilde x_n^\top\tilde x_m\prod_i \sum_j p_{nij}p_{mij}`,
  which is smaller when there are fewer samples than parameters.

**Shrinkage.** Few data carry few rules; a ridge strong enough to hold them back shrinks them to nothing.
Instead they can be shrunk to each other: with :math:`\theta_r=\bar\theta+\delta_r` and the penalty
:math:`\lambda\|\bar\theta\|^2+\kappa\sum_r\|\delta_r\|^2` a large :math:`\kappa` leaves one linear model,
whose weight :math:`\lambda` hardly holds back. The firing strengths sum to 1, so the shared consequent sees
the plain columns :math:`\tilde x_n`: the Gram matrix of rules and shared consequent is the one above and its
sums over rules, the kernel matrix gains :math:`\tilde x_n^\top\tilde x_m/\lambda` beside
:math:`k_{nm}/\kappa`.

Both are written in a basis in which every input spans [-1, 1]; the ridge is carried over exactly. In
the inputs' own units the normal equations would lose their digits to an offset such as a year.

References
----------
.. [1] Jang, J.-S. R. (1993). ANFIS: adaptive-network-based fuzzy inference system. IEEE Transactions on
   Systems, Man, and Cybernetics, 23(3), 665-685.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Protocol

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.lapack import dlange, dpocon, dposv

from moodscore.fuzzy.grid import RuleGrid, outer_rows
from moodscore.fuzzy.samples import Samples

#: Of each output the inputs that its consequents may depend on.
OutputInputs = Sequence[Sequence[int]]

_EPSILON = np.finfo(float).eps
#: Numbers in the widest temporary of a block of rows: what a core's cache holds.
_BLOCK_NUMBERS = 2**16
_LEAST_BLOCK_ROWS = 64
#: The kernel form is used up to this ratio of the kernel's trace to the ridge: the residual it leaves is
#: exact to the ratio times the rounding error.
_KERNEL_CONDITION = 1e10


def row_blocks(n_rows: int, width: int) -> Iterator[slice]:
    """Cut the rows into blocks whose temporaries, ``width`` numbers a row, stay in the cache."""
    size = max(_BLOCK_NUMBERS // width, _LEAST_BLOCK_ROWS)
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))


class InputBasis:
    """The columns ``[u_1, ..., u_n, 1]`` of a rule's consequent, ``u`` being the input scaled to [-1, 1].

    Attributes
    ----------
    centres, half_ranges : np.ndarray [shape=(n_inputs,)]
        ``u = (x - centre) / half_range``.
    penalty : np.ndarray [shape=(n_inputs + 1, n_inputs + 1)]
        The matrix ``P`` for which ``t' P t`` is the sum of squares of the consequent in the inputs' own
        units.
    inverse_penalty : np.ndarray [shape=(n_inputs + 1, n_inputs + 1)]
        Its inverse.
    """

    def __init__(self, lowest: np.ndarray, highest: np.ndarray) -> None:
        self.centres = (lowest + highest) / 2
        self.half_ranges = (highest - lowest) / 2
        n = len(lowest)
        self._to_units = np.eye(n + 1)
        self._to_units[:n, :n] /= self.half_ranges
        self._to_units[n, :n] = -self.centres / self.half_ranges
        from_units = np.eye(n + 1)
        from_units[:n, :n] *= self.half_ranges
        from_units[n, :n] = self.centres
        self.penalty = self._to_units.T @ self._to_units
        self.inverse_penalty = from_units @ from_units.T

    def columns(self, inputs: np.ndarray) -> np.ndarray:
        """Columns of every sample [shape=(n_inputs + 1, n_samples)]."""
        columns = np.ones((len(inputs) + 1, inputs.shape[1]))
        columns[:-1] = (inputs - self.centres[:, None]) / self.half_ranges[:, None]
        return columns

    def to_units(self, coefficients: np.ndarray) -> np.ndarray:
        """Consequents ``[p_1, ..., p_n, constant]`` in the inputs' own units, along the second last axis."""
        return self._to_units @ coefficients


class ConsequentSolver(Protocol):
    """Estimates the consequents that go with given memberships."""

    def solve(self, shares: np.ndarray) -> np.ndarray:
        """Coefficients of the basis columns [shape=(n_rules, n_inputs + 1, n_outputs)].

        Parameters
        ----------
        shares : np.ndarray [shape=(n_functions, n_samples)]
            Memberships divided by their sum over each input.
        """


def consequent_solver(
    grid: RuleGrid,
    basis: InputBasis,
    samples: Samples,
    ridge: float,
    shrinkage: float | None = None,
    output_inputs: OutputInputs | None = None,
) -> ConsequentSolver:
    """The cheaper of the two forms that is accurate on these data.

    Parameters
    ----------
    grid : RuleGrid
        The rules.
    basis : InputBasis
        The columns of a consequent.
    samples : Samples
        Training data, every weight positive.
    ridge : float
        Penalty on the sum of squares of the consequents (> 0).
    shrinkage : float, optional
        Penalty on the sum of squares of what the rules differ by from a shared consequent, on which alone
        ``ridge`` then lies. By default there is none.
    output_inputs : sequence of sequence of int, optional
        Of each output the inputs that its consequents may depend on; by default all.
    """
    inputs, _, weights = samples
    n_parameters = grid.n_rules * (grid.n_inputs + 1)
    largest_trace = weights @ (1 + np.einsum("is,is->s", inputs, inputs))
    if output_inputs is None and len(weights) < n_parameters and largest_trace < _KERNEL_CONDITION * ridge:
        return KernelSolver(grid, basis, samples, ridge, shrinkage)
    return GramSolver(grid, basis, samples, ridge, shrinkage, output_inputs)


class GramSolver:
    """Normal equations ``(A'VA + ridge P) t = A'Vy``: a system of the size of the parameters."""

    def __init__(
        self,
        grid: RuleGrid,
        basis: InputBasis,
        samples: Samples,
        ridge: float,
        shrinkage: float | None = None,
        output_inputs: OutputInputs | None = None,
    ) -> None:
        columns = basis.columns(samples.inputs)
        self._grid = grid
        self._outputs_by_columns = _outputs_by_columns(output_inputs, len(columns) - 1)
        self._penalty = (ridge if shrinkage is None else shrinkage) * basis.penalty
        self._shared_penalty = None if shrinkage is None else ridge * basis.penalty
        self._n_columns = len(columns)
        self._n_outputs = len(samples.targets)
        self._weighted_targets = samples.weights * outer_rows(columns, samples.targets)
        self._mf_pairs = [np.tril_indices(count) for count in grid.n_mfs]
        first, second = np.tril_indices(len(columns))
        self._column_pairs = samples.weights * columns[first] * columns[second]
        sizes = [len(pairs[0]) for pairs in self._mf_pairs] + [len(self._column_pairs)]
        self._split = _narrowest_split(sizes)
        self._width = math.prod(sizes[: self._split]) + math.prod(sizes[self._split :])
        self._entry_of = _entry_numbers([*grid.n_mfs, len(columns)])
        self._gram = np.empty(self._entry_of.shape)

    def solve(self, shares: np.ndarray) -> np.ndarray:
        """See :meth:`ConsequentSolver.solve`."""
        entries, right = 0.0, 0.0
        for rows in row_blocks(shares.shape[1], self._width):
            block = shares[:, rows]
            entries = entries + self._distinct_entries(block, rows)
            right = right + self._grid.firing_strengths(block) @ self._weighted_targets[:, rows].T
        # mode="clip" lets take write straight into the array that is kept from epoch to epoch.
        gram = np.take(entries, self._entry_of, out=self._gram, mode="clip")
        n_rules, n_columns = self._grid.n_rules, self._n_columns
        rule = np.arange(n_rules)
        gram.reshape(n_rules, n_columns, n_rules, n_columns)[rule, :, rule, :] += self._penalty
        right = right.reshape(n_rules * n_columns, self._n_outputs)
        if self._shared_penalty is None:
            return self._solved(gram, right).reshape(n_rules, n_columns, self._n_outputs)
        solution = self._solved(*self._with_shared(gram, right))
        own, shared = solution[:-n_columns], solution[-n_columns:]
        return own.reshape(n_rules, n_columns, self._n_outputs) + shared

    def _solved(self, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Every output by the columns that are its own; the coefficients of the others are 0."""
        if not self._outputs_by_columns:
            return solve_positive_definite(matrix, right)
        solution = np.zeros_like(right)
        for columns, outputs in self._outputs_by_columns.items():
            own = np.flatnonzero(np.isin(np.arange(len(matrix)) % self._n_columns, columns))
            solution[np.ix_(own, outputs)] = solve_positive_definite(
                matrix[np.ix_(own, own)], right[np.ix_(own, outputs)]
            )
        return solution

    def _with_shared(self, gram: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The system with the shared consequent after the rules'; strengths sum to 1, so blocks add up."""
        n, n_columns = len(gram), self._n_columns
        cross = gram.reshape(n, -1, n_columns).sum(axis=1)
        # The rules' own penalty is on what they differ by only.
        cross -= np.tile(self._penalty, (self._grid.n_rules, 1))
        whole = np.empty((n + n_columns, n + n_columns))
        whole[:n, :n], whole[:n, n:], whole[n:, :n] = gram, cross, cross.T
        whole[n:, n:] = cross.reshape(-1, n_columns, n_columns).sum(axis=0) + self._shared_penalty
        right_shared = right.reshape(-1, n_columns, self._n_outputs).sum(axis=0)
        return whole, np.vstack([right, right_shared])

    def _distinct_entries(self, shares: np.ndarray, rows: slice) -> np.ndarray:
        factors = [
            shares[functions][first] * shares[functions][second]
            for functions, (first, second) in zip(self._grid.slices, self._mf_pairs, strict=True)
        ]
        factors.append(self._column_pairs[:, rows])
        return reduce(outer_rows, factors[: self._split]) @ reduce(outer_rows, factors[self._split :]).T


class KernelSolver:
    """Dual form ``t = P^-1 A' (A P^-1 A' + ridge V^-1)^-1 y``: a system of the size of the samples."""

    def __init__(
        self,
        grid: RuleGrid,
        basis: InputBasis,
        samples: Samples,
        ridge: float,
        shrinkage: float | None = None,
    ) -> None:
        root = np.sqrt(samples.weights)
        columns = root * basis.columns(samples.inputs)
        self._grid = grid
        self._penalty = ridge if shrinkage is None else shrinkage
        #: Of the shared consequent against one rule's: 0 where there is none.
        self._share = 0.0 if shrinkage is None else shrinkage / ridge
        self._dual_columns = basis.inverse_penalty @ columns
        self._linear_kernel = columns.T @ self._dual_columns
        self._targets = (root * samples.targets).T

    def solve(self, shares: np.ndarray) -> np.ndarray:
        """See :meth:`ConsequentSolver.solve`."""
        kernel = self._linear_kernel.copy()
        for functions in self._grid.slices:
            kernel *= shares[functions].T @ shares[functions]
        if self._share:
            kernel += self._share * self._linear_kernel
        kernel.flat[:: len(kernel) + 1] += self._penalty
        dual = solve_positive_definite(kernel, self._targets)
        strengths = self._grid.firing_strengths(shares)
        if self._share:
            strengths = strengths + self._share
        solution = strengths @ outer_rows(self._dual_columns, dual.T).T
        return solution.reshape(self._grid.n_rules, len(self._dual_columns), dual.shape[1])


def solve_positive_definite(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a symmetric positive definite system that may be singular to working precision.

    The matrix is scaled to a unit diagonal and Cholesky-factorised. Where that fails, or where its
    condition leaves no correct digit, directions that rounding error has drowned are left out of the
    solution (the least-norm answer of the scaled system).

    Parameters
    ----------
    matrix : np.ndarray [shape=(n, n)]
        Symmetric with a positive diagonal; overwritten.
    right : np.ndarray [shape=(n, n_outputs)]
        Right-hand sides.

    Returns
    -------
    np.ndarray [shape=(n, n_outputs)]
        Finite for finite arguments.
    """
    scale = 1 / np.sqrt(np.diagonal(matrix))
    matrix *= scale
    matrix *= scale[:, None]
    scaled_right = right * scale[:, None]
    columns_first = matrix.T  # the order LAPACK wants, without a copy
    factor, solution, failed = dposv(columns_first, scaled_right, lower=True)
    if failed or dpocon(factor, dlange("1", columns_first), uplo="L")[0] < _EPSILON:
        values, vectors = eigh(matrix)
        kept = values > len(matrix) * _EPSILON * values[-1]
        vectors = vectors[:, kept]
        solution = vectors @ ((vectors.T @ scaled_right) / values[kept, None])
    return solution * scale[:, None]


def _outputs_by_columns(
    output_inputs: OutputInputs | None, n_inputs: int
) -> dict[tuple[int, ...], list[int]]:
    """The outputs that depend on the same inputs, by their columns; empty if all depend on all."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for output, own in enumerate(output_inputs or ()):
        groups[(*sorted(own), n_inputs)].append(output)
    return dict(groups)


def _narrowest_split(sizes: list[int]) -> int:
    """Where to cut a list of factors so that the two outer products hold the fewest rows."""
    return min(range(1, len(sizes)), key=lambda cut: math.prod(sizes[:cut]) + math.prod(sizes[cut:]))


def _entry_numbers(sizes: list[int]) -> np.ndarray:
    """Number of the distinct entry that stands at each place of the Gram matrix.

    Parameters
    ----------
    sizes : list of int
        Number of functions of each input, then the number of columns.

    Returns
    -------
    np.ndarray of int [shape=(n_parameters, n_parameters)]
        Place in the flat outer product of the lower triangles of all factors.
    """
    numbers = np.zeros((1, 1), dtype=np.intp)
    for size in sizes:
        n_pairs = size * (size + 1) // 2
        pair_numbers = np.empty((size, size), dtype=np.intp)
        rows, cols = np.tril_indices(size)
        pair_numbers[rows, cols] = pair_numbers[cols, rows] = np.arange(n_pairs)
        spread = numbers[:, None, :, None] * n_pairs + pair_numbers[:, None, :]
        numbers = spread.reshape(len(numbers) * size, -1)
    return numbers
