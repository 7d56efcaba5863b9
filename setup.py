"""What pyproject.toml cannot say: the configuration is installed with the package, as ``moodscore/conf``."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CONF = Path(__file__).parent / "conf"
#: Settings of one machine are nobody else's.
NOT_SHIPPED = "local"


class BuildWithConfiguration(build_py):
    """Beside the modules, the configuration; an editable installation reads it where it is."""

    def run(self) -> None:
        """Copy both."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "moodscore" / "conf"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(CONF, target, ignore=shutil.ignore_patterns(NOT_SHIPPED))


setup(cmdclass={"build_py": BuildWithConfiguration})
