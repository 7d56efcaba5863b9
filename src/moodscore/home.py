"""Where moodscore keeps its data: in the project somebody stands in, or else in a folder of the user's."""

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from moodscore.errors import MoodscoreError

PACKAGE = "moodscore"
#: Names another folder for the data of those who have no project.
VARIABLE = "MOODSCORE_HOME"
_SOURCE = Path(__file__).parent


@dataclass(frozen=True)
class Home:
    """A folder with data in it, and the configuration that goes with it.

    Attributes
    ----------
    folder : Path
        Below which ``data`` lies.
    conf : Path
        The configuration.
    is_project : bool
        Whether it is a project of moodscore, with a configuration of its own.
    """

    folder: Path
    conf: Path
    is_project: bool


def find_home(start: str | Path | None = None) -> Home:
    """The project at a folder or above it; the user's own folder where there is none.

    Parameters
    ----------
    start : str or Path, optional
        A project. None looks for one from the current folder upwards.

    Raises
    ------
    MoodscoreError
        If ``start`` is no project of moodscore.
    """
    if start is not None:
        folder = Path(start).expanduser().resolve()
        if not _is_project(folder):
            raise MoodscoreError(
                f"{start}: is no project of moodscore; name the folder of its pyproject.toml"
            )
        return Home(folder, folder / "conf", is_project=True)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _is_project(folder):
            return Home(folder, folder / "conf", is_project=True)
    return Home(user_folder(), shipped_conf(), is_project=False)


def user_folder() -> Path:
    """Where programs keep data of a user on this system, in a folder of moodscore's."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser().resolve()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / PACKAGE


def shipped_conf() -> Path:
    """The configuration that is installed with the package; in a clone it is the clone's own."""
    installed = _SOURCE / "conf"
    return installed if installed.is_dir() else _SOURCE.parents[1] / "conf"


def _is_project(folder: Path) -> bool:
    try:
        with (folder / "pyproject.toml").open("rb") as file:
            return tomllib.load(file)["tool"]["kedro"]["package_name"] == PACKAGE
    except (OSError, ValueError, KeyError, TypeError):
        return False
