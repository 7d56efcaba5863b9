"""Ratings as catalog entries."""

import pandas as pd
import pytest
from kedro.io.core import DatasetError

from moodscore.datasets import DemoRatingsDataset, RatingsDataset
from moodscore.demo import plan_corpus, simulate_ratings
from moodscore.emotion import read_ratings
from moodscore.errors import MoodscoreError

PLAIN = "clip_id,start_s,end_s,rater,valence,arousal\n01,,,r,7,3\n"
DEAP = "Participant_id,Trial,Experiment_id,Valence,Arousal\n1,40,1,7,3\n"


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "ratings.csv"
        path.write_text(text)
        return str(path)

    return write


def test_plain_is_the_usual_format(write):
    assert RatingsDataset(filepath=write(PLAIN)).load()["clip_id"].tolist() == ["01"]


@pytest.mark.parametrize(("inverted", "valence"), [(False, 7), (True, 3)])
def test_options_reach_the_reader(write, inverted, valence):
    dataset = RatingsDataset(filepath=write(DEAP), format="deap", inverted=inverted)
    assert dataset.load()["valence"].tolist() == [valence]
    assert dataset._describe()["inverted"] is inverted


@pytest.mark.parametrize("options", [{"format": "xls"}, {"format": "deap"}])
def test_a_refusal_travels_as_the_cause(write, options):
    with pytest.raises(DatasetError) as caught:
        RatingsDataset(filepath=write(PLAIN), **options).load()
    assert isinstance(caught.value.__cause__, MoodscoreError)


def test_ratings_are_never_written(write):
    with pytest.raises(DatasetError, match="never written"):
        RatingsDataset(filepath=write(PLAIN)).save(pd.DataFrame())


def test_the_demo_has_its_ratings_before_its_clips(tmp_path):
    seed = 20
    simulate_ratings(plan_corpus(seed), seed=seed).to_csv(
        tmp_path / "as the corpus keeps them.csv", index=False
    )
    dataset = DemoRatingsDataset(filepath=str(tmp_path / "none yet" / "ratings.csv"), seed=seed)
    assert dataset.exists()
    pd.testing.assert_frame_equal(dataset.load(), read_ratings(tmp_path / "as the corpus keeps them.csv"))
    assert not (tmp_path / "none yet").exists()
