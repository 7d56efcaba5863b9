"""What scoring reads from: a workspace, and its models or those that ship.

A *reader* says whose reading of pictures is used, and brings the networks, the scale and the judge that
belong to it: ``own`` is what the workspace's last complete run left, ``films`` and ``demo`` come with the
package. Where nobody says which, a workspace of somebody's own (an environment other than ``base``) is read
by its own models; else the first that is there of ``films``, the workspace's own and ``demo`` is taken.
"""

import os
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kedro.framework import project as kedro_project
from kedro.framework.context import KedroContext
from kedro.framework.session import KedroSession
from kedro.io import AbstractDataset, MemoryDataset

from moodscore import scoring
from moodscore.errors import MoodscoreError
from moodscore.home import PACKAGE, VARIABLE, Home
from moodscore.hooks import check_parameters
from moodscore.pipelines.score.pipeline import create_pipeline
from moodscore.pipelines.score.request import Request
from moodscore.pretrained import NETWORKS, OPTIONAL, Shipped, shipped_readers

OWN = "own"
#: The reader that is trained on real films: better than any that is trained on the demo corpus.
_BEST = "films"
#: What a run leaves that reads pictures; all that scoring needs; what a library of songs needs besides.
READER_MODELS = ("cluster_centres", "anfis_model")
MODELS = (*READER_MODELS, "audio_scaler", *NETWORKS, "snippet_index")
LIBRARY_MODELS = ("emotion_judge",)
#: The four networks are trained together: none is older than another.
_MADE_WITH = {
    "anfis_model": ["cluster_centres"],
    "snippet_index": ["audio_scaler"],
    **{network: ["cluster_centres", "audio_scaler", *NETWORKS] for network in NETWORKS},
}
#: Environments whose workspace is the demo corpus, which is nobody's own.
_BASE = (None, "base", "local")
#: Nothing of a workspace is saved here, but Kedro wants all versions to be saved as one.
_NO_VERSION = "never"


def choose_reader(
    wanted: str | None, *, is_own: bool, is_trained: Callable[[], bool], shipped: Sequence[str]
) -> str:
    """Whose reading of pictures is used.

    Parameters
    ----------
    wanted : str or None
        What a person says.
    is_own : bool
        Whether the workspace is of somebody's own films, and not of the demo corpus.
    is_trained : callable
        Whether the workspace has a complete run.
    shipped : sequence of str
        The reader sets that come with the package.

    Returns
    -------
    str
        ``own`` or one of ``shipped``; what is wanted, whether or not it is there.
    """
    if wanted is not None:
        return wanted
    if is_own:
        return OWN
    if _BEST in shipped:
        return _BEST
    return OWN if not shipped or is_trained() else shipped[0]


class Models:
    """The datasets of a workspace as one request needs them; each is read from its file once.

    Parameters
    ----------
    home : Home
        Where the workspace lies.
    request : Request
        What is wanted.
    needed : collection of str
        What the workspace's own models must have, by the names of the catalog.

    Attributes
    ----------
    workspace : str
        Its name.
    reader : str
        ``own``, ``films`` or ``demo``.
    versions : dict
        What tells these models from any others.

    Raises
    ------
    MoodscoreError
        If the models that are asked for are not there, there is no music, or a parameter is wrong.
    """

    def __init__(self, home: Home, request: Request, needed: Collection[str] = MODELS):
        context = _context_of(home, request)
        self._catalog = context.catalog
        check_parameters(create_pipeline(), self._catalog)
        self._library, self._is_composed = request.songs, request.is_composed
        self._remedy = _remedy(home, request.env)
        self.workspace: str = context.config_loader["globals"]["workspace"]
        self._needed = needed
        self._stored: dict[str, AbstractDataset] = {}
        self.reader = choose_reader(
            request.reader,
            is_own=(request.env or os.environ.get("KEDRO_ENV")) not in _BASE,
            is_trained=self._is_trained,
            shipped=shipped_readers(),
        )
        self._shipped = None if self.reader == OWN else Shipped(self.reader)
        self._load_versions = self._versions_of_music() if self._shipped else self._own_versions()
        self.versions = {"own": self._load_versions} | (
            {"shipped": self._shipped.version} if self._shipped else {}
        )

    def _is_trained(self) -> bool:
        """Whether there is a complete run."""
        try:
            self._own_versions()
        except MoodscoreError:
            return False
        return True

    def _own_versions(self) -> dict[str, str]:
        needed = (*self._needed, *(LIBRARY_MODELS if self._library else ()))
        made_with = {name: parts for name, parts in _MADE_WITH.items() if name in needed}
        return scoring.newest_versions(
            {name: self._available(name) for name in needed},
            made_with,
            workspace=self.workspace,
            remedy=self._remedy,
        )

    def _versions_of_music(self) -> dict[str, str]:
        """Decides where the music comes from beside models that ship: the composer, the library, or else the
        soundtracks.
        """
        if self._library or self._is_composed:
            return {}
        available = self._available("snippet_index")
        if not available:
            raise MoodscoreError(
                "there is no music to take: name a folder of songs with --library FOLDER"
                + (f", or run `{self._remedy}`, which makes some" if self._remedy else "")
            )
        return {"snippet_index": max(available)}

    def _available(self, name: str) -> list[str]:
        """Versions of a versioned dataset that are whole enough to have their file."""
        path = Path(self._config(name)["filepath"])
        return [file.parent.name for file in path.glob(f"*/{path.name}")]

    def _config(self, name: str) -> dict[str, Any]:
        return self._catalog.config_resolver.resolve_pattern(name)

    def has(self, name: str) -> bool:
        """Whether the workspace's catalog has an entry of that name."""
        return name in self._catalog

    def parameter(self, name: str) -> Any:
        """A parameter of the workspace, as the options change it."""
        return self._catalog.load(f"params:{name}")

    def dataset(self, name: str) -> AbstractDataset:
        """A dataset by its name in the catalog."""
        if name not in self._stored:
            self._stored[name] = self._opened(name)
        return self._stored[name]

    def load(self, name: str) -> Any:
        """What `dataset` holds."""
        return self.dataset(name).load()

    def _opened(self, name: str) -> AbstractDataset:
        if self._library and name == "library_index":
            return MemoryDataset(self.songs, copy_mode="assign")
        if (self._library or self._is_composed) and name == "soundtracks":
            return MemoryDataset({}, copy_mode="assign")
        if name.startswith("params:"):
            return MemoryDataset(self.parameter(name.removeprefix("params:")))
        if self._shipped and name in self._shipped.names and name not in self._load_versions:
            return MemoryDataset(self._shipped.load(name), copy_mode="assign")
        if name in OPTIONAL and not self.has(name):  # its own networks read its own descriptors
            return MemoryDataset({})
        config = dict(self._config(name))
        if not config.pop("versioned", False):
            return self._catalog[name]
        cached = {"type": "CachedDataset", "versioned": True, "copy_mode": "assign", "dataset": config}
        return AbstractDataset.from_config(name, cached, self._load_versions.get(name), _NO_VERSION)

    @property
    def songs_left_out(self) -> list[list[str]]:
        """File and reason of each song of the library that cannot be used."""
        return self.songs.attrs.get("left_out", []) if self._library else []

    @cached_property
    def songs(self) -> Any:
        """The snippets of the library."""
        return scoring.index_songs(
            self._library,
            self.load("library_cache"),
            judge=self.load("emotion_judge"),
            scaler=self.load("audio_scaler"),
            segment_s=self.parameter("segment_s"),
            compute=self.parameter("compute"),
        )


def _context_of(home: Home, request: Request) -> KedroContext:
    if not home.is_project:
        # A project says in its .telemetry that nothing is told to anybody; here there is no such file.
        os.environ.setdefault("KEDRO_DISABLE_TELEMETRY", "true")
        try:
            home.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MoodscoreError(
                f"{home.folder}: cannot be made ({error.strerror or error}); "
                f"name another folder in the environment variable {VARIABLE}"
            ) from error
    if kedro_project.PACKAGE_NAME is None:
        kedro_project.configure_project(PACKAGE)
    with KedroSession.create(
        project_path=home.folder,
        conf_source=str(home.conf),
        save_on_close=False,
        # The configuration that is installed has no settings of this machine beside it.
        env=request.env or (None if home.is_project else "base"),
        runtime_params=request.changes,
    ) as session:
        return session.load_context()


def _remedy(home: Home, env: str | None) -> str:
    """The command that trains the workspace."""
    if env is not None:
        return f"kedro run --env={env}"
    return "make run" if home.is_project else ""
