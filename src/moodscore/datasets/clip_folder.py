"""A folder of video files."""

from moodscore.datasets._local_file import LocalInputDataset
from moodscore.media import Clip, list_clips


class ClipFolderDataset(LocalInputDataset):
    """Loads the list of a folder's video files; no file is opened."""

    def load(self) -> list[Clip]:
        """The clips, sorted by name (:func:`moodscore.media.list_clips`)."""
        return list_clips(self._load_from)
