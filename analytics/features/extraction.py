"""What is measured of one video: its words, its pictures, its sound, its beats and its recipe, as columns."""

from __future__ import annotations

import colorsys
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

from analytics.stats.feature_columns import RECIPE
from core import media_files
from core.languages import LANGUAGES, Language
from generation.errors import StoryboardInvalid
from generation.language import sentiment
from generation.language.length import length
from generation.media.ingest import features as ingest
from generation.media.scenes.beats import pulse_of, scene_beats
from generation.media.watching import sound
from generation.ml.fidelity import features_of
from generation.ml.title_reward.form import NAMES, form_rows
from generation.ml.title_reward.form import words_of as title_words
from generation.models import Video
from generation.storyboard import Cue, Storyboard
from recommender.catalogue.contents import cues_of, measures_of, spoken_in, words_of
from recommender.ml.content.description import MEDIA

logger = logging.getLogger(__name__)

MEASURES = f"features-1/{ingest.VERSION}/{sound.VERSION}/{sentiment.VERSION}"
FORMS = ("number", "number_first", "question", "exclamation", "you", "how", "why", "negation", "contrast", "superlative", "fear")  # fmt: skip
KEY_FRAMES, SIDE = 6, 224
ON_BEAT_SECONDS = 0.02


@dataclass(frozen=True)
class MeasuredVideo:
    """``values`` by column; ``picture`` (1280,), empty where there is none."""

    values: dict[str, Any]
    picture: NDArray[np.float16] = field(default_factory=lambda: np.zeros(0, np.float16))


def version_of(video: Video) -> str:
    """Of the measures and of what they are taken from: another file or other words are measured anew."""
    given = f"{words_of(video)}\n{video.sha256}\n{video.language}"
    return f"{MEASURES}:{hashlib.sha256(given.encode()).hexdigest()[:12]}"


def measured(video: Video) -> MeasuredVideo:
    """All measured columns; those of a file that cannot be read are empty, and the log says so."""
    values = {**_text(video), **_beats(video), **_recipe(video)}
    try:
        place = media_files.absolute(video.file)
        values |= {**_looks(video), **_sound(video, place)}
        picture = _picture(place)
    except MEDIA as problem:
        logger.warning("The file of video %s cannot be measured (%s); only its words are.", video.pk, problem)
        picture = np.zeros(0, np.float16)
    return MeasuredVideo(values, picture)


def _text(video: Video) -> dict[str, Any]:
    said, title = spoken_in(video), video.title
    form = dict(zip(NAMES, form_rows([title])[0].tolist(), strict=True))
    told: dict[str, Any] = {f"title_{name}": form[name] for name in FORMS}
    told |= {
        "title_length": len(title),
        "title_words": len(title_words(title)),
        "spoken_numbers": len(re.findall(r"\d+(?:[.,]\d+)*", said)),
    }
    if video.language in LANGUAGES:
        language = cast(Language, video.language)
        told["sentiment"] = float(sentiment.sentiments([f"{title}\n{said}"], language)[0])
        told["spoken_length"] = length(said, language)
    return told


def _looks(video: Video) -> dict[str, Any]:
    found = measures_of(video)
    colors = found.get("palette") or []
    shares = [float(color["share"]) for color in colors]
    cuts = found.get("cut_seconds") or []
    return {
        "brightness": found.get("brightness"),
        "colorfulness": found.get("colorfulness"),
        "saturation": _saturation([str(color["hex"]) for color in colors], shares),
        "palette": [str(color["hex"]) for color in colors],
        "palette_shares": shares,
        "motion_energy": found.get("motion_energy"),
        "cuts_per_minute": found.get("cuts_per_minute"),
        "first_cut": cuts[0] if cuts else None,
        "loudness": found.get("loudness_lufs"),
        "speech_share": found.get("speech_share"),
    }


def _saturation(colors: list[str], shares: list[float]) -> float | None:
    if not colors:
        return None
    rows = [
        colorsys.rgb_to_hsv(*(byte / 255 for byte in bytes.fromhex(code.lstrip("#"))))[1] for code in colors
    ]
    return round(float(np.average(rows, weights=shares)), 4)


def _sound(video: Video, place: Path) -> dict[str, Any]:
    heard = sound.sound_of(place)
    return {
        "level": heard.level_dbfs,
        "level_spread": heard.level_spread_db,
        "tempo_heard": heard.tempo,
        "key_heard": heard.key,
        "speech_rate": _pace(cues_of(video), video),
    }


def _pace(cues: list[Cue], video: Video) -> float | None:
    """Hanzi or words a second of the time in which somebody speaks."""
    seconds = ingest.speech_share(cues, video.seconds) * video.seconds
    return round(len(cues) / seconds, 3) if seconds > 0 else None


def _beats(video: Video) -> dict[str, Any]:
    """Of what a generated video showed when; empty for an upload."""
    if "storyboard" not in video.manifest:
        return {}
    try:
        board = Storyboard.from_json(video.manifest["storyboard"])
    except StoryboardInvalid as problem:  # as an earlier version of the site wrote it
        logger.warning(
            "The storyboard of video %s cannot be read (%s); its beats are not counted.", video.pk, problem
        )
        return {}
    moments, on_music, pulsed = [], 0, 0
    for index, start in enumerate(_starts(board)):
        pulse = pulse_of(board, index)
        for beat in (0.0, *scene_beats(board, index)):
            moments.append(start + beat)
            if pulse is not None:
                pulsed += 1
                step = 60 / pulse.tempo
                away = abs((start + beat) / step - round((start + beat) / step)) * step
                on_music += away <= ON_BEAT_SECONDS
    holds = np.diff([*moments, board.seconds])
    return {
        "beats_per_second": round(len(moments) / board.seconds, 4),
        "longest_hold": round(float(holds.max()), 3),
        "beats_on_music": round(on_music / pulsed, 4) if pulsed else None,
    }


def _starts(board: Storyboard) -> Iterator[float]:
    start = 0.0
    for scene in board.scenes:
        yield start
        start += scene.seconds


def _recipe(video: Video) -> dict[str, Any]:
    return {column: video.recipe[name] for name, column in RECIPE.items() if name in video.recipe}


def _picture(place: Path) -> NDArray[np.float16]:
    """The mean of what EfficientNet-lite0 sees in up to six key frames, which stand where scenes begin."""
    frames = []
    with av.open(str(place), options={"protocol_whitelist": "file"}) as opened:
        stream = opened.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        for frame in opened.decode(stream):
            small = frame.reformat(width=SIDE, height=SIDE, format="rgb24", interpolation="AREA")
            frames.append(small.to_ndarray())
    if not frames:
        return np.zeros(0, np.float16)
    chosen = np.linspace(0, len(frames) - 1, min(KEY_FRAMES, len(frames))).round().astype(int)
    seen = features_of(np.stack([frames[at] for at in chosen]), "lite0", side=SIDE)
    return np.asarray(seen.mean(axis=0), np.float16)
