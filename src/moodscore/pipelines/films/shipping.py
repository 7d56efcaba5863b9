"""The reader of films becomes the one that ships: ``python -m moodscore.pipelines.films.shipping``.

It takes what the last run of the films left, and the distribution of the descriptors in the last run of the
demo corpus, on which the networks that ship were trained.
"""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

import moodscore
from moodscore.pretrained import FOLDER, ship

_MODELS = ("anfis_model", "cluster_centres")
_DISTRIBUTION = "descriptor_distribution"


def ship_films(project: Path, folder: Path = FOLDER) -> list[Path]:
    """Write the reader set ``films`` (:func:`moodscore.pretrained.ship`).

    Parameters
    ----------
    project : Path
        The project, with a run of the films and one of the demo corpus.
    folder : Path
        Where the models that ship are.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    DatasetError
        If one of the runs is missing.
    """
    bootstrap_project(project)
    films, demo = _catalog(project, "films"), _catalog(project, None)
    models = {name: films.load(name) for name in _MODELS} | {
        "descriptor_quantiles": {"source": films.load(_DISTRIBUTION), "target": demo.load(_DISTRIBUTION)}
    }
    record = {
        "moodscore": moodscore.__version__,
        "workspace": "films",
        "seed": films.load("params:seed"),
        "versions": {name: films[name].resolve_load_version() for name in _MODELS},
        "figures": _figures(films.load("reading_scores")),
    }
    return ship(models, record, reader="films", with_networks=False, folder=folder)


def _catalog(project: Path, env: str | None) -> DataCatalog:
    with KedroSession.create(project_path=project, env=env, save_on_close=False) as session:
        return session.load_context().catalog


def _figures(scores: pd.DataFrame) -> dict[str, Any]:
    """What every reader reached on sources left out, with its intervals."""
    plain = scores.astype(object).where(scores.notna(), None).set_index("reader")
    return {"emotion": {"left_out": plain.to_dict(orient="index")}}


if __name__ == "__main__":
    logging.getLogger("kedro").setLevel(logging.WARNING)
    for file in ship_films(Path.cwd()):
        print(file)
