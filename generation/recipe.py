"""The recipe: the creative choices as typed fields, one object from what is asked to what was made.

A field that is ``None`` (or, of a list, empty) is not chosen: asked for, it leaves the choice to topic, mood and seed;
recorded, there was nothing to choose (no music, no voice) or it is not known (an opening that a person rewrote).
``Recipe.of`` reads what a finished storyboard holds, so a record is never a guess. This is what the optimization loop
learns to choose; units, options and bounds of each field stand beside it and in the API's schema.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generation.errors import BriefInvalid
from generation.storyboard import (
    CaptionStyle,
    Cover,
    HookKind,
    LayoutName,
    Mood,
    MotionStyle,
    Storyboard,
    TransitionKind,
    VisualStyle,
)
from generation.validation import first_problem

SPEED_LEAST, SPEED_MOST = 0.8, 1.25
LEVEL_MOST = 1.5
TEMPO_LEAST, TEMPO_MOST = 50, 180
MUSIC_LEAST_SECONDS = 5.0  # shorter than this no piece has a form, and none is played


class Recipe(BaseModel):
    """The creative choices of one video."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    # --- may be asked for
    hook: HookKind | None = Field(default=None, description="Kind of the opening, as the script chose it.")
    palette: str | None = Field(
        default=None,
        description="Name of the palette of the whole video; learned asks for one drawn for it, whose name is recorded.",
    )
    visual_style: VisualStyle | None = Field(
        default=None,
        description="How grounds are made: illustrated, or gan, loops of the platform's own GAN moved by the music.",
    )
    caption_style: CaptionStyle | None = Field(
        default=None, description="How the captions look; none shows none."
    )
    mood: Mood | None = Field(default=None, description="Mood of music, motion and palette.")
    tempo: float | None = Field(
        default=None,
        gt=0,
        description="Beats per minute, 50 to 180; recorded as played, which whole bars move a little.",
    )
    key: str | None = Field(
        default=None, pattern=r"^[A-G][#b]?m?$", description="Key of the music: A to G, # or b, m for minor."
    )
    music_level: float | None = Field(
        default=None, ge=0, le=LEVEL_MOST, description="Loudness factor of the music; 0 is none, 1 the usual."
    )
    voice: str | None = Field(
        default=None, description="Name of the voice, none for no voice, own for a recording."
    )
    speed: float | None = Field(
        default=None, ge=SPEED_LEAST, le=SPEED_MOST, description="Chosen factor of the voice's own pace."
    )
    voice_upload: int | None = Field(
        default=None, ge=1, description="Number of the recording of an own voice."
    )

    # --- recorded only
    motion: MotionStyle | None = Field(default=None, description="How drawings move.")
    picture_set: str | None = Field(default=None, description="Set that the drawings come from first.")
    cover: Cover | None = Field(
        default=None,
        description="Design of the cover, chosen by content; opening is the first scene's picture.",
    )
    layouts: tuple[LayoutName, ...] = Field(default=(), description="Layout of each scene, in order.")
    transitions: tuple[TransitionKind, ...] = Field(
        default=(), description="What leads into each scene, in order."
    )
    scenes: int | None = Field(default=None, ge=1, description="Number of scenes.")
    seconds: float | None = Field(default=None, gt=0, description="Length of the video in seconds.")
    pictures_per_second: float | None = Field(
        default=None, ge=0, description="Scenes a second: each shows one main picture."
    )
    words_per_second: float | None = Field(
        default=None, ge=0, description="Hanzi (zh) or words (en) of the captions a second of the video."
    )
    topic: str | None = Field(
        default=None, description="Topic of the bank that answered; empty for own points."
    )
    writer: str | None = Field(default=None, description="Script writer and its version.")

    @classmethod
    def asked(
        cls,
        data: Mapping[str, Any],
        *,
        palettes: Collection[str],
        voices: Collection[str],
        styles: Collection[str] = ("illustrated",),
    ) -> Recipe:
        """What a creator asks for; ``styles`` are the visual styles that can be made now.

        Raises ``BriefInvalid`` naming the field and what it takes.
        """
        unknown = set(data) - set(ASKABLE)
        if unknown:
            raise BriefInvalid(
                f"recipe has no field {sorted(unknown)[0]!r} to ask for; it takes {', '.join(ASKABLE)}.",
                field="recipe",
            )
        for field, allowed in (("palette", palettes), ("voice", (*voices, "none", "own"))):
            value = data.get(field)
            if value not in (None, "", *allowed):
                raise BriefInvalid(
                    f"recipe.{field} must be one of {', '.join(allowed)}, got {value!r}.", field=field
                )
        recipe = cls.from_json(data)
        if recipe.visual_style not in (None, *styles):
            raise BriefInvalid(
                f"recipe.visual_style {recipe.visual_style!r} needs a trained GAN, and none is in use; an administrator "
                f"trains one (manage.py train_generator visual). Now it takes {', '.join(styles)}.",
                field="visual_style",
            )
        if recipe.tempo is not None and not TEMPO_LEAST <= recipe.tempo <= TEMPO_MOST:
            raise BriefInvalid(
                f"recipe.tempo must be {TEMPO_LEAST} to {TEMPO_MOST} beats a minute, got {recipe.tempo:g}.",
                field="tempo",
            )
        return recipe

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """A stored recipe; "" counts as not chosen. Raises ``BriefInvalid`` naming the first field that is wrong."""
        try:
            return cls.model_validate_json(json.dumps({k: v for k, v in data.items() if v != ""}))
        except ValidationError as error:
            field, sentence = first_problem(error, "recipe")
            raise BriefInvalid(sentence, field=field.split("[")[0] or "recipe") from error
        except (TypeError, ValueError) as error:
            raise BriefInvalid(f"recipe is no JSON object: {error}.", field="recipe") from error

    @classmethod
    def of(cls, board: Storyboard) -> Recipe:
        """What was really chosen for a storyboard whose scenes have their lengths, cues and music."""
        seconds = board.seconds
        words = sum(len(scene.cues) for scene in board.scenes)
        played = board.music.level > 0 and seconds >= MUSIC_LEAST_SECONDS
        return cls(
            hook=board.hook,
            palette=board.look.palette,
            visual_style=board.look.style,
            caption_style=board.look.caption_style,
            mood=board.music.mood,
            tempo=round(board.music.tempo, 2) if played and board.music.tempo else None,
            key=board.music.key if played else None,
            music_level=board.music.level if played else 0.0,
            voice=board.voice.name,
            speed=board.voice.speed,
            voice_upload=board.voice.upload,
            motion=board.look.motion,
            picture_set=board.look.picture_set,
            cover=board.cover,
            layouts=tuple(scene.layout for scene in board.scenes),
            transitions=tuple(scene.transition for scene in board.scenes),
            scenes=len(board.scenes),
            seconds=round(seconds, 2),
            pictures_per_second=round(len(board.scenes) / seconds, 4),
            words_per_second=round(words / seconds, 4),
            topic=board.topic,
            writer=board.versions.get("script"),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, every field."""
        return self.model_dump(mode="json")

    def choices(self) -> dict[str, Any]:
        """Only what may be asked for: what a job keeps of a request."""
        return self.model_dump(mode="json", include=set(ASKABLE))


ASKABLE = (
    "hook",
    "palette",
    "visual_style",
    "caption_style",
    "mood",
    "tempo",
    "key",
    "music_level",
    "voice",
    "speed",
    "voice_upload",
)
