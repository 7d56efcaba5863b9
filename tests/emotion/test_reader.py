import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import quadrant_of, read_emotion, read_valence, train_reader
from moodscore.fuzzy import ANFISRegressor

INPUTS = ["hue", "motion"]


def rows_of(n_clips=16, n_segments=6, noise=0.3, seed=0):
    """Clips whose valence follows hue and whose arousal follows motion."""
    rng = np.random.default_rng(seed)
    hue, motion = np.repeat(rng.uniform(0, 1, (2, n_clips)), n_segments, axis=1)
    table = pd.DataFrame(
        {
            "clip_id": np.repeat([f"c{k:02}" for k in range(n_clips)], n_segments),
            "hue": np.clip(hue + rng.normal(0, 0.03, hue.shape), 0, 1),
            "motion": np.clip(motion + rng.normal(0, 0.03, hue.shape), 0, 1),
            "valence": np.clip(1 + 8 * hue + rng.normal(0, noise, hue.shape), 1, 9),
            "arousal": np.clip(1 + 8 * motion + rng.normal(0, noise, hue.shape), 1, 9),
        }
    )
    return table.assign(quadrant=quadrant_of(table["valence"], table["arousal"]))


def train(rows, **options):
    defaults = {"n_mfs": 2, "max_epochs": 30, "patience": 5, "held_back": 0.25, "seed": 0}
    return train_reader(rows, INPUTS, **defaults | options)


def test_reads_clips_it_has_not_seen():
    model, _ = train(rows_of())
    new = rows_of(seed=1)
    read = read_emotion(model, new, INPUTS)
    assert np.sqrt(((read[["valence", "arousal"]] - new[["valence", "arousal"]]) ** 2).mean()).max() < 0.8
    by_the_rule = quadrant_of(1 + 8 * new["hue"], 1 + 8 * new["motion"])
    agreement, best = (np.mean(q == new["quadrant"]) for q in (read["quadrant"], by_the_rule))
    assert agreement > best - 0.05


def test_the_curve_is_of_the_search_and_the_model_of_all_clips():
    rows = rows_of()
    model, curve = train(rows)
    n_epochs = int(curve["validation_rmse"].argmin()) + 1
    assert len(model.training_rmse_) == n_epochs
    assert curve["epoch"].tolist() == list(range(1, len(curve) + 1))
    assert len(curve) <= n_epochs + 5
    again = ANFISRegressor(n_mfs=2, max_epochs=n_epochs)
    counts = rows["quadrant"].map(rows["quadrant"].value_counts())
    weights = len(rows) / (rows["quadrant"].nunique() * counts)
    again.fit(rows[INPUTS], rows[["valence", "arousal"]], sample_weight=weights)
    np.testing.assert_allclose(model.predict(rows[INPUTS]), again.predict(rows[INPUTS]), atol=1e-9)


def test_without_clips_to_hold_back_all_epochs_are_run():
    model, curve = train(rows_of(), held_back=0.0, max_epochs=7)
    assert len(curve) == len(model.training_rmse_) == 7
    assert curve["validation_rmse"].isna().all()


def test_equal_seeds_equal_models():
    first, second, other = (train(rows_of(), seed=seed)[1] for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(first, second)
    assert not first["validation_rmse"].equals(other["validation_rmse"])


def test_a_rare_quadrant_counts_as_much_as_a_frequent_one():
    """Of two groups that no input tells apart, unweighted least squares would follow the larger."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "clip_id": np.repeat(["a", "b", "c", "d"], [30, 30, 10, 10]),
            "hue": rng.uniform(0, 1, 80),
            "motion": rng.uniform(0, 1, 80),
            "valence": np.repeat([8.0, 2.0], [60, 20]),
            "arousal": 5.5,
        }
    )
    rows["quadrant"] = quadrant_of(rows["valence"], rows["arousal"])
    model, _ = train(rows, n_mfs=1, held_back=0.0, max_epochs=1)
    assert read_emotion(model, rows, INPUTS)["valence"].mean() == pytest.approx(5.0, abs=0.3)


def test_scores_stay_on_the_scale_and_keep_their_rows():
    rows = rows_of()
    model, _ = train(rows)
    far = pd.DataFrame({"hue": [-3.0, 4.0], "motion": [-3.0, 4.0]}, index=[7, 3])
    read = read_emotion(model, far, INPUTS)
    assert read.index.tolist() == [7, 3]
    assert read[["valence", "arousal"]].to_numpy().min() >= 1
    assert read[["valence", "arousal"]].to_numpy().max() <= 9
    assert list(read.columns) == ["valence", "arousal", "confidence", "quadrant"]


def test_the_code_is_one_output_rounded_half_up():
    rows = rows_of(noise=0.1)
    model, _ = train(rows, target="code", balanced=False, n_mfs=3)
    assert model.output_names_ == ["quadrant_code"]
    read = read_emotion(model, rows, INPUTS)
    raw = model.predict(rows[INPUTS]).ravel()
    nearest = [min((1, 2, 3, 4), key=lambda code, r=r: (abs(code - r), -code)) for r in raw]
    names = {1: "pos_high", 2: "pos_low", 3: "neg_high", 4: "neg_low"}
    assert read["quadrant"].tolist() == [names[code] for code in nearest]
    assert set(read["valence"]) | set(read["arousal"]) <= {3.0, 7.0}


def test_codes_outside_are_clipped_and_reported(caplog):
    model, _ = train(rows_of(), target="code", n_mfs=2)
    far = pd.DataFrame({"hue": [40.0, -40.0], "motion": [0.5, 0.5]})
    with caplog.at_level("WARNING"):
        read = read_emotion(model, far, INPUTS)
    assert set(read["quadrant"]) <= {"pos_high", "neg_low"}
    assert "2 of 2 quadrant codes" in caplog.text


def test_unbalanced_training_weighs_rows_alike():
    rows = rows_of()
    model, _ = train(rows, balanced=False, held_back=0.0, max_epochs=2)
    plain = ANFISRegressor(n_mfs=2, max_epochs=2).fit(rows[INPUTS], rows[["valence", "arousal"]])
    np.testing.assert_allclose(model.predict(rows[INPUTS]), plain.predict(rows[INPUTS]), atol=1e-9)


def test_valence_alone_can_be_the_target():
    model, _ = train(rows_of(), target="valence")
    new = rows_of(seed=1)
    read = read_valence(model, new, INPUTS)
    assert model.output_names_ == ["valence"]
    assert read.shape == (len(new),)
    assert ((read >= 1) & (read <= 9)).all()
    assert np.sqrt(((read - new["valence"]) ** 2).mean()) < 0.8


def test_as_many_are_read_on_either_side_as_were_rated_there():
    from moodscore.emotion import side_shifts

    rng = np.random.default_rng(1)
    rated = np.column_stack([rng.choice([2.0, 6.0], 200, p=[0.3, 0.7]), rng.uniform(1, 9, 200)])
    read = rng.normal(4.0, 0.3, (200, 2))
    shifted = read + side_shifts(read, rated)
    np.testing.assert_allclose((shifted > 5).mean(axis=0), (rated > 5).mean(axis=0), atol=0.011)


def test_the_mean_picture_of_each_rating_is_learnt_from():
    """A clip whose seconds scatter tells as much as one whose seconds are all alike."""
    rng = np.random.default_rng(2)
    means = rng.uniform(0, 1, 40)
    steady = pd.DataFrame(
        {"clip_id": np.repeat(np.arange(40).astype(str), 4), "segment": np.tile(range(4), 40)}
    )
    steady["light"] = means.repeat(4)
    steady["valence"] = (3 + 4 * means).repeat(4)
    steady["arousal"] = (7 - 4 * means).repeat(4)
    steady["quadrant"] = quadrant_of(steady["valence"], steady["arousal"])
    scattered = steady.assign(light=steady["light"] + np.tile([0.5, -0.5, 0.3, -0.3], 40))
    options = {"n_mfs": 1, "max_epochs": 1, "patience": 1, "held_back": 0.0, "seed": 0, "balanced": False}
    tried = pd.DataFrame({"light": [0.2, 0.8]})
    answers = [
        train_reader(rows, ["light"], averaged=averaged, **options)[0].predict(tried)
        for rows, averaged in ((steady, False), (scattered, True), (scattered, False))
    ]
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-4)
    assert np.ptp(answers[2][:, 0]) < 0.7 * np.ptp(answers[0][:, 0])
