import numpy as np

from moodscore.fuzzy.grid import RuleGrid
from moodscore.fuzzy.rule_text import describe_rules


def test_rules_read_as_sentences():
    grid = RuleGrid((2, 1))
    premises = grid.pad(np.array([[0.1, 2.0, 0.35], [0.2, 2.0, 1.0], [0.5, 2.0, 0.5]]))
    consequents = np.array([[[1.0, 0.0], [-2.5, 1.0], [0.125, -3.0]], [[0.0, 0.0], [0.0, 0.0], [5.0, 6.0]]])
    text = describe_rules(
        grid, premises, consequents, np.array([0.2, 0.8]), ["hue", "motion"], ["valence", "arousal"]
    )
    assert text.splitlines() == [
        "R1 (covers 20.0 %): IF hue is 0.35 ± 0.1 THEN "
        "valence = 1 hue - 2.5 motion + 0.125; arousal = 0 hue + 1 motion - 3",
        "R2 (covers 80.0 %): IF hue is 1 ± 0.2 THEN "
        "valence = 0 hue + 0 motion + 5; arousal = 0 hue + 0 motion + 6",
    ]


def test_a_single_rule_has_no_condition():
    grid = RuleGrid((1,))
    text = describe_rules(grid, np.ones((1, 1, 3)), np.ones((1, 2, 1)), np.ones(1), ["x"], ["y"])
    assert text == "R1 (covers 100.0 %): ALWAYS y = 1 x + 1"
