"""``kedro pretrain``: the models of a finished run become those that ship."""

from pathlib import Path
from typing import Any

import moodscore
from moodscore.errors import MoodscoreError
from moodscore.home import find_home
from moodscore.pipelines.score.command import quiet_kedro
from moodscore.pipelines.score.models import LIBRARY_MODELS, MODELS, OWN, READER_MODELS, Models
from moodscore.pipelines.score.request import Request
from moodscore.pretrained import FOLDER, OPTIONAL, ship

#: Figures of a run that say nothing of the models; the others are kept beside them.
_LEFT_OUT = ("labels", "systems", "improvement")


def ship_run(
    project: Path | None, *, env: str | None, reader: str, reader_only: bool, into: Path | None
) -> list[Path]:
    """Write the models of the last complete run of a workspace into the package.

    Parameters
    ----------
    project : Path or None
        The project; None is the one somebody stands in.
    env : str or None
        The environment.
    reader : str
        Name of the reader set.
    reader_only : bool
        Whether what all sets share stays as it is.
    into : Path or None
        Where they go; None is where the package looks for them.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    MoodscoreError
        If there is no complete run, or nothing evaluated it.
    """
    needed = READER_MODELS if reader_only else (*MODELS, *LIBRARY_MODELS)
    with quiet_kedro():
        models = Models(find_home(project), Request(videos=(), env=env, reader=OWN), needed)
        optional = [name for name in OPTIONAL if models.has(name)]
        made = {name: models.load(name) for name in (*needed, *optional)}
        record = {
            "moodscore": moodscore.__version__,
            "workspace": models.workspace,
            "seed": models.parameter("seed"),
            "versions": models.versions[OWN],
            "figures": _figures(models),
        }
    return ship(made, record, reader=reader, with_networks=not reader_only, folder=into or FOLDER)


def _figures(models: Models) -> dict[str, Any]:
    try:
        metrics = models.load("metrics")
    except Exception as error:
        raise MoodscoreError(
            f"workspace {models.workspace}: there are no figures to ship with the models; "
            "run `kedro run --pipeline=evaluation` first"
        ) from error
    return {name: metrics[name] for name in metrics if name not in _LEFT_OUT}
