from pathlib import Path

import pytest
import yaml

from moodscore.compute import Compute
from moodscore.demo import ensure_corpus

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """The demo corpus of the project's own seed, made once for all tests."""
    seed = yaml.safe_load((PROJECT / "conf" / "base" / "globals.yml").read_text())["seed"]
    return ensure_corpus(tmp_path_factory.mktemp("demo"), seed=seed, compute=Compute())
