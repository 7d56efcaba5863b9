"""Progress of work that is not per clip: bars over epochs, and news of how far a long step is."""

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Block = TypeVar("Block", bound=Sized)

_listener: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)


def tell(share: float) -> None:
    """Say which share of a long step is done, in [0, 1]; whoever wants to know has called `told`."""
    listener = _listener.get()
    if listener is not None:
        listener(share)


def is_told() -> bool:
    """Whether somebody listens to `tell` in this thread."""
    return _listener.get() is not None


@contextmanager
def told(listener: Callable[[float], None]) -> Iterator[None]:
    """Have ``listener`` called by every `tell` inside the block, in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def part(begin: float, end: float) -> Iterator[None]:
    """Have every `tell` inside the block count as the part of the whole from ``begin`` to ``end``."""
    listener = _listener.get()
    if listener is None:
        yield
        return
    with told(lambda share: listener(begin + share * (end - begin))):
        yield


def telling(blocks: Iterable[Block], n_samples: int) -> Iterator[Block]:
    """Pass blocks of sound on and tell which share of ``n_samples`` has been taken.

    To be taken by the thread that `told` was called in.
    """
    taken = 0
    for block in blocks:
        yield block
        taken += len(block)
        tell(min(taken / max(n_samples, 1), 1.0))


@contextmanager
def epoch_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over epochs.

    Yields
    ------
    callable
        Takes the number of the epoch that ended, counted from 1, and the most there can be.
    """
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task(label, total=None)
        last = 0

        def update(epoch: int, most: int) -> None:
            nonlocal last
            last = epoch
            bar.update(task, completed=epoch, total=most)

        yield update
        # Early stopping ends before the bar's end; the bar is done all the same.
        bar.update(task, completed=last, total=last)
