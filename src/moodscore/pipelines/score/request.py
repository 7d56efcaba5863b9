"""What a person asks for, and the jobs it comes to: one video and one take each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moodscore import scoring
from moodscore.errors import MoodscoreError
from moodscore.vocabulary import COMPOSED


@dataclass(frozen=True)
class Request:
    """What a person typed.

    Attributes
    ----------
    videos : sequence of str
        Files and folders.
    output : Path or None
        The file to write, or the folder.
    library : Path or None
        A folder of songs the music comes from alone.
    emotion : str
        See `moodscore.scoring.parse_cues`.
    keep_audio_db : float or None
        Level of the original sound.
    replace : bool
        Leave the original sound out, also if there is music in it.
    song : str
        The only piece that may be used: a sound file, or the name of one in the library; empty for any.
    cuts : str or None
        How readily music is left that would play on; None is the workspace's.
    change_at : str or None
        Where another piece may follow; None is the workspace's.
    compose : bool
        Compose new music, also where there is a library.
    soundfont : Path or None
        A General MIDI soundfont that plays what is composed.
    stems : bool
        Write each group of instruments by itself, too.
    preset : str or None
        The system that makes the music; None is the workspace's.
    seed : int or None
        None is the workspace's.
    reader : {"demo", "films", "own"} or None
        Whose reading of pictures is used; see `moodscore.pipelines.score.models` for what None takes.
    env : str or None
        The environment.
    force : bool
        Make again what is finished.
    flac : bool
        FLAC in place of WAV.
    takes : int
        How many different scores.
    explain : bool
        Say why, in words.
    """

    videos: Sequence[str]
    output: Path | None = None
    library: Path | None = None
    emotion: str = ""
    keep_audio_db: float | None = None
    replace: bool = False
    song: str = ""
    cuts: str | None = None
    change_at: str | None = None
    compose: bool = False
    soundfont: Path | None = None
    stems: bool = False
    preset: str | None = None
    seed: int | None = None
    reader: str | None = None
    env: str | None = None
    force: bool = False
    flac: bool = False
    takes: int = 1
    explain: bool = False

    @property
    def is_composed(self) -> bool:
        """Whether the music is new: where it is asked for, and where there is no other."""
        return self.compose or (self.preset is None and self.songs is None)

    @property
    def songs(self) -> Path | None:
        """Where the songs lie: the folder, or the one file that is the only piece."""
        alone = Path(self.song) if self.song else None
        return alone if alone is not None and alone.is_file() else self.library

    @property
    def changes(self) -> dict[str, Any]:
        """Parameters of the workspace that the options change, as Kedro takes them."""
        system = COMPOSED if self.is_composed else self.preset
        asked = {"system": system, "cuts": self.cuts, "change_at": self.change_at}
        retrieval: dict[str, Any] = {name: value for name, value in asked.items() if value}
        retrieval |= {"music": "library"} if self.songs else {}
        retrieval |= {"song": self.song} if self.song and self.songs == self.library else {}
        retrieval |= {"soundfont": str(self.soundfont)} if self.soundfont else {}
        changes: dict[str, Any] = {"retrieval": retrieval} if retrieval else {}
        return changes | ({"seed": self.seed} if self.seed is not None else {})


@dataclass
class Job:
    """One video and one take, and what became of it.

    Attributes
    ----------
    video : Path
        The video.
    take : int
        From 0.
    outputs : Outputs or None
        Where its files go.
    path : Path or None
        The scored video.
    error : str or None
        Why there is none.
    is_kept : bool
        Whether it was finished before.
    seconds : float
        How long it took.
    made : dict
        Of the results of the pipeline those that are told of, by their names in the catalog.
    """

    video: Path
    take: int
    outputs: scoring.Outputs | None = None
    path: Path | None = None
    error: str | None = None
    is_kept: bool = False
    seconds: float = 0.0
    made: dict[str, Any] = field(default_factory=dict)


def jobs_of(request: Request) -> list[Job]:
    """What there is to do.

    Raises
    ------
    MoodscoreError
        If options contradict each other.
    """
    videos: dict[Path, str | None] = {}
    for name in request.videos:
        try:
            videos |= dict.fromkeys(scoring.list_videos(name))
        except MoodscoreError as error:
            videos[Path(name)] = str(error)
    into_folder = request.output is not None and request.output.is_dir()
    if len(videos) > 1 and request.output is not None and not into_folder:
        raise MoodscoreError(f"-o {request.output}: is no folder, and there are {len(videos)} videos")
    if len(videos) > 1 and request.emotion:
        raise MoodscoreError(f"--emotion: is of one video, and there are {len(videos)}; score it by itself")
    if request.soundfont and not request.soundfont.is_file():
        raise MoodscoreError(f"--soundfont {request.soundfont}: there is no such file")
    if (request.soundfont or request.stems) and not request.is_composed:
        raise MoodscoreError("--soundfont and --stems: are of composed music; add --compose")
    if request.song and request.songs is None:
        raise MoodscoreError(f"--song {request.song}: there is no such file")
    if request.library is not None and not request.library.is_dir():
        raise MoodscoreError(f"--library {request.library}: there is no such folder")
    takes = range(request.takes)
    return [Job(video, take, error=error) for video, error in videos.items() for take in takes]


def outputs_of(job: Job, request: Request, records: Path) -> scoring.Outputs:
    """Where the files of a job go.

    Parameters
    ----------
    job : Job
        The video and the take.
    request : Request
        What is wanted.
    records : Path
        Folder in which is kept what was asked for.
    """
    target = scoring.default_output(job.video)
    if request.output is not None:
        target = request.output / target.name if request.output.is_dir() else request.output
    if request.takes > 1:
        target = target.with_name(f"{target.stem}.{job.take + 1}{target.suffix}")
    return scoring.Outputs(target, records, ".flac" if request.flac else ".wav")
