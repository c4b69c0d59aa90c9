"""All rules over one file: sound and words beside the pictures, so that it takes little longer than the slower one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from pathlib import Path
from typing import Any, TypeVar

from core.languages import Language
from generation.media import scenes
from generation.media.provenance.verification import read_hidden
from generation.media.provenance.visible import LabelSight
from generation.media.scenes import Box
from generation.media.scenes.captions import caption_box
from generation.stages import render
from generation.stages.check import audio, container, slideshow, video
from generation.stages.check.report import Check, CheckReport
from generation.storyboard import Storyboard

Progress = Callable[[float], None]
POLL_SECONDS = 0.2
PARTS = {"facts": 0.1, "pictures": 0.5, "texts": 0.6, "sound": 0.7}  # progress at the end of each
_T = TypeVar("_T")


def judge(
    path: Path,
    board: Storyboard,
    *,
    size: tuple[int, int],
    expected_label_language: Language | None = None,
    progress: Progress | None = None,
    recognize: bool = True,
) -> CheckReport:
    """Hold the file at ``path`` against ``board``, whose scenes have their lengths and cues, on frames of ``size``.

    ``expected_label_language`` is the board's unless given; ``recognize`` lets Whisper hear the narration.
    ``progress`` gets [0, 1], five times a second or more, and may raise to stop. Raises ``MediaUnreadable`` for a file
    that cannot be decoded, ``AssetMissing`` when Whisper was not fetched.
    """
    tell = _Teller(progress)
    facts = container.read_facts(path)
    tell(PARTS["facts"])
    stop = threading.Event()
    pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="judging")
    try:
        words = None
        if recognize and audio.is_spoken(board):
            words = pool.submit(audio.hear, facts.pcm, board, stop.is_set)
        sound = pool.submit(audio.check_sound, facts.pcm, board)
        sight = LabelSight(expected_label_language or board.language, facts.size, facts.seconds)
        beats = slideshow.ChangeSight(facts.size)
        seen = video.watch(path, sight, beats, frames=facts.frames, tell=tell.part("facts", "pictures"))
        pictures = video.check_pictures(seen, sight)
        pictures += slideshow.check_slideshow(slideshow.Slideshow.of(beats.changes, facts.seconds))
        boxes = scene_boxes(board, size, tell.part("pictures", "texts"))
        hidden = read_hidden(path)
        checks = [
            *container.check_container(facts, board, size),
            *_wait(sound, tell),
            *pictures,
            slideshow.check_text_only(board, boxes),
            check_texts(board, boxes, size),
            *check_labels(hidden),
        ]
        tell(PARTS["sound"])
        heard = ""
        if words is not None:
            transcript = _wait(words, tell)
            heard = transcript.text
            checks.append(audio.check_narration(transcript, board))
    finally:
        stop.set()  # Whisper leaves at its next segment; nobody waits for it after a cancel
        pool.shutdown(wait=False, cancel_futures=True)
    tell(1.0)
    visible: dict[str, Any] = {"checked": True, **sight.verdict(), "problems": []}
    return CheckReport(tuple(checks), {"visible": visible, **hidden}, heard)


def scene_boxes(board: Storyboard, size: tuple[int, int], tell: Progress) -> list[tuple[Box, ...]]:
    """Where the texts and pictures of every scene stand."""
    boxes = []
    for index in range(len(board.scenes)):
        boxes.append(scenes.text_boxes(board, index, size=size))
        tell((index + 1) / len(board.scenes))
    return boxes


def check_texts(board: Storyboard, boxes: Sequence[Sequence[Box]], size: tuple[int, int]) -> Check:
    """Whether the texts of every scene and the captions keep clear of what feed and player cover."""
    texts = [box for found in boxes for box in found if box.kind == "text"]
    if board.look.caption_style != "none":
        texts += [caption_box(page, size) for page in render.caption_pages(board)]
    outside = [box.name for box in texts if not scenes.is_safe(box, size)]
    return Check("safe_area", not outside, "; ".join(outside[:3]), "✓")


def check_labels(hidden: dict[str, Any]) -> list[Check]:
    """The AIGC field and the C2PA manifest, as they read back."""
    checks = []
    for kind in ("aigc", "c2pa"):
        found = hidden[kind]
        told = " ".join(problem["detail"] for problem in found["problems"])
        value = told or ("✓" if found["present"] else "–")
        checks.append(Check(f"label_{kind}", bool(found["valid"]), value, "✓"))
    return checks


class _Teller:
    """Progress that never falls."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._done = progress, 0.0

    def __call__(self, done: float) -> None:
        self._done = max(self._done, done)
        if self._progress is not None:
            self._progress(self._done)

    def again(self) -> None:
        self(self._done)

    def part(self, after: str, until: str) -> Progress:
        start, end = PARTS[after], PARTS[until]
        return lambda share: self(start + (end - start) * share)


def _wait(future: Future[_T], tell: _Teller) -> _T:
    """The answer of a thread, while progress goes on being told, so that a cancel is heard."""
    while True:
        try:
            return future.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if future.done():
                raise
            tell.again()
