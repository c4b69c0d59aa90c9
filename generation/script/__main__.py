"""Scripts from the topic bank and from points of one's own, without the site: one JSON line a brief.

``python -m generation.script TOPIC --language zh|en`` writes one; ``--file BRIEFS.jsonl`` one for each line, an object with
topic, language, seconds and seed, and points where there are any, or a text whose main points are told (the topic may then
be left out; other fields are passed over). The exit status is the
number of refused briefs, at most 100.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.errors import BriefInvalid, TopicTooFar
from generation.script.brief import KINDS, Brief
from generation.script.planner import NOMINAL_RATES, BankWriter, topics_near
from generation.script.script import Script
from generation.storyboard import HOOK_KINDS, HookKind

MOST_STATUS = 100
MOST_SEED = 2**31 - 1
SHOWN = ("line", "narration", "layout", "number", "picture_words")  # of a scene
SHOWN_OF_TEXT = (*SHOWN, "source")
NEEDED: dict[str, type | tuple[type, ...]] = {
    "topic": str,
    "language": str,
    "seconds": (int, float),
    "seed": int,
}


@dataclass(frozen=True)
class Ask:
    """One brief as it was asked for, not yet checked; ``problem`` says why it cannot even be read."""

    topic: str = ""
    language: str = ""
    seconds: float = 0.0
    seed: int = 0
    kind: str = "story"
    points: tuple[str, ...] = ()
    hook_kind: HookKind | None = None
    text: str = ""
    problem: BriefInvalid | None = None


def answered(ask: Ask) -> dict[str, Any]:
    """The script for a brief, or what is needed, or why it is refused."""
    source = "text" if ask.text else "points" if ask.points else "bank"
    answer: dict[str, Any] = {"topic": ask.topic, "state": "refused", "source": source, "nearest": []}
    try:
        brief = _checked(ask)
        answer["topic"] = brief.topic
        if not brief.text:
            answer["nearest"] = [match.to_json() for match in topics_near(brief)]
        script = BankWriter().write(
            brief, seed=ask.seed, rate=NOMINAL_RATES[brief.language], hook_kind=ask.hook_kind
        )
    except PlatformError as error:
        state = "asked" if isinstance(error, TopicTooFar) else "refused"
        return {**answer, **error.answer, "state": state, "code": error.code, "detail": str(error)}
    shown = _shown(script, SHOWN_OF_TEXT if brief.text else SHOWN)
    return {**answer, "state": "written", "source": _source(brief, script), "script": shown}


def _checked(ask: Ask) -> Brief:
    if ask.problem is not None:
        raise ask.problem
    if not 0 <= ask.seed <= MOST_SEED:
        raise BriefInvalid(f"seed must be between 0 and {MOST_SEED}, got {ask.seed}.", field="seed")
    return Brief.checked(
        topic=ask.topic, language=ask.language, seconds=ask.seconds, kind=ask.kind, points=ask.points,
        text=ask.text,
    )  # fmt: skip


def _source(brief: Brief, script: Script) -> str:
    if brief.text:
        return "text"
    if script.writer != "bank":
        return "model"
    return "bank" if script.topic_id else "points"


def _shown(script: Script, names: Sequence[str]) -> dict[str, Any]:
    scenes = [{name: getattr(scene, name) for name in names} for scene in script.scenes]
    return {
        "title": script.title,
        "hook_kind": script.hook_kind,
        "scenes": scenes,
        "hashtags": list(script.hashtags),
    }


def asks_of(path: Path) -> Iterator[Ask]:
    """The briefs of a file, one a line that is not blank, each line by itself. Raises ``OSError``."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _ask_of(line.removeprefix(b"\xef\xbb\xbf"), number)


def _ask_of(line: bytes, number: int) -> Ask:
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        why = f"{error.msg} at character {error.pos + 1}"
        return Ask(problem=BriefInvalid(f"Line {number} is not JSON: {why}.", code="brief_unreadable"))
    except (UnicodeDecodeError, RecursionError) as error:
        why = "is not written in UTF-8" if isinstance(error, UnicodeDecodeError) else "is nested too deeply"
        return Ask(problem=BriefInvalid(f"Line {number} {why}.", code="brief_unreadable"))
    if not isinstance(raw, dict):
        sentence = f"Line {number} is not an object with topic, language, seconds and seed."
        return Ask(problem=BriefInvalid(sentence, code="brief_unreadable"))
    topic = raw["topic"] if isinstance(raw.get("topic"), str) else ""
    problem = _problem(raw, number)
    if problem is not None:
        return Ask(topic=topic, problem=problem)
    return Ask(
        topic, raw["language"], raw["seconds"], raw["seed"],
        points=tuple(raw.get("points") or ()), text=raw.get("text") or "",
    )  # fmt: skip


def _problem(raw: dict[str, Any], number: int) -> BriefInvalid | None:
    """What a line lacks, or holds in another form."""
    for name, form in NEEDED.items():
        if name == "topic" and raw.get("text") and raw.get("topic") is None:
            continue
        if raw.get(name) is None:
            return BriefInvalid(f"Line {number} lacks {name}. Add it.", field=name)
        if not isinstance(raw[name], form) or isinstance(raw[name], bool):
            what = "text" if form is str else "a whole number" if form is int else "a number"
            return BriefInvalid(f"Line {number}: {name} must be {what}.", field=name)
    points, text = raw.get("points") or [], raw.get("text") or ""
    if not isinstance(points, list) or not all(isinstance(point, str) for point in points):
        return BriefInvalid(f"Line {number}: points must be a list of sentences.", field="points")
    if not isinstance(text, str):
        return BriefInvalid(f"Line {number}: text must be text.", field="text")
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer the briefs in order, each line as soon as it is done; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m generation.script", description=__doc__)
    parser.add_argument("topic", nargs="?", help="what the video is about")
    parser.add_argument("--file", type=Path, help="briefs, one JSON object a line, in place of a topic")
    parser.add_argument("--language", choices=LANGUAGES, help="needed with a topic")
    parser.add_argument("--seconds", type=float, default=15.0, help="10 to 60 (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same script (default: %(default)s)")
    parser.add_argument("--kind", choices=KINDS, default="story", help="default: %(default)s")
    parser.add_argument("--hook-kind", choices=HOOK_KINDS, help="how the script opens")
    parser.add_argument("--point", action="append", default=[], help="a point of your own; may be repeated")
    asked = parser.parse_args(arguments)
    if (asked.topic is None) == (asked.file is None):
        parser.error("Give either a topic, or --file with one brief a line.")
    if asked.topic is not None and asked.language is None:
        parser.error("Say with --language zh or --language en what the script is written in.")
    one = Ask(
        asked.topic or "", asked.language or "", asked.seconds, asked.seed,
        kind=asked.kind, points=tuple(asked.point), hook_kind=asked.hook_kind,
    )  # fmt: skip
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    count = refused = 0
    try:
        for ask in [one] if asked.file is None else asks_of(asked.file):
            answer = answered(ask)
            count += 1
            refused += answer["state"] == "refused"
            print(json.dumps(answer, ensure_ascii=False), flush=True)
    except BrokenPipeError:
        sys.stderr.write("Nobody reads the scripts any more; the rest was not written.\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered goes nowhere
        return MOST_STATUS
    except OSError as error:
        parser.error(f"{asked.file} cannot be read ({error.strerror}). Name a file of briefs.")
    if refused:
        sys.stderr.write(f"{refused} of {count} briefs refused.\n")
    return min(refused, MOST_STATUS)


if __name__ == "__main__":
    sys.exit(main())
