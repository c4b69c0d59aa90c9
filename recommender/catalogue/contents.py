"""What a video says, when, and how it looks and sounds, of the file as it is: a storyboard that was edited since, but not
rendered, does not count.

A generated video's words and their times are in its manifest, as they were rendered (the versions of the storyboard are
kept without cues); an upload's are in its transcript.
"""

from __future__ import annotations

from typing import Any

from core import media_files
from generation.media.ingest.features import speech_share
from generation.models import Video
from generation.storyboard import Cue
from recommender.ml.content.description import describe


def scenes_of(video: Video) -> list[dict[str, Any]]:
    """The scenes as rendered, as JSON; an upload has none."""
    scenes: list[dict[str, Any]] = video.manifest.get("storyboard", {}).get("scenes", [])
    return scenes


def spoken_in(video: Video) -> str:
    """Narration or transcript."""
    if video.upload is not None:
        return str(video.upload.transcript.get("text", ""))
    return " ".join(scene["narration"] for scene in scenes_of(video))


def words_of(video: Video) -> str:
    """What is said of and in the video: title, hashtags, description, narration or transcript."""
    tags = " ".join(f"#{tag}" for tag in video.hashtags)
    return "\n".join(part for part in (video.title, tags, spoken_in(video), video.description) if part)


def cues_of(video: Video) -> list[Cue]:
    """Each spoken word with its times in seconds since the video's start."""
    if video.upload is not None:
        heard = video.upload.transcript.get("words", ())
        return [Cue(word["text"], word["start"], word["end"]) for word in heard]
    words, start = [], 0.0
    for scene in scenes_of(video):  # a scene's cues count from its own start
        cues = scene.get("cues", ())
        words += [Cue(cue["text"], start + cue["start"], start + cue["end"]) for cue in cues]
        start += scene.get("seconds", 0.0)
    return words


def measures_of(video: Video) -> dict[str, Any]:
    """The measures of ``generation.media.ingest.features``: an upload's as it arrived, else taken from the file now.

    Raises one of ``recommender.ml.content.description.MEDIA`` for a file that cannot be read.
    """
    features = dict(video.upload.features) if video.upload else {}
    if not features.get("palette"):
        share = {"speech_share": speech_share(cues_of(video), video.seconds)}
        features = describe(media_files.absolute(video.file)) | share
    return features
