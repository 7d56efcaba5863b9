"""Print every figure beside its reference."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import anfis, bells, clustering, listening, music, scaling, score, seeing, startup

PROJECT = Path(__file__).parents[1]


def main():
    console = Console()
    for module in (startup, clustering, seeing, listening, music, anfis, score, scaling):
        table = Table(title=module.TITLE, title_justify="left")
        for heading in ("what", "moodscore", "reference", "ratio"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        for name, seconds, reference, ratio in module.measure():
            table.add_row(name, _text(seconds, ".3f"), _text(reference, ".3f"), _text(ratio, ".3g"))
        console.print(table)
    console.print(anfis.accuracy.__doc__)
    console.print(anfis.accuracy().to_string(na_rep="", float_format="{:.6f}".format))
    console.print("Membership functions: training clips of the last run, left out in turn")
    console.print(_bells().to_string(index=False))


def _text(value, form):
    return value if isinstance(value, str) else format(value, form)


def _bells():
    # Here, not above: the workers that some benchmarks start import this module, too.
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(PROJECT)
    with KedroSession.create(PROJECT) as session:
        catalog = session.load_context().catalog
        if not catalog.exists("visual_descriptors"):
            raise SystemExit("benchmarks: there is no run to look at yet; type `make run` first")
        return bells.compare(catalog.load("visual_descriptors"), catalog.load("segments"))


if __name__ == "__main__":
    main()
