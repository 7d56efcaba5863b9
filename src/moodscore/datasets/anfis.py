"""A trained ANFIS as JSON."""

from moodscore.datasets._local_file import LocalPathDataset
from moodscore.fuzzy import ANFISRegressor


class ANFISDataset(LocalPathDataset):
    """Everything needed to predict, and to see what was learnt, as plain numbers."""

    def load(self) -> ANFISRegressor:
        """The fitted estimator."""
        return ANFISRegressor.load(self._load_from)

    def save(self, data: ANFISRegressor) -> None:
        """Write the fitted estimator."""
        with self._replacing() as part:
            data.save(part)
