"""In which folder moodscore works."""

import pytest

from moodscore import home
from moodscore.errors import MoodscoreError

PYPROJECT = '[tool.kedro]\npackage_name = "{}"\n'


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A folder without a project, and a place for data."""
    monkeypatch.setenv(home.VARIABLE, str(tmp_path / "mine"))
    folder = tmp_path / "films"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_project_is_found_from_any_folder_in_it(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format("moodscore"))
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    for found in (home.find_home(), home.find_home(tmp_path)):
        assert found == home.Home(tmp_path.resolve(), tmp_path.resolve() / "conf", is_project=True)


@pytest.mark.parametrize("text", [PYPROJECT.format("spaceflights"), "[tool.ruff]\n", "not toml", None])
def test_elsewhere_it_is_a_folder_of_the_users(outside, text):
    if text is not None:
        (outside / "pyproject.toml").write_text(text)
    found = home.find_home()
    assert not found.is_project and found.folder == (outside.parent / "mine").resolve()
    assert (found.conf / "base" / "catalog_score.yml").is_file()
    with pytest.raises(MoodscoreError, match="is no project of moodscore"):
        home.find_home(outside)


@pytest.mark.parametrize(
    ("platform", "variable", "below"),
    [
        ("linux", "XDG_DATA_HOME", "moodscore"),
        ("linux", None, ".local/share/moodscore"),
        ("darwin", None, "Library/Application Support/moodscore"),
        ("win32", "LOCALAPPDATA", "moodscore"),
    ],
)
def test_the_users_folder_is_where_the_system_keeps_data(tmp_path, monkeypatch, platform, variable, below):
    for name in (home.VARIABLE, "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(home.sys, "platform", platform)
    monkeypatch.setattr(home.Path, "home", lambda: tmp_path)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert home.user_folder() == tmp_path / below
