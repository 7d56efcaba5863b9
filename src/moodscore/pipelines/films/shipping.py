"""The reader of films becomes the one that ships: ``python -m moodscore.pipelines.films.shipping``.

It takes what the last run of the films left, and the distribution of the descriptors in the last run of the
demo corpus, on which the networks that ship were trained.
"""

import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

import moodscore
from moodscore.files import replacing

#: Where the package keeps what ships, reader by reader.
FOLDER = Path(moodscore.__file__).parent / "pretrained" / "models" / "readers" / "films"
FORMAT = 1
_DISTRIBUTION = "descriptor_distribution"


def ship_films(project: Path, folder: Path = FOLDER) -> list[Path]:
    """Write ``reader.json``, ``centres.json``, ``descriptor_quantiles.json`` and ``record.json``.

    Parameters
    ----------
    project : Path
        The project, with a run of the films and one of the demo corpus.
    folder : Path
        Where the files go.

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
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "centres.json": films.load("cluster_centres"),
        "descriptor_quantiles.json": {
            "source": films.load(_DISTRIBUTION),
            "target": demo.load(_DISTRIBUTION),
        },
        "record.json": {
            "format": FORMAT,
            "moodscore": moodscore.__version__,
            "workspace": "films",
            "seed": films.load("params:seed"),
            "versions": {name: _version(films, name) for name in ("anfis_model", "cluster_centres")},
            "figures": _figures(films.load("reading_scores")),
        },
    }
    films.load("anfis_model").save(folder / "reader.json")
    for name, content in contents.items():
        with replacing(folder / name) as part:
            text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
            part.write_text(text + "\n", encoding="utf-8")
    return [folder / "reader.json", *(folder / name for name in contents)]


def _catalog(project: Path, env: str | None) -> DataCatalog:
    with KedroSession.create(project_path=project, env=env, save_on_close=False) as session:
        return session.load_context().catalog


def _version(catalog: DataCatalog, name: str) -> str:
    return catalog[name].resolve_load_version()


def _figures(scores: pd.DataFrame) -> dict[str, Any]:
    """What every reader reached on sources left out, with its intervals."""
    plain = scores.astype(object).where(scores.notna(), None).set_index("reader")
    return {"emotion": {"left_out": plain.to_dict(orient="index")}}


if __name__ == "__main__":
    logging.getLogger("kedro").setLevel(logging.WARNING)
    for file in ship_films(Path.cwd()):
        print(file)
