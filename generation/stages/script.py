"""From a script to a storyboard: pictures by meaning, one look for the whole video, music by mood."""

from __future__ import annotations

import random
from dataclasses import replace

from core.languages import Language
from generation.media.pictures import named_pictures, search, search_within
from generation.media.scenes import choose_cover, choose_look, choose_transitions
from generation.media.speech.choice import default_voice, voice_rate
from generation.recipe import Recipe
from generation.script.script import Script, ScriptScene
from generation.storyboard import (
    Aspect,
    Look,
    MusicChoice,
    PictureChoice,
    Scene,
    Storyboard,
    TransitionKind,
    Voice,
)

ALTERNATIVES = 6


def speaking_rate(recipe: Recipe, *, language: str, seed: int) -> tuple[str, float, float]:
    """(voice, speed, hanzi or words a second) that a video with this recipe and seed is spoken with."""
    voice = recipe.voice or default_voice(language, seed)
    speed = recipe.speed or 1.0
    return voice, speed, voice_rate(voice, language) * speed


def choose_pictures(
    words: str,
    narration: str,
    *,
    language: str,
    preferred_set: str,
    companions: int = 2,
    subject: str = "",
    about: str = "",
) -> tuple[PictureChoice, ...]:
    """The drawing for ``words`` first (with others to swap in), then companions that the narration names.

    Companions are read as part of what the video is ``about``, so that no figure of speech is drawn; without that there
    are none but those that ``words`` name by their characters. With a ``subject`` all drawings belong to it.
    """
    if subject:
        found = search_within(
            narration, subject, language=language, k=ALTERNATIVES + 1, preferred=preferred_set
        )
        more = [picture for picture in found[1:] if picture.because]
    else:
        found = search(words, language=language, k=ALTERNATIVES + 1, preferred=preferred_set, topic=about)
        named = named_pictures(words, language=language, preferred=preferred_set)
        within = (
            search_within(narration, about, language=language, k=4, preferred=preferred_set, of_subject=True)
            if about
            else []
        )
        more = named[1:] or [picture for picture in within if _is_named_in(picture.because, narration)]
    if not found:
        return ()
    first, *others = found
    alternatives = tuple(f"{picture.set}:{picture.name}" for picture in others)
    choices = {
        first.name: PictureChoice(
            first.name, first.set, first.because or words, round(first.score, 4), alternatives
        )
    }
    for picture in more:
        if len(choices) <= companions:
            choices.setdefault(
                picture.name,
                PictureChoice(picture.name, picture.set, picture.because, round(picture.score, 4)),
            )
    return tuple(choices.values())


def _is_named_in(word: str, narration: str) -> bool:
    return bool(word) and word.lower() in narration.lower()


def plan(
    script: Script,
    *,
    recipe: Recipe,
    voice: Voice,
    language: Language,
    aspect: Aspect,
    target_seconds: float,
    seed: int,
    versions: dict[str, str] | None = None,
) -> Storyboard:
    """The storyboard of ``script``; scene lengths stay 0 until its narration is known. Equal arguments, equal board.

    ``recipe`` holds what the creator asked for; what it leaves open is chosen here.
    """
    mood = recipe.mood or script.mood
    chosen = choose_look(script.category, mood, seed)
    look = Look(
        palette=recipe.palette or chosen.palette,
        caption_style=recipe.caption_style or chosen.caption_style,
        motion=chosen.motion,
        picture_set=chosen.picture_set,
        style=recipe.visual_style or chosen.style,
    )
    transitions = choose_transitions(len(script.scenes), mood, seed)
    scenes = tuple(
        _scene(i, scene, language, look.picture_set, transitions[i], script.title)
        for i, scene in enumerate(script.scenes)
    )
    music = MusicChoice(
        mood=mood,
        tempo=recipe.tempo,
        key=recipe.key,
        seed=random.Random(seed).randrange(1 << 30),
        level=1.0 if recipe.music_level is None else recipe.music_level,
    )
    board = Storyboard(
        title=script.title,
        titles=script.titles,
        language=language,
        aspect=aspect,
        target_seconds=target_seconds,
        seed=seed,
        scenes=scenes,
        look=look,
        voice=voice,
        music=music,
        hashtags=script.hashtags,
        category=script.category,
        topic=script.topic_id,
        hook=script.hook_kind,
        versions=versions or {},
    )
    return replace(board, cover=choose_cover(board))


def _scene(
    index: int,
    scene: ScriptScene,
    language: Language,
    preferred_set: str,
    transition: TransitionKind,
    about: str,
) -> Scene:
    # a hook or a call to action says nothing that can be drawn: there the subject itself stands
    opens_or_ends = scene.layout in ("hero", "end")
    return Scene(
        id=f"s{index + 1}",
        layout=scene.layout,
        line=scene.line,
        narration=scene.narration,
        shorter=scene.shorter,
        longer=scene.longer,
        picture_words=scene.picture_words,
        number=scene.number,
        items=scene.items,
        year=scene.year,
        figure=scene.figure,
        versus=scene.versus,
        source=scene.source,
        pictures=choose_pictures(
            scene.picture_words,
            scene.subject if opens_or_ends and scene.subject else f"{scene.line} {scene.narration}",
            language=language,
            preferred_set=preferred_set,
            companions=0 if opens_or_ends else 2,
            subject=scene.subject,
            about=about,
        ),
        transition=transition,
        check=scene.check,
    )
