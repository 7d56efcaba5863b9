"""What the datasets of this package share: a versionable path on this machine, replaced whole."""

from abc import abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io.core import AbstractVersionedDataset, Version

from moodscore.files import replacing


class LocalPathDataset(AbstractVersionedDataset[Any, Any]):
    """A file or folder on this machine.

    Media files are decoded and encoded by libraries that need a real path, so these datasets do not
    go through fsspec; a mounted or shared file system works.

    Parameters
    ----------
    filepath : str
        Where it lies.
    version : Version, optional
        Set by Kedro for ``versioned: true``.
    metadata : dict, optional
        For Kedro-Viz; not used here.
    """

    def __init__(self, *, filepath: str, version: Version | None = None, metadata: dict | None = None):
        self.metadata = metadata
        super().__init__(PurePosixPath(filepath), version)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}

    def _exists(self) -> bool:
        return Path(self._get_load_path()).exists()

    @property
    def _load_from(self) -> Path:
        return Path(self._get_load_path())

    def _replacing(self) -> AbstractContextManager[Path]:
        """A temporary name beside the final one; renamed when the block ends well, else removed."""
        return replacing(str(self._get_save_path()))

    @abstractmethod
    def load(self) -> Any:
        """Read what lies at the path."""

    @abstractmethod
    def save(self, data: Any) -> None:
        """Write ``data`` to the path."""


class LocalInputDataset(LocalPathDataset):
    """Something a person put there: it is read and never written."""

    def save(self, data: Any) -> None:
        """Refuse: this belongs to the user."""
        raise NotImplementedError(f"{self._filepath} is an input and is never written")
