import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from moodscore.emotion import QUADRANTS, quadrant_of
from moodscore.evaluation import (
    clips_to_measure,
    count_labels,
    describe_corpus,
    score_improvement,
    score_originals,
    score_reading,
    score_systems,
    systems_table,
)
from moodscore.evaluation.takes import CONTINUITY
from moodscore.metrics import MFCCStatistics, fd_mfcc
from moodscore.music import SYSTEMS

KEYS = ["clip_id", "segment"]


@pytest.fixture
def segments():
    """Four training and two held-out clips of five segments, every fifth segment unlabelled."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"clip_id": np.repeat(list("abcdef"), 5), "segment": np.tile(np.arange(5), 6)})
    table["split"] = np.where(table["clip_id"] < "e", "train", "held_out")
    table[["valence", "arousal"]] = rng.uniform(1, 9, (30, 2))
    table["quadrant"] = pd.array(quadrant_of(table["valence"], table["arousal"]).tolist(), "string")
    table.loc[table["segment"] == 4, ["valence", "arousal", "quadrant"]] = pd.NA
    return table


@pytest.fixture
def read(segments):
    rng = np.random.default_rng(1)
    table = segments[KEYS].copy()
    table[["valence", "arousal"]] = rng.uniform(1, 9, (30, 2))
    table["quadrant"] = quadrant_of(table["valence"], table["arousal"])
    return table.sample(frac=1, random_state=2)


def ccc(x, y):
    return 2 * np.cov(x, y, ddof=0)[0, 1] / (np.var(x) + np.var(y) + (np.mean(x) - np.mean(y)) ** 2)


def test_reading_against_scikit_learn(read, segments):
    scores = score_reading(read, segments)
    for side, split in (("seen", "train"), ("held_out", "held_out")):
        labels = segments[(segments["split"] == split) & segments["quadrant"].notna()].set_index(KEYS)
        found = read.set_index(KEYS).loc[labels.index]
        true, predicted = labels["quadrant"].astype(str), found["quadrant"]
        assert scores[side]["n"] == len(labels)
        assert scores[side]["accuracy"] == pytest.approx(accuracy_score(true, predicted))
        recall = recall_score(true, predicted, labels=sorted(set(true)), average="macro")
        assert scores[side]["balanced_accuracy"] == pytest.approx(recall)
        assert scores[side]["macro_f1"] == pytest.approx(f1_score(true, predicted, average="macro"))
        assert scores[side]["majority_accuracy"] == pytest.approx(true.value_counts(normalize=True).max())
        for name in ("valence", "arousal"):
            assert scores[side][f"{name}_ccc"] == pytest.approx(ccc(labels[name].astype(float), found[name]))


def test_reading_of_a_split_without_labels_is_none(read, segments):
    segments.loc[segments["split"] == "held_out", ["valence", "arousal", "quadrant"]] = pd.NA
    scores = score_reading(read, segments)
    assert scores["held_out"] is None and scores["seen"]["n"] == 16


def test_all_held_out_clips_are_measured_and_a_seeded_choice_of_the_others():
    split = pd.Series("train", index=[f"t{i:02}" for i in range(20)])
    split = pd.concat([split, pd.Series("held_out", index=["h2", "h1"])]).sample(frac=1, random_state=0)
    chosen = clips_to_measure(split, 5, seed=1)
    assert chosen[-2:] == ["h1", "h2"] and len(set(chosen)) == len(chosen) == 7
    assert chosen[:5] == sorted(chosen[:5])
    assert clips_to_measure(split.sample(frac=1, random_state=3), 5, seed=1) == chosen
    assert clips_to_measure(split, 5, seed=2) != chosen
    assert clips_to_measure(split, 20, seed=1) == [*sorted(f"t{i:02}" for i in range(20)), "h1", "h2"]
    assert clips_to_measure(split[split == "train"], 3, seed=1) == clips_to_measure(split, 3, seed=1)[:3]


def test_labels_are_counted_by_quadrant_and_side(segments):
    counts = count_labels(segments)
    assert counts["unlabelled"] == 6 and sum(counts[quadrant] for quadrant in QUADRANTS) == 24
    for quadrant in QUADRANTS:
        assert counts[quadrant] == (segments["quadrant"] == quadrant).sum()
        assert counts["seen"][quadrant] + counts["held_out"][quadrant] == counts[quadrant]
    assert sum(counts["held_out"].values()) == 8


def test_the_corpus_is_described():
    manifest = pd.DataFrame(
        {
            "status": ["used", "used", "used", "left_out"],
            "split": ["train", "train", "held_out", None],
            "duration_s": [10.0, 20.25, 5.5, np.nan],
        }
    )
    segments = pd.DataFrame({"segment": range(36)})
    assert describe_corpus(manifest, segments) == {
        "clips": 3,
        "left_out": 1,
        "segments": 36,
        "duration_s": 35.75,
        "seen_clips": 2,
        "held_out_clips": 1,
    }


@pytest.fixture
def measured(segments):
    """Two takes of ``random``, one of ``oracle`` (which hears just the labels), on clips a, b and e."""
    rows = [("random", 0), ("random", 1), ("oracle", 0)]
    clips = [("a", "train"), ("b", "train"), ("e", "held_out")]
    errors = pd.DataFrame(
        [
            {
                "clip_id": clip_id,
                "split": split,
                "system": system,
                "take": take,
                "mae_tlr": 0.1 * (i + 1) + 0.02 * take,
            }
            for system, take in rows
            for i, (clip_id, split) in enumerate(clips)
        ]
    ).assign(mae_waveform=0.25, log_mel_distance=10.0)
    errors[["join_auc_flux", "join_auc_click", "join_auc_loudness"]] = 0.5
    errors["unique_ratio"], errors["longest_run_s"] = 0.75, 3.0
    errors[list(CONTINUITY)] = 1.5
    rng = np.random.default_rng(0)
    timbre = [
        {"clip_id": c, "system": s} | frames(rng) for c, _ in clips for s in ("original", "random", "oracle")
    ]
    labels = segments[segments["clip_id"].isin(["a", "b", "e"])].fillna({"valence": 2.0, "arousal": 2.0})
    emotions = pd.concat(
        [labels[[*KEYS, "valence", "arousal"]].assign(system=system, take=take) for system, take in rows],
        ignore_index=True,
    )
    flipped = (emotions["system"] == "random") & (emotions["take"] == 1)
    emotions.loc[flipped, ["valence", "arousal"]] = 10 - emotions.loc[flipped, ["valence", "arousal"]]
    return errors, emotions, pd.DataFrame(timbre)


def frames(rng):
    """Sums over 30 frames of 20 coefficients."""
    x = rng.normal(size=(30, 20))
    return {"n": 30, "total": x.sum(axis=0).tolist(), "products": (x.T @ x).ravel().tolist()}


def test_errors_are_means_over_takes_then_clips(measured, segments):
    systems = score_systems(*measured, segments)
    assert list(systems) == list(SYSTEMS)
    seen, held_out = systems["random"]["seen"], systems["random"]["held_out"]
    assert seen["mae_tlr"] == pytest.approx((0.1 + 0.12 + 0.2 + 0.22) / 4)
    assert held_out["mae_tlr"] == pytest.approx(0.31)
    assert seen["mae_waveform"] == 0.25 and seen["log_mel_distance"] == 10
    assert all(seen[name] == 1.5 for name in CONTINUITY)
    assert (seen["n_clips"], held_out["n_clips"]) == (2, 1)


def test_timbre_is_compared_over_all_clips_of_a_side(measured, segments):
    timbre = measured[2]
    seen = timbre[timbre["clip_id"].isin(["a", "b"])]
    pooled = {
        system: MFCCStatistics(
            int(rows["n"].sum()),
            np.sum(rows["total"].tolist(), axis=0),
            np.sum(rows["products"].tolist(), axis=0).reshape(20, 20),
        )
        for system, rows in seen.groupby("system")
    }
    expected = fd_mfcc(pooled["original"], pooled["random"])
    assert score_systems(*measured, segments)["random"]["seen"]["fd_mfcc"] == pytest.approx(expected)


def test_what_cannot_be_measured_is_none(measured, segments):
    errors, emotions, timbre = measured
    errors.loc[errors["system"] == "random", "join_auc_flux"] = np.nan
    systems = score_systems(errors, emotions, timbre, segments)
    assert systems["random"]["seen"]["join_auc_flux"] is None
    assert systems["oracle"]["seen"]["join_auc_flux"] == 0.5


def test_improvement_is_over_the_previous_system(measured):
    errors = measured[0].replace({"system": {"random": "previous", "oracle": "moodscore"}})
    errors.loc[errors["system"] == "moodscore", "mae_tlr"] /= 2
    gained = score_improvement(errors, seed=0)
    assert "previous" not in gained and gained["paper"] == {"seen": None, "held_out": None}
    takes = errors.groupby(["system", "split", "clip_id"])["mae_tlr"].mean()
    old, new = takes["previous", "train"].sum(), takes["moodscore", "train"].sum()
    assert gained["moodscore"]["seen"]["percent"] == pytest.approx(100 * (1 - new / old))
    assert set(gained["moodscore"]["held_out"]) == {"percent", "wilcoxon_p", "ci95"}


def test_untouched_music_is_beside_the_systems(measured):
    errors = measured[0].replace({"system": {"oracle": "original"}})
    assert score_originals(errors)["held_out"] == dict.fromkeys(
        ["join_auc_flux", "join_auc_click", "join_auc_loudness"], 0.5
    )
    assert score_originals(measured[0]) == {"seen": None, "held_out": None}


def test_a_clip_with_more_takes_does_not_count_more(measured, segments):
    errors, emotions, timbre = measured
    extra = errors[(errors["clip_id"] == "a") & (errors["system"] == "random")].assign(take=7)
    systems = score_systems(pd.concat([errors, extra]), emotions, timbre, segments)
    assert systems["random"]["seen"]["mae_tlr"] == pytest.approx((0.11 + 0.21) / 2)


def test_emotions_are_compared_with_the_labels_take_by_take(measured, segments):
    systems = score_systems(*measured, segments)
    for side in ("seen", "held_out"):
        assert systems["oracle"][side]["emotion_match"] == 1
        assert systems["oracle"][side]["valence_ccc"] == pytest.approx(1)
        # one take is right throughout, the other on the other side of neutral
        assert systems["random"][side]["emotion_match"] == 0.5


def test_systems_and_sides_that_were_not_measured_are_none(measured, segments):
    errors, emotions, timbre = measured
    systems = score_systems(errors[errors["split"] == "train"], emotions, timbre, segments)
    assert systems["random"]["held_out"] is None and systems["random"]["seen"] is not None
    assert systems["silence"] == {"seen": None, "held_out": None}


def test_without_labels_the_errors_remain(measured, segments):
    segments[["valence", "arousal", "quadrant"]] = pd.NA
    seen = score_systems(*measured, segments)["random"]["seen"]
    assert seen["mae_tlr"] > 0
    assert seen["emotion_match"] is None and seen["valence_ccc"] is None and seen["arousal_ccc"] is None


def test_everything_goes_into_json(measured, read, segments):
    metrics = {
        "emotion": score_reading(read, segments),
        "systems": score_systems(*measured, segments),
        "labels": count_labels(segments),
    }
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_the_table_has_a_row_a_system_and_side(measured, segments):
    systems = score_systems(*measured, segments)
    table = systems_table(systems)
    assert table[["system", "split"]].to_numpy().tolist() == [
        [system, side] for system in ("random", "oracle") for side in ("seen", "held_out")
    ]
    for row in table.to_dict("records"):
        assert {name: row[name] for name in systems["random"]["seen"]} == systems[row["system"]][row["split"]]


def test_an_empty_table_still_has_its_columns():
    table = systems_table({"random": {"seen": None, "held_out": None}})
    assert table.empty and table.columns.tolist()[:3] == ["system", "split", "mae_waveform"]
