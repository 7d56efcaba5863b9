import hashlib
import json
from dataclasses import replace

import pytest

from moodscore.compute import Compute
from moodscore.demo import GENERATOR_VERSION, corpus, ensure_corpus, plan_corpus
from moodscore.errors import MoodscoreError

SERIAL = Compute(backend="serial")


@pytest.fixture
def short_plan(monkeypatch):
    """Two clips of their first scene's first shots, so that making them takes no time."""

    def plan(seed):
        recipes = []
        for number, recipe in enumerate(plan_corpus(seed)[:2], start=1):
            scene = recipe.scenes[0]
            shot = replace(scene.shots[0], end_s=1.0)
            scene = replace(scene, n_bars=1, shots=(shot,))
            recipes.append(replace(recipe, clip_id=f"demo_{number:02d}", scenes=(scene,)))
        return recipes

    monkeypatch.setattr(corpus, "plan_corpus", plan)


@pytest.fixture
def made(short_plan, tmp_path):
    return ensure_corpus(tmp_path / "demo", seed=1, compute=SERIAL)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_files_and_manifest(made):
    files = contents(made)
    assert sorted(files) == ["clips/demo_01.mp4", "clips/demo_02.mp4", "corpus.json", "ratings.csv"]
    manifest = json.loads(files.pop("corpus.json"))
    assert (manifest["seed"], manifest["version"]) == (1, GENERATOR_VERSION)
    assert manifest["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_a_whole_corpus_is_left_alone(made):
    before = times(made)
    ensure_corpus(made, seed=1, compute=SERIAL)
    assert times(made) == before


def test_same_seed_same_bytes_on_every_backend(made, tmp_path):
    other = ensure_corpus(tmp_path / "other", seed=1, compute=Compute(backend="processes", workers=2))
    assert contents(other) == contents(made)


def test_only_damaged_and_missing_files_are_made_again(made):
    whole, before = contents(made), times(made)
    (made / "clips/demo_01.mp4").write_bytes(b"damaged")
    (made / "ratings.csv").unlink()
    ensure_corpus(made, seed=1, compute=SERIAL)
    assert contents(made) == whole
    assert times(made)[made / "clips/demo_02.mp4"] == before[made / "clips/demo_02.mp4"]


def test_an_interrupted_corpus_is_completed(made):
    whole = contents(made)
    manifest = json.loads((made / "corpus.json").read_text())
    (made / "corpus.json").write_text(json.dumps(manifest | {"files": {}}))
    (made / "clips/demo_02.mp4").unlink()
    (made / "clips/.demo_02.mp4.part").write_bytes(b"half")
    before = times(made)[made / "clips/demo_01.mp4"]
    ensure_corpus(made, seed=1, compute=SERIAL)
    assert {name: data for name, data in contents(made).items() if "part" not in name} == whole
    assert times(made)[made / "clips/demo_01.mp4"] == before


def test_what_was_made_before_the_program_was_killed_is_kept(short_plan, tmp_path, monkeypatch):
    def interrupted(recipe):
        if recipe.clip_id == "demo_02":
            raise KeyboardInterrupt
        return render(recipe)

    render = corpus.render_soundtrack
    with monkeypatch.context() as patch:
        patch.setattr(corpus, "render_soundtrack", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert sorted(contents(tmp_path)) == ["clips/demo_01.mp4", "corpus.json"]
    before = times(tmp_path)[tmp_path / "clips/demo_01.mp4"]
    ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert times(tmp_path)[tmp_path / "clips/demo_01.mp4"] == before
    files = contents(tmp_path)
    manifest = json.loads(files.pop("corpus.json"))
    assert manifest["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_what_an_interrupted_call_made_of_another_corpus_is_not_kept(made):
    other = contents(ensure_corpus(made.parent / "other", seed=2, compute=SERIAL))
    manifest = json.loads((made / "corpus.json").read_text())
    (made / "corpus.json").write_text(json.dumps(manifest | {"files": {}}))
    ensure_corpus(made, seed=2, compute=SERIAL)
    assert contents(made) == other


def test_no_bar_and_no_word_of_clips_when_only_the_ratings_are_missing(made, caplog, capsys):
    (made / "ratings.csv").unlink()
    capsys.readouterr()
    with caplog.at_level("INFO", logger="moodscore"):
        ensure_corpus(made, seed=1, compute=SERIAL)
    assert (made / "ratings.csv").exists()
    assert not caplog.records
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("change", ["seed", "version"])
def test_another_seed_or_generator_makes_all_anew(made, monkeypatch, change):
    before = contents(made)
    (made / "clips/demo_03.mp4").write_bytes(b"of a longer corpus")
    manifest = json.loads((made / "corpus.json").read_text())
    manifest["files"]["clips/demo_03.mp4"] = "0"
    (made / "corpus.json").write_text(json.dumps(manifest))
    if change == "version":
        monkeypatch.setattr(corpus, "GENERATOR_VERSION", GENERATOR_VERSION + 1)
    ensure_corpus(made, seed=2 if change == "seed" else 1, compute=SERIAL)
    after = contents(made)
    assert sorted(after) == sorted(before)
    assert after["corpus.json"] != before["corpus.json"]
    assert (after["ratings.csv"] != before["ratings.csv"]) == (change == "seed")


@pytest.mark.parametrize("name", ["clips/holiday.mp4", "ratings.csv"])
def test_somebodys_own_corpus_is_refused_and_untouched(short_plan, tmp_path, name):
    (tmp_path / "clips").mkdir()
    (tmp_path / name).write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(MoodscoreError, match="not the demo corpus"):
        ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "text", ["", "[]", '{"seed": 1}', '{"generator": "other", "seed": 1, "version": 1, "files": {}}']
)
def test_a_strange_manifest_is_refused(short_plan, tmp_path, text):
    (tmp_path / "corpus.json").write_text(text)
    with pytest.raises(MoodscoreError, match=r"corpus\.json: is not the manifest"):
        ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert list(contents(tmp_path)) == ["corpus.json"]


def test_a_folder_with_hidden_files_only_is_free(short_plan, tmp_path):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/.gitkeep").touch()
    ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert (tmp_path / "clips/demo_01.mp4").exists()


def test_a_clip_that_cannot_be_made_is_named_and_made_later(short_plan, tmp_path, monkeypatch):
    def fail_on_second(recipe):
        if recipe.clip_id == "demo_02":
            raise MoodscoreError("no room left")
        return render(recipe)

    render = corpus.render_soundtrack
    with monkeypatch.context() as patch:
        patch.setattr(corpus, "render_soundtrack", fail_on_second)
        with pytest.raises(MoodscoreError, match=r"1 demo clips.*demo_02.*no room left"):
            ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    before = times(tmp_path)[tmp_path / "clips/demo_01.mp4"]
    ensure_corpus(tmp_path, seed=1, compute=SERIAL)
    assert (tmp_path / "clips/demo_02.mp4").exists()
    assert times(tmp_path)[tmp_path / "clips/demo_01.mp4"] == before
