"""A page as text."""

from moodscore.datasets._local_file import LocalPathDataset


class PageDataset(LocalPathDataset):
    """HTML, appearing under its name only when it is whole."""

    def load(self) -> str:
        """The page's text."""
        return self._load_from.read_text(encoding="utf-8")

    def save(self, data: str) -> None:
        """Write the text."""
        with self._replacing() as part:
            part.write_text(data, encoding="utf-8")
