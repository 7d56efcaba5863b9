"""Progress of work that is not per clip: bars over epochs, and news of how far a long step is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
