import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, interval_labels, label_counts, read_ratings
from moodscore.errors import MoodscoreError


def counts_of(ratings, **options):
    return label_counts(ratings, interval_labels(ratings), segment_s=1.0, **options)


def numbers(row):
    return [row[quadrant] for quadrant in QUADRANTS]


#: (valence, arousal) that lie in each quadrant, read with 1 as the best.
RAW = {"pos_high": (2, 2), "pos_low": (2, 5), "neg_high": (5, 2), "neg_low": (5, 5)}


def form_of(places):
    """One rater's raw answers: the quadrants of single intervals, pos_high elsewhere."""
    quadrants = [places.get(place, "pos_high") for place in range(25)]
    return np.array([[score for quadrant in quadrants for score in RAW[quadrant]]])


#: Counted from 0: interval 21 is Moon Trance's fifth, of 13 windows.
PLACES = {1: "neg_high", 8: "pos_low", 15: "neg_low", 21: "neg_high", 22: "pos_high"}


class TestLindsey:
    @pytest.fixture
    def table(self, form_file):
        ratings = read_ratings(form_file(form_of(PLACES)), format="lindsey", inverted=True)
        return counts_of(ratings, published="lindsey")

    def test_every_window_is_counted_once(self, table):
        row = table.iloc[2]
        assert numbers(row) == [1605 - 25 - 20 - 13 - 200, 25, 20 + 13, 200]
        assert row["total"] == 1605

    def test_the_overlap_gives_twelve_windows_to_the_next_interval(self, table):
        once, overlapped = (np.array(numbers(table.iloc[place])) for place in (2, 3))
        assert (overlapped - once).tolist() == [12, 0, -12, 0]

    def test_the_published_table_stands_below(self, table):
        assert numbers(table.iloc[-1]) == [1359, 70, 129, 47]
        assert table.iloc[-1]["source"] == "paper, Table 1"
        assert "below 5" in table.iloc[-1]["rule"]

    def test_intervals_and_seconds(self, table):
        assert numbers(table.iloc[0]) == [25 - 4, 1, 2, 1]
        # Take Flight was rated from 0:11 to 4:26.
        assert table.iloc[1]["neg_low"] == 255
        assert table.iloc[1]["counted"] == "segments of 1 s in rated intervals"


class TestDeap:
    @pytest.fixture
    def ratings(self, deap_file):
        return read_ratings(deap_file(), format="deap")

    def test_fifty_windows_of_each_of_38_videos(self, ratings, deap_truth):
        table = counts_of(ratings, published="deap")
        mean = np.delete(deap_truth.mean(axis=0), [16, 17], axis=0) > 5
        expected = [int(50 * (mean == side).all(axis=1).sum()) for side in ([1, 1], [1, 0], [0, 1], [0, 0])]
        assert numbers(table.iloc[1]) == expected and sum(expected) == 1900
        assert table.iloc[0]["total"] == 40

    def test_the_published_table_says_what_it_is_a_mean_over(self, ratings):
        row = counts_of(ratings, published="deap").iloc[-1]
        assert numbers(row) == [250, 250, 350, 1050] and row["total"] == 1900
        assert "Trial" in row["rule"] and "below 5" in row["rule"]

    def test_a_subset_is_counted_as_far_as_it_goes(self, ratings):
        few = ratings[ratings["clip_id"].isin(["01", "17", "40"])]
        assert counts_of(few, published="deap")["total"].tolist() == [3, 100, 1900]


def test_any_ratings_are_counted_without_a_published_table():
    ratings = pd.DataFrame(
        {
            "clip_id": ["a", "a", "b"],
            "start_s": [0.0, 3.0, 0.0],
            "end_s": [3.0, 5.0, 2.0],
            "rater": "r",
            "valence": [7.0, 3.0, 5.0],
            "arousal": [7.0, 7.0, 5.0],
        }
    )
    table = counts_of(ratings)
    assert [numbers(row) for _, row in table.iterrows()] == [[1, 0, 1, 1], [3, 0, 2, 2]]
    assert table["total"].tolist() == [3, 7]
    whole = ratings.assign(start_s=np.nan, end_s=np.nan).iloc[[0, 2]]
    assert counts_of(whole)["total"].tolist() == [2]


def test_the_form_of_other_clips_is_not_counted_as_windows():
    ratings = pd.DataFrame(
        {"clip_id": ["x"], "start_s": np.nan, "end_s": np.nan, "rater": "r", "valence": 7.0, "arousal": 7.0}
    )
    assert counts_of(ratings, published="lindsey")["total"].tolist() == [1, 0, 0, 1605]


def test_an_unknown_corpus_is_refused():
    with pytest.raises(MoodscoreError, match="expected one of deap, lindsey"):
        counts_of(
            pd.DataFrame(
                {"clip_id": ["x"], "start_s": 0.0, "end_s": 1.0, "rater": "r", "valence": 7.0, "arousal": 7.0}
            ),
            published="x",
        )
