"""``python -m moodscore``, also installed as ``moodscore``: the commands of `moodscore.cli` without Kedro's.

Inside a project it works in the project. Elsewhere ``score`` keeps its data in a folder of the user's.
"""

import os
from collections.abc import Sequence

from moodscore.home import PACKAGE, find_home


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the arguments say, those of the command line by default; ends the process."""
    home = find_home()
    # Kedro reads it when it is imported, and looks for it in the current folder alone.
    os.environ.setdefault("KEDRO_LOGGING_CONFIG", str(home.conf / "logging.yml"))
    if not home.is_project:
        # A project says in its .telemetry that nothing is told to anybody; here there is no such file.
        os.environ.setdefault("KEDRO_DISABLE_TELEMETRY", "true")
    from kedro.framework.project import configure_project
    from kedro.framework.startup import bootstrap_project

    from moodscore.cli import cli

    metadata = bootstrap_project(home.folder) if home.is_project else None
    if metadata is None:
        configure_project(PACKAGE)
    cli.main(arguments, prog_name="moodscore", obj=metadata)


if __name__ == "__main__":
    main()
