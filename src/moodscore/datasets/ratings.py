"""A table of emotion ratings."""

import pandas as pd

from moodscore.datasets._local_file import LocalInputDataset
from moodscore.emotion import read_ratings


class RatingsDataset(LocalInputDataset):
    """Loads ``ratings.csv``; every cell is checked (:func:`moodscore.emotion.read_ratings`)."""

    def load(self) -> pd.DataFrame:
        """One row a rating: ``clip_id, start_s, end_s, rater, valence, arousal``."""
        return read_ratings(self._load_from)
