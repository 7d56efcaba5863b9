import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr

from moodscore.emotion import ReaderOptions, quadrant_of
from moodscore.evaluation import (
    choose_rules,
    choose_settling,
    compare_readings,
    correlate_cues,
    readable_scores,
)
from moodscore.evaluation.readings import agreement, leave_out, ridge_reader, with_intervals
from moodscore.metrics.ccc import concordance_correlation

OPTIONS = ReaderOptions(
    n_mfs=2, shrinkage=10.0, max_epochs=2, patience=2, held_back=0.0, balanced=False, averaged=True
)


@pytest.fixture(scope="module")
def films():
    """Thirty clips of ten sources: light makes valence, speed makes arousal, and grain makes nothing."""
    rng = np.random.default_rng(4)
    n, length = 30, 5
    light, speed = rng.uniform(0, 1, (2, n))
    clips = pd.DataFrame(
        {
            "clip_id": [f"c{k:02}" for k in range(n)],
            "source": [f"s{k % 10}" for k in range(n)],
            "valence": np.clip(2 + 6 * light + rng.normal(0, 0.5, n), 1, 9),
            "arousal": np.clip(2 + 6 * speed + rng.normal(0, 0.5, n), 1, 9),
            "light": light,
            "speed": speed,
        }
    )
    rows = clips.loc[clips.index.repeat(length)].reset_index(drop=True)
    rows["segment"] = np.tile(np.arange(length), n)
    for name in ("light", "speed"):
        rows[name] += rng.normal(0, 0.03, len(rows))
    rows["grain"] = rng.uniform(0, 1, len(rows))
    rows["cut_s"] = np.nan
    return rows.assign(quadrant=quadrant_of(rows["valence"], rows["arousal"]))


def test_what_reads_a_source_has_not_seen_it(films):
    def spy(training, tested):
        assert not set(training["source"]) & set(tested["source"])
        assert len(set(tested["source"])) == 1
        return tested[["valence", "arousal"]].to_numpy()

    read = leave_out(films, films["source"], spy)
    np.testing.assert_array_equal(read, films[["valence", "arousal"]])


def test_agreement_against_other_libraries():
    rated, read = np.random.default_rng(1).uniform(1, 9, (2, 40, 2))
    found = agreement(rated, read)
    for k, score in enumerate(("valence", "arousal")):
        assert found[f"{score}_r"] == pytest.approx(pearsonr(rated[:, k], read[:, k])[0])
        assert found[f"{score}_ccc"] == pytest.approx(concordance_correlation(rated[:, k], read[:, k]))
        errors = [abs(a - b) for a, b in zip(rated[:, k], read[:, k], strict=True)]
        assert found[f"{score}_mae"] == pytest.approx(sum(errors) / 40)
        assert found[f"{score}_side"] == pytest.approx(np.mean((rated[:, k] > 5) == (read[:, k] > 5)))
    assert found["quadrant"] == pytest.approx(np.mean(quadrant_of(*rated.T) == quadrant_of(*read.T)))
    assert np.isnan(agreement(rated, np.full((40, 2), 4.0))["valence_r"])


def test_the_interval_is_wider_where_clips_hang_together():
    rng = np.random.default_rng(2)
    rated = np.repeat(rng.uniform(1, 9, (8, 2)), 10, axis=0)
    read = rated + np.repeat(rng.normal(0, 2, (8, 2)), 10, axis=0)
    together = with_intervals(rated, read, np.repeat(np.arange(8), 10), seed=0)
    apart = with_intervals(rated, read, np.arange(80), seed=0)
    assert together["valence_mae"] == apart["valence_mae"]
    assert apart["valence_mae_low"] < apart["valence_mae"] < apart["valence_mae_high"]
    widths = [each["valence_mae_high"] - each["valence_mae_low"] for each in (together, apart)]
    assert widths[0] > 1.5 * widths[1]


def test_ridge_is_that_of_another_library(films):
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    clips = films.groupby("clip_id")[["light", "grain", "valence", "arousal"]].mean()
    theirs = make_pipeline(StandardScaler(), Ridge(alpha=10.0)).fit(
        clips[["light", "grain"]].to_numpy(), clips[["valence", "arousal"]]
    )
    ours = ridge_reader(["light", "grain"])(films, films)
    np.testing.assert_allclose(ours, theirs.predict(films[["light", "grain"]].to_numpy()))


def test_who_knows_more_reads_better(films):
    table = compare_readings(
        films,
        films["source"],
        inputs=["light", "speed"],
        paper_inputs=["grain"],
        all_inputs=["light", "speed", "grain"],
        options=OPTIONS,
        seed=0,
    ).set_index("reader")
    assert table.loc["ANFIS", "valence_r"] > 0.9 and table.loc["ANFIS", "arousal_side"] > 0.85
    assert table.loc["ANFIS", "valence_r"] > table.loc["ridge, the paper's three", "valence_r"] + 0.5
    assert table.loc["constant", "valence_mae"] > 2 * table.loc["ANFIS", "valence_mae"]
    assert (table["n_clips"] == 30).all() and (table["n_sources"] == 10).all()
    shown = readable_scores(table.reset_index())
    assert shown["reader"].tolist() == table.index.tolist()
    assert shown["valence r"].iloc[-1].startswith(f"{table['valence_r'].iloc[-1]:.2f} (")


def test_the_simplest_within_one_standard_error_is_chosen(films):
    table = choose_rules(
        films,
        films["source"],
        inputs=["light", "speed"],
        options=OPTIONS,
        bells=[2, 3],
        strengths=[0.01, 100.0],
        seed=0,
    )
    best = table.loc[table["mse"].idxmin()]
    (chosen,) = table.index[table["chosen"]]
    assert table.loc[chosen, "mse"] <= best["mse"] + best["standard_error"]
    assert (table.loc[: chosen - 1, "mse"] > best["mse"] + best["standard_error"]).all()
    assert table[["bells", "shrinkage"]].to_numpy().tolist() == [[2, 100], [2, 0.01], [3, 100], [3, 0.01]]


def test_smoothing_and_neutral_are_tried(films):
    table = choose_settling(films, films["source"], inputs=["light", "speed"], options=OPTIONS, seed=0)
    smoothing = table[table["what"] == "smoothing_s"]
    assert smoothing["rmse"].iloc[0] > smoothing["rmse"].iloc[-1]
    assert smoothing["changes_per_min"].iloc[0] > smoothing["changes_per_min"].iloc[-1]
    assert table["chosen"].sum() >= 1 and set(table.loc[table["chosen"], "what"]) == {"neutral_radius"}


def test_rank_correlation_clip_by_clip(films):
    table = correlate_cues(films, ["grain", "light"]).set_index("cue")
    clips = films.groupby("clip_id")[["light", "valence"]].mean()
    assert table.loc["light", "valence"] == pytest.approx(spearmanr(clips["light"], clips["valence"])[0])
    assert table.index[0] == "light"
