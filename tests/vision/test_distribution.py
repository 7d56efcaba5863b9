import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from moodscore.errors import MoodscoreError
from moodscore.vision import distribution_of, map_descriptors

COLUMNS = ["hue", "motion"]


@pytest.fixture
def corpora():
    """Dark and slow pictures, and light and fast ones of another shape."""
    rng = np.random.default_rng(0)
    films = pd.DataFrame({"hue": rng.beta(2, 8, 500), "motion": rng.beta(1, 5, 500), "chroma": 0.5})
    drawn = pd.DataFrame({"hue": rng.uniform(0.4, 0.9, 300), "motion": rng.beta(6, 2, 300)})
    return films, drawn


@pytest.fixture
def quantiles(corpora):
    return dict(zip(("source", "target"), map(distribution_of, corpora), strict=True))


def test_films_become_distributed_like_drawings_in_their_own_order(corpora, quantiles):
    films, drawn = corpora
    mapped = map_descriptors(films, quantiles, COLUMNS)
    for name in COLUMNS:
        assert np.quantile(mapped[name], [0.1, 0.5, 0.9]) == pytest.approx(
            np.quantile(drawn[name], [0.1, 0.5, 0.9]), abs=0.01
        )
        assert np.corrcoef(rankdata(films[name]), rankdata(mapped[name]))[0, 1] > 0.9999
        assert mapped[name].between(drawn[name].min(), drawn[name].max()).all()
    assert (mapped["chroma"] == 0.5).all()


def test_nothing_to_map_by_changes_nothing(corpora):
    assert map_descriptors(corpora[0], {}, COLUMNS) is corpora[0]


def test_what_is_beyond_the_films_becomes_the_end_of_the_drawings(corpora, quantiles):
    ends = map_descriptors(pd.DataFrame({"hue": [-1.0, 2.0], "motion": [-1.0, 2.0]}), quantiles, COLUMNS)
    for name in COLUMNS:
        assert ends[name].tolist() == pytest.approx([corpora[1][name].min(), corpora[1][name].max()])


@pytest.mark.parametrize("spoilt", [{"source": {}}, {"target": {"hue": [1.0, 0.0]}}, {"source": None}])
def test_quantiles_that_make_no_sense_are_refused(corpora, quantiles, spoilt):
    with pytest.raises(MoodscoreError, match=r"^descriptor quantiles: .*; make them again$"):
        map_descriptors(corpora[0], quantiles | spoilt, COLUMNS)


def test_no_segment_has_no_distribution(corpora):
    with pytest.raises(MoodscoreError, match="no training segment"):
        distribution_of(corpora[0][:0])
