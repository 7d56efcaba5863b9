"""Writing the models that ship, from those of a finished run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.files import replacing, write_text
from moodscore.pretrained.shipped import (
    FOLDER,
    FORMAT,
    NETWORKS,
    OPTIONAL,
    RECORD,
    SET_FILES,
    SHARED_FILES,
)
from moodscore.sequence import LSTMNetwork
from moodscore.sound import FEATURES, QuantileMap

#: Networks ship in half precision where that moves what they predict by no more than this.
TOLERANCE = 1e-3
#: Sequences of random descriptors that this is tried on: longer than a scene lasts.
_TRIED = (8, 256)


def ship(
    models: Mapping[str, Any],
    record: Mapping[str, Any],
    *,
    reader: str = "demo",
    with_networks: bool = True,
    folder: Path = FOLDER,
) -> list[Path]:
    """Write the models of a run as the files that ship.

    Parameters
    ----------
    models : Mapping of str to object
        What a run left, by its names in the catalog, as the catalog loads it.
    record : Mapping of str to object
        Which run it was and the figures it reached; kept beside the files.
    reader : str
        Name of the reader set.
    with_networks : bool
        Whether the files that all sets share are written as well.
    folder : Path
        Where they go.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    MoodscoreError
        If a model is missing or a file cannot be written.
    """
    set_folder = folder / "readers" / reader
    files = {set_folder / file: name for name, file in SET_FILES.items()}
    records = [set_folder / RECORD]
    if with_networks:
        files |= {folder / file: name for name, file in SHARED_FILES.items()}
        records.append(folder / RECORD)
    written = []
    for path, name in files.items():
        if name in models:
            _write(path, name, models[name])
            written.append(path)
        elif name not in OPTIONAL:
            raise MoodscoreError(f"{name}: the run has none to ship; run it to its end first")
    for path in records:
        _write_json(path, {"format": FORMAT, **record})
    return written + records


def _write(path: Path, name: str, model: Any) -> None:
    if name in NETWORKS:
        _write_network(path, model)
    elif name == "anfis_model":
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(path)
    elif name == "snippet_index":
        quantiles = QuantileMap.fit(model, model).source
        _write_json(path, dict(zip(FEATURES, map(list, quantiles), strict=True)))
    else:
        _write_json(path, model)


def _write_network(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """In half precision where that is enough."""
    with np.errstate(over="ignore"):  # what overflows is no longer finite, and is refused below
        halved = {name: np.asarray(array).astype(np.float16) for name, array in arrays.items()}
    whole = {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
    kept = halved if largest_difference(whole, halved) <= TOLERANCE else whole
    with replacing(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **kept, allow_pickle=False)


def largest_difference(arrays: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> float:
    """By how much two networks differ at most on random descriptors in [0, 1], their answers clipped so."""
    if not all(np.isfinite(array).all() for array in others.values()):
        return np.inf
    network, other = LSTMNetwork.from_arrays(arrays), LSTMNetwork.from_arrays(others)
    n_inputs = len(network.layers[0].kernel)
    tried = np.random.default_rng(0).random((*_TRIED, n_inputs)).astype(np.float32)
    answers = [one.predict_on_batch(tried).clip(0.0, 1.0) for one in (network, other)]
    return float(np.abs(answers[0] - answers[1]).max())


def _write_json(path: Path, content: Any) -> None:
    write_text(path, json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n")
