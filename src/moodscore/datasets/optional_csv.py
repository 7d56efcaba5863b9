"""A table of the user's that there may be or not."""

import pandas as pd
from kedro_datasets.pandas import CSVDataset


class OptionalCSVDataset(CSVDataset):
    """A table in a CSV file; where there is no file it is empty.

    Attributes
    ----------
    is_optional : bool
        True: a run may start without it.
    """

    is_optional = True

    def load(self) -> pd.DataFrame:
        """The table, or one without rows and columns."""
        return super().load() if self.exists() else pd.DataFrame()
