"""Loading the models that ship, by the names they have in the catalog.

Conventions: ``models/<file>`` is shared by all reader sets, ``models/readers/<set>/<file>`` is of one.
``models/record.json`` and ``models/readers/<set>/record.json`` say which run made the files and which
figures it reached.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from moodscore.emotion import QUADRANTS
from moodscore.errors import MoodscoreError

FOLDER = Path(__file__).parent / "models"
#: Raise it when the files are laid out otherwise than before.
FORMAT = 1
#: Reader sets there may be, the one to take first where nobody says which.
READER_NAMES = ("films", "demo")
NETWORKS = tuple(f"{quadrant}.lstm_arrays" for quadrant in QUADRANTS)
#: Files that all sets share, by their name in the catalog.
SHARED_FILES: Mapping[str, str] = {
    "audio_scaler": "audio_scaler.json",
    "emotion_judge": "emotion_judge.json",
    "snippet_index": "feature_quantiles.json",
    **{network: f"{network.partition('.')[0]}.npz" for network in NETWORKS},
}
#: Files of one set.
SET_FILES: Mapping[str, str] = {
    "anfis_model": "reader.json",
    "cluster_centres": "centres.json",
    "descriptor_quantiles": "descriptor_quantiles.json",
}
#: A set may do without, which loads as an empty one: the networks then read its descriptors as they are.
OPTIONAL = ("descriptor_quantiles",)
RECORD = "record.json"
_MENDED = "install moodscore again"


def shipped_readers(folder: Path = FOLDER) -> tuple[str, ...]:
    """The reader sets that are there, in the order of `READER_NAMES`."""
    return tuple(name for name in READER_NAMES if (folder / "readers" / name / RECORD).is_file())


class Shipped:
    """The models that ship, with one reader set.

    Parameters
    ----------
    reader : str
        One of `shipped_readers`.
    folder : Path
        Where they lie.

    Attributes
    ----------
    reader : str
        The set.
    record : dict
        ``shared`` and ``reader``: which run made the files (``workspace``, ``versions``, ``seed``,
        ``moodscore``) and the ``figures`` it reached.

    Raises
    ------
    MoodscoreError
        If there is no such set or it is of another version of moodscore.
    """

    #: What `load` knows, by the names of the catalog.
    names = frozenset((*SHARED_FILES, *SET_FILES))

    def __init__(self, reader: str, folder: Path = FOLDER):
        readers = shipped_readers(folder)
        if reader not in readers:
            raise MoodscoreError(
                f"--reader {reader}: does not come with this version; "
                + (f"there is {', '.join(readers)}" if readers else _MENDED)
            )
        self.reader = reader
        self._folder = folder
        self.record = {
            "shared": _read_json(folder / RECORD),
            "reader": _read_json(self._set_folder / RECORD),
        }
        for part in self.record.values():
            if part.get("format") != FORMAT:
                raise MoodscoreError(f"{folder}: is of another version of moodscore; {_MENDED}")

    @property
    def version(self) -> dict[str, Any]:
        """What tells these models from any others."""
        return {"set": self.reader} | self.record

    def load(self, name: str) -> Any:
        """One of `names`, as its catalog entry loads it from a workspace.

        ``snippet_index`` has no music: its rows are the quantiles of the training soundtracks' tempo,
        loudness and rhythm, which is what a library's are matched with. The other columns are missing
        values.

        Raises
        ------
        MoodscoreError
            If its file is missing or damaged.
        """
        if name in OPTIONAL and not self._path(name).is_file():
            return {}
        return self._loader(name)(self._path(name))

    def _loader(self, name: str) -> Callable[[Path], Any]:
        if name in NETWORKS:
            return _read_arrays
        if name == "snippet_index":
            return _read_quantiles
        if name == "anfis_model":
            return _read_anfis
        return _read_json

    def _path(self, name: str) -> Path:
        if name in SHARED_FILES:
            return self._folder / SHARED_FILES[name]
        return self._set_folder / SET_FILES[name]

    @property
    def _set_folder(self) -> Path:
        return self._folder / "readers" / self.reader


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MoodscoreError(f"{path}: cannot be read ({error}); {_MENDED}") from error


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise MoodscoreError(f"{path}: cannot be read ({error}); {_MENDED}") from error


def _read_anfis(path: Path) -> Any:
    from moodscore.fuzzy import ANFISRegressor

    return ANFISRegressor.load(path)


def _read_quantiles(path: Path) -> pd.DataFrame:
    from moodscore.music import SNIPPET_COLUMNS

    columns = pd.DataFrame(_read_json(path)).assign(kind="soundtrack", is_silent=False)
    return columns.reindex(columns=list(SNIPPET_COLUMNS))
