"""What is to be seen: open_nsfw on every still, what decisions taught, NudeNet where it is installed, flashes as a rule."""

from __future__ import annotations

import importlib.util
import io
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.assets import asset_path
from generation.media.watching.frames import Still
from generation.ml.picture_safety import Features, PictureSafetyModel, pictures_seen
from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal, risk_of_score
from generation.moderation.scorers.watching import Watching

MODEL = "safety/open_nsfw.onnx"
TOLD_FROM = 0.2  # Yahoo's own line: below it a picture is safe
MOST_EVIDENCE = 5
_MEANS = np.array([104.0, 117.0, 123.0], np.float32)  # blue, green, red
# what NudeNet finds and how much of a policy's risk it is
_EXPOSED = {
    "FEMALE_GENITALIA_EXPOSED": 1.0,
    "MALE_GENITALIA_EXPOSED": 1.0,
    "ANUS_EXPOSED": 1.0,
    "FEMALE_BREAST_EXPOSED": 0.9,
    "BUTTOCKS_EXPOSED": 0.7,
}


class NsfwScorer:
    """Required. Yahoo's open_nsfw: the probability that a still is pornographic; the worst still decides."""

    name = "open_nsfw"
    version = "yahoo-1.0.0"
    required = True

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """Raises ``AssetMissing`` where set-up did not bring the network."""
        found = self._watching.of(item).stills
        scores = nsfw_scores([still.rgb for still in found])
        return [Signal(self.name, self.version, "sexual", _worst(scores), _frames(found, scores))]


class NudityScorer:
    """Extra. NudeNet's exposed parts with their boxes; ``no_model`` where the package is not installed."""

    name = "nudenet"
    version = "3.4.2"
    required = False

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def signals(self, item: ScreeningItem) -> list[Signal]:
        if importlib.util.find_spec("nudenet") is None:
            detail = "NudeNet is not installed (pip install nudenet); open_nsfw decides alone."
            return [Signal(self.name, self.version, "sexual", 0.0, state="no_model", detail=detail)]
        found = [_parts(still) for still in self._watching.of(item).stills]
        evidence = sorted((one for parts in found for one in parts), key=lambda one: -one.score)
        score = evidence[0].score if evidence else 0.0
        return [Signal(self.name, self.version, "sexual", score, tuple(evidence[:MOST_EVIDENCE]))]


class PictureClassifierScorer:
    """Adds. The classifier that moderators' decisions trained, of a registered version's folder; else ``no_model``."""

    name = "picture_classifier"
    required = False

    def __init__(self, watching: Watching, folder: Path | None, *, version: str = "") -> None:
        self._folder = folder
        self._watching = watching
        self.version = version or (folder.name if folder is not None else "none")

    @cached_property
    def _model(self) -> PictureSafetyModel | None:
        """Read when it is first asked: files that are damaged fail this scorer and no other."""
        return PictureSafetyModel.load(self._folder) if self._folder is not None else None

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """One signal a policy that it knows: the worst still decides."""
        if self._model is None:
            detail = "No picture classifier is registered yet."
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail=detail)]
        found = self._watching.of(item).stills
        told = picture_risks(self._model, pictures_seen([still.rgb for still in found]))
        return [
            Signal(self.name, self.version, policy, _worst(scores), _frames(found, scores))
            for policy, scores in told.items()
        ]


def picture_risks(model: PictureSafetyModel, features: Features) -> dict[str, NDArray[np.float32]]:
    """Policy → the risk (n,) that each picture, seen as ``features``, is by itself."""
    return {
        policy: np.array(
            [risk_of_score(float(score), model.heads[policy].threshold) for score in scores], np.float32
        )
        for policy, scores in model.scores(features).items()
    }


class FlashScorer:
    """Required. WCAG 2.3.1 is a rule, not a guess: a video breaks it (1) or does not (0)."""

    name = "flashes"
    version = "wcag-2.3.1"
    required = True

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def signals(self, item: ScreeningItem) -> list[Signal]:
        events = self._watching.of(item).flashes
        evidence = tuple(
            Evidence(
                "frame",
                seconds=round(event.seconds, 2),
                shown=f"{event.kind}: {event.flashes}/s, {event.area:.0%}",
                score=1.0,
            )
            for event in events
        )
        return [Signal(self.name, self.version, "flashing", 1.0 if events else 0.0, evidence)]


def nsfw_scores(pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """(n,) in [0, 1] for pictures (h, w, 3)."""
    if not pictures:
        return np.zeros(0, np.float32)
    session = _session(asset_path(MODEL))
    name = session.get_inputs()[0].name
    parts = [
        session.run(None, {name: np.stack([_prepared(one) for one in pictures[k : k + 8]])})[0][:, 1]
        for k in range(0, len(pictures), 8)
    ]
    return np.concatenate(parts)


@cache
def _session(place: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(place), options, providers=["CPUExecutionProvider"])


def _prepared(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """As Yahoo's own program fed it: 256 × 256, once through JPEG, the middle 224 × 224, blue first, means taken off."""
    file = io.BytesIO()
    Image.fromarray(rgb).resize((256, 256), Image.Resampling.BILINEAR).save(file, format="JPEG")
    pixels = np.asarray(Image.open(file).convert("RGB"), np.float32)
    return pixels[16:240, 16:240, ::-1] - _MEANS


def _worst(scores: NDArray[np.float32]) -> float:
    return round(float(scores.max()), 4) if len(scores) else 0.0


def _frames(stills: tuple[Still, ...], scores: NDArray[np.float32]) -> tuple[Evidence, ...]:
    order = [int(place) for place in np.argsort(-scores) if scores[place] >= TOLD_FROM]
    return tuple(
        Evidence("frame", seconds=round(stills[place].seconds, 2), score=round(float(scores[place]), 4))
        for place in order[:MOST_EVIDENCE]
    )


@cache
def _detector() -> Any:
    from nudenet import NudeDetector

    return NudeDetector()


def _parts(still: Still) -> list[Evidence]:
    height, width = still.rgb.shape[:2]
    found: list[Evidence] = []
    for part in _detector().detect(np.ascontiguousarray(still.rgb[..., ::-1])):
        weight = _EXPOSED.get(part["class"], 0.0)
        left, top, across, down = part["box"]
        box = (left / width, top / height, (left + across) / width, (top + down) / height)
        if weight:
            score = round(weight * float(part["score"]), 4)
            found.append(
                Evidence("frame", part["class"].lower(), seconds=still.seconds, box=box, score=score)
            )
    return found
