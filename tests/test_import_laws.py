"""Which room may import what. Read from the source, so that no import can hide in a function."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "moodscore"
LIBRARY_ROOMS = (
    "media",
    "vision",
    "sound",
    "fuzzy",
    "emotion",
    "sequence",
    "pieces",
    "music",
    "composing",
    "metrics",
    "evaluation",
    "figures",
    "report",
    "study",
    "scoring",
    "pretrained",
    "demo",
)
HEAVY = ("tensorflow", "keras", "librosa", "matplotlib", "cv2", "sklearn")


def imports_of(file):
    """Every module a file imports, wherever in it, and whether the import runs with the file."""
    tree = ast.parse(file.read_text())
    deferred = {
        child
        for parent in ast.walk(tree)
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_type_checking(parent)
        for child in ast.walk(parent)
        if child is not parent
    }
    for statement in ast.walk(tree):
        names = []
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{file}: imports are absolute"
            names = [f"{statement.module}.{alias.name}" for alias in statement.names]
        for name in names:
            yield name, statement not in deferred


def is_type_checking(statement):
    return isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)


def files_of(*rooms):
    return [file for room in rooms for file in sorted((PACKAGE / room).rglob("*.py"))]


def offences(files, *packages, at_import_only=False):
    return [
        f"{file.relative_to(PACKAGE)} imports {name}"
        for file in files
        for name, at_import in imports_of(file)
        for package in packages
        if (name == package or name.startswith(package + ".")) and (at_import or not at_import_only)
    ]


def test_every_folder_is_known_to_the_laws():
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders == {*LIBRARY_ROOMS, "datasets", "pipelines"}


def test_the_reader_of_imports_sees_them_all(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("import a.b\nfrom c import d\ndef f():\n    import e\n")
    assert dict(imports_of(file)) == {"a.b": True, "c.d": True, "e": False}


def test_library_rooms_know_nothing_of_kedro():
    assert not offences(
        files_of(*LIBRARY_ROOMS), "kedro", "kedro_datasets", "moodscore.pipelines", "moodscore.datasets"
    )


def test_only_sequence_imports_tensorflow_and_only_inside_functions():
    others = [file for file in files_of(*LIBRARY_ROOMS, "pipelines") if "sequence" not in file.parts]
    assert not offences(others, "tensorflow", "keras")
    assert not offences(files_of("sequence"), "tensorflow", "keras", at_import_only=True)


def test_only_media_imports_av():
    others = [file for file in PACKAGE.rglob("*.py") if (PACKAGE / "media") not in file.parents]
    assert not offences(others, "av")


def test_pieces_are_known_without_the_rooms_that_play_them():
    used = ("compute", "errors", "files", "media", "pieces", "samples", "sound")
    others = {path.stem for path in PACKAGE.iterdir()} - set(used)
    assert not offences(files_of("pieces"), *(f"moodscore.{other}" for other in others))


def test_nodes_are_thin():
    for file in PACKAGE.glob("pipelines/*/nodes.py"):
        assert not offences([file], "av", "cv2", "librosa", "sklearn", "scipy", "tensorflow", "matplotlib"), (
            file
        )
        assert not offences([file], "moodscore.datasets"), file
        functions = [f for f in ast.walk(ast.parse(file.read_text())) if isinstance(f, ast.FunctionDef)]
        for function in functions:
            assert function.end_lineno - function.lineno < 75, (
                f"{file}: {function.name} does not fit a screen"
            )


def test_pipelines_do_not_reach_into_each_other():
    """One may take steps of another from its ``create_pipeline``, but nothing that lies inside it."""
    whole = {f"moodscore.pipelines.{folder.name}" for folder in (PACKAGE / "pipelines").iterdir()}
    for folder in (PACKAGE / "pipelines").iterdir():
        own = f"moodscore.pipelines.{folder.name}"
        foreign = [o for o in offences(folder.rglob("*.py"), "moodscore.pipelines") if own not in o]
        assert not [offence for offence in foreign if offence.split()[-1] not in whole]


@pytest.mark.parametrize(
    "statements",
    [
        "from moodscore.pipeline_registry import register_pipelines as r; "
        "from kedro.framework.project import configure_project as c; c('moodscore'); r()",
        "import moodscore.cli, moodscore.settings, moodscore.__main__",
        # What is needed before the first picture is looked at, songs that are known included.
        "import moodscore.pipelines.score.command, moodscore.pipelines.score.nodes; "
        "from moodscore import Scorer; from moodscore.scoring import index_songs; "
        "from moodscore.music import SongCache; from moodscore.emotion import Judge",
        *(f"import moodscore.{room}" for room in LIBRARY_ROOMS),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statements):
    code = f"{statements}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stdout + done.stderr
