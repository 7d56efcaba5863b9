import numpy as np
import pytest

from moodscore.pieces import JUMPS_KEPT, MIN_JUMP_BEATS, UNKNOWN, jumps
from moodscore.pieces.jumps import best_jumps


def brute_force(features, position):
    """The formula, jump by jump: ``{(i, j): distance}`` of all that the bar allows."""
    n = len(features)
    raw = {}
    for i in range(n):
        for j in range(n):
            if abs(j - (i + 1)) < MIN_JUMP_BEATS:
                continue
            there = [k for k in range(-4, 4) if 0 <= i + 1 + k < n and 0 <= j + k < n]
            if len(there) >= 4:
                raw[i, j] = np.mean([np.sum((features[i + 1 + k] - features[j + k]) ** 2) for k in there])
    median = np.median(list(raw.values()))
    following = np.append(
        position, (position[-1] + 1) % (position.max() + 1) if position[-1] >= 0 else UNKNOWN
    )
    return {(i, j): d / median for (i, j), d in raw.items() if following[i + 1] == position[j]}


def pieces():
    rng = np.random.default_rng(3)
    for n, metre in ((25, 0), (40, 4), (61, 3)):
        position = (np.arange(n) + 2) % metre if metre else np.full(n, UNKNOWN)
        yield rng.standard_normal((n, 5)).astype(np.float32), position


@pytest.mark.parametrize("at_once", [7, 128])
@pytest.mark.parametrize("features, position", pieces())
def test_the_best_jumps_are_those_of_brute_force(features, position, at_once, monkeypatch):
    monkeypatch.setattr(jumps, "_AT_ONCE", at_once)
    jump_from, distance = best_jumps(features, position)
    expected = brute_force(features, position)
    for j in range(len(features)):
        best = sorted((d, i) for (i, to), d in expected.items() if to == j)[:JUMPS_KEPT]
        found = jump_from[j] != UNKNOWN
        assert found.sum() == len(best)
        assert np.isinf(distance[j][~found]).all()
        np.testing.assert_allclose(distance[j][found], [d for d, _ in best], rtol=1e-4)
        assert {int(i) for i in jump_from[j][found]} == {i for _, i in best}


def test_a_literal_repeat_cannot_be_told_from_playing_on():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((32, 27)), rng.standard_normal((32, 27))
    features = np.concatenate([a, b, a]).astype(np.float32)
    jump_from, distance = best_jumps(features, np.arange(96) % 4)
    inside = np.arange(4, 28)
    assert (jump_from[inside, 0] + 1 == inside + 64).all()
    assert (distance[inside, 0] < 1e-4).all()
    # ... and arbitrary jumps are about 1
    assert 0.8 < np.median(distance[inside, 1]) < 1.2


def test_a_jump_is_judged_by_what_would_have_come_not_by_the_edges():
    rng = np.random.default_rng(1)
    features = rng.standard_normal((60, 8)).astype(np.float32)
    features[40] = features[10]  # the beat left and the beat gone on with are alike, and nothing around them
    jump_from, distance = best_jumps(features, np.full(60, UNKNOWN))
    at = {int(i): d for i, d in zip(jump_from[40], distance[40], strict=True)}
    assert at.get(10, np.inf) > 0.7


def test_a_piece_too_short_for_jumps_has_none():
    for n in (0, 1, 8):
        jump_from, distance = best_jumps(np.zeros((n, 3), dtype=np.float32), np.full(n, UNKNOWN))
        assert jump_from.shape == distance.shape == (n, JUMPS_KEPT)
        assert (jump_from == UNKNOWN).all() and np.isinf(distance).all()


def test_where_everything_is_alike_every_jump_is_free():
    jump_from, distance = best_jumps(np.ones((40, 3), dtype=np.float32), np.full(40, UNKNOWN))
    assert (distance[jump_from != UNKNOWN] == 0).all()


def test_long_pieces_are_searched_within_reach(monkeypatch):
    monkeypatch.setattr(jumps, "MAX_JUMP_BEATS", 30)
    monkeypatch.setattr(jumps, "_AT_ONCE", 16)
    features = np.random.default_rng(2).standard_normal((200, 4)).astype(np.float32)
    jump_from, _ = best_jumps(features, np.full(200, UNKNOWN))
    j, _ = np.nonzero(jump_from != UNKNOWN)
    lengths = np.abs(jump_from[jump_from != UNKNOWN] + 1 - j)
    assert lengths.min() >= MIN_JUMP_BEATS
    assert lengths.max() <= 30 + 16
