"""What a fuzzy system cannot be trained on, and how to say so."""

import math
import operator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_array, check_consistent_length

from moodscore.errors import MoodscoreError

#: Larger values would overflow once squared and divided by a small range, smaller ranges likewise.
_LARGEST = 1e50
_SMALLEST_RANGE = 1 / _LARGEST
#: Steps between neighbouring floating-point numbers that an input's range must have at least.
_LEAST_RESOLUTION = 1024
#: Rows that a message lists.
_ROWS_SHOWN = 3


@contextmanager
def refusals(*, one_line: bool = True) -> Iterator[None]:
    """Turn values that scikit-learn refuses into a :class:`MoodscoreError` of the same words.

    A wrong *type* stays the :class:`TypeError` that callers of scikit-learn expect.

    Parameters
    ----------
    one_line : bool
        Join the lines of the message. Not for a prediction on other columns than those of the training:
        scikit-learn's checks compare that message line for line.
    """
    try:
        yield
    except ValueError as error:
        message = " ".join(str(error).split()) if one_line else str(error)
        raise MoodscoreError(message) from error


def check_numbers(table: Any, kind: str) -> None:
    """Refuse a table with a column of words.

    Raises
    ------
    MoodscoreError
        Names the first column that cannot be read as numbers. Data without named columns are let pass.
    """
    for name in getattr(table, "columns", ()):
        try:
            np.asarray(table[name], dtype=np.float64)
        except ValueError as error:
            raise MoodscoreError(
                f"{kind} {str(name)!r} is not numeric ({error}): give numbers or leave the column out"
            ) from error


def check_options(
    max_epochs: Any, initial_step: Any, ridge: Any, patience: Any, max_rules: Any, shrinkage: Any = None
) -> None:
    """Refuse options that are out of range.

    Raises
    ------
    MoodscoreError
        If a count is not an integer of 1 or more, or a size is not a positive number.
    """
    _check_count("max_epochs", max_epochs)
    _check_count("max_rules", max_rules)
    if patience is not None:
        _check_count("patience", patience)
    _check_size("initial_step", initial_step)
    _check_size("ridge", ridge)
    if shrinkage is not None:
        _check_size("shrinkage", shrinkage)


def resolve_n_mfs(n_mfs: int | Sequence[int], n_inputs: int, max_rules: int) -> tuple[int, ...]:
    """Number of membership functions of each input.

    Raises
    ------
    MoodscoreError
        If there is not one number an input, if one is not an integer of 1 or more, or if there are too many
        rules.
    """
    counts = [n_mfs] * n_inputs if isinstance(n_mfs, Integral) else n_mfs
    if not isinstance(counts, (Sequence, np.ndarray)) or isinstance(counts, str):
        raise MoodscoreError(f"n_mfs is {n_mfs!r}: give an integer of 1 or more, or one an input")
    if len(counts) != n_inputs:
        raise MoodscoreError(
            f"n_mfs has {len(counts)} numbers for {n_inputs} inputs: give one number, or one an input"
        )
    for count in counts:
        _check_count("n_mfs", count)
    resolved = tuple(int(count) for count in counts)
    n_rules = math.prod(resolved)
    if n_rules > max_rules:
        raise MoodscoreError(
            f"n_mfs={n_mfs} on {n_inputs} inputs makes {n_rules} rules, max_rules is {max_rules}: "
            "give fewer inputs or membership functions, or raise max_rules"
        )
    return resolved


def resolve_output_inputs(
    output_inputs: Any, n_inputs: int, n_outputs: int
) -> tuple[tuple[int, ...], ...] | None:
    """Of each output the places of its inputs.

    Raises
    ------
    MoodscoreError
        If there is not one list an output, or one names what is no place of an input.
    """
    if output_inputs is None:
        return None
    try:
        resolved = tuple(tuple(operator.index(place) for place in own) for own in output_inputs)
    except TypeError:
        resolved = ()
    if len(resolved) != n_outputs or any(not 0 <= place < n_inputs for own in resolved for place in own):
        raise MoodscoreError(
            f"output_inputs is {output_inputs!r}: give places, 0 to {n_inputs - 1}, for each of the "
            f"{n_outputs} outputs"
        )
    return resolved


class Targets(NamedTuple):
    """Validated targets.

    Attributes
    ----------
    values : np.ndarray [shape=(n_samples, n_outputs)]
        Finite values.
    names : list of str
        Names of the columns, else ``y`` or ``y1, y2, ...``.
    single : bool
        Whether they were given as one list of values.
    """

    values: np.ndarray
    names: list[str]
    single: bool


def targets_of(y: Any, n_rows: int) -> Targets:
    """Targets as a table, with their names.

    Raises
    ------
    MoodscoreError
        If ``y`` is missing, has another number of rows, is not numeric or is not finite.
    """
    if y is None:
        raise MoodscoreError("fit requires y to be passed, but the target y is None: pass the targets")
    check_numbers(y, "target")
    with refusals():
        values = check_array(y, dtype=np.float64, ensure_2d=False, ensure_all_finite=False, input_name="y")
        check_consistent_length(np.empty(n_rows), values)
    names = _target_names(y, values)
    table = values.reshape(n_rows, -1)
    check_finite(table, "target", names)
    return Targets(table, names, single=values.ndim == 1)


def weights_of(sample_weight: Any, n_rows: int) -> np.ndarray:
    """Sample weights [shape=(n_rows,)]; 1 by default.

    Raises
    ------
    MoodscoreError
        If there is not one finite weight of 0 or more a row.
    """
    if sample_weight is None:
        return np.ones(n_rows)
    with refusals():
        weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n_rows,):
        raise MoodscoreError(
            f"sample_weight has shape {weights.shape}: give one weight a row, shape ({n_rows},)"
        )
    if not ((weights >= 0) & (weights <= _LARGEST)).all():
        raise MoodscoreError(
            "sample_weight holds a negative, infinite, NaN or huge weight: give weights of 0 or more"
        )
    return weights


def checking_of(validation_data: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights (None if not given) of the checking data.

    Raises
    ------
    MoodscoreError
        If they are neither a pair nor a triple.
    """
    try:
        X, y, *rest = validation_data
        (weights,) = rest or [None]
    except (TypeError, ValueError) as error:
        raise MoodscoreError(
            "validation_data must be a tuple (X, y) or (X, y, sample_weight): give inputs and targets"
        ) from error
    return X, y, weights


def check_same_outputs(n_checked: int, n_trained: int) -> None:
    """Refuse checking data with another number of outputs.

    Raises
    ------
    MoodscoreError
        If the numbers differ.
    """
    if n_checked != n_trained:
        raise MoodscoreError(
            f"validation_data has {n_checked} targets a row, not {n_trained}: give the training's columns"
        )


def check_finite(values: np.ndarray, kind: str, names: Sequence[str]) -> None:
    """Refuse NaN, infinity and values too large to be squared.

    Raises
    ------
    MoodscoreError
        Names the first such column and its rows.
    """
    usable = np.abs(values) <= _LARGEST  # False for NaN
    if usable.all():
        return
    column = int(np.argmin(usable.all(axis=0)))
    rows = np.flatnonzero(~usable[:, column])
    shown = ", ".join(map(str, rows[:_ROWS_SHOWN])) + (", ..." if len(rows) > _ROWS_SHOWN else "")
    where = f"{kind} {names[column]!r}, row {shown}"
    if np.isfinite(values[:, column]).all():
        raise MoodscoreError(f"{where}: value beyond ±{_LARGEST:.0e}: rescale the {kind}")
    raise MoodscoreError(f"{where}: value is NaN or infinity (inf): drop these rows or fill the gap")


def check_rows(inputs: np.ndarray) -> None:
    """Refuse a single row.

    Raises
    ------
    MoodscoreError
        If there are fewer than two rows.
    """
    if len(inputs) < 2:
        rows = "1 sample" if len(inputs) == 1 else f"{len(inputs)} samples"
        raise MoodscoreError(f"training data: {rows} with a weight above zero: give at least 2")


def check_varies(inputs: np.ndarray, names: Sequence[str]) -> None:
    """Refuse inputs that a grid cannot partition.

    Raises
    ------
    MoodscoreError
        Names the first input that is constant (up to rounding) or varies on an extreme scale.
    """
    ranges = np.ptp(inputs, axis=0)
    roundings = np.spacing(np.abs(inputs).max(axis=0))
    for name, extent, rounding, first in zip(names, ranges, roundings, inputs[0], strict=True):
        if extent < _LEAST_RESOLUTION * rounding:
            raise MoodscoreError(
                f"input {name!r} is constant ({first:g}): leave it out or give rows where it varies"
            )
        if extent < _SMALLEST_RANGE:
            raise MoodscoreError(f"input {name!r} varies by {extent:.0e} only: rescale it")


def input_names(estimator: Any) -> list[str]:
    """Names of the inputs: the training table's columns, else ``x1, x2, ...``."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        return [f"x{number}" for number in range(1, estimator.n_features_in_ + 1)]
    return [str(name) for name in names]


def _target_names(y: Any, targets: np.ndarray) -> list[str]:
    if hasattr(y, "columns"):
        return [str(name) for name in y.columns]
    if targets.ndim == 1:
        name = getattr(y, "name", None)
        return ["y" if name is None else str(name)]
    return [f"y{number}" for number in range(1, targets.shape[1] + 1)]


def _check_count(name: str, value: Any) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise MoodscoreError(f"{name} is {value!r}: give an integer of 1 or more")


def _check_size(name: str, value: Any) -> None:
    if not isinstance(value, Real) or isinstance(value, bool) or not _SMALLEST_RANGE <= value <= _LARGEST:
        raise MoodscoreError(f"{name} is {value!r}: give a positive number")
