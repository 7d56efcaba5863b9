"""Fetching what comes next while the present is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def read_ahead(items: Iterator[Item], n: int) -> Iterator[Item]:
    """The same items in the same order, fetched by a thread of their own, ``n`` at a time.

    A decoder rarely keeps every core busy; what is done with its pictures then takes place beside it.

    Parameters
    ----------
    items : iterator
        Left alone by everybody else.
    n : int
        Items a batch. Two batches at most are held, so this bounds the memory.

    Raises
    ------
    Exception
        Whatever ``items`` raises, after the batches that were whole.
    """
    context = copy_context()
    with ThreadPoolExecutor(max_workers=1) as thread:

        def fetch():
            return thread.submit(context.run, list, islice(items, n))

        coming = fetch()
        while batch := coming.result():
            coming = fetch()
            yield from batch
