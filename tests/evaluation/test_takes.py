from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from moodscore.evaluation import Original, Task, measure_soundtrack, measure_takes, plan_takes
from moodscore.evaluation.takes import CONTINUITY
from moodscore.metrics import (
    BeatGrid,
    MFCCStatistics,
    continuity,
    join_auc_click,
    join_auc_flux,
    join_auc_loudness,
    longest_run_s,
    unique_ratio,
)
from moodscore.music import SYSTEMS, Arrangement, arrange, heard_cost
from moodscore.music.systems import Brief

ERRORS = ["mae_waveform", "mae_tlr", "log_mel_distance"]
JOIN_AUCS = {
    "join_auc_flux": join_auc_flux,
    "join_auc_click": join_auc_click,
    "join_auc_loudness": join_auc_loudness,
}


@pytest.fixture(scope="module")
def brief(world):
    own = world.features[world.features["clip_id"] == "a"].reset_index(drop=True)
    scaled = world.scaler.transform(own)
    targets = pd.concat([own[["segment"]], scaled], axis=1).assign(
        start_s=own["segment"] * 1.0, valence=4.0, arousal=6.0, quadrant="neg_high", confidence=1.0
    )
    audio = world.sources["a"]
    return Brief("a", targets, scaled, n_samples=audio.n_samples, sample_rate=audio.sample_rate)


@pytest.fixture(scope="module")
def sheets(world, brief):
    planned, notes = plan_takes(
        "a", replace(brief, previous=brief.truth), music=world.music, chosen={}, seed=3
    )
    kept = planned["system"].isin(["random", "paper", "collage", "moodscore", "composed"]) & (
        planned["take"] < 3
    )
    return planned[kept].reset_index(drop=True), notes


@pytest.fixture(scope="module")
def task(world, sheets):
    features = world.features[world.features["clip_id"] == "a"]
    return Task(world.sources["a"], features, sheets[0], world.sources, sheets[1])


@pytest.fixture(scope="module")
def measured(world, task):
    return measure_takes("a", task, **world.measuring)


KEYS = [["original", 0], ["silence", 0], ["random", 0], ["random", 1], ["random", 2], ["paper", 0]]
KEYS += [["collage", 0], ["moodscore", 0], ["composed", 0]]


def test_every_take_is_counted_within_its_system(measured):
    errors, emotions, timbre = measured
    assert errors[["system", "take"]].to_numpy().tolist() == KEYS
    assert emotions.drop_duplicates(["system", "take"])[["system", "take"]].to_numpy().tolist() == KEYS[1:]
    assert timbre["system"].tolist() == [
        "original",
        "silence",
        "random",
        "paper",
        "collage",
        "moodscore",
        "composed",
    ]
    assert {*errors["clip_id"], *emotions["clip_id"], *timbre["clip_id"]} == {"a"}
    assert emotions.groupby(["system", "take"]).size().eq(4).all()
    assert np.isfinite(errors[ERRORS].to_numpy()[1:]).all() and emotions["valence"].between(1, 9).all()


def test_a_take_is_measured_as_it_would_be_alone(world, task, brief, measured):
    errors, emotions, timbre = measured
    rate = brief.sample_rate
    original = Original.prepare(task.original.read(), rate, task.original_features, world.scaler)
    for row in errors[errors["system"] != "original"].to_dict("records"):
        system, take = row["system"], row["take"]
        cues = task.sheets[(task.sheets["system"] == system) & (task.sheets["take"] == take)]
        cues = cues if len(cues) else None
        notes = task.notes if system == "composed" else None
        arranged = Arrangement("a", system, cues, world.sources, brief.n_samples, rate, notes)
        rendered = arranged.rendered().read(0, brief.n_samples)
        track, alone = measure_soundtrack(rendered, original, **world.measuring)
        assert {name: row[name] for name in ERRORS} == alone.errors
        heard = emotions[(emotions["system"] == system) & (emotions["take"] == take)]
        np.testing.assert_array_equal(heard[["valence", "arousal"]], alone.judged[["valence", "arousal"]])
        if cues is None:
            assert np.isnan([row[name] for name in (*JOIN_AUCS, *CONTINUITY, "unique_ratio")]).all()
            continue
        for name, measure in JOIN_AUCS.items():
            joins = cues["start_sample"][1:]
            # Where bars follow each other nothing is joined.
            expected = np.nan if system == "composed" else measure(track, joins, rate)
            np.testing.assert_equal(row[name], expected)
        assert (row["unique_ratio"], row["longest_run_s"]) == (unique_ratio(cues), longest_run_s(cues))
        if system == "paper":
            frames = MFCCStatistics.of(track, rate)
            own = timbre[timbre["system"] == system].iloc[0]
            assert own["n"] == frames.n
            np.testing.assert_array_equal(np.reshape(own["products"], (20, 20)), frames.products)


def test_the_originals_joins_are_those_of_the_grid(world, task, measured):
    own = measured[0].iloc[0]
    grid = np.arange(1, 4) * task.original.sample_rate
    for name, measure in JOIN_AUCS.items():
        assert own[name] == measure(task.original.read(), grid, task.original.sample_rate)
    assert np.isnan(own["mae_tlr"])


def test_every_system_is_planned_and_the_delivered_one_taken_as_it_is(world, brief):
    full = replace(brief, previous=brief.truth.assign(tempo=0.5))
    delivered = arrange("moodscore", full, world.music, seed=0)[0].cues.assign(gain_db=1.5)
    planned, notes = plan_takes("a", full, music=world.music, chosen={"a": delivered}, seed=0)
    assert planned["system"].drop_duplicates().tolist() == list(SYSTEMS[1:])
    assert planned.loc[planned["system"] == "moodscore", "gain_db"].eq(1.5).all()
    assert planned.loc[planned["system"] == "random", "take"].nunique() == 20
    assert len(notes) and set(notes["clip_id"]) == {"a"}
    alone, _ = plan_takes("a", full, music=world.music, chosen={}, seed=0)
    assert not alone.loc[alone["system"] == "moodscore", "gain_db"].eq(1.5).all()


def test_how_a_sheet_goes_on_is_known_from_the_sheet(world, brief, measured):
    """Every take has its own figures, and they arrive with what is measured of the sound."""
    cuts = brief.targets.assign(cut_s=[0.4, np.nan, 2.0, np.nan], cut_strength=1.0)
    full = replace(brief, targets=cuts, previous=brief.truth)
    planned, _ = plan_takes("a", full, music=world.music, chosen={}, seed=3)
    grids = {
        name: BeatGrid(piece.beats_s[:-1], piece.bar_position)
        for name, piece in world.music.pieces.items()
        if piece.has_beat
    }
    for (system, _), cues in planned.groupby(["system", "take"]):
        if system == "composed":
            continue
        expected = continuity(cues, grids, [0.4, 2.0])
        expected["target_cost_mean"] = heard_cost(cues, cuts, world.music, duration_s=4.0)
        for column in CONTINUITY.values():
            assert len(cues[column].drop_duplicates()) == 1
            np.testing.assert_equal(cues[column].iloc[0], expected[column], err_msg=f"{system} {column}")
    composed = planned[planned["system"] == "composed"].iloc[0]
    assert (composed["joins_per_min"], composed["median_run_s"]) == (0, 4)
    assert np.isnan(composed["target_cost_mean"])  # it is made of no snippets
    errors = measured[0].set_index(["system", "take"])
    assert errors.loc[("moodscore", 0), "joins_per_min"] <= errors.loc[("collage", 0), "joins_per_min"]
    assert errors.loc[("paper", 0), "target_cost"] > 0
