"""The script: what is said and shown, before anyone has drawn or spoken it."""

from __future__ import annotations

from dataclasses import dataclass

from generation.storyboard import FigureData, HookKind, LayoutName, Mood, VersusData


@dataclass(frozen=True)
class ScriptScene:
    """One shot: ``line`` stands on the screen, ``narration`` is said, ``picture_words`` find a drawing.

    ``shorter`` and ``longer`` are what may be said instead where the voice takes more or less time than planned.
    ``subject`` is what the whole video is about where its words alone could mean something else: a creator's own.
    ``source`` is the sentence of a creator's text that the scene tells, "" where there is none.
    ``check`` are claims that a language model made and nobody has looked up, as they stand in line or narration.
    """

    layout: LayoutName
    line: str
    narration: str
    picture_words: str
    number: int | None = None
    items: tuple[str, ...] = ()
    year: str = ""
    figure: FigureData | None = None
    versus: VersusData | None = None
    subject: str = ""
    source: str = ""
    check: tuple[str, ...] = ()
    shorter: str = ""
    longer: str = ""


@dataclass(frozen=True)
class Script:
    """3–10 scenes; the first is the hook, said within 2.5 seconds, the last holds payoff and call to action.

    ``hook_kind`` is ``None`` where a title had to open the video and its words tell no kind. ``fallback`` says why not the
    chosen language model but another ``writer`` wrote it.
    """

    title: str
    titles: tuple[str, ...]
    hook_kind: HookKind | None
    scenes: tuple[ScriptScene, ...]
    call_to_action: str
    hashtags: tuple[str, ...]
    category: str
    mood: Mood
    topic_id: str = ""
    writer: str = "bank"
    fallback: str = ""

    def narration(self) -> str:
        return " ".join(scene.narration for scene in self.scenes)
