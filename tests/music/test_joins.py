import numpy as np
import pytest

from moodscore.music import JoinCosts, key_distance, tempo_distance
from moodscore.music.edges import HEAD_COLUMNS, TAIL_COLUMNS

MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])
NATURAL_MINOR = np.array([0, 2, 3, 5, 7, 8, 10])


def scale(key):
    return {int(pitch) % 12 for pitch in key % 12 + (MAJOR if key < 12 else NATURAL_MINOR)}


def test_keys_differ_by_the_notes_their_scales_do_not_share():
    for first in range(24):
        for second in range(24):
            steps = round(float(key_distance(first, second)) * 6)
            assert steps == min(len(scale(first) - scale(second)), 6) or (
                # a fifth changes one note; at six of them two keys still share two notes
                steps == 6 and len(scale(first) - scale(second)) == 5
            )


def test_tempo_counts_octaves_as_equal():
    assert tempo_distance(90.0, [22.5, 45.0, 90.0, 180.0, 360.0]) == pytest.approx(np.zeros(5), abs=1e-12)
    assert tempo_distance(100.0, 100.0 * 2**0.5) == pytest.approx(1)
    assert tempo_distance(100.0, 120.0) == tempo_distance(120.0, 100.0) == pytest.approx(2 * np.log2(1.2))


def test_costs_by_hand(make_snippets):
    snippets = make_snippets(2, 2)
    costs = JoinCosts(snippets, edge_weight=0.5, key_weight=0.2, tempo_weight=0.3)
    table = costs.between(np.arange(4), np.arange(4))
    assert table[0, 1] == table[2, 3] == 0
    for a in range(4):
        for b in range(4):
            if (a, b) in {(0, 1), (2, 3)}:
                continue
            tail = snippets.loc[a, list(TAIL_COLUMNS)].to_numpy(float)
            head = snippets.loc[b, list(HEAD_COLUMNS)].to_numpy(float)
            difference = np.abs(tail - head)
            expected = (
                0.5 * (difference[:8].mean() + difference[8]) / 2 / 40
                + 0.2 * key_distance(snippets.loc[a, "key"], snippets.loc[b, "key"])
                + 0.3 * tempo_distance(snippets.loc[a, "tempo_bpm"], snippets.loc[b, "tempo_bpm"])
            )
            assert table[a, b] == pytest.approx(expected, rel=1e-12)
