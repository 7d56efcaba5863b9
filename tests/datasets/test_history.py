import json

import pytest

from moodscore.datasets import JSONHistoryDataset


def test_versions_come_in_their_order(tmp_path):
    for version in ("2026-01-02", "2026-01-01"):
        folder = tmp_path / "metrics.json" / version
        folder.mkdir(parents=True)
        (folder / "metrics.json").write_text(json.dumps({"version": version}))
    (tmp_path / "metrics.json" / "2026-01-03").mkdir()
    broken = tmp_path / "metrics.json" / "2026-01-04"
    broken.mkdir()
    (broken / "metrics.json").write_text("{")
    history = JSONHistoryDataset(filepath=str(tmp_path / "metrics.json"))
    assert list(history.load()) == ["2026-01-01", "2026-01-02"]


def test_no_run_yet_is_an_empty_history(tmp_path):
    history = JSONHistoryDataset(filepath=str(tmp_path / "metrics.json"))
    assert history.exists()
    assert history.load() == {}


def test_it_is_never_written(tmp_path):
    with pytest.raises(Exception, match="never written"):
        JSONHistoryDataset(filepath=str(tmp_path / "metrics.json")).save({})
