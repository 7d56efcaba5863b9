import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from moodscore.fuzzy.grid import RuleGrid, grid_premises

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "anfis" / "published_fis.json"


def test_the_last_input_varies_fastest():
    grid = RuleGrid((2, 1, 3))
    assert [tuple(row) for row in grid.antecedents.tolist()] == list(product(range(2), range(1), range(3)))


def test_incidence_marks_one_function_an_input():
    grid = RuleGrid((2, 3))
    assert grid.incidence.shape == (5, 6)
    for rule, (first, second) in enumerate(grid.antecedents):
        assert set(np.flatnonzero(grid.incidence[:, rule])) == {first, 2 + second}


def test_firing_strengths_are_products_over_their_sum():
    grid = RuleGrid((2, 4, 3))
    memberships = np.random.default_rng(0).random((9, 5))
    shares = np.concatenate([memberships[rows] / memberships[rows].sum(axis=0) for rows in grid.slices])
    raw = np.array(
        [
            [
                math.prod(memberships[rows][j, n] for rows, j in zip(grid.slices, rule, strict=True))
                for n in range(5)
            ]
            for rule in grid.antecedents
        ]
    )
    np.testing.assert_allclose(grid.firing_strengths(shares), raw / raw.sum(axis=0), rtol=1e-13)


def test_bells_cover_the_box_evenly():
    premises = grid_premises(np.array([0.0, -1.0, 4.0]), np.array([3.0, 1.0, 5.0]), RuleGrid((4, 2, 1)))
    expected = [
        [0.5, 2, 0], [0.5, 2, 1], [0.5, 2, 2], [0.5, 2, 3], [1, 2, -1], [1, 2, 1], [0.5, 2, 4.5],
    ]  # fmt: skip
    np.testing.assert_allclose(premises, expected, rtol=0, atol=1e-15)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published models are not here")
def test_bells_are_those_of_the_published_models():
    models = [model for model in json.loads(PUBLISHED.read_text()).values() if "initial" in model]
    assert models
    for model in models:
        inputs = model["initial"]["inputs"]
        grid = RuleGrid(tuple(len(each["gbell_a_b_c"]) for each in inputs))
        lowest, highest = np.array([each["range"] for each in inputs]).T
        published = np.concatenate([each["gbell_a_b_c"] for each in inputs])
        np.testing.assert_allclose(grid_premises(lowest, highest, grid), published, rtol=0, atol=1e-12)
        assert grid.n_rules == model["initial"]["n_rules"]


def test_padding_is_undone():
    grid = RuleGrid((3, 1))
    premises = np.random.default_rng(0).random((4, 3))
    padded = grid.pad(premises)
    assert padded.shape == (2, 3, 3)
    assert np.isnan(padded[1, 1:]).all()
    np.testing.assert_array_equal(grid.unpad(padded), premises)
