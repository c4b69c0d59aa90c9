"""Segments and their keys: which frames belong together, and what makes two of them the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.media.layers import ClipSource, Layer, Placement, Rgb, Rgba, SceneLayers, Transition
from generation.media.rendering.timeline import (
    Digests,
    Timeline,
    build_timeline,
    items_through,
    plan_segment,
    spot,
)
from generation.storyboard import TRANSITIONS

SIZE = (32, 48)


def flat(level: int) -> Rgb:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def scene(seconds: float = 1.0, level: int = 60, transition: Transition | None = None) -> SceneLayers:
    return SceneLayers(seconds, flat(level), f"flat{level}", (), transition or Transition())


def dot(x: float, start: float = 0.0, end: float = 99.0, key: str = "dot") -> Layer:
    rgba: Rgba = np.full((4, 4, 4), 255, np.uint8)
    return Layer(rgba, lambda t: Placement(x, 20 + t) if start <= t < end else None, key)


def keys(scenes: list[SceneLayers], overlays: tuple[Layer, ...] = (), encoder: str = "x") -> list[str]:
    timeline = build_timeline(scenes, 10)
    return [
        plan_segment(segment, timeline, scenes, overlays, size=SIZE, encoder=encoder, digests=Digests()).key
        for segment in timeline.segments
    ]


@given(
    st.lists(
        st.tuples(st.floats(0.02, 6), st.sampled_from(TRANSITIONS), st.floats(0, 3)), min_size=1, max_size=8
    ),
    st.sampled_from([10, 24, 30, 60]),
)
@settings(max_examples=200, deadline=None)
def test_segments_cover_every_frame_once_and_in_order(
    shots: list[tuple[float, str, float]], fps: int
) -> None:
    scenes = [scene(seconds, transition=Transition(kind, length)) for seconds, kind, length in shots]  # type: ignore[arg-type]
    timeline: Timeline = build_timeline(scenes, fps)
    covered = [frame for segment in timeline.segments for frame in range(segment.start, segment.stop)]
    assert covered == list(range(timeline.frames))
    assert abs(timeline.frames - sum(shot.seconds for shot in scenes) * fps) <= len(scenes)
    for segment in timeline.segments:
        if segment.before is not None:
            assert segment.scene == segment.before + 1
            assert segment.stop - timeline.cuts[segment.scene] == timeline.cuts[segment.scene] - segment.start


def test_no_scene_or_a_scene_without_length_is_refused() -> None:
    for scenes in ([], [scene(0.0)]):
        with pytest.raises(ValueError, match="positive length"):
            build_timeline(scenes, 30)


def test_a_scene_stands_still_before_its_cut_and_runs_on_after_it() -> None:
    timeline = build_timeline([scene(), scene(transition=Transition("crossfade", 0.6))], 10)
    assert [(s.start, s.stop, s.before) for s in timeline.segments] == [
        (0, 7, None),
        (7, 13, 0),
        (13, 20, None),
    ]
    assert [timeline.scene_seconds(1, frame) for frame in (7, 10, 12)] == [0.0, 0.0, 0.2]
    assert timeline.scene_seconds(0, 12) == 1.2


def test_changing_one_scene_changes_its_body_and_its_two_transitions_only() -> None:
    scenes = [scene(1.0, 40 + 10 * i, Transition("wipe", 0.4)) for i in range(5)]
    changed = [replace(s, background=flat(200)) if i == 2 else s for i, s in enumerate(scenes)]
    differs = [a != b for a, b in zip(keys(scenes), keys(changed), strict=True)]
    assert differs == [False, False, False, True, True, True, False, False, False]


def test_a_longer_first_scene_leaves_the_later_segments_as_they_are() -> None:
    scenes = [scene(1.0, 40), scene(1.0, 50), scene(1.0, 60)]
    caption = dot(16, 2.2, 2.6)
    later = dot(16, 3.2, 3.6)
    later = Layer(later.rgba, lambda t: Placement(16, 20 + t - 1) if 3.2 <= t < 3.6 else None, "dot later")
    longer = [replace(scenes[0], seconds=2.0), *scenes[1:]]
    assert keys(scenes, (caption,))[1:] == keys(longer, (later,))[1:]


def test_an_overlay_touches_only_the_segments_in_which_it_is_seen() -> None:
    scenes = [scene(1.0, 40), scene(1.0, 50), scene(1.0, 60)]
    plain, with_dot = keys(scenes), keys(scenes, (dot(16, 1.2, 1.6),))
    assert [a != b for a, b in zip(plain, with_dot, strict=True)] == [False, True, False]


@pytest.mark.parametrize("change", ["encoder", "pixels", "motion", "clip start"])
def test_everything_that_is_seen_is_in_the_key(change: str) -> None:
    clip = ClipSource("a.mp4", "clip", "ab12")
    base = SceneLayers(1.0, clip, "clip", (dot(16),))
    other, encoder = base, "x"
    if change == "encoder":
        encoder = "y"
    elif change == "pixels":
        other = replace(base, layers=(Layer(base.layers[0].rgba // 2, base.layers[0].motion, "dot"),))
    elif change == "motion":
        other = replace(base, layers=(dot(17),))
    else:
        other = replace(base, background=replace(clip, start=0.5))
    assert keys([base]) != keys([other], encoder=encoder)


def test_what_is_not_seen_has_no_spot() -> None:
    assert spot(Placement(1, 1, opacity=0.001)) is None
    assert spot(Placement(1, 1, scale=0)) is None
    assert spot(Placement(1, 1, shown=(0.5, 0, 0.5, 1))) is None
    assert items_through((dot(16, 1, 2),), [0.5, 1.0, 2.0])[::2] == ((), ())
