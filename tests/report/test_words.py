import pytest

from moodscore.music import SYSTEMS
from moodscore.report import METRICS, SYSTEM_WORDS, headline

READING = {"accuracy": 0.8, "majority_accuracy": 0.3, "n": 40}
GAIN = {"percent": 12.34, "wilcoxon_p": 0.012, "ci95": [3.21, 20.09]}


def metrics(side="held_out", gain=GAIN):
    other = {"held_out": "seen", "seen": "held_out"}[side]
    scores = {"silence": 0.2, "random": 0.25, "previous": 0.4, "moodscore": 0.7}
    return {
        "emotion": {side: READING, other: None},
        "judge": {side: READING, other: None},
        "systems": {name: {side: {"emotion_match": value}, other: None} for name, value in scores.items()},
        "improvement": {"moodscore": {side: gain, other: None}} if gain else {},
    }


def test_the_headline_says_each_figure_once():
    mood, reading, judge, gain = headline(metrics())
    assert "70 % of the segments of moodscore’s music (previous 40 %, random 25 %)" in mood
    assert "80 % of 40 segments" in reading
    assert "30 %" in reading
    assert "judge itself is right in 80 %" in judge
    assert "12.3 % better" in gain
    assert "3.2 to 20.1 %" in gain
    assert "hardly" in gain


@pytest.mark.parametrize(("p", "words"), [(0.049, "hardly explains"), (0.05, "may well explain")])
def test_chance_is_named(p, words):
    assert words in headline(metrics(gain=GAIN | {"wilcoxon_p": p}))[-1]


def test_a_loss_is_called_one():
    assert "4.0 % worse" in headline(metrics(gain={"percent": -4.0, "wilcoxon_p": 0.5, "ci95": [-9, 2]}))[-1]


def test_without_held_out_clips_the_seen_ones_speak():
    assert all("seen in training" in sentence for sentence in headline(metrics("seen")))


def test_what_is_not_there_is_not_said():
    empty = metrics(gain=None) | {"emotion": {"held_out": None, "seen": None}}
    empty["judge"] = {"held_out": None, "seen": None}
    assert len(headline(empty)) == 1


def test_every_system_has_its_words():
    assert set(SYSTEMS) <= set(SYSTEM_WORDS)


def test_every_metric_is_explained_once():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.meaning.endswith(".") for metric in METRICS)
