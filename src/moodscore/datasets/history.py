"""What earlier runs left under a versioned name."""

import json
from pathlib import Path
from typing import Any

from moodscore.datasets._local_file import LocalInputDataset


class JSONHistoryDataset(LocalInputDataset):
    """All versions of a versioned JSON file, the oldest first.

    ``filepath`` is that of the versioned dataset; there may be no version at all.
    """

    def load(self) -> dict[str, Any]:
        """Content by version; one that cannot be read (a run was killed while writing) is left out."""
        files = sorted(Path(self._filepath).glob(f"*/{self._filepath.name}"))
        found = {}
        for file in files:
            try:
                found[file.parent.name] = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
        return found

    def _exists(self) -> bool:
        return True  # an empty history is one, too
