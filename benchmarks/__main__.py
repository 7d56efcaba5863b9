"""Print figures beside their references: all of them, or those of the modules that are named."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    anfis,
    bells,
    clustering,
    composing,
    film,
    films,
    listening,
    music,
    pieces,
    scaling,
    score,
    seeing,
    startup,
    tempo,
)
from moodscore.evaluation import print_readings

PROJECT = Path(__file__).parents[1]


#: In the order of the tables.
MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        startup,
        clustering,
        seeing,
        listening,
        tempo,
        pieces,
        music,
        film,
        composing,
        anfis,
        score,
        scaling,
        bells,
        films,
    )
}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MODULES))
    names = parser.parse_args().names or list(MODULES)
    if unknown := [name for name in names if name not in MODULES]:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(MODULES)}")
    console = Console()
    for name in names:
        _show(name, console)


def _show(name, console):
    module = MODULES[name]
    if module not in (bells, films):
        table = Table(title=module.TITLE, title_justify="left")
        for heading in ("what", "moodscore", "reference", "ratio"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        for what, seconds, reference, ratio in module.measure():
            table.add_row(what, _text(seconds, ".3f"), _text(reference, ".3f"), _text(ratio, ".3g"))
        console.print(table)
    if module is anfis:
        console.print(anfis.accuracy.__doc__)
        console.print(anfis.accuracy().to_string(na_rep="", float_format="{:.6f}".format))
    if module is film:
        console.print("Two minutes with four moods, and the songs of the demo library")
        console.print(_of_last_run(film.compared).to_string(na_rep="", float_format="{:.3f}".format))
    if module is films:
        print_readings(films.compare())
    if module is bells:
        console.print("Membership functions: training clips of the last run, left out in turn")
        console.print(_of_last_run(_bells).to_string(index=False))


def _bells(load):
    return bells.compare(load("visual_descriptors"), load("segments"))


def _text(value, form):
    return value if isinstance(value, str) else format(value, form)


def _of_last_run(table):
    """A table made from what the last run left."""
    # Here, not above: the workers that some benchmarks start import this module, too.
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(PROJECT)
    with KedroSession.create(PROJECT) as session:
        catalog = session.load_context().catalog
        if not catalog.exists("visual_descriptors"):
            raise SystemExit("benchmarks: there is no run to look at yet; type `make run` first")
        return table(catalog.load)


if __name__ == "__main__":
    main()
