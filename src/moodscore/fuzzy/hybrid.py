r"""Hybrid learning: least squares forward, gradient descent backward.

One epoch [1]_: evaluate the memberships, estimate the consequents by least squares, record the error, keep
the system if it is the best so far, move all premise parameters one step of length ``k`` along the
negative gradient of the sum of squares, adapt ``k``.

References
----------
.. [1] Jang, J.-S. R. (1993). ANFIS: adaptive-network-based fuzzy inference system. IEEE Transactions on
   Systems, Man, and Cybernetics, 23(3), 665-685.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from moodscore.fuzzy.grid import RuleGrid, grid_premises, outer_rows
from moodscore.fuzzy.least_squares import InputBasis, OutputInputs, consequent_solver, row_blocks
from moodscore.fuzzy.membership import evaluate_memberships, premise_gradient
from moodscore.fuzzy.samples import Samples

#: A bell keeps at least this half-width, as a share of its input's range.
_LEAST_WIDTH = 1e-3
#: A bell keeps at least this slope; at 0 it would no longer depend on the input.
_LEAST_SLOPE = 0.1
#: Arrays with a number for every rule and sample that the gradient holds at a time.
_GRADIENT_ARRAYS = 3


@dataclass
class StepSize:
    """Length of a premise step, adapted to the course of the error.

    Four decreases of the error in a row raise it by a tenth; two rises and falls in turn lower it by a
    tenth. Neither happens within four epochs of the last time it did.
    """

    value: float
    _last_decrease: int = field(default=0, init=False)
    _last_increase: int = field(default=0, init=False)

    _PATIENCE = 4
    _DECREASE = 0.9
    _INCREASE = 1.1

    def adapt(self, errors: Sequence[float]) -> None:
        """Adapt to the errors of all epochs so far, the present one last."""
        epoch = len(errors) - 1
        if epoch < self._PATIENCE:
            return
        e4, e3, e2, e1, e0 = errors[-1 - self._PATIENCE :]
        if epoch - self._last_decrease >= self._PATIENCE and e0 < e1 > e2 < e3 > e4:
            self.value *= self._DECREASE
            self._last_decrease = epoch
        elif epoch - self._last_increase >= self._PATIENCE and e0 < e1 < e2 < e3 < e4:
            self.value *= self._INCREASE
            self._last_increase = epoch


@dataclass(frozen=True)
class TrainedSystem:
    """What hybrid learning found.

    Attributes
    ----------
    premises, initial_premises : np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]`` of the best epoch and before the first.
    consequents : np.ndarray [shape=(n_rules, n_inputs + 1, n_outputs)]
        ``[p_1, ..., p_n, constant]`` of the best epoch.
    training_rmse, validation_rmse : np.ndarray [shape=(n_epochs,)]
        Error of each epoch; the latter is empty without checking data.
    best_epoch : int
        The epoch that was kept, from 0.
    """

    premises: np.ndarray
    initial_premises: np.ndarray
    consequents: np.ndarray
    training_rmse: np.ndarray
    validation_rmse: np.ndarray
    best_epoch: int


def train(
    samples: Samples,
    grid: RuleGrid,
    *,
    ridge: float,
    max_epochs: int,
    initial_step: float,
    patience: int | None = None,
    checking: Samples | None = None,
    shrinkage: float | None = None,
    output_inputs: OutputInputs | None = None,
) -> TrainedSystem:
    """Train a system by hybrid learning.

    Parameters
    ----------
    samples : Samples
        Training data; every input takes at least two values, every weight is positive.
    grid : RuleGrid
        The rules.
    ridge : float
        Penalty of the least squares.
    max_epochs : int
        Number of epochs at most.
    initial_step : float
        Length of the first premise step, in the units of the parameters.
    patience : int, optional
        Stop after this many epochs without a better one.
    checking : Samples, optional
        Choose the best epoch by the error on these instead of the training error.
    shrinkage : float, optional
        Penalty on what the rules' consequents differ by from a shared one.
    output_inputs : sequence of sequence of int, optional
        Of each output the inputs that its consequents may depend on.
    """
    lowest, highest = samples.inputs.min(axis=1), samples.inputs.max(axis=1)
    basis = InputBasis(lowest, highest)
    solver = consequent_solver(grid, basis, samples, ridge, shrinkage, output_inputs)
    columns = basis.columns(samples.inputs)
    least_widths = np.repeat(_LEAST_WIDTH * (highest - lowest), grid.n_mfs)
    step = StepSize(initial_step)
    initial = premises = grid_premises(lowest, highest, grid)
    training_rmse: list[float] = []
    checking_rmse: list[float] = []
    best_epoch = 0
    for epoch in range(max_epochs):
        coefficients = solver.solve(_all_shares(samples.inputs, premises, grid))
        squares, gradient = error_gradient(samples, columns, grid, premises, coefficients)
        training_rmse.append(np.sqrt(squares / samples.total))
        if checking is not None:
            checking_rmse.append(_rmse(checking, grid, premises, basis.to_units(coefficients)))
        judged = checking_rmse or training_rmse
        if epoch == 0 or judged[-1] < judged[best_epoch]:
            best_epoch, best = epoch, (premises, coefficients)
        elif patience is not None and epoch - best_epoch >= patience:
            break
        premises = _moved(premises, gradient, step.value, least_widths)
        step.adapt(training_rmse)
    premises, coefficients = best
    return TrainedSystem(
        premises,
        initial,
        basis.to_units(coefficients),
        np.array(training_rmse),
        np.array(checking_rmse),
        best_epoch,
    )


def error_gradient(
    samples: Samples, columns: np.ndarray, grid: RuleGrid, premises: np.ndarray, coefficients: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""Weighted sum of squares and its gradient with respect to the premises, consequents held fixed.

    With :math:`d_r=\partial E/\partial\bar w_r` and the shares :math:`p_{i,j}` of the memberships,

    .. math:: \frac{\partial E}{\partial\ln\mu_{i,j}}
              = \sum_{r: r_i=j} d_r\bar w_r - p_{i,j}\sum_r d_r\bar w_r.

    Parameters
    ----------
    samples : Samples
        Training data.
    columns : np.ndarray [shape=(n_columns, n_samples)]
        What the coefficients multiply.
    grid : RuleGrid
        The rules.
    premises : np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]``.
    coefficients : np.ndarray [shape=(n_rules, n_columns, n_outputs)]
        Consequents in the basis of the columns.

    Returns
    -------
    float, np.ndarray [shape=(n_functions, 3)]
        Sum of squares over samples and outputs, and its gradient.
    """
    inputs, targets, weights = samples
    squares, gradient = 0.0, np.zeros_like(premises)
    flat = coefficients.reshape(grid.n_rules, -1)
    for rows in row_blocks(inputs.shape[1], _GRADIENT_ARRAYS * grid.n_rules):
        memberships = evaluate_memberships(inputs[:, rows], premises, grid.slices)
        strengths = grid.firing_strengths(memberships.shares)
        answers = _answers(strengths, columns[:, rows], coefficients)
        errors = answers - targets[:, rows]
        pulls = 2 * weights[rows] * errors
        squares += 0.5 * np.vdot(pulls, errors)
        by_rule = (flat @ outer_rows(columns[:, rows], pulls)) * strengths
        total = np.einsum("os,os->s", pulls, answers)
        by_function = grid.incidence @ by_rule - memberships.shares * total
        gradient += premise_gradient(memberships, premises, by_function)
    return squares, gradient


def infer(inputs: np.ndarray, grid: RuleGrid, premises: np.ndarray, consequents: np.ndarray) -> np.ndarray:
    """Answers of a system.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n_inputs, n_samples)]
        In their own units.
    grid : RuleGrid
        The rules.
    premises : np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]``.
    consequents : np.ndarray [shape=(n_rules, n_inputs + 1, n_outputs)]
        ``[p_1, ..., p_n, constant]``.

    Returns
    -------
    np.ndarray [shape=(n_outputs, n_samples)]
        Weighted averages of the rules' answers.
    """
    answers = np.empty((consequents.shape[2], inputs.shape[1]))
    for rows, strengths in strengths_by_block(inputs, grid, premises):
        columns = np.vstack([inputs[:, rows], np.ones(strengths.shape[1])])
        answers[:, rows] = _answers(strengths, columns, consequents)
    return answers


def strengths_by_block(
    inputs: np.ndarray, grid: RuleGrid, premises: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Normalised firing strengths of some samples at a time.

    Yields
    ------
    slice, np.ndarray [shape=(n_rules, n_samples)]
        Which samples, and their strengths.
    """
    for rows in row_blocks(inputs.shape[1], grid.n_rules):
        shares = evaluate_memberships(inputs[:, rows], premises, grid.slices).shares
        yield rows, grid.firing_strengths(shares)


def _answers(strengths: np.ndarray, columns: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    n_rules, n_columns, n_outputs = coefficients.shape
    mixed = coefficients.reshape(n_rules, -1).T @ strengths
    return np.einsum("cs,cos->os", columns, mixed.reshape(n_columns, n_outputs, -1))


def _all_shares(inputs: np.ndarray, premises: np.ndarray, grid: RuleGrid) -> np.ndarray:
    shares = np.empty((len(premises), inputs.shape[1]))
    for rows in row_blocks(inputs.shape[1], grid.n_rules):
        shares[:, rows] = evaluate_memberships(inputs[:, rows], premises, grid.slices).shares
    return shares


def _rmse(samples: Samples, grid: RuleGrid, premises: np.ndarray, consequents: np.ndarray) -> float:
    errors = infer(samples.inputs, grid, premises, consequents) - samples.targets
    return float(np.sqrt((samples.weights * errors**2).sum() / samples.total))


def _moved(premises: np.ndarray, gradient: np.ndarray, step: float, least_widths: np.ndarray) -> np.ndarray:
    """One step of length ``step`` down the gradient; a bell never becomes a needle or a plateau.

    A half-width that would cross zero is reflected, which leaves the bell as it is.
    """
    largest = np.abs(gradient).max()
    if largest == 0:
        return premises
    direction = gradient / largest  # first, lest the squares overflow
    moved = premises - step * direction / np.linalg.norm(direction)
    moved[:, 0] = np.maximum(np.abs(moved[:, 0]), least_widths)
    moved[:, 1] = np.maximum(moved[:, 1], _LEAST_SLOPE)
    return moved
