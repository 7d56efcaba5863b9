"""A folder with one file a clip that holds what the last run made and nothing older."""

import json
from pathlib import Path
from typing import Any

from kedro_datasets.partitions import PartitionedDataset


class FreshPartitionedDataset(PartitionedDataset):
    """A partitioned dataset that knows its own files.

    ``overwrite: true`` of the parent removes the whole folder first, with whatever else lies there
    and even if the save then fails. Here a small record beside the files says which are ours: what an
    earlier run made and this one did not goes after the new files are written; a file somebody else
    put there is neither read nor touched.
    """

    def save(self, data: dict[str, Any]) -> None:
        """Write every partition, then remove those of earlier saves."""
        before = self._recorded()
        # Known as ours from the first file on, so that an interrupted save leaves nothing behind for ever.
        self._record(before | set(data))
        super().save(data)
        for name in before - set(data):
            Path(self._partition_to_path(name)).unlink(missing_ok=True)
        self._record(set(data))
        self._invalidate_caches()

    def _list_partitions(self) -> list[str]:
        files = (self._partition_to_path(name) for name in sorted(self._recorded()))
        return [file for file in files if Path(file).is_file()]

    @property
    def _record_path(self) -> Path:
        return Path(self._path) / f".partitions{self._filename_suffix}.json"

    def _recorded(self) -> set[str]:
        path = self._record_path
        return set(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else set()

    def _record(self, names: set[str]) -> None:
        path = self._record_path
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(sorted(names), ensure_ascii=False), encoding="utf-8")
        part.replace(path)
