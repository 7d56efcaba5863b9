"""A video with a new soundtrack."""

import shutil
from pathlib import Path

from moodscore.datasets._local_file import LocalPathDataset
from moodscore.media import ClipInfo, probe_clip


class ScoredVideoDataset(LocalPathDataset):
    """An mp4 file. Loads its facts; saves by taking over the file at a path."""

    def load(self) -> ClipInfo:
        """The facts of the file."""
        return probe_clip(self._load_from)

    def save(self, data: Path) -> None:
        """Move the file here."""
        with self._replacing() as part:
            shutil.move(data, part)
