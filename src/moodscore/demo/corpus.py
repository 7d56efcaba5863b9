"""Making the corpus on disk, once, and proving later that it is still whole.

``corpus.json`` beside the clips says which seed and which generator made them and holds the SHA-256 of
every file. It is written before the first clip, so that a folder that was left half made is known as
ours and is completed: a clip appears under its name only when it is whole, so what an interrupted call
made is kept. A folder with clips and without ``corpus.json`` is somebody's own and is never touched.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from moodscore.compute import Compute, map_clips
from moodscore.demo.picture import render_frames
from moodscore.demo.ratings import simulate_ratings
from moodscore.demo.recipe import FRAMES_PER_S, ClipRecipe, plan_corpus
from moodscore.demo.synth import SAMPLE_RATE, render_soundtrack
from moodscore.errors import MoodscoreError
from moodscore.files import sha256_of, write_text
from moodscore.media import write_clip

#: Goes up with every change that makes other clips or other ratings from the same seed.
GENERATOR_VERSION = 1

_GENERATOR = "moodscore.demo"
_MANIFEST, _CLIPS, _RATINGS = "corpus.json", "clips", "ratings.csv"

logger = logging.getLogger(__name__)


def ensure_corpus(folder: str | Path, *, seed: int, compute: Compute) -> Path:
    """See that the demo corpus of a seed lies in a folder, whole.

    Makes ``clips/demo_01.mp4`` … ``demo_36.mp4`` and ``ratings.csv`` where they are missing or damaged,
    and everything if the folder holds the corpus of another seed or an older generator.

    Parameters
    ----------
    folder : str or Path
        Empty, not there yet, or made by an earlier call.
    seed : int
        Not negative; the same seed gives the same files on one machine.
    compute : Compute
        Where the clips are made.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    MoodscoreError
        If the folder holds clips or ratings that were not made here, or a clip cannot be written.
    """
    folder = Path(folder)
    recipes = plan_corpus(seed)
    files = _known_files(folder, seed, recipes)
    wanted = {recipe.clip_id: recipe for recipe in recipes if not _is_whole(folder, _name(recipe), files)}
    table_is_whole = _is_whole(folder, _RATINGS, files)
    if not wanted and table_is_whole:
        return folder
    if wanted:
        logger.info("Making %d of the %d demo clips in %s", len(wanted), len(recipes), folder)
    _write_manifest(folder, seed, files)
    made, failures = map_clips(_ClipMaker(folder), wanted, compute, label="Making demo clips")
    files |= {_name(wanted[clip_id]): digest for clip_id, digest in made.items()}
    if not table_is_whole:
        table = simulate_ratings(recipes, seed=seed).to_csv(index=False, lineterminator="\n")
        write_text(folder / _RATINGS, table)
        files[_RATINGS] = sha256_of(folder / _RATINGS)
    _write_manifest(folder, seed, files)
    if failures:
        clip_id, reason = next(iter(failures.items()))
        raise MoodscoreError(
            f"{folder}: {len(failures)} demo clips could not be made, {clip_id} because: {reason}; "
            "see that the folder can be written and the disk has room, then run again"
        )
    return folder


@dataclass(frozen=True)
class _ClipMaker:
    """Makes one clip; travels to the workers."""

    folder: Path

    def __call__(self, clip_id: str, recipe: ClipRecipe) -> str:
        """Write the clip and return its SHA-256."""
        path = self.folder / _name(recipe)
        write_clip(path, render_frames(recipe), FRAMES_PER_S, render_soundtrack(recipe), SAMPLE_RATE)
        return sha256_of(path)


def _name(recipe: ClipRecipe) -> str:
    """Where a clip lies below the folder."""
    return f"{_CLIPS}/{recipe.clip_id}.mp4"


def _known_files(folder: Path, seed: int, recipes: list[ClipRecipe]) -> dict[str, str]:
    """Names and SHA-256 of what earlier calls made of this corpus; clears that of another one."""
    path = folder / _MANIFEST
    if not path.exists():
        _refuse_foreign(folder)
        return {}
    manifest = _read_manifest(path)
    recorded = manifest["files"]
    clips = {_name(recipe) for recipe in recipes}
    if (manifest["seed"], manifest["version"]) == (seed, GENERATOR_VERSION):
        unrecorded = (name for name in clips - recorded.keys() if (folder / name).is_file())
        return {name: sha256_of(folder / name) for name in unrecorded} | recorded
    # Before the manifest says otherwise, or a call that ends in between leaves them as the new corpus.
    for name in clips | recorded.keys() - {_RATINGS}:
        (folder / _CLIPS / Path(name).name).unlink(missing_ok=True)
    _write_manifest(folder, seed, {})
    return {}


def _refuse_foreign(folder: Path) -> None:
    """A folder with clips or ratings and without our manifest is somebody's own corpus."""
    clips = folder / _CLIPS
    visible = [path for path in clips.iterdir() if path.name[0] != "."] if clips.is_dir() else []
    if visible or (folder / _RATINGS).exists():
        raise MoodscoreError(
            f"{folder}: holds clips or ratings that are not the demo corpus (no {_MANIFEST}); "
            "move them elsewhere or point the demo corpus at another folder"
        )


def _read_manifest(path: Path) -> dict:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["generator"] == _GENERATOR and {"seed", "version", "files"} <= manifest.keys():
            return manifest
    except (ValueError, KeyError, TypeError):
        pass
    raise MoodscoreError(
        f"{path}: is not the manifest of a demo corpus; move it and the clips beside it elsewhere"
    )


def _write_manifest(folder: Path, seed: int, files: dict[str, str]) -> None:
    manifest = {
        "generator": _GENERATOR,
        "version": GENERATOR_VERSION,
        "seed": seed,
        "files": dict(sorted(files.items())),
    }
    write_text(folder / _MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _is_whole(folder: Path, name: str, files: dict[str, str]) -> bool:
    """Whether a file is there with the content it was made with."""
    path = folder / name
    return name in files and path.is_file() and sha256_of(path) == files[name]
