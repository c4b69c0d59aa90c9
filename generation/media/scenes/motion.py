"""How drawings move: springs in, floats, drifts by depth, pops out; every motion is a pure function of time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from generation.media.layers import Motion, Placement

SETTLED = 0.85  # seconds after which a spring stands exactly at rest, so that the engine may keep it


@dataclass(frozen=True)
class Character:
    """How lively a video moves: ``stiffness`` in rad/s, ``damping`` as a share of critical, ``float_share`` of u."""

    stiffness: float
    damping: float
    float_share: float


CHARACTERS = {
    "spring": Character(15.0, 0.52, 11.0),
    "gentle": Character(11.0, 0.86, 8.0),
    "lively": Character(18.0, 0.42, 14.0),
}


def spring(seconds: float, character: Character) -> float:
    """0 before 0, then a damped oscillation around 1 that overshoots, exactly 1 once settled."""
    if seconds <= 0:
        return 0.0
    if seconds >= SETTLED:
        return 1.0
    zeta, omega = character.damping, character.stiffness
    damped = omega * math.sqrt(1 - zeta * zeta)
    decay = math.exp(-zeta * omega * seconds)
    value = 1 - decay * (math.cos(damped * seconds) + zeta * omega / damped * math.sin(damped * seconds))
    rest = min(max((seconds - 0.6 * SETTLED) / (0.4 * SETTLED), 0.0), 1.0)
    return value + (1 - value) * smooth(rest)


def smooth(x: float) -> float:
    """3x² − 2x³ on [0, 1], held outside."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def ease_out(x: float) -> float:
    """Fast start, soft landing on [0, 1], held outside."""
    x = min(max(x, 0.0), 1.0)
    return 1 - (1 - x) ** 3


def still(x: float, y: float, *, since: float = float("-inf"), until: float = float("inf")) -> Motion:
    """Stands at (x, y) from ``since`` until before ``until``."""
    place = Placement(x, y)
    return lambda t: place if since <= t < until else None


def fade_in(x: float, y: float, *, at: float, seconds: float = 0.3) -> Motion:
    """Stands at (x, y), appearing over ``seconds``."""

    def motion(t: float) -> Placement | None:
        if t < at:
            return None
        return Placement(x, y, opacity=smooth((t - at) / seconds) if seconds else 1.0)

    return motion


def rise_in(x: float, y: float, *, at: float, distance: float, character: Character) -> Motion:
    """Springs up to (x, y) from ``distance`` pixels below while it appears."""

    def motion(t: float) -> Placement | None:
        if t < at:
            return None
        value = spring(t - at, character)
        return Placement(x, y + distance * (1 - value), opacity=smooth((t - at) / 0.16))

    return motion


def slide_in(x: float, y: float, *, at: float, dx: float, character: Character) -> Motion:
    """Springs sideways to (x, y) from ``dx`` pixels away while it appears."""

    def motion(t: float) -> Placement | None:
        if t < at:
            return None
        value = spring(t - at, character)
        return Placement(x + dx * (1 - value), y, opacity=smooth((t - at) / 0.16))

    return motion


def pop_in(x: float, y: float, *, at: float, character: Character, turn: float = 0.0) -> Motion:
    """Grows from nothing at (x, y) with an overshoot, turning upright from ``turn`` degrees."""

    def motion(t: float) -> Placement | None:
        value = spring(t - at, character)
        if value <= 0.02:
            return None
        return Placement(x, y, scale=value, rotation_degrees=turn * (1 - value))

    return motion


def glide(
    x: float, y: float, *, at: float, start: tuple[float, float, float], character: Character
) -> Motion:
    """Springs to (x, y) at its own size from ``start``: x, y and the scale that it had there."""

    def motion(t: float) -> Placement | None:
        if t < at:
            return None
        value = spring(t - at, character)
        x0, y0, scale = start
        return Placement(x0 + (x - x0) * value, y0 + (y - y0) * value, scale + (1 - scale) * value)

    return motion


def until(inner: Motion, end: float) -> Motion:
    """Is gone from ``end`` on."""
    return lambda t: inner(t) if t < end else None


def uncover(
    x: float, y: float, *, at: float, seconds: float, upwards: bool = False, share: float = 1.0
) -> Motion:
    """Is laid open from left to right (or from the bottom up) until ``share`` of it shows."""

    def motion(t: float) -> Placement | None:
        if t < at:
            return None
        part = share * ease_out((t - at) / seconds)
        if part <= 0:
            return None
        return Placement(x, y, shown=(0.0, 1.0 - part, 1.0, 1.0) if upwards else (0.0, 0.0, part, 1.0))

    return motion


def floating(
    inner: Motion,
    *,
    height: float,
    period: float = 3.4,
    phase: float = 0.0,
    since: float = 0.0,
) -> Motion:
    """Adds a slow bob of ``height`` pixels that grows in softly from ``since``."""

    def motion(t: float) -> Placement | None:
        place = inner(t)
        if place is None:
            return None
        grown = smooth((t - since) / 0.9)
        angle = 2 * math.pi * (t / period + phase)
        return Placement(
            place.x,
            place.y + grown * height * math.sin(angle),
            place.scale,
            place.rotation_degrees,
            place.opacity,
            place.shown,
        )

    return motion


def drifting(inner: Motion, *, dx: float, dy: float, seconds: float) -> Motion:
    """Adds the camera's drift: (dx, dy) pixels over the scene, centered on its middle; nearer planes take more."""

    def motion(t: float) -> Placement | None:
        place = inner(t)
        if place is None:
            return None
        part = smooth(t / max(seconds, 0.1)) - 0.5
        return Placement(
            place.x + dx * part,
            place.y + dy * part,
            place.scale,
            place.rotation_degrees,
            place.opacity,
            place.shown,
        )

    return motion


def leaving(inner: Motion, *, at: float, seconds: float = 0.26) -> Motion:
    """Shrinks away from ``at`` on, with a small swell first."""

    def motion(t: float) -> Placement | None:
        place = inner(t)
        if place is None or t < at:
            return place
        x = (t - at) / seconds
        if x >= 1:
            return None
        factor = 1 + 0.35 * x - 1.35 * x * x * x
        return Placement(
            place.x,
            place.y,
            place.scale * factor,
            place.rotation_degrees,
            place.opacity * min((1 - x) * 3, 1.0),
            place.shown,
        )

    return motion


def confetto(
    x: float, y: float, *, speed: tuple[float, float], gravity: float, spin: float, at: float, seconds: float
) -> Motion:
    """One piece of confetti thrown from (x, y): a parabola slowed by the air, spinning, fading at its end."""

    def motion(t: float) -> Placement | None:
        age = t - at
        if age < 0 or age >= seconds:
            return None
        slowed = (1 - math.exp(-1.6 * age)) / 1.6
        flutter = 0.35 + 0.65 * abs(math.cos(spin * age / 40))
        return Placement(
            x + speed[0] * slowed,
            y + speed[1] * slowed + gravity * age * age / 2,
            scale=flutter,
            rotation_degrees=spin * age,
            opacity=min((seconds - age) / 0.5, 1.0),
        )

    return motion
