import math
import statistics

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from moodscore.study import (
    AnswerFolder,
    mos_correlations,
    mos_table,
    preference_counts,
    summarise_answers,
)

SYSTEMS = ("moodscore", "paper")


def ratings_of(n_videos=5, n_raters=4, seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        (f"r{r}", f"v{v}", system, *map(float, rng.integers(1, 10, 2)))
        for r in range(n_raters)
        for v in range(n_videos)
        for system in SYSTEMS
    ]
    return pd.DataFrame(rows, columns=["rater", "video", "system", "valence", "arousal"])


def targets_of(n_videos=5, seed=1):
    values = np.random.default_rng(seed).uniform(1, 9, (n_videos, 2))
    return pd.DataFrame(values, columns=["valence", "arousal"], index=[f"v{v}" for v in range(n_videos)])


def preferences_of(**answers):
    rows = [(f"r{k}", v, choice) for v, choices in answers.items() for k, choice in enumerate(choices)]
    return pd.DataFrame(rows, columns=["rater", "video", "preferred"])


def test_means_and_deviations_are_those_of_the_standard_library():
    ratings, targets = ratings_of(), targets_of()
    table = mos_table(ratings, targets)
    assert table[["system", "video"]].to_numpy().tolist() == [[s, f"v{v}"] for s in SYSTEMS for v in range(5)]
    for row in table.itertuples():
        own = ratings[(ratings["video"] == row.video) & (ratings["system"] == row.system)]
        for scale in ("valence", "arousal"):
            assert getattr(row, f"{scale}_mean") == pytest.approx(statistics.mean(own[scale]))
            assert getattr(row, f"{scale}_sd") == pytest.approx(statistics.stdev(own[scale]))
            assert getattr(row, f"{scale}_target") == targets.loc[row.video, scale]
        assert row.n == 4


def test_one_rater_has_no_deviation_and_an_unrated_clip_no_target():
    table = mos_table(ratings_of(n_raters=1), targets_of(4))
    assert table["valence_sd"].isna().all() and (table["n"] == 1).all()
    assert table["valence_target"].isna().tolist() == [False] * 4 + [True] + [False] * 4 + [True]
    assert mos_correlations(table)["n"].tolist() == [4] * 4


def test_correlations_by_their_definitions():
    table = mos_table(ratings_of(12), targets_of(12))
    found = mos_correlations(table).set_index(["system", "scale"])
    for system, own in table.groupby("system"):
        for scale in ("valence", "arousal"):
            mean, target = own[f"{scale}_mean"], own[f"{scale}_target"]
            assert found.loc[(system, scale), "pearson_r"] == pytest.approx(np.corrcoef(mean, target)[0, 1])
            ranks = np.corrcoef(stats.rankdata(mean), stats.rankdata(target))[0, 1]
            assert found.loc[(system, scale), "spearman_rho"] == pytest.approx(ranks)


def test_a_correlation_without_spread_or_of_two_videos_is_undefined():
    flat = ratings_of(6).assign(valence=6.0)
    found = mos_correlations(mos_table(flat, targets_of(6))).set_index(["system", "scale"])
    assert found.loc[("paper", "valence"), ["pearson_r", "spearman_rho"]].isna().all()
    assert found.loc[("paper", "arousal"), "pearson_r"] == pytest.approx(0, abs=1)
    # equal on paper, and different in the last binary place
    thirds = ratings_of(3, 10).assign(valence=np.resize([1.1, 2.2, 3.3, 2.2, 1.1], 60))
    table = mos_table(thirds, targets_of(3))
    table["valence_mean"] = 2.2 + np.resize([0, 1e-15, -1e-15], 6)
    assert mos_correlations(table)["pearson_r"].isna().tolist() == [True, False] * 2
    assert mos_correlations(mos_table(ratings_of(2), targets_of(2)))["pearson_r"].isna().all()


def binomial_p(k, n):
    """Sum of the probabilities that are not larger than that of what was seen."""
    chances = [math.comb(n, i) / 2**n for i in range(n + 1)]
    return sum(chance for chance in chances if chance <= chances[k] * (1 + 1e-9))


def test_counts_and_their_test():
    counts = preference_counts(
        preferences_of(
            v1=["moodscore"] * 7 + ["paper"] * 2 + ["either"] * 3, v2=["paper"] * 5, v3=["either"] * 2
        ),
        SYSTEMS,
    )
    assert list(counts) == ["video", "moodscore", "paper", "either", "n", "p_value"]
    assert counts.drop(columns="p_value").to_numpy().tolist() == [
        ["v1", 7, 2, 3, 12],
        ["v2", 0, 5, 0, 5],
        ["v3", 0, 0, 2, 2],
        ["all", 7, 7, 5, 19],
    ]
    expected = [binomial_p(7, 9), binomial_p(0, 5), 1.0, binomial_p(7, 14)]
    assert counts["p_value"].tolist() == pytest.approx(expected)


def test_a_system_nobody_prefers_is_counted_zero():
    counts = preference_counts(preferences_of(v1=["either", "paper"]), SYSTEMS)
    assert counts["moodscore"].tolist() == [0, 0] and counts["n"].tolist() == [2, 2]


def test_without_preferences_there_are_no_rows():
    counts = preference_counts(preferences_of(), SYSTEMS)
    assert counts.empty and list(counts) == ["video", "moodscore", "paper", "either", "n", "p_value"]


def segments_of():
    return pd.DataFrame(
        {
            "clip_id": ["alps", "alps", "beach", "dunes"],
            "valence": [3.0, 5.0, 8.0, np.nan],
            "arousal": [2.0, 3.0, 6.0, np.nan],
        }
    )


def test_a_study_nobody_answered_gives_empty_tables(tmp_path):
    tables = summarise_answers(AnswerFolder(tmp_path / "none"), segments_of())
    assert [len(table) for table in tables] == [0, 0, 0]
    assert list(tables[0])[:4] == ["video", "system", "n", "valence_mean"]


def test_all_tables_of_a_folder(folder, key):
    form = (
        "Timestamp,Video 1 [Valence],Video 1 [Arousal],Preferred video,Video 2 [Valence],"
        "Video 2 [Arousal],Preferred video,Video 3 [Valence],Video 3 [Arousal],Preferred video\n"
        "x,7,2,B,8,4,A,2,2,Either\nx,9,4,B,6,4,B,3,3,A\n"
    )
    answered = folder(form_csv=form, key_json=key.model_dump_json())
    mos, correlations, counts = summarise_answers(AnswerFolder(answered), segments_of())
    assert mos["video"].tolist() == ["alps", "beach", "dunes"]
    assert mos["valence_mean"].tolist() == [8.0, 7.0, 2.5]
    assert mos["valence_target"].tolist()[:2] == [4.0, 8.0] and math.isnan(mos["valence_target"][2])
    assert correlations["n"].tolist() == [2, 2]
    assert counts.set_index("video").loc["all", ["moodscore", "paper", "either"]].tolist() == [3, 2, 1]


def test_a_study_of_one_system_has_no_preferences(folder, key):
    alone = key.model_copy(
        update={
            "systems": ("moodscore",),
            "videos": tuple(
                video.model_copy(
                    update={"versions": tuple(v for v in video.versions if v.system == "moodscore")}
                )
                for video in key.videos
            ),
        }
    )
    form = "Video 1 [Valence],Video 1 [Arousal]\n7,2\n"
    answered = folder(form_csv=form, key_json=alone.model_dump_json())
    mos, _, counts = summarise_answers(AnswerFolder(answered), segments_of())
    assert len(mos) == 1 and counts.empty
