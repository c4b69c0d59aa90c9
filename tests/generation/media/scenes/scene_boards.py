"""Storyboards for the looks' tests: every layout, in both languages, over drawings that all sets have."""

from __future__ import annotations

from core.languages import Language
from generation.storyboard import (
    Aspect,
    FigureData,
    LayoutName,
    Look,
    MusicChoice,
    PictureChoice,
    Scene,
    Storyboard,
    VersusData,
    Voice,
)

LINES: dict[str, tuple[str, str]] = {
    "zh": ("露营最容易漏带什么？", "一套干衣服，封进袋子里再出门"),
    "en": ("What do campers always forget?", "Seal one set of dry socks in a bag"),
}
ITEMS: dict[str, tuple[str, ...]] = {
    "zh": ("头灯，一人一个", "火种带两份", "急救包里加镊子", "一套干衣服封进袋子", "垃圾袋带三只"),
    "en": (
        "One headlamp per person",
        "Carry fire twice",
        "Tweezers in the first aid kit",
        "Seal dry socks in a bag",
    ),
}
LAYOUTS: tuple[LayoutName, ...] = (
    "hero", "point", "compare", "before_after", "chart", "list", "quote", "split", "detail", "steps", "checklist",
    "timeline", "big_number", "do_dont", "quiz", "chat", "end",
)  # fmt: skip
POINTS = ("point", "detail", "steps", "checklist", "timeline")


def picture(name: str) -> PictureChoice:
    return PictureChoice(name, "fluent-emoji-flat", "")


def scene(layout: LayoutName, language: Language, number: int, line: str = "") -> Scene:
    return Scene(
        id=f"s{number}",
        layout=layout,
        line=line or LINES[language][number % 2],
        narration="",
        picture_words="",
        seconds=3.0,
        number=number if layout in POINTS else None,
        year=f"{1900 + number}年"
        if layout in ("timeline", "steps") and language == "zh"
        else str(1900 + number)
        if layout in ("timeline", "steps")
        else "",
        items=ITEMS[language] if layout == "list" else (),
        figure=FigureData(87.5, "%", "的人都忘了" if language == "zh" else "of people forgot")
        if layout in ("chart", "big_number", "quiz")
        else None,
        versus=VersusData("左边这个", "fluent-emoji-flat:snowflake", "右边的睡垫", "fluent-emoji-flat:bed")
        if layout in ("compare", "before_after", "do_dont")
        else None,
        pictures=(picture("tent"), picture("bed")),
        transition="push",
    )


def board(
    language: Language = "zh", aspect: Aspect = "9:16", palette: str = "violet", seed: int = 3, line: str = ""
) -> Storyboard:
    scenes = tuple(scene(layout, language, i, line) for i, layout in enumerate(LAYOUTS))
    return Storyboard(
        title="周末露营必备清单" if language == "zh" else "The Weekend Camping Checklist",
        titles=(),
        language=language,
        aspect=aspect,
        target_seconds=24,
        seed=seed,
        scenes=scenes,
        look=Look(palette),
        voice=Voice("none"),
        music=MusicChoice("bright"),
        hashtags=("露营", "周末去哪儿") if language == "zh" else ("camping", "weekend"),
    )
