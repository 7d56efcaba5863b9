from moodscore.evaluation import compare_runs


def run(match, side="held_out"):
    other = {"held_out": "seen", "seen": "held_out"}[side]
    return {
        "corpus": {"clips": 4},
        "emotion": {side: dict.fromkeys(["accuracy", "balanced_accuracy"], 0.5), other: None},
        "systems": {"moodscore": {side: {"emotion_match": match, "mae_tlr": 0.2}, other: None}},
    }


def test_the_newest_run_comes_first():
    table = compare_runs(run(0.3), {"2026-01": run(0.1), "2026-02": run(0.2), "2026-03": run(0.3)})
    assert table["run"].tolist() == ["2026-03", "2026-02", "2026-01"]
    assert table["moodscore_emotion_match"].tolist() == [0.3, 0.2, 0.1]
    assert table["accuracy"].eq(0.5).all()


def test_a_run_that_is_not_stored_is_there_all_the_same():
    assert compare_runs(run(0.3), {"2026-01": run(0.1)})["run"].tolist() == ["this run", "2026-01"]


def test_only_the_last_runs_are_listed():
    assert len(compare_runs(run(99), {f"{k:03}": run(k) for k in range(30)})) == 10


def test_what_an_old_run_did_not_measure_is_missing():
    table = compare_runs(run(0.3), {"2026-01": {"corpus": {"clips": 2}}})
    assert table["moodscore_mae_tlr"].isna().tolist() == [False, True]
    assert table["previous_mae_tlr"].isna().all()


def test_without_held_out_clips_the_seen_ones_count():
    table = compare_runs(run(0.3, side="seen"), {})
    assert table.loc[0, ["side", "moodscore_emotion_match"]].tolist() == ["seen", 0.3]
