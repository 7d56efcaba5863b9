"""``python -m moodscore``, also installed as ``moodscore``: the commands of `moodscore.cli` without Kedro's.

Inside a project it works in the project. Elsewhere ``score`` keeps its data in a folder of the user's.
"""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the arguments say, those of the command line by default; ends the process."""
    from kedro.framework.startup import bootstrap_project

    from moodscore.cli import cli
    from moodscore.home import find_home

    home = find_home()
    metadata = bootstrap_project(home.folder) if home.is_project else None
    cli.main(arguments, prog_name="moodscore", obj=metadata)


if __name__ == "__main__":
    main()
