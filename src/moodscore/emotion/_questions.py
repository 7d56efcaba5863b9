"""What the name of a question asks for: which clip, which score, perhaps which part of the clip."""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from moodscore.emotion._tables import Sheet, clip_name
from moodscore.emotion.layout import Layout
from moodscore.errors import MoodscoreError

SCORES = ("valence", "arousal")
_JOINT = " \t_-–—:.,;()[]{}/|?!\"'=>"
#: What programs add to the name of a question: the number of an item, or that it is an answer.
_ADDED = re.compile(r"[\s_:.\-]*(response|rating|value)?[\s_:.\-]*\d*", re.IGNORECASE)
_NAMED_FILE = re.compile(r"[\w\-. ]*?([\w\-.]+\.(?:mp4|m4v|mov|mkv|webm|avi))", re.IGNORECASE)
_TIME = r"\d+(?::[0-5]\d){0,2}(?:\.\d+)?"


class Question(NamedTuple):
    """What a name asks for."""

    clip_id: str
    score: str
    start_s: float = math.nan
    end_s: float = math.nan


def questions_of(sheet: Sheet, names: Mapping[int, str], layout: Layout) -> dict[int, Question]:
    """What each of some names asks for; those that ask for no score are left out."""
    find = _by_pattern if layout.columns else _by_words
    questions = find(sheet, names, layout)
    if not questions:
        words = " or ".join(layout.words(score)[0] for score in SCORES)
        looked = layout.columns or f"names with {words} in them"
        raise sheet.refusal(
            sheet.header_line,
            None,
            "no column of a clip's valence and arousal",
            f"{looked}; say how they are named: layout: {{columns: '{{clip}} [{{score}}]'}}",
        )
    return questions


def _by_pattern(sheet: Sheet, names: Mapping[int, str], layout: Layout) -> dict[int, Question]:
    words = {word.casefold(): score for score in SCORES for word in layout.words(score)}
    any_word = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    fields = {
        "{clip}": r"(?P<clip>.+?)",
        "{score}": rf"(?P<score>{any_word})",
        "{start}": rf"(?P<start>{_TIME})",
        "{end}": rf"(?P<end>{_TIME})",
        "*": r".*?",
    }
    parts = re.split(r"(\{clip\}|\{score\}|\{start\}|\{end\}|\*)", layout.columns)
    if "{clip}" not in parts or "{score}" not in parts or ("{start}" in parts) != ("{end}" in parts):
        raise MoodscoreError(
            f"layout: columns {layout.columns!r} must hold {{clip}} and {{score}}, and {{start}} and {{end}} "
            "both or neither"
        )
    literal = (r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in parts)
    pattern = "".join(fields.get(part, text) for part, text in zip(parts, literal, strict=True))
    found = {}
    for place, name in names.items():
        match = re.fullmatch(pattern, name.strip(), re.IGNORECASE | re.DOTALL)
        if match:
            told = match.groupdict()
            times = [sheet.seconds(told[end]) if told.get(end) else math.nan for end in ("start", "end")]
            found[place] = Question(clip_name(told["clip"].strip()), words[told["score"].casefold()], *times)
    return found


def _by_words(sheet: Sheet, names: Mapping[int, str], layout: Layout) -> dict[int, Question]:
    """Names that hold the word for a score; what else they hold, but for what all hold, is the clip."""
    rests: dict[int, tuple[str, str]] = {}
    for place, name in names.items():
        scores = [(score, match) for score in SCORES if (match := word_for(layout, score).search(name))]
        if len(scores) != 1:
            continue
        ((score, match),) = scores
        before, after = name[: match.start()].strip(_JOINT), name[match.end() :]
        after = "" if before and _ADDED.fullmatch(after) else after.strip(_JOINT)
        if rest := " ".join(filter(None, (before, after))):
            rests[place] = (rest, score)
    clips = _told_apart({rest for rest, _ in rests.values()})
    return {place: Question(clips[rest], score) for place, (rest, score) in rests.items()}


def _told_apart(rests: set[str]) -> dict[str, str]:
    """The clip in each of some texts: the file they name, or what is left without what all have in common."""
    named = {rest: match[1] for rest in rests if (match := _NAMED_FILE.search(rest))}
    if len(set(named.values())) == len(rests):
        return {rest: clip_name(file) for rest, file in named.items()}
    parts = {rest: re.split(r"(\s+)", rest) for rest in rests}
    head = _common(list(parts.values()))
    tail = _common([part[head:][::-1] for part in parts.values()])
    return {
        rest: clip_name("".join(part[head : len(part) - tail]).strip(_JOINT)) or rest
        for rest, part in parts.items()
    }


def _common(parts: list[list[str]]) -> int:
    """How many parts all have in common from the start, one of each left over."""
    if len(parts) < 2:
        return 0
    longest = min(map(len, parts)) - 1
    return next((n for n in range(longest) if len({part[n] for part in parts}) > 1), max(longest, 0))


def word_for(layout: Layout, score: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, layout.words(score)))
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)
