import pytest

from moodscore.progress import epoch_bar, part, tell, telling, told


@pytest.fixture
def bar_of(monkeypatch):
    """What the bar was last told, by label."""
    from rich.progress import Progress

    told = {}
    update = Progress.update

    def remember(self, task, **fields):
        update(self, task, **fields)
        told[self.tasks[0].description] = (self.tasks[0].completed, self.tasks[0].total)

    monkeypatch.setattr(Progress, "update", remember)
    return told


def test_the_bar_follows_the_epochs(bar_of, capsys):
    with epoch_bar("Training") as progress:
        for epoch in (1, 2, 3):
            progress(epoch, 10)
            assert bar_of["Training"] == (epoch, 10)
    assert "Training" in capsys.readouterr().out


def test_early_stopping_leaves_a_full_bar(bar_of, capsys):
    with epoch_bar("Training") as progress:
        progress(4, 150)
    assert bar_of["Training"] == (4, 4)
    assert "100%" in capsys.readouterr().out


def test_no_epoch_at_all(capsys):
    with epoch_bar("Training"):
        pass
    assert "Training" in capsys.readouterr().out


def test_what_goes_wrong_inside_comes_out(capsys):
    with pytest.raises(ZeroDivisionError), epoch_bar("Training") as progress:
        progress(1 // 0, 1)


def test_whoever_listens_is_told():
    heard, heard_inside = [], []
    tell(0.1)  # to nobody
    with told(heard.append):
        tell(0.2)
        with told(heard_inside.append):
            tell(0.3)
        tell(0.4)
    tell(0.5)
    assert heard == [0.2, 0.4]
    assert heard_inside == [0.3]


def test_a_part_counts_as_its_share_of_the_whole():
    heard = []
    with told(heard.append), part(0.2, 0.6):
        tell(0.5)
        with part(0.5, 1.0):
            tell(1.0)
    with part(0.5, 1.0):
        tell(0.5)  # to nobody
    assert heard == pytest.approx([0.4, 0.6])


def test_blocks_tell_how_many_samples_were_taken():
    heard = []
    with told(heard.append):
        assert list(telling([[1, 2], [3], [4]], 4)) == [[1, 2], [3], [4]]
    assert heard == [0.5, 0.75, 1.0]
