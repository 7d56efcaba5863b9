"""The catalog against the pipelines: nothing unused, nothing forgotten, everything drawn in a layer."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project
from kedro.io import DataCatalog

from moodscore.emotion import QUADRANTS
from moodscore.pipeline_registry import register_pipelines

CONF = Path(__file__).parents[1] / "conf"
LAYERS = {"raw", "intermediate", "feature", "model_input", "models", "model_output", "reporting"}
ENVIRONMENTS = sorted(folder.name for folder in CONF.iterdir() if folder.is_dir() and folder.name != "local")


#: A page at one place for a browser's bookmark, and what reads all versions at once.
LASTING = ("report", "metrics_history")


@pytest.fixture(scope="module")
def pipelines():
    configure_project("moodscore")
    return register_pipelines()


def config_of(environment):
    return OmegaConfigLoader(
        str(CONF), env=None if environment == "base" else environment, base_env="base", default_run_env="base"
    )


@pytest.fixture(params=ENVIRONMENTS)
def entries(request):
    return config_of(request.param)["catalog"]


def concrete(name):
    """A factory's names for all quadrants."""
    return {name.format(quadrant=q) for q in QUADRANTS} if "{" in name else {name}


def used_by(pipelines):
    names = sum(pipelines.values()).datasets()
    return {name for name in names if not name.startswith(("params:", "parameters"))}


def test_every_entry_is_used(entries, pipelines):
    assert {c for name in entries for c in concrete(name)} <= used_by(pipelines)


def test_every_name_is_in_the_catalog(entries, pipelines):
    assert used_by(pipelines) <= {c for name in entries for c in concrete(name)}


def test_every_entry_has_a_layer(entries):
    for name, entry in entries.items():
        assert entry["metadata"]["kedro-viz"]["layer"] in LAYERS, name


def test_layers_follow_the_data(entries, pipelines):
    """Kedro-Viz draws no layers at all where they form a circle."""
    layers = {c: e["metadata"]["kedro-viz"]["layer"] for n, e in entries.items() for c in concrete(n)}
    sorter = TopologicalSorter({layer: set() for layer in LAYERS})
    for node in sum(pipelines.values()).nodes:
        for before in set(node.inputs) & set(layers):
            for after in set(node.outputs):
                if layers[before] != layers[after]:
                    sorter.add(layers[after], layers[before])
    sorter.prepare()  # raises if there is a circle


def test_names(entries):
    for name in entries:
        assert re.fullmatch(r"(\{quadrant\}\.)?[a-z][a-z0-9]*(_[a-z0-9]+)*", name)


def test_every_entry_lies_in_its_workspace(entries):
    for name, entry in entries.items():
        path = entry.get("filepath") or entry["path"]
        assert re.match(r"data/0[1-8]_[a-z_]+/(demo|own|deap|lindsey|paper|films)(/|$)", path), name


def test_what_a_run_makes_is_versioned(entries):
    for name, entry in entries.items():
        # One file a clip, or a cache by content: a date would tell nothing.
        by_clip = entry["type"].endswith("FreshPartitionedDataset") or name.endswith("_cache")
        is_input = "/01_raw/" in entry.get("filepath", "") or "01_raw" in entry.get("filepath", "")
        assert entry.get("versioned", False) is not (by_clip or is_input or name in LASTING), name


def test_every_type_can_be_made(entries):
    catalog = DataCatalog.from_config({k: v for k, v in entries.items() if "{" not in k})
    for name in catalog:
        assert catalog[name] is not None


@pytest.mark.parametrize("environment", ["own", "deap", "lindsey"])
def test_other_corpora_never_point_at_the_demo(environment):
    entries = config_of(environment)["catalog"]
    assert not [name for name, entry in entries.items() if "demo" in str(entry).lower()]


def test_pipelines_by_name(pipelines):
    assert set(pipelines) == {
        "__default__",
        "ingest",
        "labels",
        "library",
        "visual_features",
        "films",
        "audio_features",
        "anfis",
        "lstm_x4",
        "baseline",
        "retrieval",
        "evaluation",
        "study",
        "score",
    }


def test_the_full_run_indexes_a_library_where_there_is_one(pipelines):
    assert {"library_index", "library_report"} <= pipelines["__default__"].all_outputs()
    assert config_of("base")["catalog"]["library_folder"]["type"].endswith("DemoLibraryDataset")
    for environment in ("own", "deap", "lindsey", "paper"):
        assert config_of(environment)["catalog"]["library_folder"]["type"].endswith(".FolderDataset")


def test_every_parameter_is_read(pipelines):
    parameters = config_of("base")["parameters"]
    read = {
        n.removeprefix("params:").split(".")[0] for n in sum(pipelines.values()).inputs() if "params:" in n
    }
    assert set(parameters) == read
