"""Plain numbers that there may be or not."""

from typing import Any

from kedro_datasets.json import JSONDataset


class OptionalJSONDataset(JSONDataset):
    """A JSON file; where there is no file it is empty.

    Attributes
    ----------
    is_optional : bool
        True: a run may start without it.
    """

    is_optional = True

    def load(self) -> dict[str, Any]:
        """What the file holds, or nothing."""
        return super().load() if self.exists() else {}
