"""The look of a video from its category and mood: palette, caption style, motion, and a run of transitions."""

from __future__ import annotations

import random

from generation.media.scenes.palettes import palette_for
from generation.storyboard import CaptionStyle, Look, MotionStyle, TransitionKind

_CAPTIONS: dict[str, tuple[CaptionStyle, ...]] = {
    "bright": ("outline", "pop", "pill"),
    "warm": ("pill", "outline", "karaoke"),
    "suspense": ("outline", "karaoke", "pill"),
    "epic": ("outline", "bar", "karaoke"),
    "healing": ("pill", "karaoke"),
    "tech": ("bar", "outline", "pill"),
    "funny": ("pop", "bar", "outline"),
    "calm": ("pill", "karaoke", "outline"),
}
_MOTIONS: dict[str, MotionStyle] = {
    "funny": "lively",
    "bright": "spring",
    "epic": "lively",
    "healing": "gentle",
    "calm": "gentle",
}
# every mood's own transitions, the quiet ones and the loud ones
_TRANSITIONS: dict[str, tuple[TransitionKind, ...]] = {
    "bright": ("push", "slide", "zoom", "wipe", "iris", "crossfade", "flash"),
    "warm": ("crossfade", "slide", "wipe", "iris", "push", "zoom"),
    "suspense": ("crossfade", "flash", "zoom", "iris", "cut", "wipe"),
    "epic": ("zoom", "flash", "push", "wipe", "slide", "iris", "cut"),
    "healing": ("crossfade", "wipe", "slide", "iris", "zoom", "push"),
    "tech": ("push", "wipe", "zoom", "slide", "flash", "iris", "cut"),
    "funny": ("iris", "push", "zoom", "slide", "flash", "wipe", "cut"),
    "calm": ("crossfade", "slide", "wipe", "zoom", "iris", "push"),
}


def choose_look(category: str, mood: str, seed: int) -> Look:
    """What fits both, drawn by ``seed``: equal arguments, equal look."""
    dice = random.Random(f"choices {category} {mood} {seed}")
    return Look(
        palette=palette_for(category, mood, seed).name,
        caption_style=dice.choice(_CAPTIONS.get(mood, ("pill", "outline"))),
        motion=_MOTIONS.get(mood, "spring"),
        picture_set="fluent-emoji",
    )


def choose_transitions(count: int, mood: str, seed: int) -> tuple[TransitionKind, ...]:
    """One transition per scene, the one that leads into it; the first is a cut, none repeats the one before it."""
    dice = random.Random(f"transitions {mood} {seed}")
    pool = list(_TRANSITIONS.get(mood, _TRANSITIONS["bright"]))
    chosen: list[TransitionKind] = ["cut"] if count > 0 else []
    hand: list[TransitionKind] = []
    while len(chosen) < count:
        if not hand:
            hand = pool.copy()
            dice.shuffle(hand)
            if hand[-1] == chosen[-1]:
                hand.insert(0, hand.pop())
        chosen.append(hand.pop())
    return tuple(chosen)
