"""Fetching ahead changes nothing but the thread: same items, same order, same errors, bounded memory."""

import threading
from contextvars import ContextVar
from itertools import count

import pytest

from moodscore.ahead import read_ahead

colour: ContextVar[str] = ContextVar("colour", default="none")


@pytest.mark.parametrize("n_items", [0, 1, 3, 4, 8, 9])
def test_the_same_items_in_the_same_order(n_items):
    assert list(read_ahead(iter(range(n_items)), 4)) == list(range(n_items))


def test_they_come_from_another_thread_in_the_same_context():
    def where():
        yield threading.current_thread(), colour.get()

    token = colour.set("blue")
    [(thread, seen)] = read_ahead(where(), 2)
    colour.reset(token)
    assert thread is not threading.current_thread()
    assert seen == "blue"


def test_an_error_arrives_after_what_came_before_its_batch():
    def failing():
        yield from range(6)
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        for item in read_ahead(failing(), 4):
            seen.append(item)
    assert seen == [0, 1, 2, 3]


def test_it_never_runs_far_ahead_and_stops_when_nobody_wants_more():
    fetched, threads = [], threading.active_count()
    items = read_ahead((fetched.append(k) or k for k in count()), 3)
    assert [next(items) for _ in range(10)] == list(range(10))
    items.close()
    assert len(fetched) == 15  # the batch in hand ends at 12, the one under way at 15
    assert threading.active_count() == threads
