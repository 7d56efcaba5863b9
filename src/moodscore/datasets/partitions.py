"""A folder with one file a clip that holds what the last run made and nothing older."""

from pathlib import PurePosixPath
from typing import Any

from kedro_datasets.partitions import PartitionedDataset


class FreshPartitionedDataset(PartitionedDataset):
    """A partitioned dataset that drops the partitions a save did not write.

    ``overwrite: true`` of the parent removes the whole folder first, with whatever else lies there
    and even if the save then fails. Here old partitions go only after the new ones are written, and
    only files with this dataset's suffix are touched.
    """

    def _list_partitions(self) -> list[str]:
        """All partitions but half-written ones, whose names start with a dot."""
        return [path for path in super()._list_partitions() if not PurePosixPath(path).name.startswith(".")]

    def save(self, data: dict[str, Any]) -> None:
        """Write every partition, then remove the others."""
        super().save(data)
        for path in self._list_partitions():
            if self._path_to_partition(path) not in data:
                self._filesystem.rm(path)
        self._invalidate_caches()
