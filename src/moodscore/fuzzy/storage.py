"""A trained system as a JSON file.

The file is plain text that other software can read, holds no code, and gives back every bit: JSON numbers are
written with the fewest digits that identify the floating-point number.
"""

import json
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.files import write_text
from moodscore.fuzzy.grid import RuleGrid

_FORMAT = "moodscore ANFIS"
_VERSION = 1


def write_model(model: Any, path: Path) -> None:
    """Write a fitted :class:`~moodscore.fuzzy.ANFISRegressor` under a temporary name, then rename it.

    Raises
    ------
    MoodscoreError
        If the file cannot be written or its folder is missing.
    """
    text = json.dumps(_document(model), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    if not path.parent.is_dir():
        raise MoodscoreError(f"{path}: cannot be written, there is no such folder; choose another place")
    write_text(path, text)


def read_model(model_class: type, path: Path) -> Any:
    """Read what :func:`write_model` wrote.

    Raises
    ------
    MoodscoreError
        If the file is missing, unreadable or not a complete, finite system.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror}): check the path") from error
    except (ValueError, RecursionError) as error:
        raise MoodscoreError(f"{path}: is not JSON ({error}): save the model again") from error
    if not isinstance(document, Mapping) or document.get("format") != _FORMAT:
        raise MoodscoreError(f"{path}: is not an ANFIS model: give a file that ANFISRegressor.save wrote")
    if document.get("version") != _VERSION:
        raise MoodscoreError(
            f"{path}: has version {document.get('version')!r}, not {_VERSION}: save the model again"
        )
    try:
        return _restored(model_class, document)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise MoodscoreError(f"{path}: is damaged ({error!r}): save the model again") from error


def _document(model: Any) -> dict[str, Any]:
    parameters = {name: _plain(value) for name, value in model.get_params(deep=False).items()}
    if not isinstance(parameters["n_mfs"], int):
        parameters["n_mfs"] = list(model.n_mfs_)
    inputs = [
        {
            "name": name,
            "lowest": float(lowest),
            "highest": float(highest),
            "initial_premises": initial[:count].tolist(),
            "premises": premises[:count].tolist(),
        }
        for name, count, (lowest, highest), initial, premises in zip(
            model.input_names_,
            model.n_mfs_,
            model.input_range_,
            model.initial_premises_,
            model.premises_,
            strict=True,
        )
    ]
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "parameters": parameters,
        "has_feature_names": hasattr(model, "feature_names_in_"),
        "inputs": inputs,
        "single_output": model._single_output,
        "outputs": model.output_names_,
        "consequents": model.consequents_.tolist(),
        "rule_coverage": model.rule_coverage_.tolist(),
        "best_epoch": model.best_epoch_,
        "training_rmse": model.training_rmse_.tolist(),
        "validation_rmse": model.validation_rmse_.tolist(),
    }


def _restored(model_class: type, document: Mapping[str, Any]) -> Any:
    inputs = document["inputs"]
    grid = RuleGrid(tuple(len(each["premises"]) for each in inputs))
    n_inputs, n_outputs, n_epochs = len(inputs), len(document["outputs"]), len(document["training_rmse"])
    model = model_class(**document["parameters"])
    model.n_mfs_ = grid.n_mfs
    model.n_features_in_ = n_inputs
    model.input_names_ = [str(each["name"]) for each in inputs]
    model.output_names_ = [str(name) for name in document["outputs"]]
    if document["has_feature_names"]:
        model.feature_names_in_ = np.array(model.input_names_, dtype=object)
    model._single_output = bool(document["single_output"])
    ranges = [[each["lowest"], each["highest"]] for each in inputs]
    model.input_range_ = _array(ranges, (n_inputs, 2))
    for key in ("premises", "initial_premises"):
        flat = _array([bell for each in inputs for bell in each[key]], (sum(grid.n_mfs), 3))
        if not (flat[:, :2] > 0).all():
            raise ValueError(f"{key} hold a half-width or slope that is not positive")
        setattr(model, f"{key}_", grid.pad(flat))
    model.consequents_ = _array(document["consequents"], (grid.n_rules, n_inputs + 1, n_outputs))
    model.rule_coverage_ = _array(document["rule_coverage"], (grid.n_rules,))
    model.best_epoch_ = int(document["best_epoch"])
    model.training_rmse_ = _array(document["training_rmse"], (n_epochs,))
    n_checked = n_epochs if document["validation_rmse"] else 0
    model.validation_rmse_ = _array(document["validation_rmse"], (n_checked,))
    return model


def _array(values: Any, shape: tuple[int, ...]) -> np.ndarray:
    array = np.array(values, dtype=float)
    if array.shape != shape:
        raise ValueError(f"shape {array.shape} where {shape} is due")
    if not np.isfinite(array).all():
        raise ValueError("a number is too large")
    return array


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _plain(value: Any) -> Any:
    """An option as JSON knows it: numpy's numbers as Python's."""
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value
