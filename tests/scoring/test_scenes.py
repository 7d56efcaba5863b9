import numpy as np
import pandas as pd
import pytest

from moodscore.fuzzy import ANFISRegressor
from moodscore.scoring import explain, scenes_of
from moodscore.scoring.scenes import clock

INPUTS = ["hue", "motion"]


@pytest.fixture(scope="module")
def model():
    """Of calm pictures valence is twice the hue, of others 5."""
    rng = np.random.default_rng(0)
    seen = pd.DataFrame(rng.uniform(size=(200, 2)), columns=INPUTS)
    felt = pd.DataFrame({"valence": np.where(seen["motion"] < 0.5, 2 * seen["hue"], 5.0), "arousal": 3.0})
    return ANFISRegressor(n_mfs=[1, 2], max_epochs=5).fit(seen, felt)


@pytest.fixture
def tables():
    quadrants = ["pos_low"] * 4 + ["neg_high"] * 3 + ["pos_low"]
    emotion = pd.DataFrame(
        {
            "start_s": np.arange(8.0),
            "end_s": np.arange(8.0) + 1,
            "valence": 6.0,
            "arousal": 3.0,
            "confidence": 2.2,
            "routed_quadrant": quadrants,
            "is_given": [False] * 4 + [True] * 3 + [False],
        }
    )
    seen = pd.DataFrame({"hue": 0.5, "motion": [0.05] * 4 + [0.9] * 4, "clip_id": "x"})
    cues = pd.DataFrame(
        {
            "start_s": emotion["start_s"],
            "end_s": emotion["end_s"],
            "source_file": ["a/one.mp3"] * 3 + ["two.mp3", "three.mp3", "four.mp3", "five.mp3", "six.mp3"],
            "predicted_tempo": 0.25,
            "predicted_loudness": 0.5,
            "predicted_rhythm": 0.75,
        }
    )
    return emotion, seen, cues


def test_scenes(tables):
    scenes = scenes_of(tables[0])
    assert [(s.start_s, s.end_s, s.quadrant) for s in scenes] == [
        (0, 4, "pos_low"),
        (4, 7, "neg_high"),
        (7, 8, "pos_low"),
    ]


def test_the_words(tables, model):
    lines = explain(*tables, model)
    assert lines[0].startswith(
        "0:00-0:04 positive, low arousal (pos_low): valence 6.0, arousal 3.0, 2.2 from"
    )
    assert lines[1] == "  pictures: hue 0.50, motion 0.05"
    assert lines[2].startswith("  rule 1 (") and "if motion is low (" in lines[2]
    says = np.array([0.5, 0.05, 1.0]) @ model.consequents_[0]
    assert lines[2].endswith(f") then valence {says[0]:.1f}, arousal {says[1]:.1f}")
    assert lines[3].startswith("  rule 2 (") or lines[3].startswith("  decided by: motion 0.05 (valence ")
    given = lines.index("  the emotion is the one you gave")
    assert lines[given - 1].startswith("0:04-0:07 negative, high arousal")
    assert lines[given + 1] == (
        "  music asked for: tempo 0.25, loudness 0.50, rhythm 0.75 (0-1); "
        "found in three.mp3 (1 s), four.mp3 (1 s), five.mp3 (1 s)"
    )
    assert "found in one.mp3 (3 s), two.mp3 (1 s)" in "\n".join(lines[:given])
    assert any("rule 2" in line and "motion is high" in line for line in lines[given:])


def test_shares_of_the_rules_are_those_of_the_model(tables, model):
    share = model.firing_strengths(tables[1][INPUTS].iloc[:4])[:, 0].mean()
    assert f"  rule 1 ({100 * share:.0f} %)" in explain(*tables, model)[2]


def test_what_decided_is_what_moved_the_answer(tables, model):
    (decided,) = [line for line in explain(*tables, model)[:5] if line.startswith("  decided by: ")]
    picture = tables[1][INPUTS].iloc[:4].mean()
    middle = picture.to_frame().T.assign(motion=model.input_range_[1].mean())
    moved = (model.predict(picture.to_frame().T) - model.predict(middle))[0]
    assert f"motion {picture['motion']:.2f} (valence {moved[0]:+.1f}, arousal {moved[1]:+.1f})" in decided
    assert decided.index("motion") < decided.index("hue")


def test_a_scene_near_the_middle_is_neutral(tables, model):
    emotion, seen, cues = tables
    lines = explain(emotion.assign(is_neutral=emotion.index < 3), seen, cues, model)
    heads = [line for line in lines if line[0] != " "]
    assert heads[0].startswith("0:00-0:04 neutral, nearest to positive, low arousal (pos_low): valence")
    assert not any("neutral, nearest" in head for head in heads[1:])


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (65, "1:05"), (3723, "1:02:03")])
def test_clock(seconds, text):
    assert clock(seconds) == text
