"""A video with a new soundtrack."""

from moodscore.datasets._local_file import LocalPathDataset
from moodscore.media import ClipInfo, ScoredVideo, mux_soundtrack, probe_clip


class ScoredVideoDataset(LocalPathDataset):
    """An mp4 file: the picture copied packet by packet, the sound encoded as AAC."""

    def load(self) -> ClipInfo:
        """The facts of the file."""
        return probe_clip(self._load_from)

    def save(self, data: ScoredVideo) -> None:
        """Mux picture and sound."""
        with self._replacing() as part:
            mux_soundtrack(data, part)
