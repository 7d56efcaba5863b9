import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import (
    RATING_COLUMNS,
    describe_raters,
    intraclass_correlation,
    krippendorff_alpha,
    rater_agreement,
)

NA = math.nan
#: Shrout & Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
#: Krippendorff (2011), section C: four observers (rows), twelve units, values missing.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3],
        [NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA],
    ]
).T


def by_pairs(scores):
    """Alpha one pair of scores at a time."""
    units = [[x for x in row if not math.isnan(x)] for row in scores.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    everything = [x for unit in units for x in unit]
    n = len(everything)
    observed = (
        sum(sum((x - y) ** 2 for x, y in permutations(unit, 2)) / (len(unit) - 1) for unit in units) / n
    )
    expected = sum((x - y) ** 2 for x, y in permutations(everything, 2)) / (n * (n - 1))
    return 1 - observed / expected


class TestIntraclassCorrelation:
    def test_published_example(self):
        icc = intraclass_correlation(SHROUT_FLEISS)
        assert round(icc.single, 2) == 0.29
        assert round(icc.average, 2) == 0.62
        assert (icc.n_targets, icc.n_raters) == (6, 4)

    def test_from_the_published_mean_squares(self):
        # Between targets 11.24, between judges 32.49, residual 1.02.
        single = (11.24 - 1.02) / (11.24 + 3 * 1.02 + 4 * (32.49 - 1.02) / 6)
        assert intraclass_correlation(SHROUT_FLEISS).single == pytest.approx(single, abs=2e-3)

    def test_spearman_brown_leads_from_one_rater_to_all(self):
        icc = intraclass_correlation(SHROUT_FLEISS)
        assert icc.average == pytest.approx(4 * icc.single / (1 + 3 * icc.single))

    def test_full_agreement_is_one(self):
        icc = intraclass_correlation([[1, 1, 1], [5, 5, 5], [7, 7, 7]])
        assert icc.single == icc.average == 1

    def test_a_rater_who_is_always_higher_lowers_it(self):
        scores = np.array([[1.0, 1], [4, 4], [7, 7]])
        assert (
            intraclass_correlation(scores + np.array([0, 2])).single < intraclass_correlation(scores).single
        )

    def test_targets_with_a_missing_score_are_left_out(self):
        icc = intraclass_correlation([*SHROUT_FLEISS, [1, NA, 9, 1]])
        assert icc == intraclass_correlation(SHROUT_FLEISS)

    @pytest.mark.parametrize("scores", [[[3, 3], [3, 3]], [[1, 2]], [[1], [2]], [[NA, 1], [1, NA]]])
    def test_undefined_is_nan(self, scores):
        icc = intraclass_correlation(scores)
        assert math.isnan(icc.single) and math.isnan(icc.average)


class TestKrippendorffAlpha:
    def test_published_example_with_missing_values(self):
        assert round(krippendorff_alpha(KRIPPENDORFF), 3) == 0.849

    def test_against_one_pair_at_a_time(self):
        scores = np.random.default_rng(0).integers(1, 10, (15, 5)).astype(float)
        scores[np.random.default_rng(1).random(scores.shape) < 0.4] = NA
        assert krippendorff_alpha(scores) == pytest.approx(by_pairs(scores), abs=1e-12)

    def test_full_agreement_is_one(self):
        assert krippendorff_alpha([[1, 1, NA], [5, 5, 5]]) == 1

    def test_chance_is_near_nothing(self):
        assert abs(krippendorff_alpha(np.random.default_rng(0).uniform(1, 9, (400, 6)))) < 0.03

    def test_neither_shift_nor_scale_matters(self):
        assert krippendorff_alpha(1e6 + 3 * KRIPPENDORFF) == pytest.approx(krippendorff_alpha(KRIPPENDORFF))

    @pytest.mark.parametrize("scores", [[[3, 3], [3, 3]], [[1, NA], [NA, 2]], [[NA, NA]]])
    def test_undefined_is_nan(self, scores):
        assert math.isnan(krippendorff_alpha(scores))


def panel(valence, arousal=None):
    """Ratings of whole clips by the columns of a matrix."""
    valence = np.asarray(valence, dtype=float)
    arousal = valence if arousal is None else np.asarray(arousal, dtype=float)
    rows = [
        (f"clip {target}", NA, NA, f"rater {rater}", score, arousal[target, rater])
        for (target, rater), score in np.ndenumerate(valence)
        if not math.isnan(score)
    ]
    return pd.DataFrame(rows, columns=list(RATING_COLUMNS))


class TestTables:
    def test_agreement_of_a_table_is_that_of_its_matrix(self):
        table = rater_agreement(panel(SHROUT_FLEISS)).set_index("score")
        icc = intraclass_correlation(SHROUT_FLEISS)
        for score in ("valence", "arousal"):
            assert table.loc[score, "icc_average"] == pytest.approx(icc.average)
            assert table.loc[score, "alpha"] == pytest.approx(krippendorff_alpha(SHROUT_FLEISS))
            assert table.loc[score, ["n_targets", "n_raters", "icc_targets"]].tolist() == [6, 4, 6]

    def test_agreement_where_ratings_are_missing(self):
        table = rater_agreement(panel(KRIPPENDORFF)).set_index("score")
        assert round(table.loc["valence", "alpha"], 3) == 0.849
        assert table.loc["valence", "icc_targets"] == 8

    def test_a_single_rater_agrees_with_nobody(self):
        table = rater_agreement(panel([[1], [5], [9]]))
        assert table[["alpha", "icc_single", "icc_average"]].isna().all(axis=None)
        assert describe_raters(panel([[1], [5], [9]]))["r_with_others"].isna().all()

    def test_the_order_of_rows_does_not_matter(self):
        ratings = panel(KRIPPENDORFF)
        shuffled = ratings.sample(frac=1, random_state=0)
        pd.testing.assert_frame_equal(rater_agreement(shuffled), rater_agreement(ratings))
        pd.testing.assert_frame_equal(describe_raters(shuffled), describe_raters(ratings))

    def test_a_rater_who_answers_the_other_way_round_is_told(self):
        rng = np.random.default_rng(0)
        truth = rng.uniform(2, 8, (20, 1))
        scores = np.clip(truth + rng.normal(0, 1, (20, 6)), 1, 9)
        arousal = scores.copy()
        scores[:, 4] = 10 - scores[:, 4]
        raters = describe_raters(panel(scores, arousal)).set_index(["rater", "score"])
        assert raters.loc[("rater 4", "valence"), "remark"] == "answers the other way round"
        assert (raters["remark"] != "").sum() == 1
        others = np.delete(scores, 4, axis=1).mean(axis=1)
        assert raters.loc[("rater 4", "valence"), "r_with_others"] == pytest.approx(
            np.corrcoef(scores[:, 4], others)[0, 1]
        )

    def test_a_rater_who_answers_alike_is_told(self):
        scores = np.array([[1.0, 5, 2.3], [7, 5, 6.1], [4, 5, 4.7], [9, 5, 8.9]])
        raters = describe_raters(panel(scores)).set_index(["rater", "score"])
        assert raters.loc[("rater 1", "valence"), "remark"] == "gives 5 everywhere"
        assert raters.loc[("rater 1", "valence"), "sd"] == 0
        assert math.isnan(raters.loc[("rater 1", "valence"), "r_with_others"])
        assert raters.loc["rater 0", "remark"].eq("").all()

    def test_of_a_panel_of_alikes_no_correlation_is_made_up(self):
        scores = np.full((6, 4), 6.96)
        scores[:, 0] = np.arange(1, 7)
        scores[:, 1:] = [6.96, 3.92, 7.19]
        assert describe_raters(panel(scores))["r_with_others"].isna().sum() == 8

    def test_few_targets_prove_nothing(self):
        assert describe_raters(panel([[1, 9], [5, 5], [9, 1]]))["remark"].eq("").all()
