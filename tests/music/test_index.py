import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import SnippetIndex


def brute_force(features, queries, k):
    distances = np.abs(features[np.newaxis] - queries[:, np.newaxis]).mean(axis=-1)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(distances, order, axis=1), order


@pytest.mark.parametrize("n", [1, 2, 7, 500])
@pytest.mark.parametrize("k", [1, 5, 20])
@pytest.mark.parametrize("grid", [None, 2, 4], ids=["continuous", "halves", "quarters"])
def test_equals_brute_force_ties_included(n, k, grid):
    rng = np.random.default_rng(n * k)
    features, queries = rng.uniform(size=(n, 3)), rng.uniform(-0.2, 1.2, size=(60, 3))
    if grid:  # coarse grids of dyadic numbers: exact ties everywhere, and many equal rows
        features, queries = np.rint(features * grid) / grid, np.rint(queries * grid) / grid
    distances, rows = SnippetIndex(features).query(queries, k=k)
    expected_distances, expected_rows = brute_force(features, queries, k)
    assert rows.shape == (60, min(k, n))
    np.testing.assert_array_equal(rows, expected_rows)
    np.testing.assert_array_equal(distances, expected_distances)


def test_ties_by_rounding_are_ordered_by_the_computed_distance():
    rng = np.random.default_rng(0)
    features = np.rint(rng.uniform(size=(400, 3)) * 10) / 10  # tenths: sums differ in their last bit
    queries = np.rint(rng.uniform(size=(100, 3)) * 10) / 10
    np.testing.assert_array_equal(
        SnippetIndex(features).query(queries, k=9)[1], brute_force(features, queries, 9)[1]
    )


def test_equal_snippets_all_return_in_order():
    distances, rows = SnippetIndex(np.full((1000, 3), 0.5)).query([[0.5, 0.5, 0.5]], k=1000)
    assert rows[0].tolist() == list(range(1000))
    assert not distances.any()


def test_distance_is_the_mean_absolute_error():
    distances, _ = SnippetIndex([[0.1, 0.2, 0.3]]).query([[0.4, 0.0, 0.3]])
    assert distances[0, 0] == pytest.approx((0.3 + 0.2 + 0.0) / 3)


def test_no_query_gives_no_row():
    distances, rows = SnippetIndex(np.eye(3)).query(np.empty((0, 3)), k=2)
    assert distances.shape == rows.shape == (0, 2)


def test_a_quarter_million_snippets():
    rng = np.random.default_rng(0)
    features, queries = rng.uniform(size=(250_000, 3)), rng.uniform(size=(240, 3))
    index = SnippetIndex(features)
    _, rows = index.query(queries, k=20)
    np.testing.assert_array_equal(rows[:5], brute_force(features, queries[:5], 20)[1])


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.empty((0, 3)), "no snippets"),
        ([[0.0, np.nan, 0.0]], "not finite"),
        ([0.0, 1.0, 2.0], "shape"),
    ],
)
def test_refuses_unusable_features(features, message):
    with pytest.raises(MoodscoreError, match=message):
        SnippetIndex(features)


def test_refuses_unusable_queries():
    index = SnippetIndex(np.eye(3))
    with pytest.raises(MoodscoreError, match="columns"):
        index.query([[0.0, 1.0]])
    with pytest.raises(MoodscoreError, match="not finite"):
        index.query([[0.0, 1.0, np.inf]])
    with pytest.raises(MoodscoreError, match="at least 1"):
        index.query([[0.0, 1.0, 0.0]], k=0)
