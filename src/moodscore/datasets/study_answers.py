"""What people answered in a study, if anybody was asked."""

from pathlib import Path

from kedro.io.core import Version

from moodscore.datasets._local_file import LocalInputDataset
from moodscore.study import AnswerFolder


class StudyAnswersDataset(LocalInputDataset):
    """Loads where the answers are and where the keys of studies; no file is opened, none need exist.

    Parameters
    ----------
    filepath : str
        Folder for the files that raters hand in.
    keys : str
        The versioned file with the key of the study. Every version is offered, the newest first: a
        study may have been made anew while answers to an older one come in.
    """

    def __init__(
        self, *, filepath: str, keys: str, version: Version | None = None, metadata: dict | None = None
    ):
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        self._keys = Path(keys)

    def load(self) -> AnswerFolder:
        """The folder and the keys."""
        versions = sorted(self._keys.glob(f"*/{self._keys.name}"), reverse=True)
        return AnswerFolder(self._load_from, tuple(versions))
