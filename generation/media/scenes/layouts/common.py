"""Parts that several layouts share: the big picture with its companions, and the place of the title."""

from __future__ import annotations

from generation.media.scenes import motion
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.sprites import illustration
from generation.storyboard import PictureChoice


def main_place(scene: SceneBuilder, *, above: bool = False) -> tuple[float, float, int]:
    """(x, y, side) of the big picture: a third of the frame or more; ``above`` its title (at its left on wide frames)."""
    width, height = scene.size
    share = scene.grid.shape
    if above:
        return {
            "tall": (width * 0.5, height * 0.316, int(min(width * 0.64, height * 0.336))),
            "square": (width * 0.5, height * 0.362, int(height * 0.43)),
            "wide": (width * 0.265, height * 0.455, int(min(height * 0.6, width * 0.36))),
        }[share]
    if share == "tall":
        return width * 0.5, height * 0.477, int(min(width * 0.64, height * 0.352))
    if share == "square":
        return width * 0.5, height * 0.55, int(height * 0.43)
    return width * 0.735, height * 0.455, int(min(height * 0.6, width * 0.36))


def lay_main(
    scene: SceneBuilder,
    choice: PictureChoice,
    x: float,
    y: float,
    side: int,
    *,
    at: float = 0.1,
    floats: bool = True,
) -> None:
    """The picture the scene is about: springs in, then breathes."""
    shadow = scene.shadow(1.0)
    rgba = illustration(choice.name, choice.set, side, shadow)
    come = motion.pop_in(x, y, at=scene.at(at), character=scene.character, turn=-9)
    if floats:
        character = scene.character
        come = motion.floating(
            come,
            height=scene.px(character.float_share),
            phase=scene.dice.random(),
            since=scene.at(at) + 0.5,
        )
    scene.add(rgba, come, leaves=True)
    scene.mark_drawn(rgba, x, y, choice.name, inset=shadow.reach + 2)


def lay_companion(
    scene: SceneBuilder, choice: PictureChoice, x: float, y: float, side: int, *, at: float, depth: float = 22
) -> None:
    """A smaller picture beside the big one, nearer to the eye, tilted a little."""
    tilt = scene.dice.choice((-1, 1)) * scene.dice.randint(5, 11)
    rgba = illustration(choice.name, choice.set, side, scene.shadow(0.55), tilt)
    come = motion.pop_in(x, y, at=scene.at(at), character=scene.character, turn=-40)
    moves = motion.floating(
        come,
        height=scene.px(scene.character.float_share * 0.8),
        period=scene.dice.uniform(2.7, 3.6),
        phase=scene.dice.random(),
    )
    scene.add(rgba, motion.drifting(moves, dx=scene.px(depth), dy=0, seconds=scene.seconds), leaves=True)
