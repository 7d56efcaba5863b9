import pytest

from moodscore.evaluation import print_summary
from moodscore.music import SYSTEMS

READING = {
    "accuracy": 0.625,
    "majority_accuracy": 0.375,
    "balanced_accuracy": 0.5,
    "macro_f1": 0.5,
    "valence_ccc": 0.71,
    "arousal_ccc": 0.82,
    "n": 40,
}
SCORES = {
    "emotion_match": 0.8125,
    "mae_tlr": 0.25,
    "log_mel_distance": 12.5,
    "mae_waveform": 0.125,
    "n_clips": 2,
}


@pytest.fixture
def printed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def show(reading, scores):
        systems = dict.fromkeys(SYSTEMS, scores)
        gain = {"percent": 12.345, "ci95": [3.0, 21.0], "wilcoxon_p": 0.0234}
        gained = {"moodscore": {side: gain if own else None for side, own in scores.items()}}
        print_summary({"emotion": reading, "judge": reading, "systems": systems, "improvement": gained})
        return capsys.readouterr().out

    return show


def test_held_out_figures_are_printed_where_there_are_any(printed):
    text = printed(
        {"seen": READING | {"accuracy": 0.99}, "held_out": READING},
        {"seen": SCORES | {"mae_tlr": 0.99}, "held_out": SCORES},
    )
    assert all(f" {system} " in text for system in SYSTEMS)
    assert "held-out clips" in text and "training" not in text and "99" not in text
    for figure in ("62%", "40 segments", "38%", "0.71", "0.82", "0.812", "0.250", "12.500", "0.125"):
        assert figure in text
    assert "pictures" in text and "judge" in text
    assert "+12.35 % better over 2 clips (95 % interval 3.0 to 21.0), p = 0.0234" in text.replace("\n", " ")


def test_else_those_of_training_clips(printed):
    text = printed({"seen": READING, "held_out": None}, {"seen": SCORES, "held_out": None})
    assert "training clips" in text and "held-out" not in text and "12.500" in text


def test_what_is_missing_is_said_to_be(printed):
    nothing = {"seen": None, "held_out": None}
    text = printed(nothing, {"seen": SCORES | {"emotion_match": None}, "held_out": None})
    assert text.count("no segment was rated") == 2 and "–" in text and "None" not in text
    assert all(f" {system} " in printed(nothing, nothing) for system in SYSTEMS)
