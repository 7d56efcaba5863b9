"""Choosing the music of clips, and choosing again where the result would not pass.

A track that fails the quality gate gets a second arrangement that avoids joins more. Of the two the one
with fewer findings is kept; what was found is reported either way.
"""

import logging
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from moodscore.compute import Compute, map_clips
from moodscore.errors import MoodscoreError
from moodscore.music.arrangement import Arrangement
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.gate import FINDING_COLUMNS, inspect_track
from moodscore.music.systems import Brief, arrange

#: Factor on the price of joins at the second try.
STRICTER = 2.0
#: Systems that can choose otherwise if asked.
_SEARCHING = frozenset({"moodscore", "collage"})
GATE_COLUMNS = ("clip_id", "attempt", "kept", *FINDING_COLUMNS)
PASSED = ("passed", 0.0, "nothing was found")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """The music of many clips.

    Attributes
    ----------
    arrangements : dict of str to Arrangement
        By clip.
    quality_gate : pd.DataFrame
        `GATE_COLUMNS`, one row a finding, and one that says so where there was none: ``attempt`` (1, 2),
        whether that attempt was ``kept``, then those of `inspect_track`.
    """

    arrangements: dict[str, Arrangement]
    quality_gate: pd.DataFrame

    @property
    def cue_sheet(self) -> pd.DataFrame:
        """The cue sheets, one below the other."""
        return pd.concat([arranged.cues for arranged in self.arrangements.values()], ignore_index=True)

    @property
    def notes(self) -> pd.DataFrame:
        """The notes of composed music, with their ``clip_id``; empty where none is."""
        return notes_of(self.arrangements.values())


def notes_of(arrangements: Iterable[Arrangement]) -> pd.DataFrame:
    """The notes of arrangements that are composed, one below the other, with their ``clip_id``."""
    tables = [a.notes.assign(clip_id=a.clip_id) for a in arrangements if a.notes is not None]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"clip_id": []})


def chance_of(clip_id: str, seed: int) -> list[int]:
    """Seed of a clip of its own, whichever other clips there are."""
    return [seed, zlib.crc32(clip_id.encode())]


def choose_music(
    briefs: Iterable[Brief],
    music: MusicDictionary | None,
    *,
    system: str | None = None,
    inspected: Collection[str],
    compute: Compute,
    seed: int = 0,
    take: int = 0,
) -> Chosen:
    """The music of many clips, and what the quality gate says of those that will be heard.

    Parameters
    ----------
    briefs : iterable of Brief
        What is wanted, clip by clip.
    music : MusicDictionary or None
        What there is to choose from.
    system : str, optional
        What chooses, or composes; see `arrange`. By default that of the music's options.
    inspected : collection of str
        The clips whose track is rendered and inspected. Where a search fails, it gets a second try.
    compute : Compute
        Where they are inspected.
    seed, take
        See `arrange`; every clip has chance of its own.

    Raises
    ------
    MoodscoreError
        If no clip can be given music.
    """
    system = music.options.system if system is None else system
    wanted = {brief.clip_id: brief for brief in briefs}

    def attempt(clip_id: str, brief: Brief, strictness: float = 1.0) -> Arrangement:
        chance = chance_of(clip_id, seed)
        return arrange(system, brief, music, seed=chance, take=take, strictness=strictness)[0]

    # Here and not in workers: the dictionary is large, and choosing takes milliseconds.
    chosen, failures = map_clips(attempt, wanted, Compute(backend="serial"), label="Choosing music")
    if not chosen:
        raise MoodscoreError(next(iter(failures.values()), "no clip is left to be given music"))
    first = _listen({c: chosen[c] for c in wanted if c in chosen and c in inspected}, compute)
    failed = [clip_id for clip_id, found in first.items() if len(found)]
    again = {c: attempt(c, wanted[c], STRICTER) for c in failed} if system in _SEARCHING else {}
    second = _listen(again, compute)
    better = {c for c, found in second.items() if len(found) < len(first[c])}
    for clip_id in failed:
        _report(clip_id, second[clip_id] if clip_id in better else first[clip_id])
    chosen |= {c: again[c] for c in better}
    gate = [_gate_rows(c, 1, c not in better, found) for c, found in first.items()]
    gate += [_gate_rows(c, 2, c in better, found) for c, found in second.items()]
    quality_gate = pd.DataFrame([row for rows in gate for row in rows], columns=list(GATE_COLUMNS))
    quality_gate = quality_gate.sort_values(["clip_id", "attempt"], kind="stable", ignore_index=True)
    return Chosen(chosen, quality_gate)


def kept_findings(quality_gate: pd.DataFrame) -> pd.DataFrame:
    """What the gate still says of the tracks that were kept; empty if all passed.

    Parameters
    ----------
    quality_gate : pd.DataFrame
        From `choose_music`.
    """
    return quality_gate[quality_gate["kept"] & (quality_gate["check"] != PASSED[0])]


def _listen(arrangements: Mapping[str, Arrangement], compute: Compute) -> dict[str, pd.DataFrame]:
    """What the gate finds in the tracks of some arrangements."""
    return map_clips(_inspect, arrangements, compute, label="Listening for faults")[0]


def _inspect(clip_id: str, arranged: Arrangement) -> pd.DataFrame:
    return inspect_track(arranged.rendered(levelled=True), arranged.cues)


def _report(clip_id: str, found: pd.DataFrame) -> None:
    if found.empty:
        logger.info("clip %s: the music passes at the second try", clip_id)
        return
    first = found.iloc[0]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    logger.warning("clip %s: at %.1f s %s%s", clip_id, first["at_s"], first["finding"], more)


def _gate_rows(clip_id: str, attempt: int, is_kept: bool, found: pd.DataFrame) -> list[tuple]:
    rows = list(found.itertuples(index=False, name=None)) or [PASSED]
    return [(clip_id, attempt, is_kept, *row) for row in rows]
