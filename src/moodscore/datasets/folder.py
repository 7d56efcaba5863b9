"""A folder whose content is a library room's business."""

from pathlib import Path

from moodscore.datasets._local_file import LocalInputDataset


class FolderDataset(LocalInputDataset):
    """Loads the folder's path, whether or not it is there yet."""

    def load(self) -> Path:
        """The path."""
        return self._load_from
