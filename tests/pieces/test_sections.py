import numpy as np
import pytest

from moodscore.pieces.features import N_FEATURES
from moodscore.pieces.piece import UNKNOWN
from moodscore.pieces.sections import checkerboard_novelty, find_sections


def test_novelty_is_that_of_the_kernel_on_the_whole_matrix():
    features = np.random.default_rng(0).standard_normal((40, 6))
    reach = 8
    similarity = features @ features.T
    sign = np.repeat([-1, 1], reach)
    kernel = np.outer(sign, sign)
    novelty = checkerboard_novelty(features, reach)
    for i in range(reach, len(features) - reach + 1):
        window = slice(i - reach, i + reach)
        if i < len(features):
            assert novelty[i] == pytest.approx(np.sum(kernel * similarity[window, window]) / reach**2)


def test_sections_begin_where_what_is_heard_changes():
    rng = np.random.default_rng(1)
    kinds = rng.standard_normal((3, N_FEATURES))
    for position, metre in ((np.arange(128) % 4, 4), (np.full(128, UNKNOWN), 0)):
        features = kinds[np.repeat([0, 1, 0, 2], 32)] + 0.5 * rng.standard_normal((128, N_FEATURES))
        sections = find_sections(features, position, metre)
        np.testing.assert_allclose(sections, [32, 64, 96], atol=1)
        if metre:
            assert (position[sections] == 0).all()


def test_a_piece_that_stays_as_it_is_or_is_short_has_no_sections():
    assert len(find_sections(np.zeros((100, N_FEATURES)), np.full(100, UNKNOWN), 0)) == 0
    for n in (0, 1, 7):
        assert len(find_sections(np.ones((n, N_FEATURES)), np.full(n, UNKNOWN), 0)) == 0


def test_a_loop_of_four_chords_is_no_section():
    loop = np.random.default_rng(2).standard_normal((16, N_FEATURES))
    assert len(find_sections(np.tile(loop, (8, 1)), np.arange(128) % 4, 4)) == 0
