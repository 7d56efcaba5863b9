"""Whose reading of pictures is used, and what the bar is told."""

import pytest
from rich import get_console

from moodscore.pipelines.score import create_pipeline
from moodscore.pipelines.score.models import choose_reader
from moodscore.pipelines.score.progress import STEPS, Bar
from moodscore.pipelines.score.request import Request


@pytest.mark.parametrize(
    ("wanted", "is_own", "is_trained", "shipped", "chosen"),
    [
        # What a person says goes, whether or not it is there.
        ("own", False, False, ("films", "demo"), "own"),
        ("demo", True, True, ("films", "demo"), "demo"),
        ("films", True, True, ("demo",), "films"),
        # Somebody's own workspace is read by its own models, or not at all.
        (None, True, True, ("films", "demo"), "own"),
        (None, True, False, ("films", "demo"), "own"),
        # The demo workspace is read by what was trained on films, else by its own, else by what ships.
        (None, False, True, ("films", "demo"), "films"),
        (None, False, False, ("films", "demo"), "films"),
        (None, False, True, ("demo",), "own"),
        (None, False, False, ("demo",), "demo"),
        (None, False, False, (), "own"),
    ],
)
def test_the_reader_that_is_chosen(wanted, is_own, is_trained, shipped, chosen):
    found = choose_reader(wanted, is_own=is_own, is_trained=lambda: is_trained, shipped=shipped)
    assert found == chosen


def test_options_change_only_the_parameters_they_are_about(tmp_path):
    assert Request(videos=()).changes == {"retrieval": {"system": "composed"}}  # there is no music
    assert Request(videos=(), preset="moodscore").changes == {"retrieval": {"system": "moodscore"}}
    assert Request(videos=(), library=tmp_path).changes == {"retrieval": {"music": "library"}}
    assert Request(videos=(), library=tmp_path, cuts="few", change_at="never").changes == {
        "retrieval": {"cuts": "few", "change_at": "never", "music": "library"}
    }
    assert Request(videos=(), preset="paper", library=tmp_path, seed=0).changes == {
        "retrieval": {"system": "paper", "music": "library"},
        "seed": 0,
    }


def test_a_song_is_a_file_or_one_of_the_library(tmp_path):
    (tmp_path / "a.mp3").touch()
    alone = Request(videos=(), song=str(tmp_path / "a.mp3"))
    assert alone.songs == tmp_path / "a.mp3" and alone.changes == {"retrieval": {"music": "library"}}
    one_of = Request(videos=(), song="b.mp3", library=tmp_path)
    assert one_of.songs == tmp_path
    assert one_of.changes == {"retrieval": {"music": "library", "song": "b.mp3"}}


def test_every_step_has_its_share_of_the_bar():
    assert set(STEPS) == {node.name for node in create_pipeline().nodes} - {"draw_score"}


def test_the_bar_follows_the_steps(monkeypatch):
    monkeypatch.setattr(type(get_console()), "is_terminal", True)
    first, second = (
        next(node for node in create_pipeline().nodes if node.name == name) for name in list(STEPS)[:2]
    )
    with Bar("film.mp4") as bar:
        (task,) = bar._progress.tasks
        seen = []
        for node in (first, second):
            bar.hooks.hook.before_node_run(node=node, catalog=None, inputs={}, is_async=False, run_id="")
            bar.within(0.5)
            seen.append((task.description, task.completed))
    (words, share), (others, small) = (STEPS[node.name] for node in (first, second))
    assert seen == [(words, share / 2), (others, share + small / 2)]
