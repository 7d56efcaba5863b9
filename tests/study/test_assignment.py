from collections import Counter

import numpy as np
import pytest

from moodscore.study import assignment, make_key
from moodscore.study.assignment import _fnv1a, _mulberry32


def key_of(n_videos, systems=("a", "b")):
    files = {(f"v{v:02}", s): f"{s}{v:02}" for v in range(n_videos) for s in systems}
    return make_key(files, systems, seed=1)


@pytest.mark.parametrize(
    ("text", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)], ids=["", "a", "foobar"]
)
def test_fnv1a_gives_its_published_values(text, value):
    assert _fnv1a(text) == value


def test_mulberry32_is_what_32_bit_registers_compute():
    """The generator by the wrapping arithmetic of numpy's 32-bit integers."""
    draw, state, words = _mulberry32(0xFFFFFFF0), np.array([0xFFFFFFF0], np.uint32), []
    for _ in range(1000):
        state += np.uint32(0x6D2B79F5)
        word = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        word ^= word + (word ^ (word >> np.uint32(7))) * (word | np.uint32(61))
        words.append(int((word ^ (word >> np.uint32(14)))[0]))
    assert [draw(1 << 32) for _ in words] == words
    assert abs(np.mean(words) / 2**32 - 0.5) < 0.03


@pytest.mark.parametrize("n_videos", [1, 2, 5, 12])
def test_every_rater_sees_every_version_once_and_each_first_in_half_of_the_videos(n_videos):
    key = key_of(n_videos)
    for rater in ("anna", "ben", "Zoë 李", ""):
        shown = assignment(key, rater)
        assert [presentation.position for presentation in shown] == list(range(1, n_videos + 1))
        assert sorted(presentation.item for presentation in shown) == list(range(1, n_videos + 1))
        for presentation in shown:
            versions = key.videos[presentation.item - 1].versions
            assert sorted(presentation.files) == sorted(version.file for version in versions)
        assert sum(presentation.files[0].startswith("b") for presentation in shown) == n_videos // 2


def test_orders_differ_by_rater_and_are_as_likely_as_each_other():
    key = key_of(3)
    orders = Counter(tuple(p.item for p in assignment(key, f"rater {k}")) for k in range(1200))
    firsts = Counter(assignment(key_of(2), f"rater {k}")[0].files[0][0] for k in range(1200))
    assert len(orders) == 6 and all(150 < count < 250 for count in orders.values())
    assert all(520 < firsts[system] < 680 for system in "ab")


def test_with_one_system_there_is_nothing_to_compare():
    assert {len(presentation.files) for presentation in assignment(key_of(4, ("a",)), "anna")} == {1}
