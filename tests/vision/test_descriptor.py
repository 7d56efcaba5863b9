import json

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.vision import CHANNELS, DescriptorOptions, VisualModel, describe, fit_visual_model
from moodscore.vision.hsi import bin_values

PAPER = DescriptorOptions(hue="linear", shares="hard", reduction="max", motion=False)
SHARES = [f"{channel}_share_{k}" for channel in CHANNELS for k in (1, 2, 3)]


def bump(centre, width=0.04):
    away = (np.arange(256) / 256 - centre + 0.5) % 1 - 0.5
    weights = np.exp(-0.5 * (away / width) ** 2)
    return weights / weights.sum()


@pytest.fixture(scope="module")
def histograms():
    """40 segments: two hues and a third, three levels of saturation and intensity, mixed at random."""
    rng = np.random.default_rng(5)
    modes = [
        [bump(c) for c in (0.97, 0.3, 0.6)],
        [bump(c) for c in (0.2, 0.5, 0.8)],
        [bump(c) for c in (0.15, 0.45, 0.85)],
    ]
    shares = rng.dirichlet(np.ones(3), (40, 3))
    mixed = np.einsum("scm,cmk->sck", shares, np.array(modes))
    mixed[:, 0] *= rng.uniform(0.1, 0.9, (40, 1))  # chroma
    return mixed.astype(np.float32)


@pytest.fixture(scope="module")
def motion():
    return np.random.default_rng(6).gamma(2, 0.02, 40)


@pytest.mark.parametrize("hue", ["circular", "linear"])
@pytest.mark.parametrize("shares", ["soft", "hard"])
@pytest.mark.parametrize("reduction", ["centroid", "max"])
def test_every_variant_stays_in_range(histograms, motion, hue, shares, reduction):
    options = DescriptorOptions(hue=hue, shares=shares, reduction=reduction)
    model = fit_visual_model(histograms, motion, options)
    table = describe(histograms, motion, model)
    assert list(table.columns) == [*CHANNELS, "motion", *SHARES]
    assert np.isfinite(table.to_numpy()).all()
    assert (table.to_numpy() >= 0).all()
    assert (table.to_numpy() <= 1 + 1e-12).all()
    for channel in CHANNELS:
        np.testing.assert_allclose(table[[c for c in SHARES if channel in c]].sum(axis=1), 1, atol=1e-9)


def test_shares_are_mean_memberships(histograms, motion):
    """Pixel by pixel, from the definition of the membership."""
    model = fit_visual_model(histograms, motion)
    table = describe(histograms, motion, model)
    centres = model.centres["intensity"]
    for segment in (0, 17):
        wanted, mass = np.zeros(3), 0.0
        for value, weight in zip(bin_values("intensity"), histograms[segment, 2].astype(float), strict=True):
            closeness = [1 / max((value - c) ** 2, 1e-300) for c in centres]
            wanted += weight * np.array(closeness) / sum(closeness)
            mass += weight
        found = table.loc[segment, [f"intensity_share_{k}" for k in (1, 2, 3)]].to_numpy(dtype=float)
        np.testing.assert_allclose(found, wanted / mass, atol=1e-9)


def test_hard_shares_count_the_nearest_centre(histograms, motion):
    model = fit_visual_model(histograms, motion, PAPER)
    table = describe(histograms, motion, model)
    centres = np.array(model.centres["saturation"])
    nearest = np.abs(bin_values("saturation")[:, None] - centres).argmin(axis=1)
    weights = histograms[:, 1].astype(float)
    for k in range(3):
        wanted = weights[:, nearest == k].sum(axis=1) / weights.sum(axis=1)
        np.testing.assert_allclose(table[f"saturation_share_{k + 1}"], wanted, atol=1e-12)


def test_centroid_is_the_expected_value(histograms, motion):
    model = fit_visual_model(histograms, motion)
    table = describe(histograms, motion, model)
    shares = table[[f"intensity_share_{k}" for k in (1, 2, 3)]].to_numpy()
    np.testing.assert_allclose(table["intensity"], shares @ np.array(model.centres["intensity"]))
    hue = table[[f"hue_share_{k}" for k in (1, 2, 3)]].to_numpy()
    unrolled = (np.array(model.centres["hue"]) - model.hue_cut) % 1
    np.testing.assert_allclose(table["hue"], hue @ unrolled)
    means = histograms[:, 2] @ bin_values("intensity")
    assert np.corrcoef(table["intensity"], means)[0, 1] > 0.95


def test_the_largest_share_is_divided_by_its_training_maximum(histograms, motion):
    model = fit_visual_model(histograms[:30], motion[:30], PAPER)
    training = describe(histograms[:30], motion[:30], model)
    for channel in CHANNELS:
        shares = training[[f"{channel}_share_{k}" for k in (1, 2, 3)]].to_numpy()
        np.testing.assert_allclose(training[channel], shares.max(axis=1) / shares.max())
        assert training[channel].max() == pytest.approx(1)
    other = describe(histograms[30:], motion[30:], model)
    assert (other[list(CHANNELS)].to_numpy() <= 1).all()


def test_the_inputs_follow_the_options(histograms, motion):
    assert fit_visual_model(histograms, motion).inputs == ["hue", "saturation", "intensity", "motion"]
    assert fit_visual_model(histograms, motion, PAPER).inputs == ["hue", "saturation", "intensity"]


def test_motion_is_scaled_by_its_training_percentiles_and_clipped(histograms, motion):
    model = fit_visual_model(histograms, motion)
    low, high = np.percentile(motion, [1, 99])
    scaled = describe(histograms[:4], np.array([low, high, -1.0, 9.0]), model)["motion"]
    np.testing.assert_allclose(scaled, [0, 1, 0, 1], atol=1e-12)
    middle = describe(histograms[:1], np.array([(low + high) / 2]), model)["motion"]
    assert middle[0] == pytest.approx(0.5)


def test_training_without_motion_scales_to_one_half(histograms):
    model = fit_visual_model(histograms, np.zeros(40))
    assert (describe(histograms, np.linspace(0, 1, 40), model)["motion"] == 0.5).all()


def test_a_grey_segment_gets_the_training_mean_of_hue(histograms, motion):
    model = fit_visual_model(histograms, motion)
    grey = histograms[:2].copy()
    grey[:, 0] = 0
    grey[1, 0, 3] = 1e-8  # a trace of colour from the encoding
    table = describe(grey, motion[:2], model)
    columns = ["hue_share_1", "hue_share_2", "hue_share_3"]
    training = describe(histograms, motion, model)[columns].mean()
    for row in (0, 1):
        np.testing.assert_allclose(table.loc[row, columns].to_numpy(dtype=float), training, atol=1e-9)


def test_grey_training_segments_do_not_count_for_hue(histograms, motion):
    grey = histograms.copy()
    grey[30:, 0] = 0
    few = fit_visual_model(histograms[:30], motion[:30])
    model = fit_visual_model(grey, motion)
    np.testing.assert_allclose(model.centres["hue"], few.centres["hue"], atol=1e-9)
    np.testing.assert_allclose(model.mean_shares["hue"], few.mean_shares["hue"], atol=1e-9)


def test_a_corpus_in_black_and_white_is_refused_by_name(histograms, motion):
    grey = histograms.copy()
    grey[:, 0] = bump(0.1) * 1e-8
    with pytest.raises(MoodscoreError, match=r"hue: .* only 0 distinct .* differ in hue"):
        fit_visual_model(grey, motion)
    flat = histograms.copy()
    flat[:, 2] = 0
    flat[:, 2, 255] = 1
    with pytest.raises(MoodscoreError, match=r"intensity: .* only 1 distinct .* differ in intensity"):
        fit_visual_model(flat, motion)


def test_no_training_segment_is_refused(histograms):
    with pytest.raises(MoodscoreError, match="no training segment"):
        fit_visual_model(histograms[:0], np.zeros(0))


def test_turning_all_hues_changes_nothing_but_the_centres(histograms, motion):
    """Where the scale of hues begins is a convention, and the descriptor does not depend on it."""
    turned = histograms.copy()
    turned[:, 0] = np.roll(turned[:, 0], 90, axis=1)
    still = describe(histograms, motion, fit_visual_model(histograms, motion))
    moved = describe(turned, motion, fit_visual_model(turned, motion))
    np.testing.assert_allclose(moved["hue"], still["hue"], atol=1e-5)


def test_the_number_of_pixels_does_not_matter(histograms, motion):
    model = fit_visual_model(histograms, motion)
    scaled = describe(histograms * np.float32(4), motion, model)
    np.testing.assert_allclose(scaled, describe(histograms, motion, model), atol=1e-6)


@pytest.mark.parametrize("options", [DescriptorOptions(), PAPER])
def test_the_model_survives_json(histograms, motion, options):
    model = fit_visual_model(histograms, motion, options)
    again = VisualModel.model_validate(json.loads(json.dumps(model.model_dump())))
    assert again == model
    np.testing.assert_array_equal(
        describe(histograms, motion, again).to_numpy(), describe(histograms, motion, model).to_numpy()
    )


def test_no_segment_no_row(histograms, motion):
    model = fit_visual_model(histograms, motion)
    assert describe(histograms[:0], motion[:0], model).shape == (0, 13)


def test_unknown_options_are_refused():
    with pytest.raises(ValueError, match="Extra inputs"):
        DescriptorOptions(colour="hsv")
    with pytest.raises(ValueError, match="Input should be"):
        DescriptorOptions(hue="square")


def test_a_segment_alone_is_described_as_among_others(histograms, motion):
    model = fit_visual_model(histograms, motion)
    together = describe(histograms, motion, model).to_numpy()
    alone = np.vstack([describe(histograms[[k]], motion[[k]], model).to_numpy() for k in range(len(motion))])
    np.testing.assert_array_equal(alone, together)
