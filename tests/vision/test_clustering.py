import numpy as np
import pytest
import skfuzzy

from moodscore.errors import MoodscoreError
from moodscore.vision import fuzzy_c_means, memberships


def slow_fcm(points, starts, n_iterations, m=2.0, period=None):
    """Fuzzy c-means by the book, point by point, without weights."""
    centres = list(starts)
    for _ in range(n_iterations):
        sums = np.zeros((len(centres), 3))  # of u^m, and of u^m times the position (two if circular)
        for x in points:
            if period is None:
                squared = [(x - c) ** 2 for c in centres]
                position = (x, 0.0)
            else:
                squared = [2 - 2 * np.cos(2 * np.pi * (x - c) / period) for c in centres]
                position = (np.cos(2 * np.pi * x / period), np.sin(2 * np.pi * x / period))
            for k, own in enumerate(squared):
                if min(squared) == 0:
                    u = 1.0 if own == 0 else 0.0
                else:
                    u = 1 / sum((own / other) ** (1 / (m - 1)) for other in squared)
                sums[k] += u**m * np.array([1.0, *position])
        if period is None:
            centres = list(sums[:, 1] / sums[:, 0])
        else:
            centres = list(np.arctan2(sums[:, 2], sums[:, 1]) / (2 * np.pi) * period % period)
    return np.sort(centres)


@pytest.fixture(scope="module")
def histogram():
    rng = np.random.default_rng(3)
    pixels = np.concatenate([rng.normal(0.2, 0.05, 250), rng.normal(0.5, 0.1, 250), rng.beta(8, 2, 200)])
    levels = np.rint(np.clip(pixels, 0, 1) * 255).astype(int)
    return np.arange(256) / 255, np.bincount(levels, minlength=256), levels / 255


@pytest.fixture(scope="module")
def hues():
    rng = np.random.default_rng(4)
    turns = np.concatenate([rng.normal(0, 0.04, 200), rng.normal(0.3, 0.05, 150), rng.normal(0.6, 0.05, 100)])
    bins = np.rint(turns % 1 * 256).astype(int) % 256
    return np.arange(256) / 256, np.bincount(bins, minlength=256), bins / 256


STARTS = np.array([0.15, 0.45, 0.8])


@pytest.mark.parametrize("m", [2.0, 1.5, 3.0])
def test_bins_and_pixels_have_the_same_iterations(histogram, m):
    values, weights, pixels = histogram
    clusters = fuzzy_c_means(values, weights, m=m, initial_centres=STARTS, max_iterations=6)
    assert clusters.n_iterations == 6
    np.testing.assert_allclose(clusters.centres, slow_fcm(pixels, STARTS, 6, m), atol=1e-9)


@pytest.mark.parametrize("period", [1.0, 360.0])
def test_the_same_on_a_circle(hues, period):
    values, weights, pixels = hues
    start = STARTS * period
    clusters = fuzzy_c_means(values * period, weights, period=period, initial_centres=start, max_iterations=6)
    np.testing.assert_allclose(
        clusters.centres, slow_fcm(pixels * period, start, 6, period=period), atol=1e-9 * period
    )


def test_against_scikit_fuzzy(histogram):
    values, weights, pixels = histogram
    theirs, _, _, _, objective, _, _ = skfuzzy.cmeans(pixels[None], 3, 2.0, error=1e-10, maxiter=2000, seed=0)
    clusters = fuzzy_c_means(values, weights)
    np.testing.assert_allclose(clusters.centres, np.sort(theirs[:, 0]), atol=1e-5)
    assert clusters.objective * len(pixels) == pytest.approx(objective[-1], rel=1e-6)


def test_memberships_against_scikit_fuzzy(histogram):
    values, weights, _ = histogram
    clusters = fuzzy_c_means(values, weights)
    theirs, *_ = skfuzzy.cmeans_predict(
        values[None], clusters.centres[:, None], 2.0, error=1e-10, maxiter=1, seed=0
    )
    np.testing.assert_allclose(clusters.memberships, theirs.T, atol=1e-6)


def test_the_objective_is_what_it_says(histogram):
    values, weights, _ = histogram
    clusters = fuzzy_c_means(values, weights, m=2.5)
    squared = (values[:, None] - clusters.centres) ** 2
    share = weights / weights.sum()
    assert clusters.objective == pytest.approx((share[:, None] * clusters.memberships**2.5 * squared).sum())


@pytest.mark.parametrize("kind", ["line", "circle"])
def test_the_objective_never_rises(histogram, hues, kind):
    values, weights, _ = histogram if kind == "line" else hues
    objectives = [
        fuzzy_c_means(
            values,
            weights,
            period=None if kind == "line" else 1.0,
            initial_centres=np.array([0.02, 0.05, 0.11]),
            max_iterations=n,
        ).objective
        for n in range(1, 40)
    ]
    assert (np.diff(objectives) <= 1e-15).all()
    assert objectives[-1] < 0.9 * objectives[0]


def test_the_best_start_is_kept(histogram):
    values, weights, _ = histogram
    best = fuzzy_c_means(values, weights).objective
    rng = np.random.default_rng(0)
    for _ in range(10):
        start = np.sort(rng.random(3))
        assert best <= fuzzy_c_means(values, weights, initial_centres=start).objective + 1e-12


def test_turning_the_hues_turns_the_centres(hues):
    values, weights, _ = hues
    still = fuzzy_c_means(values, weights, period=1.0)
    for turn in (1, 64, 100, 200, 255):
        turned = fuzzy_c_means(values, np.roll(weights, turn), period=1.0)
        np.testing.assert_allclose(turned.centres, np.sort((still.centres + turn / 256) % 1), atol=1e-6)
        assert turned.objective == pytest.approx(still.objective, rel=1e-9)


def test_red_is_one_colour_on_a_circle_and_two_on_a_line():
    values = np.arange(256) / 256
    away = np.minimum(values, 1 - values)
    weights = np.exp(-0.5 * (away / 0.02) ** 2)
    circular = fuzzy_c_means(values, weights, period=1.0).centres
    assert np.minimum(circular, 1 - circular).max() < 0.05
    linear = fuzzy_c_means(values, weights).centres
    assert linear[0] < 0.05
    assert linear[2] > 0.95


def test_the_scale_of_the_weights_does_not_matter(histogram):
    values, weights, _ = histogram
    centres = fuzzy_c_means(values, weights).centres
    for scale in (1e-9, 1e9):
        np.testing.assert_allclose(fuzzy_c_means(values, weights * scale).centres, centres, atol=1e-12)


def test_equal_weights_by_default(histogram):
    _, _, pixels = histogram
    np.testing.assert_allclose(
        fuzzy_c_means(pixels).centres, fuzzy_c_means(pixels, np.ones(len(pixels))).centres, atol=0
    )


def test_values_without_weight_do_not_pull(histogram):
    values, weights, _ = histogram
    more = np.append(values, [50.0, -50.0])
    np.testing.assert_allclose(
        fuzzy_c_means(more, np.append(weights, [0, 0])).centres,
        fuzzy_c_means(values, weights).centres,
        atol=1e-9,
    )


@pytest.mark.parametrize("period", [None, 1.0])
def test_a_value_on_a_centre_belongs_to_it_wholly(period):
    centres = np.array([0.1, 0.4, 0.7])
    belongs = memberships(np.array([0.1, 0.4, 0.7, 0.25]), centres, period=period)
    np.testing.assert_array_equal(belongs[:3], np.eye(3))
    assert belongs[3, 0] == pytest.approx(belongs[3, 1])
    np.testing.assert_allclose(belongs.sum(axis=1), 1)


def test_three_values_are_three_clusters():
    clusters = fuzzy_c_means(np.array([0.9, 0.1, 0.5, 0.5]))
    np.testing.assert_allclose(clusters.centres, [0.1, 0.5, 0.9], atol=1e-9)
    assert clusters.objective == pytest.approx(0, abs=1e-15)


def test_extreme_distances_do_not_overflow():
    belongs = memberships(np.array([0.0, 1e-160, 1.0, 1e150]), np.array([0.0, 1e-150, 1e150]), m=1.1)
    assert np.isfinite(belongs).all()
    np.testing.assert_allclose(belongs.sum(axis=1), 1)


@pytest.mark.parametrize("n_clusters", [2, 4, 6])
def test_other_numbers_of_clusters(histogram, n_clusters):
    values, weights, _ = histogram
    clusters = fuzzy_c_means(values, weights, n_clusters)
    assert clusters.memberships.shape == (256, n_clusters)
    assert (np.diff(clusters.centres) > 0).all()


@pytest.mark.parametrize(
    ("values", "weights", "period", "message"),
    [
        ([0.1, 0.2], None, None, "hue: only 2 distinct"),
        ([0.1, 0.1, 0.1, 0.2, 0.2], None, None, "hue: only 2 distinct"),
        ([0.1, 0.2, 0.3], [1, 1, 0], None, "hue: only 2 distinct"),
        ([0.1, 0.2, 0.3], [0, 0, 0], None, "hue: only 0 distinct"),
        ([0.0, 0.5, 1.0], None, 1.0, "hue: only 2 distinct"),
        ([], None, None, "hue: only 0 distinct"),
        ([0.1, 0.2, np.nan], None, None, "not finite"),
        ([0.1, 0.2, 0.3], [1, np.inf, 1], None, "not finite"),
        ([0.1, 0.2, 0.3], [1, -1, 1], None, "negative"),
    ],
)
def test_what_cannot_be_clustered_is_named(values, weights, period, message):
    weights = None if weights is None else np.array(weights, dtype=float)
    with pytest.raises(MoodscoreError, match=message) as refused:
        fuzzy_c_means(np.array(values), weights, period=period, name="hue")
    assert "\n" not in str(refused.value)
