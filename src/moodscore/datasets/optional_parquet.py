"""A table that a run can do without."""

import pandas as pd
from kedro_datasets.pandas import ParquetDataset


class OptionalParquetDataset(ParquetDataset):
    """A table in a Parquet file; where there is no file it is empty.

    For what one pipeline makes on request and another takes if it is there.

    Attributes
    ----------
    is_optional : bool
        True: a run may start without it.
    """

    is_optional = True

    def load(self) -> pd.DataFrame:
        """The table, or one without rows and columns."""
        return super().load() if self.exists() else pd.DataFrame()
