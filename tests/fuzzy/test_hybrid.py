import numpy as np
import pytest

from moodscore.fuzzy.grid import RuleGrid, grid_premises
from moodscore.fuzzy.hybrid import StepSize, error_gradient, infer, train
from moodscore.fuzzy.samples import Samples


def samples(n_rows=120, n_inputs=2, n_outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    inputs = rng.random((n_rows, n_inputs))
    targets = np.sin(6 * inputs[:, :1]) * inputs[:, -1:] + 0.1 * rng.normal(size=(n_rows, n_outputs))
    return Samples.from_rows(inputs, targets, rng.uniform(0.5, 2, n_rows))


def plain_memberships(inputs, grid, premises):
    """[rule, sample] straight from the definition."""
    bells = [
        1 / (1 + np.abs((inputs[i] - c) / a) ** (2 * b))
        for i, rows in enumerate(grid.slices)
        for a, b, c in premises[rows]
    ]
    starts = [rows.start for rows in grid.slices]
    raw = np.array(
        [
            np.prod([bells[start + j] for start, j in zip(starts, rule, strict=True)], axis=0)
            for rule in grid.antecedents
        ]
    )
    return raw / raw.sum(axis=0)


def plain_error(data, grid, premises, consequents):
    columns = np.vstack([data.inputs, np.ones(data.inputs.shape[1])])
    answers = np.einsum("rn,cn,rco->on", plain_memberships(data.inputs, grid, premises), columns, consequents)
    return (data.weights * (answers - data.targets) ** 2).sum()


def plain_training(data, grid, ridge, n_epochs, step):
    """Hybrid learning with the design matrix and numerical gradients: slow and obvious."""
    columns = np.vstack([data.inputs, np.ones(data.inputs.shape[1])])
    premises = grid_premises(data.inputs.min(axis=1), data.inputs.max(axis=1), grid)
    errors = []
    for _ in range(n_epochs):
        strengths = plain_memberships(data.inputs, grid, premises)
        design = (strengths[:, None] * columns).reshape(-1, len(data.weights)).T
        gram = design.T @ (data.weights[:, None] * design) + ridge * np.eye(design.shape[1])
        estimate = np.linalg.solve(gram, design.T @ (data.weights * data.targets).T)
        consequents = estimate.reshape(grid.n_rules, len(columns), -1)
        errors.append(np.sqrt(plain_error(data, grid, premises, consequents) / data.total))
        gradient = np.zeros_like(premises)
        for place in np.ndindex(premises.shape):
            nudge = np.zeros_like(premises)
            nudge[place] = 1e-6
            gradient[place] = plain_error(data, grid, premises + nudge, consequents)
            gradient[place] -= plain_error(data, grid, premises - nudge, consequents)
        premises = premises - step * gradient / np.linalg.norm(gradient)
    return np.array(errors)


@pytest.mark.parametrize(("n_mfs", "n_outputs"), [((4, 3), 1), ((2, 1, 3), 2)])
def test_gradient_equals_central_differences(n_mfs, n_outputs):
    grid, data = RuleGrid(n_mfs), samples(n_inputs=len(n_mfs), n_outputs=n_outputs)
    rng = np.random.default_rng(2)
    premises = grid_premises(np.zeros(len(n_mfs)), np.ones(len(n_mfs)), grid)
    premises *= rng.uniform(0.8, 1.2, premises.shape)
    consequents = rng.normal(size=(grid.n_rules, len(n_mfs) + 1, n_outputs))
    columns = np.vstack([data.inputs, np.ones(data.inputs.shape[1])])
    squares, gradient = error_gradient(data, columns, grid, premises, consequents)
    assert squares == pytest.approx(plain_error(data, grid, premises, consequents), rel=1e-12)
    step = 1e-5
    differences = np.zeros_like(gradient)
    for place in np.ndindex(premises.shape):
        nudge = np.zeros_like(premises)
        nudge[place] = step
        differences[place] = plain_error(data, grid, premises + nudge, consequents)
        differences[place] -= plain_error(data, grid, premises - nudge, consequents)
    differences /= 2 * step
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(gradient)


def test_the_first_epochs_are_those_of_the_plain_algorithm():
    grid, data = RuleGrid((3, 2)), samples(60, n_outputs=2)
    plain = plain_training(data, grid, 1e-6, 5, 0.05)
    trained = train(data, grid, ridge=1e-6, max_epochs=5, initial_step=0.05)
    np.testing.assert_allclose(trained.training_rmse, plain, rtol=1e-7)


@pytest.mark.parametrize(
    ("errors", "steps"),
    [
        # four decreases in a row; again after four more epochs, not before
        ([9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 1, 1, 1, 1.1, 1.1, 1.1, 1.1, 1.21]),
        # down, up, down, up, down: needs its four differences in this order
        ([5, 6, 5, 6, 5, 6, 5, 6, 5], [1, 1, 1, 1, 0.9, 0.9, 0.9, 0.9, 0.81]),
        ([6, 5, 6, 5, 6, 5], [1, 1, 1, 1, 1, 0.9]),
        ([5, 5, 5, 5, 5, 5], [1] * 6),
        ([1, 2, 3, 4, 5, 6], [1] * 6),
        # a decrease does not delay an increase
        ([9, 10, 9, 10, 9, 8, 7, 6, 5], [1, 1, 1, 1, 0.9, 0.9, 0.9, 0.99, 0.99]),
    ],
)
def test_step_size_follows_the_course_of_the_error(errors, steps):
    step, seen = StepSize(1.0), []
    for epoch in range(len(errors)):
        step.adapt(errors[: epoch + 1])
        seen.append(step.value)
    np.testing.assert_allclose(seen, steps, rtol=1e-12)


def test_the_best_epoch_is_kept():
    data, grid = samples(), RuleGrid((3, 3))
    trained = train(data, grid, ridge=1e-6, max_epochs=43, initial_step=0.5)
    assert trained.best_epoch == trained.training_rmse.argmin() < 42
    squares = (
        data.weights * (infer(data.inputs, grid, trained.premises, trained.consequents) - data.targets) ** 2
    ).sum()
    assert np.sqrt(squares / data.total) == pytest.approx(trained.training_rmse.min(), rel=1e-9)


def test_checking_data_choose_the_epoch():
    data, checking, grid = samples(), samples(seed=9), RuleGrid((3, 3))
    trained = train(data, grid, ridge=1e-6, max_epochs=60, initial_step=0.1, checking=checking)
    assert trained.best_epoch == trained.validation_rmse.argmin() != trained.training_rmse.argmin()
    errors = infer(checking.inputs, grid, trained.premises, trained.consequents) - checking.targets
    squares = (checking.weights * errors**2).sum()
    assert np.sqrt(squares / checking.total) == pytest.approx(trained.validation_rmse.min(), rel=1e-9)


def test_patience_ends_the_training():
    data, checking, grid = samples(), samples(seed=9), RuleGrid((3, 3))
    options = {"ridge": 1e-6, "max_epochs": 60, "initial_step": 0.1, "checking": checking}
    trained, whole = train(data, grid, patience=3, **options), train(data, grid, **options)
    n_epochs = len(trained.validation_rmse)
    assert n_epochs == len(trained.training_rmse) == trained.best_epoch + 4 < 60
    np.testing.assert_array_equal(trained.validation_rmse, whole.validation_rmse[:n_epochs])


def test_bells_never_become_needles():
    data, grid = samples(), RuleGrid((3, 3))
    trained = train(data, grid, ridge=1e-6, max_epochs=100, initial_step=3.0)
    widths = np.ptp(data.inputs, axis=1).repeat(3)
    assert (trained.premises[:, 0] >= 0.99e-3 * widths).all()
    assert (trained.premises[:, 1] > 0).all()
    assert np.isfinite(trained.training_rmse).all()


def test_a_perfect_fit_stands_still():
    data = samples()._replace(targets=np.zeros((1, 120)))
    trained = train(data, RuleGrid((2, 2)), ridge=1e-6, max_epochs=5, initial_step=0.1)
    np.testing.assert_array_equal(trained.training_rmse, 0.0)
    np.testing.assert_array_equal(trained.premises, trained.initial_premises)
