import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import (
    RATING_COLUMNS,
    interval_labels,
    quadrant_counts,
    quadrant_of,
    segment_labels,
    timed_segments,
)


def ratings_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(RATING_COLUMNS)).astype({"start_s": float, "end_s": float})


def segments_of(clip_id="a", n=4, segment_s=1.0) -> pd.DataFrame:
    start = np.arange(n) * segment_s
    return pd.DataFrame(
        {"clip_id": clip_id, "segment": range(n), "start_s": start, "end_s": start + segment_s}
    )


WHOLE = (math.nan, math.nan)


def slow_labels(ratings: pd.DataFrame, segments: pd.DataFrame) -> list[tuple]:
    """One segment, one rater, one interval at a time, with the standard library's statistics."""
    from statistics import mean, stdev

    out = []
    for segment in segments.itertuples():
        chosen = []
        for rater in sorted(set(ratings["rater"])):
            best = None
            for row in ratings[(ratings.rater == rater) & (ratings.clip_id == segment.clip_id)].itertuples():
                start, end = (0, math.inf) if math.isnan(row.start_s) else (row.start_s, row.end_s)
                overlap = round(min(end, segment.end_s) - max(start, segment.start_s), 6)
                if overlap > 0 and (best is None or (-overlap, start, end) < best[0]):
                    best = ((-overlap, start, end), row.valence, row.arousal)
            if best is not None:
                chosen.append(best[1:])
        v, a = zip(*chosen, strict=True) if chosen else ((), ())
        sd = [stdev(x) if len(x) > 1 else math.nan for x in (v, a)]
        out.append((len(chosen), mean(v) if v else math.nan, mean(a) if a else math.nan, *sd))
    return out


class TestSegmentLabels:
    def test_mean_and_sample_deviation_over_raters(self):
        ratings = ratings_of(("a", *WHOLE, "x", 6, 2), ("a", *WHOLE, "y", 8, 2), ("a", *WHOLE, "z", 7, 5))
        labels = segment_labels(ratings, segments_of(n=2))
        assert labels["n_raters"].tolist() == [3, 3]
        assert labels["valence"].tolist() == [7, 7] and labels["arousal"].tolist() == [3, 3]
        assert labels["valence_sd"].tolist() == [1, 1]
        assert labels["arousal_sd"].to_numpy() == pytest.approx(np.sqrt([3, 3]))
        assert labels["quadrant"].tolist() == ["pos_low"] * 2

    def test_one_rater_has_no_deviation(self):
        labels = segment_labels(ratings_of(("a", *WHOLE, "x", 6, 2)), segments_of(n=1))
        assert labels[["valence_sd", "arousal_sd"]].isna().all(axis=None)

    def test_a_segment_without_a_rating_is_unlabelled(self):
        labels = segment_labels(
            ratings_of(("a", 1, 2, "x", 6, 2), ("c", *WHOLE, "x", 9, 9)), segments_of(n=3)
        )
        assert labels["n_raters"].tolist() == [0, 1, 0]
        assert labels["valence"].isna().tolist() == labels["quadrant"].isna().tolist() == [True, False, True]

    def test_no_rating_at_all(self):
        labels = segment_labels(ratings_of(("c", *WHOLE, "x", 9, 9)), segments_of(n=2))
        assert labels["n_raters"].eq(0).all() and labels["quadrant"].isna().all()
        assert labels["quadrant"].dtype == "string"

    def test_the_interval_that_overlaps_most_speaks(self):
        ratings = ratings_of(("a", 0, 1.4, "x", 2, 2), ("a", 1.4, 4, "x", 8, 8))
        assert segment_labels(ratings, segments_of())["valence"].tolist() == [2, 8, 8, 8]

    @pytest.mark.parametrize("order", [[0, 1], [1, 0]])
    def test_of_equal_overlaps_the_earlier_interval_speaks(self, order):
        ratings = ratings_of(("a", 0, 1.5, "x", 2, 2), ("a", 1.5, 4, "x", 8, 8)).iloc[order]
        assert segment_labels(ratings, segments_of())["valence"].tolist() == [2, 2, 8, 8]

    def test_binary_rounding_breaks_no_tie(self):
        # 0.8 - 0.7 > 0.7 - 0.6 in binary
        segments = pd.DataFrame({"clip_id": ["a"], "segment": [0], "start_s": [0.6], "end_s": [0.8]})
        ratings = ratings_of(("a", 0, 0.7, "x", 2, 2), ("a", 0.7, 4, "x", 8, 8))
        assert segment_labels(ratings, segments)["valence"].tolist() == [2]

    def test_touching_is_not_overlapping(self):
        assert segment_labels(ratings_of(("a", 1, 2, "x", 2, 2)), segments_of(n=1))["n_raters"].tolist() == [
            0
        ]

    def test_a_mean_of_five_is_five(self):
        values = [1.3, 8.3, 5.4]
        ratings = ratings_of(*[("a", *WHOLE, str(i), v, v) for i, v in enumerate(values)])
        assert sum(values) / len(values) > 5  # as it comes out in binary
        assert segment_labels(ratings, segments_of(n=1))["quadrant"].tolist() == ["neg_low"]

    def test_rows_keep_the_order_of_the_segments(self):
        segments = pd.concat([segments_of("b", 3), segments_of("a", 2)]).sample(frac=1, random_state=3)
        ratings = ratings_of(("a", *WHOLE, "x", 2, 2), ("b", *WHOLE, "x", 8, 8))
        labels = segment_labels(ratings, segments)
        pd.testing.assert_frame_equal(labels[["clip_id", "segment"]], segments[["clip_id", "segment"]])
        assert labels["valence"].tolist() == [{"a": 2, "b": 8}[clip] for clip in segments["clip_id"]]

    def test_against_one_segment_at_a_time(self):
        rng = np.random.default_rng(5)
        rows = []
        for clip_id in "abc":
            for rater in "xyzw":
                edges = np.sort(rng.choice(np.arange(0, 13, 0.5), 5, replace=False))
                rows += [
                    (clip_id, start, end + rng.choice([0, 1.5]), rater, *rng.uniform(1, 9, 2))
                    for start, end in pairwise(edges)
                    if rng.random() < 0.8
                ]
        rows.append(("a", *WHOLE, "v", 4.0, 6.0))
        ratings = ratings_of(*rows)
        segments = pd.concat([segments_of(clip_id, 10) for clip_id in "abc"], ignore_index=True)
        labels = segment_labels(ratings.sample(frac=1, random_state=1), segments)
        columns = ["n_raters", "valence", "arousal", "valence_sd", "arousal_sd"]
        assert labels["n_raters"].nunique() > 2
        np.testing.assert_allclose(labels[columns].to_numpy(float), slow_labels(ratings, segments), atol=1e-8)
        labelled = labels.dropna(subset="valence")
        assert labelled["quadrant"].tolist() == quadrant_of(labelled["valence"], labelled["arousal"]).tolist()
        pd.testing.assert_frame_equal(labels, segment_labels(ratings, segments))


class TestIntervalLabels:
    def test_mean_and_sample_deviation_of_every_interval(self):
        ratings = ratings_of(
            ("b", *WHOLE, "x", 6, 2),
            ("b", *WHOLE, "y", 9, 4),
            ("a", 5, 9, "x", 3, 3),
            ("a", 0, 5, "x", 8, 8),
            ("a", 0, 5, "y", 2, 8),
        )
        labels = interval_labels(ratings)
        assert labels["clip_id"].tolist() == ["a", "a", "b"]
        assert labels["start_s"].fillna(-1).tolist() == [0, 5, -1]
        assert labels["n_raters"].tolist() == [2, 1, 2]
        assert labels["valence"].tolist() == [5, 3, 7.5] and labels["arousal"].tolist() == [8, 3, 3]
        assert labels["valence_sd"].to_numpy() == pytest.approx(
            [math.sqrt(18), math.nan, math.sqrt(4.5)], nan_ok=True
        )
        assert labels["quadrant"].tolist() == ["neg_high", "neg_low", "pos_low"]

    def test_a_mean_of_five_is_five(self):
        ratings = ratings_of(*[("a", *WHOLE, str(i), v, v) for i, v in enumerate([1.3, 8.3, 5.4])])
        assert interval_labels(ratings)["quadrant"].tolist() == ["neg_low"]

    def test_the_same_as_the_segments_of_a_clip_rated_as_a_whole(self):
        rng = np.random.default_rng(2)
        ratings = ratings_of(*[("a", *WHOLE, str(i), *rng.uniform(1, 9, 2)) for i in range(7)])
        columns = ["n_raters", "valence", "arousal", "valence_sd", "arousal_sd", "quadrant"]
        by_segment = segment_labels(ratings, segments_of(n=1))
        pd.testing.assert_frame_equal(
            interval_labels(ratings)[columns].drop(columns="quadrant"),
            by_segment[columns].drop(columns="quadrant"),
        )
        assert interval_labels(ratings)["quadrant"].tolist() == by_segment["quadrant"].tolist()


def test_segments_of_ratings_reach_to_the_last_end():
    ratings = ratings_of(
        ("a", 2, 4.5, "x", 6, 2), ("a", 0, 1, "x", 6, 2), ("b", *WHOLE, "x", 6, 2), ("b", 0, 9, "y", 6, 2)
    )
    segments = timed_segments(ratings, 2.0)
    assert segments.to_numpy().tolist() == [["a", 0, 0.0, 2.0], ["a", 1, 2.0, 4.0]]
    assert timed_segments(ratings[2:], 1.0).empty


def test_every_quadrant_is_counted():
    quadrants = pd.Series(["neg_low", pd.NA, "pos_high", "neg_low"], dtype="string")
    assert quadrant_counts(quadrants) == {"pos_high": 1, "pos_low": 0, "neg_high": 0, "neg_low": 2}
