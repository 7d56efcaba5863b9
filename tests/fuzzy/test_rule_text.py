import numpy as np
import pytest

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
        "R1: IF hue is low (0.35 ± 0.1) THEN "
        "valence = 1 hue - 2.5 motion + 0.125; arousal = 0 hue + 1 motion - 3; fires in 20.0 % of the data",
        "R2: IF hue is high (1 ± 0.2) THEN "
        "valence = 0 hue + 0 motion + 5; arousal = 0 hue + 0 motion + 6; fires in 80.0 % of the data",
    ]


@pytest.mark.parametrize(
    ("centres", "terms"),
    [
        ([0, 1, 2, 3], ["low", "medium-low", "medium-high", "high"]),
        ([3, 1, 2, 0], ["high", "medium-low", "medium-high", "low"]),  # training made them change places
        ([0, 2, 1], ["low", "high", "medium"]),
        ([5, 4, 3, 2, 1, 0], [f"level {rank} of 6" for rank in (6, 5, 4, 3, 2, 1)]),
    ],
)
def test_terms_follow_the_order_of_the_centres(centres, terms):
    count = len(centres)
    bells = np.ones((1, count, 3))
    bells[0, :, 2] = centres
    shares = np.full(count, 1 / count)
    text = describe_rules(RuleGrid((count,)), bells, np.zeros((count, 2, 1)), shares, ["hue"], ["valence"])
    assert [rule.split(" THEN ")[0] for rule in text.splitlines()] == [
        f"R{rule}: IF hue is {term} ({centre} ± 1)"
        for rule, (term, centre) in enumerate(zip(terms, centres, strict=True), start=1)
    ]


def test_a_single_rule_has_no_condition():
    grid = RuleGrid((1,))
    text = describe_rules(grid, np.ones((1, 1, 3)), np.ones((1, 2, 1)), np.ones(1), ["x"], ["y"])
    assert text == "R1: ALWAYS y = 1 x + 1; fires in 100.0 % of the data"
