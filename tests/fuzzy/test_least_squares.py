"""The oracle is the plain design matrix, and Jang's estimator row by row."""

import numpy as np
import pytest

from moodscore.fuzzy import least_squares
from moodscore.fuzzy.grid import RuleGrid, grid_premises, outer_rows
from moodscore.fuzzy.least_squares import (
    GramSolver,
    InputBasis,
    KernelSolver,
    consequent_solver,
    row_blocks,
    solve_positive_definite,
)
from moodscore.fuzzy.membership import evaluate_memberships
from moodscore.fuzzy.samples import Samples

RIDGE = 1e-6
SOLVERS = pytest.mark.parametrize("solver", [GramSolver, KernelSolver])


class Problem:
    def __init__(self, inputs, n_mfs, n_outputs=1, weights=None):
        rng = np.random.default_rng(5)
        self.grid = RuleGrid(n_mfs)
        self.inputs = np.ascontiguousarray(np.transpose(inputs))
        n_samples = self.inputs.shape[1]
        self.targets = np.sin(5 * self.inputs[0]) + rng.normal(size=(n_outputs, n_samples))
        self.weights = np.ones(n_samples) if weights is None else weights
        box = self.inputs.min(axis=1), self.inputs.max(axis=1)
        self.basis = InputBasis(*box)
        premises = grid_premises(*box, self.grid)
        self.shares = evaluate_memberships(self.inputs, premises, self.grid.slices).shares
        strengths = self.grid.firing_strengths(self.shares)
        columns = np.vstack([self.inputs, np.ones(n_samples)])
        self.design = outer_rows(strengths, columns).T.copy()

    def arguments(self):
        return self.grid, self.basis, Samples(self.inputs, self.targets, self.weights), RIDGE

    def consequents(self, solver):
        return self.basis.to_units(solver(*self.arguments()).solve(self.shares))

    def fitted(self, solver):
        return self.design @ self.consequents(solver).reshape(self.design.shape[1], -1)

    def plain_fitted(self):
        """Least squares on the design matrix with the ridge as extra rows, by orthogonal factors."""
        root = np.sqrt(self.weights)[:, None]
        n_parameters = self.design.shape[1]
        rows = np.vstack([root * self.design, np.sqrt(RIDGE) * np.eye(n_parameters)])
        right = np.vstack([root * self.targets.T, np.zeros((n_parameters, len(self.targets)))])
        q, r = np.linalg.qr(rows)
        return self.design @ np.linalg.solve(r, q.T @ right)


def sequential_estimate(design, target, ridge):
    """Jang (1993), eq. 14: one row at a time from S = I / ridge."""
    covariance = np.eye(design.shape[1]) / ridge
    estimate = np.zeros(design.shape[1])
    for row, value in zip(design, target, strict=True):
        gain = covariance @ row
        covariance -= np.outer(gain, gain) / (1 + row @ gain)
        estimate += covariance @ row * (value - row @ estimate)
    return estimate


def uniform(n_rows, n_inputs, seed=0):
    return np.random.default_rng(seed).random((n_rows, n_inputs))


@SOLVERS
@pytest.mark.parametrize(
    ("n_rows", "n_mfs", "n_outputs"),
    [(150, (4, 4, 4), 2), (700, (4, 4, 4), 1), (300, (2, 3, 1, 2), 3), (60, (5,), 1), (40, (1, 1), 2)],
)
def test_fitted_values_are_those_of_the_design_matrix(solver, n_rows, n_mfs, n_outputs):
    problem = Problem(uniform(n_rows, len(n_mfs)), n_mfs, n_outputs)
    np.testing.assert_allclose(problem.fitted(solver), problem.plain_fitted(), rtol=0, atol=1e-7)


@SOLVERS
def test_consequents_are_those_of_the_sequential_estimator(solver):
    problem = Problem(uniform(80, 2), (3, 3))
    sequential = sequential_estimate(problem.design, problem.targets[0], RIDGE)
    consequents = problem.consequents(solver).ravel()
    np.testing.assert_allclose(consequents, sequential, rtol=0, atol=1e-5 * np.abs(sequential).max())
    np.testing.assert_allclose(problem.design @ consequents, problem.design @ sequential, rtol=0, atol=1e-7)


@SOLVERS
def test_rank_deficient_counts(solver):
    counts = np.random.default_rng(3).poisson(2, (200, 3)).astype(float)
    problem = Problem(counts, (4, 4, 4))
    assert np.linalg.matrix_rank(problem.design) < min(problem.design.shape)
    np.testing.assert_allclose(problem.fitted(solver), problem.plain_fitted(), rtol=0, atol=1e-7)


@SOLVERS
def test_integer_weights_are_repeated_rows(solver):
    inputs = uniform(50, 2)
    repeats = np.random.default_rng(1).integers(1, 4, 50)
    weighted = Problem(inputs, (3, 2), weights=repeats.astype(float))
    repeated = Problem(np.repeat(inputs, repeats, axis=0), (3, 2))
    repeated.targets = np.repeat(weighted.targets, repeats, axis=1)
    np.testing.assert_allclose(
        weighted.consequents(solver), repeated.consequents(solver), rtol=1e-6, atol=1e-6
    )


def test_an_offset_costs_no_digits():
    problem = Problem(2000 + 10 * uniform(200, 3), (4, 4, 4))
    np.testing.assert_allclose(problem.fitted(GramSolver), problem.plain_fitted(), rtol=0, atol=1e-7)


def test_blocks_of_rows_add_up(monkeypatch):
    problem = Problem(uniform(500, 3), (3, 3, 3))
    whole = problem.fitted(GramSolver)
    monkeypatch.setattr(least_squares, "_BLOCK_NUMBERS", 1)
    assert len(list(row_blocks(500, 1))) > 1
    np.testing.assert_allclose(problem.fitted(GramSolver), whole, rtol=0, atol=1e-9)


def test_blocks_cover_every_row_once():
    blocks = list(row_blocks(1000, 2**14))
    assert len(blocks) > 1
    np.testing.assert_array_equal(np.concatenate([np.arange(1000)[rows] for rows in blocks]), np.arange(1000))


def test_the_smaller_system_is_chosen_where_it_is_accurate():
    def chosen(inputs, n_mfs):
        return type(consequent_solver(*Problem(inputs, n_mfs).arguments()))

    assert chosen(uniform(100, 3), (4, 4, 4)) is KernelSolver
    assert chosen(uniform(300, 3), (4, 4, 4)) is GramSolver
    assert chosen(2000 + uniform(100, 3), (4, 4, 4)) is GramSolver


def test_the_basis_scales_the_box_and_carries_the_penalty_over():
    inputs = np.array([[2.0, 6.0, 3.0], [-1.0, 0.0, 1.0]])
    basis = InputBasis(inputs.min(axis=1), inputs.max(axis=1))
    columns = basis.columns(inputs)
    np.testing.assert_allclose(columns, [[-1, 1, -0.5], [-1, 0, 1], [1, 1, 1]])
    coefficients = np.array([0.3, -2.0, 5.0])
    consequent = basis.to_units(coefficients[:, None])[:, 0]
    np.testing.assert_allclose(np.vstack([inputs, np.ones(3)]).T @ consequent, columns.T @ coefficients)
    assert coefficients @ basis.penalty @ coefficients == pytest.approx(consequent @ consequent)
    np.testing.assert_allclose(basis.penalty @ basis.inverse_penalty, np.eye(3), atol=1e-12)


def test_a_well_conditioned_system_is_solved():
    factor = np.random.default_rng(0).normal(size=(30, 20))
    matrix, right = factor.T @ factor, np.random.default_rng(1).normal(size=(20, 3))
    np.testing.assert_allclose(solve_positive_definite(matrix.copy(), right), np.linalg.solve(matrix, right))


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_a_singular_system_gets_a_finite_solution(scale):
    factor = scale * np.random.default_rng(0).normal(size=(5, 20))
    matrix = factor.T @ factor
    right = matrix @ np.ones((20, 1))
    solution = solve_positive_definite(matrix.copy(), right)
    assert np.abs(solution).max() < 100
    np.testing.assert_allclose(matrix @ solution, right, rtol=0, atol=1e-10 * scale**2)


def test_scales_alone_do_not_make_a_system_singular():
    scales = np.logspace(-12, 12, 20)
    matrix = np.diag(scales**2) + 0.5 * np.outer(scales, scales)
    exact = np.ones((20, 1)) / scales[:, None]
    np.testing.assert_allclose(solve_positive_definite(matrix.copy(), matrix @ exact), exact, rtol=1e-12)


def shrunk_fit(problem, shrinkage, ridge=RIDGE):
    """Rules and shared consequent as plain columns, both penalties as extra rows, by orthogonal factors."""
    root = np.sqrt(problem.weights)[:, None]
    columns = np.vstack([problem.inputs, np.ones(problem.inputs.shape[1])]).T
    n_own, n_shared = problem.design.shape[1], columns.shape[1]
    design = np.hstack([problem.design, columns])
    penalty = np.concatenate([np.full(n_own, shrinkage), np.full(n_shared, ridge)])
    rows = np.vstack([root * design, np.diag(np.sqrt(penalty))])
    right = np.vstack([root * problem.targets.T, np.zeros((len(penalty), len(problem.targets)))])
    q, r = np.linalg.qr(rows)
    solution = np.linalg.solve(r, q.T @ right)
    own = solution[:n_own].reshape(-1, n_shared, len(problem.targets))
    return own + solution[n_own:]


@SOLVERS
@pytest.mark.parametrize("shrinkage", [1e-3, 0.5, 30.0, 1e6])
@pytest.mark.parametrize(
    ("n_rows", "n_mfs", "n_outputs", "weighted"),
    [(150, (4, 4), 2, False), (90, (2, 3, 1), 1, True), (40, (3, 3), 2, True), (60, (1, 1), 2, False)],
)
def test_shrunk_consequents_are_those_of_an_explicit_shared_one(
    solver, shrinkage, n_rows, n_mfs, n_outputs, weighted
):
    weights = np.random.default_rng(1).uniform(0.2, 3, n_rows) if weighted else None
    problem = Problem(uniform(n_rows, len(n_mfs)), n_mfs, n_outputs, weights)
    solved = solver(*problem.arguments(), shrinkage).solve(problem.shares)
    wanted = shrunk_fit(problem, shrinkage)
    np.testing.assert_allclose(problem.basis.to_units(solved), wanted, rtol=0, atol=2e-5)


@SOLVERS
def test_shrunk_without_end_is_one_linear_model(solver):
    problem = Problem(uniform(120, 2), (3, 3), 2)
    consequents = problem.basis.to_units(solver(*problem.arguments(), 1e9).solve(problem.shares))
    columns = np.vstack([problem.inputs, np.ones(120)]).T
    line = np.linalg.lstsq(columns, problem.targets.T, rcond=None)[0]
    np.testing.assert_allclose(consequents, np.broadcast_to(line, consequents.shape), atol=1e-5)


def test_hardly_shrunk_fits_as_well_as_jang():
    problem = Problem(uniform(400, 2), (3, 3))
    plain, hardly = (
        problem.design
        @ problem.basis.to_units(GramSolver(*problem.arguments(), how).solve(problem.shares)).reshape(-1, 1)
        for how in (None, 1e-6)
    )
    np.testing.assert_allclose(hardly, plain, atol=1e-4)


@pytest.mark.parametrize("shrinkage", [None, 2.0])
def test_an_output_may_depend_on_some_inputs_only(shrinkage):
    """As if the others were not there, but for the premises, which all share."""
    problem = Problem(uniform(200, 3), (2, 2, 1), 3)
    places = [[0], [1, 2], [0]]
    solver = GramSolver(*problem.arguments(), shrinkage, places)
    found = problem.basis.to_units(solver.solve(problem.shares))
    strengths = problem.grid.firing_strengths(problem.shares)
    columns = np.vstack([problem.inputs, np.ones(200)])
    for output, own in enumerate(places):
        others = [k for k in range(3) if k not in own]
        assert not found[:, others, output].any()
        kept = columns[[*own, 3]]
        design = outer_rows(strengths, kept).T
        if shrinkage is not None:
            design = np.hstack([design, kept.T])
        n_own = len(strengths) * len(kept)
        penalty = np.full(design.shape[1], RIDGE)
        penalty[:n_own] = RIDGE if shrinkage is None else shrinkage
        rows = np.vstack([design, np.diag(np.sqrt(penalty))])
        right = np.concatenate([problem.targets[output], np.zeros(len(penalty))])
        solution = np.linalg.lstsq(rows, right, rcond=None)[0]
        fitted = np.einsum("rs,cs,rc->s", strengths, kept, found[:, [*own, 3], output])
        np.testing.assert_allclose(fitted, design @ solution, atol=1e-6)
