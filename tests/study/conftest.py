import pytest

from moodscore.study import make_key

SYSTEMS = ("moodscore", "paper")
VIDEOS = ("alps", "beach", "dunes")


@pytest.fixture(scope="session")
def key():
    """Three videos with the music of two systems; alps and dunes have the paper's version first."""
    files = {
        ("alps", "moodscore"): "f1.mp4",
        ("alps", "paper"): "a1.mp4",
        ("beach", "moodscore"): "a2.mp4",
        ("beach", "paper"): "f2.mp4",
        ("dunes", "moodscore"): "f3.mp4",
        ("dunes", "paper"): "a3.mp4",
    }
    return make_key(files, SYSTEMS, seed=7)


@pytest.fixture
def folder(tmp_path):
    """A folder for answers; called with names and texts, it writes them."""

    def write(**files):
        for name, content in files.items():
            stem, _, suffix = name.rpartition("_")
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{stem}.{suffix}").write_bytes(data)
        return tmp_path

    return write
