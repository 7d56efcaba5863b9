"""Tables of emotion ratings: from a file, or those of the demo corpus."""

from typing import Any

import pandas as pd

from moodscore.datasets._local_file import LocalInputDataset
from moodscore.demo import plan_corpus, simulate_ratings
from moodscore.emotion import RATING_COLUMNS, read_ratings


class RatingsDataset(LocalInputDataset):
    """Loads a file of ratings; every cell is checked (:func:`moodscore.emotion.read_ratings`).

    Parameters
    ----------
    filepath : str
        The file.
    format : {"plain", "deap", "lindsey", "wide"}
        How it is laid out.
    inverted : bool
        Whether 1 is the most positive and most excited in it.
    scale : list of two numbers, or dict of two such lists, optional
        The lowest and the highest value that raters could choose, if not 1 and 9.
    layout : dict, optional
        Where what stands in an export of the format ``wide``.
    metadata : dict, optional
        For Kedro-Viz; not used here.
    """

    def __init__(
        self,
        *,
        filepath: str,
        format: str = "plain",
        inverted: bool = False,
        scale: list[float] | dict[str, list[float]] | None = None,
        layout: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ):
        super().__init__(filepath=filepath, metadata=metadata)
        self._options = {"format": format, "inverted": inverted, "scale": scale, "layout": layout}

    def load(self) -> pd.DataFrame:
        """One row a rating: ``clip_id, start_s, end_s, rater, valence, arousal``."""
        return read_ratings(self._load_from, **self._options)

    def _describe(self) -> dict[str, Any]:
        return super()._describe() | self._options


class DemoRatingsDataset(LocalInputDataset):
    """Loads the ratings of the demo corpus, whether or not its clips have been made yet.

    They follow from the seed alone and are worked out at each load.

    Parameters
    ----------
    filepath : str
        Where the corpus keeps the same table for people to look at.
    seed : int
        That of the corpus.
    metadata : dict, optional
        For Kedro-Viz; not used here.
    """

    def __init__(self, *, filepath: str, seed: int, metadata: dict[str, Any] | None = None):
        super().__init__(filepath=filepath, metadata=metadata)
        self._seed = seed

    def load(self) -> pd.DataFrame:
        """One row a rating: ``clip_id, start_s, end_s, rater, valence, arousal``."""
        ratings = simulate_ratings(plan_corpus(self._seed), seed=self._seed)
        numbers = ["start_s", "end_s", "valence", "arousal"]
        return ratings[list(RATING_COLUMNS)].astype(dict.fromkeys(numbers, float))

    def _describe(self) -> dict[str, Any]:
        return super()._describe() | {"seed": self._seed}

    def _exists(self) -> bool:
        return True
