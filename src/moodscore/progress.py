"""Progress bars for work that is not per clip."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
