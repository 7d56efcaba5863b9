import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from moodscore.errors import MoodscoreError
from moodscore.sound import FEATURES, QuantileMap

#: The percentiles of so many values are values, so that a reference need not interpolate.
N = 1001


def table_of(seed, n=N):
    rng = np.random.default_rng(seed)
    shapes = rng.beta(2, 5, n), rng.gamma(3, 8, n), rng.normal(-25, 3, n)
    return pd.DataFrame(dict(zip(FEATURES, shapes, strict=True)), index=np.arange(n) * 3)


@pytest.fixture
def source():
    return table_of(0)


@pytest.fixture
def target():
    return table_of(1) * 0.3 + 0.5


def test_a_sample_is_mapped_to_its_own_distribution_unchanged(source):
    mapped = QuantileMap.fit(source, source).transform(source)
    pd.testing.assert_frame_equal(mapped, source, check_exact=False, rtol=1e-12)


def test_ties_are_mapped_to_themselves_by_their_own_distribution(source):
    tied = source.assign(tempo=source["tempo"].round(1), loudness=7.0)
    pd.testing.assert_frame_equal(QuantileMap.fit(tied, tied).transform(tied), tied, rtol=1e-12)


def test_what_is_mapped_has_the_quantiles_of_the_target(source, target):
    mapped = QuantileMap.fit(source, target).transform(source)
    for share in (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.99, 1.0):
        np.testing.assert_allclose(
            np.quantile(mapped, share, axis=0), np.quantile(target, share, axis=0), rtol=1e-9
        )


def test_ranks_decide(source, target):
    """Against the definition: the target's value at the rank the value has in the source."""
    mapped = QuantileMap.fit(source, target).transform(source)
    for name in FEATURES:
        share = (rankdata(source[name]) - 1) / (N - 1)
        expected = np.quantile(target[name], share)
        spread = np.ptp(target[name])
        # Between percentiles the map is straight; in the thin tails that is a visible, small error.
        assert np.abs(mapped[name] - expected).mean() < 0.005 * spread
        at_percentiles = np.isclose(share * 100, np.rint(share * 100))
        np.testing.assert_allclose(mapped[name][at_percentiles], expected[at_percentiles], rtol=1e-9)


def test_monotone_and_within_the_targets_range(source, target):
    wide = pd.DataFrame({name: np.linspace(-100, 100, 4001) for name in FEATURES})
    tied = source.round(1)
    for start, end in [(source, target), (tied, target), (source, target.round(1)), (tied, tied + 1)]:
        mapped = QuantileMap.fit(start, end).transform(wide)
        assert (np.diff(mapped, axis=0) >= 0).all()
        assert (mapped.min() >= end.min() - 1e-12).all()
        assert (mapped.max() <= end.max() + 1e-12).all()


def test_a_constant_source_becomes_the_targets_median(source, target):
    mapped = QuantileMap.fit(source.assign(rhythm=0.5), target).transform(source)
    np.testing.assert_allclose(mapped["rhythm"], target["rhythm"].median())


def test_a_constant_target_is_all_there_is(source, target):
    mapped = QuantileMap.fit(source, target.assign(tempo=0.25)).transform(source)
    np.testing.assert_array_equal(mapped["tempo"], 0.25)


def test_a_tie_becomes_the_middle_of_the_quantiles_it_holds(source, target):
    """A fifth of the values are clipped to the top of the scale: they hold the quantiles .8 to 1."""
    clipped = source.assign(tempo=np.minimum(source["tempo"], np.quantile(source["tempo"], 0.8)))
    mapped = QuantileMap.fit(clipped, target).transform(clipped)
    assert mapped["tempo"].max() == pytest.approx(np.quantile(target["tempo"], 0.9))


def test_one_segment_is_a_distribution(source):
    mapped = QuantileMap.fit(source, source.iloc[:1]).transform(source)
    np.testing.assert_allclose(mapped, np.repeat(source.iloc[:1].to_numpy(), N, axis=0))


def test_silence_has_no_say(source, target):
    silence = target.assign(is_silent=True) * 0 - 46.0
    both = pd.concat([target.assign(is_silent=False), silence.assign(is_silent=True)])
    assert QuantileMap.fit(source, both) == QuantileMap.fit(source, target)


def test_survives_json(source, target):
    fitted = QuantileMap.fit(source, target)
    assert QuantileMap.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("source"),
        lambda d: d["target"].pop("rhythm"),
        lambda d: d["target"].update(rhythm="high"),
        lambda d: d["target"].update(rhythm=[0.5] * 100),
        lambda d: d["target"].update(rhythm=[0.5] * 100 + [float("nan")]),
        lambda d: d["source"].update(tempo=[0.5] * 100 + [0.4]),
        lambda d: d["source"].update({name: [0.5] * 3 for name in FEATURES}),
    ],
)
def test_what_was_not_stored_is_refused(source, target, spoil):
    stored = QuantileMap.fit(source, target).to_dict()
    spoil(stored)
    with pytest.raises(MoodscoreError, match="fit it again"):
        QuantileMap.from_dict(stored)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="tempo"), "target lacks tempo"),
        (lambda t: t.iloc[:0], "target has no sound"),
        (lambda t: t.assign(is_silent=True), "target has no sound"),
        (lambda t: t.assign(rhythm=np.inf), "target contains NaN or infinity"),
    ],
)
def test_what_cannot_be_fitted_is_refused(source, target, change, words):
    with pytest.raises(MoodscoreError, match=words):
        QuantileMap.fit(source, change(target))


def test_an_empty_table_is_mapped_to_an_empty_table(source, target):
    assert QuantileMap.fit(source, target).transform(source.iloc[:0]).shape == (0, 3)
