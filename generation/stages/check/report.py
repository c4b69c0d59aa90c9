"""The verdict on a finished file: one check a rule, with what was measured, what is allowed, and a sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Value = float | str | bool


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; pages translate it with the same call as their own."""
    return text


NAMES = {
    "duration": gettext_noop("Length"),
    "size": gettext_noop("Frame size"),
    "frames": gettext_noop("Frames"),
    "codecs": gettext_noop("Codecs"),
    "color": gettext_noop("Color tags"),
    "faststart": gettext_noop("Starts before it is loaded"),
    "captions": gettext_noop("Caption track"),
    "loudness": gettext_noop("Loudness"),
    "true_peak": gettext_noop("True peak"),
    "dc": gettext_noop("DC offset"),
    "silence": gettext_noop("Longest silence"),
    "black": gettext_noop("Longest black stretch"),
    "frozen": gettext_noop("Longest frozen stretch"),
    "slideshow_hold": gettext_noop("Longest time without something new"),
    "slideshow_still": gettext_noop("Share of the time that stands still"),
    "slideshow_text_only": gettext_noop("Share of scenes with text only"),
    "safe_area": gettext_noop("Text inside the safe area"),
    "label_visible": gettext_noop("Visible AI label"),
    "label_aigc": gettext_noop("AIGC field"),
    "label_c2pa": gettext_noop("C2PA manifest"),
    "narration": gettext_noop("Narration as heard"),
}
# What to say where a check failed: %(value)s was measured, %(limit)s is allowed.
SENTENCES = {
    "duration": gettext_noop("The video lasts %(value)s s; allowed are %(limit)s s."),
    "size": gettext_noop("The frame is %(value)s; it must be %(limit)s."),
    "frames": gettext_noop("The file holds %(value)s frames; it must hold %(limit)s."),
    "codecs": gettext_noop("The file is encoded as %(value)s; it must be %(limit)s."),
    "color": gettext_noop("The colors are tagged %(value)s; they must be %(limit)s."),
    "faststart": gettext_noop("The index stands behind the film, so it plays only once it is loaded."),
    "captions": gettext_noop("The file carries no caption track although words are spoken."),
    "loudness": gettext_noop("The loudness is %(value)s LUFS; allowed are %(limit)s LUFS."),
    "true_peak": gettext_noop("The true peak is %(value)s dBTP; allowed is %(limit)s dBTP."),
    "dc": gettext_noop("The sound is shifted by %(value)s of full scale; allowed is %(limit)s."),
    "silence": gettext_noop("There is silence for %(value)s s; allowed is %(limit)s s."),
    "black": gettext_noop("The picture is black for %(value)s s; allowed is %(limit)s s."),
    "frozen": gettext_noop("The picture stands still for %(value)s s; allowed is %(limit)s s."),
    "slideshow_hold": gettext_noop(
        "For %(value)s s nothing new comes into the picture; allowed are %(limit)s s."
    ),
    "slideshow_still": gettext_noop(
        "For %(value)s %% of the time nothing new has come for more than two seconds; allowed are %(limit)s %%."
    ),
    "slideshow_text_only": gettext_noop(
        "Of the scenes, %(value)s %% show nothing but text; allowed are %(limit)s %%. Give them a picture in the editor."
    ),
    "safe_area": gettext_noop("Texts stand where the player covers them: %(value)s."),
    "label_visible": gettext_noop(
        "The visible label is seen for %(value)s s from the start; required is %(limit)s s."
    ),
    "label_aigc": gettext_noop("The AIGC field is missing or damaged: %(value)s."),
    "label_c2pa": gettext_noop("The C2PA manifest is missing or does not hold: %(value)s."),
    "narration": gettext_noop("Of the narration, %(value)s was not heard as written; allowed is %(limit)s."),
}


@dataclass(frozen=True)
class Check:
    """One rule: ``name`` is its stable code, ``limit`` what is allowed in signs that need no translation.

    A breach of a rule that ``holds`` keeps the video for its creator's review; of another one it is only told.
    """

    name: str
    ok: bool
    value: Value
    limit: str
    unit: str = ""
    holds: bool = True

    @property
    def sentence(self) -> str:
        """English, for logs and the command line; empty where all is well."""
        return "" if self.ok else SENTENCES[self.name] % {"value": self.value, "limit": self.limit}

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "code": f"judged_{self.name}", "sentence": self.sentence}


@dataclass(frozen=True)
class CheckReport:
    """All checks of a file, its three labels as ``label.verify`` tells them, and what Whisper heard."""

    checks: tuple[Check, ...]
    labels: dict[str, Any] = field(default_factory=dict)
    heard: str = ""

    @property
    def passed(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> tuple[str, ...]:
        """The rules that hold the video back."""
        return tuple(check.name for check in self.checks if check.holds and not check.ok)

    def to_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "failed": list(self.failed),
            "checks": [check.to_json() for check in self.checks],
            "labels": self.labels,
            "heard": self.heard,
        }
