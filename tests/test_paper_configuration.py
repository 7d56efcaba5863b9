"""``conf/paper``: every place where Sergio & Lee (2020) and the default part, and nothing else."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project
from kedro.validation.parameter_validator import ParameterValidator

from moodscore.deviations import deviations
from moodscore.pipeline_registry import register_pipelines

PROJECT = Path(__file__).parents[1]
PAPER = PROJECT / "conf" / "paper"
#: What the paper's text says, parameter by parameter, where the default does otherwise.
TEXT = {
    "visual_features.measure.hue_weight": "none",
    "visual_features.measure.crop_bars": False,
    "visual_features.descriptor.hue": "linear",
    "visual_features.descriptor.shares": "hard",
    "visual_features.descriptor.reduction": "max",
    "visual_features.descriptor.motion": False,
    "audio_features.variant": "paper",
    "anfis.n_mfs": 4,
    "anfis.shrinkage": None,
    "anfis.max_epochs": 4000,
    "anfis.held_back": 0.0,
    "anfis.target": "code",
    "anfis.balanced": False,
    "anfis.smoothing_s": 0.0,
    "anfis.neutral_radius": 0.0,
    "anfis.min_dwell_s": 0.0,
    "retrieval.system": "paper",
}
#: What stands in base for whoever reads it, and has no default of its own.
WITHOUT_DEFAULT = {"study"}


@pytest.fixture(scope="module")
def validator():
    configure_project("moodscore")
    return ParameterValidator(register_pipelines())


@pytest.fixture(scope="module")
def defaults(validator):
    """The default of every group: the models that nodes ask for, made without options."""
    nested = {}
    for key, model in validator.type_extractor.extract_types_from_pipelines().items():
        group, _, part = key.partition(".")
        if hasattr(model, "model_fields") and group not in WITHOUT_DEFAULT:
            nested |= {group: nested.get(group, {}) | {part: model()}} if part else {group: model()}
    return nested


def config_of(environment, conf=PROJECT / "conf"):
    loader = OmegaConfigLoader(str(conf), env=environment, base_env="base", default_run_env="base")
    # Now: the newest loader's globals are those of all.
    return {kind: loader[kind] for kind in ("catalog", "parameters")}


def leaves(tree, prefix=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def test_it_says_what_the_paper_says_and_no_more():
    assert dict(leaves(yaml.safe_load((PAPER / "parameters.yml").read_text()))) == TEXT


def test_the_nodes_take_it(validator):
    taken = validator.validate_raw_params(config_of("paper")["parameters"])
    assert (taken["anfis"].n_mfs, taken["retrieval"].system) == (4, "paper")


@pytest.mark.parametrize("as_nodes_get_it", [False, True])
def test_every_line_of_it_is_a_deviation_from_the_default(defaults, validator, as_nodes_get_it):
    given = config_of("paper")["parameters"]
    found = deviations(validator.validate_raw_params(given) if as_nodes_get_it else given, defaults)
    assert dict(zip(found["parameter"], found["value"], strict=True)) == {k: str(v) for k, v in TEXT.items()}


def test_base_spells_the_default_out(defaults):
    """A group in ``conf/paper`` replaces that of base; what it leaves out must come out the same."""
    assert deviations(config_of("base")["parameters"], defaults).empty


def test_every_option_says_what_the_paper_does():
    text = (PAPER / "parameters.yml").read_text()
    options = [line for line in text.splitlines() if re.match(r" +\w+: \S", line)]
    assert len(options) == len(TEXT)
    assert all(re.search(r"\S +# \S", line) for line in options)


def test_the_demo_corpus_is_used_where_it_lies():
    entries = config_of("paper")["catalog"]
    places = {name: entry.get("filepath") or entry["path"] for name, entry in entries.items()}
    base = config_of("base")["catalog"]
    for name in ("clips", "ratings"):
        assert entries[name] == base[name]
        del places[name]
    assert all(re.match(r"data/0\d_[a-z_]+/paper(/|$)", place) for place in places.values())


@pytest.mark.parametrize("corpus", ["own", "deap", "lindsey"])
def test_any_corpus_can_be_treated_so_by_the_commands_of_the_documentation(tmp_path, corpus):
    shutil.copytree(PROJECT / "conf", tmp_path / "conf")
    page = (PROJECT / "docs" / "reproduction.md").read_text(encoding="utf-8")
    (commands,) = re.findall(r"```\n(cp -r conf/own conf/paper_own\n.*?)```", page, re.DOTALL)
    typed = [line.replace("own", corpus) for line in commands.splitlines() if "kedro" not in line]
    subprocess.run(["bash", "-e", "-c", "\n".join(typed)], cwd=tmp_path, check=True)
    ours, theirs = config_of(f"paper_{corpus}", tmp_path / "conf"), config_of(corpus)
    for name in ("clips", "ratings"):
        assert ours["catalog"][name] == theirs["catalog"][name]
    assert ours["catalog"]["metrics"]["filepath"] == f"data/08_reporting/paper_{corpus}/metrics.json"
    assert dict(leaves(ours["parameters"])).items() >= TEXT.items()
    assert ours["parameters"]["labels"] == theirs["parameters"]["labels"]
