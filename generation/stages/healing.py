"""A failed check is answered: what may be tried for it, in which order, and what the next try is made with.

Nothing here loosens a limit. A way to say a line otherwise and another voice are listened to before they are taken: the
recognizer hears the misheard lines alone, and only what it understands better is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generation.generators import Speech
from generation.media.music.mixing import CEILING_DBTP, PEAK_DBTP
from generation.media.recognition import error_rate, transcribe
from generation.media.speech import SAMPLE_RATE_HZ, voice_found, voices
from generation.stages.check.audio import NARRATION_LIMIT
from generation.stages.check.lines import LineHeard, lines_heard
from generation.stages.readings import SLOWER, Readings, other_readings
from generation.stages.remedy import NOTHING, Remedy
from generation.stages.voice import line_narration
from generation.storyboard import Storyboard

Action = Literal[
    "limited_lower", "read_otherwise", "other_voice", "arranged_again", "laid_out_plainly", "line_named"
]
Outcome = Literal["tried", "helped", "no_help", "suggested"]
Suggestion = Literal["number_in_words", "name_in_words", "simpler_words"]

_LAYOUT: tuple[Action, ...] = ("arranged_again", "laid_out_plainly")
STRATEGIES: dict[str, tuple[Action, ...]] = {
    "true_peak": ("limited_lower",),
    "narration": ("read_otherwise", "other_voice"),
    "safe_area": _LAYOUT,
    "black": _LAYOUT,
    "frozen": _LAYOUT,
    "slideshow": _LAYOUT,
}
ROUNDS = 3
_SPARE_DB = 0.3  # limited lower than the measured overshoot asks for
_LINES, _VOICES = 3, 3  # most lines said otherwise, most voices listened to
_SAID_BETTER = 0.02  # least fall of the error rate that is worth a change


@dataclass(frozen=True)
class Repair:
    """One answer to a failed ``check``; ``remedy`` is what the stages then do otherwise, ``detail`` what a person is told."""

    check: str
    action: str
    outcome: Outcome
    detail: dict[str, Any] = field(default_factory=dict)
    remedy: Remedy = NOTHING


@dataclass(frozen=True)
class Patient:
    """The video that failed: its timed board, the report of its check, the limit of its mix, who speaks and who listens."""

    board: Storyboard
    report: dict[str, Any]
    ceiling_dbtp: float
    speech: Speech
    cache_dir: Path
    beat: Callable[[], None]

    def measured(self, check: str) -> Any:
        return next((c["value"] for c in self.report["checks"] if c["name"] == check), None)


def answers(patient: Patient, *, tried: set[tuple[str, str]]) -> Iterator[Repair]:
    """For each failed check the next way that was not ``tried``; ways found useless at once come before it, as ``no_help``."""
    for check in patient.report["failed"]:
        ways = STRATEGIES.get("slideshow" if check.startswith("slideshow") else check, ())
        if check == "narration" and _is_the_voice(patient):
            ways = ways[::-1]
        for action in ways:
            if (check, action) in tried:
                continue
            remedy, detail = _WAYS[action](patient)
            if remedy is None:
                yield Repair(check, action, "no_help", detail)
                continue
            yield Repair(check, action, "tried", detail, remedy)
            break


def named(patient: Patient) -> list[Repair]:
    """The lines that stay misheard, each with what its writer may do about it."""
    if "narration" not in patient.report["failed"]:
        return []
    return [
        Repair(
            "narration",
            "line_named",
            "suggested",
            {
                "scene": _place(patient.board, line.scene),
                "line": line.written,
                "heard": line.heard,
                "suggestion": _suggestion(line),
            },
        )
        for line in _misheard(patient)
    ]


def _suggestion(line: LineHeard) -> Suggestion:
    told = [character for character in line.written if character.isascii() and character.isalnum()]
    if any(character.isdigit() for character in told):
        return "number_in_words"
    return "name_in_words" if told and not line.written.isascii() else "simpler_words"


def _misheard(patient: Patient) -> list[LineHeard]:
    """The worst lines beyond the limit of the whole; where none is, the worst one."""
    lines = lines_heard(patient.board, patient.report["heard"])
    limit = NARRATION_LIMIT[patient.board.language]
    return ([line for line in lines if line.error_rate > limit] or list(lines[:1]))[:_LINES]


def _is_the_voice(patient: Patient) -> bool:
    """Whether more than half of the lines are misheard: then no line is to blame."""
    lines = lines_heard(patient.board, patient.report["heard"])
    limit = NARRATION_LIMIT[patient.board.language]
    return sum(line.error_rate > limit for line in lines) > len(lines) / 2


_Tried = tuple[Remedy | None, dict[str, Any]]


def _limit_lower(patient: Patient) -> _Tried:
    over = float(patient.measured("true_peak")) - PEAK_DBTP
    ceiling = round(min(patient.ceiling_dbtp, CEILING_DBTP) - max(over, 0.0) - _SPARE_DB, 2)
    return Remedy(ceiling_dbtp=ceiling), {"over_db": round(over, 2), "ceiling_dbtp": ceiling}


def _read_otherwise(patient: Patient) -> _Tried:
    readings: dict[str, dict[str, str]] = {}
    paces: dict[str, float] = {}
    scenes: list[int] = []
    said: list[str] = []
    for line in _misheard(patient):
        way = _best_reading(patient, line)
        if way is None:
            continue
        reading, pace = way
        scenes.append(_place(patient.board, line.scene))
        if reading:
            readings[line.scene] = dict(reading)
            said += [f"{written} → {spoken}" for written, spoken in reading.items()]
        if pace != 1.0:
            paces[line.scene] = pace
    detail = {"scenes": scenes, "said": said}
    return (Remedy(readings=readings, paces=paces) if scenes else None), detail


def _best_reading(patient: Patient, line: LineHeard) -> tuple[Readings, float] | None:
    """The reading and pace in which the line alone is understood best; ``None`` when none beats the present one."""
    language, voice = patient.board.language, patient.board.voice.name
    usual = _heard_alone(patient, line.written, voice, {}, 1.0)
    ways: list[tuple[Readings, float]] = [
        (reading, 1.0) for reading in other_readings(line.written, language, line.heard)
    ]
    ways.append(({}, SLOWER))
    rates = [_heard_alone(patient, line.written, voice, reading, pace) for reading, pace in ways]
    best = min(range(len(ways)), key=rates.__getitem__)
    if rates[best] > min(usual, line.error_rate) - _SAID_BETTER:
        return None
    return ways[best]


def _other_voice(patient: Patient) -> _Tried:
    now = patient.board.voice.name
    speaking = voice_found(now)
    if speaking is None:
        return None, {}
    lines = _misheard(patient)
    alike = [v.id for v in voices(patient.board.language) if v.gender == speaking.gender]
    others = [voice for voice in alike if voice != now][:_VOICES]
    errors = {now: _misheard_share(patient, lines, now)}
    for voice in others:  # the recommended ones come first
        errors[voice] = _misheard_share(patient, lines, voice)
        if errors[voice] <= NARRATION_LIMIT[patient.board.language] / 2:
            break
    best = min(errors, key=errors.__getitem__)
    if best == now or errors[best] > errors[now] - _SAID_BETTER:
        return None, {"voice": now}
    return Remedy(voice=best), {"from": now, "to": best}


def _misheard_share(patient: Patient, lines: Sequence[LineHeard], voice: str) -> float:
    wrong = sum(_heard_alone(patient, line.written, voice, {}, 1.0) * line.length for line in lines)
    return wrong / max(sum(line.length for line in lines), 1)


def _heard_alone(patient: Patient, text: str, voice: str, readings: Readings, pace: float) -> float:
    """The error rate of one line, said this way and heard without the others."""
    patient.beat()
    board = patient.board
    spoken = line_narration(
        text,
        language=board.language,
        voice=voice,
        speech=patient.speech,
        speed=board.voice.speed * pace,
        cache_dir=patient.cache_dir,
        readings=readings,
    )
    patient.beat()
    heard = transcribe(spoken.samples, language=board.language, sample_rate_hz=SAMPLE_RATE_HZ)
    return error_rate(text, heard.text, board.language)


def _arrange_again(patient: Patient) -> _Tried:
    return Remedy(arrangement=1), {}


def _lay_out_plainly(patient: Patient) -> _Tried:
    plain = Remedy(plain=True)
    if plain.arranged(patient.board) == patient.board:
        return None, {}
    return plain, {}


def _place(board: Storyboard, scene: str) -> int:
    return 1 + next(at for at, one in enumerate(board.scenes) if one.id == scene)


_WAYS: dict[Action, Callable[[Patient], _Tried]] = {
    "limited_lower": _limit_lower,
    "read_otherwise": _read_otherwise,
    "other_voice": _other_voice,
    "arranged_again": _arrange_again,
    "laid_out_plainly": _lay_out_plainly,
}
