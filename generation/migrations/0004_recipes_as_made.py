"""Recipes that were guessed become what was made: read again from the manifest, the script's stage and the music.

Until now a video's recipe said "question" or "statement" by a question mark, and left tempo and key open. The manifest
keeps the storyboard as rendered, and music is composed anew from its seed, so what was played is known. A field that
cannot be known stays ``null``. Backward nothing is done: the former shape held less.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

HOOKS = ("question", "number", "contrast", "story", "warning")
ASKABLE = ("hook", "palette", "caption_style", "mood", "tempo", "key", "music_level", "voice", "speed", "voice_upload")
MUSIC_LEAST_SECONDS = 5.0


def forwards(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    hooks = _hooks(apps, alias)
    versions = apps.get_model("generation", "StoryboardVersion")
    first = dict(versions.objects.using(alias).filter(version=1).values_list("job_id", "document"))
    for row in versions.objects.using(alias).all().iterator():
        document = row.document
        document["schema"] = 2
        document["hook"] = _hook(document, first.get(row.job_id), hooks.get(row.job_id))
        row.save(update_fields=["document"])
    for job in apps.get_model("generation", "GenerationJob").objects.using(alias).all().iterator():
        job.recipe = {name: _chosen(job.recipe.get(name)) for name in ASKABLE}
        job.save(update_fields=["recipe"])
    for video in apps.get_model("generation", "Video").objects.using(alias).exclude(job=None).iterator():
        board = video.manifest.get("storyboard")
        if not board or not board.get("scenes"):
            continue
        hook = _hook(board, first.get(video.job_id), hooks.get(video.job_id))
        board["schema"], board["hook"] = 2, hook
        video.recipe = _recipe(board, hook)
        video.save(update_fields=["recipe", "manifest"])


def _hooks(apps: Any, alias: str) -> dict[int, str]:
    """What the script stage noted of each job's opening."""
    stages = apps.get_model("generation", "JobStage").objects.using(alias).filter(name="script")
    noted = ((job, (result or {}).get("detail", {}).get("hook")) for job, result in stages.values_list("job_id", "result"))
    return {job: hook for job, hook in noted if hook in HOOKS}


def _hook(board: dict[str, Any], first: dict[str, Any] | None, noted: str | None) -> str | None:
    """The script's kind, as long as the opening still says what the script wrote."""
    if not first or not first.get("scenes") or not board.get("scenes") or board["voice"]["name"] == "own":
        return None
    return noted if board["scenes"][0]["narration"] == first["scenes"][0]["narration"] else None


def _chosen(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _recipe(board: dict[str, Any], hook: str | None) -> dict[str, Any]:
    scenes, music, voice, look = board["scenes"], board["music"], board["voice"], board["look"]
    seconds = sum(scene["seconds"] for scene in scenes) or 1.0
    level = music.get("level", 1.0)
    tempo, key = _played(music, seconds) if level > 0 and seconds >= MUSIC_LEAST_SECONDS else (None, None)
    return {
        "hook": hook,
        "palette": look["palette"],
        "caption_style": look["caption_style"],
        "mood": music["mood"],
        "tempo": tempo,
        "key": key,
        "music_level": level if tempo is not None else 0.0,
        "voice": voice["name"],
        "speed": voice["speed"],
        "voice_upload": voice.get("upload"),
        "motion": look["motion"],
        "picture_set": look["picture_set"],
        "cover": "opening",
        "layouts": [scene["layout"] for scene in scenes],
        "transitions": [scene["transition"] for scene in scenes],
        "scenes": len(scenes),
        "seconds": round(seconds, 2),
        "pictures_per_second": round(len(scenes) / seconds, 4),
        "words_per_second": round(sum(len(scene["cues"]) for scene in scenes) / seconds, 4),
        "topic": board.get("topic", ""),
        "writer": board.get("versions", {}).get("script"),
    }


def _played(music: dict[str, Any], seconds: float) -> tuple[float | None, str | None]:
    """The composer is deterministic: the same mood, length and seed give the piece that was played."""
    from generation.errors import MusicImpossible
    from generation.media.music import compose

    try:
        score = compose(
            music["mood"], seconds, seed=music["seed"], tempo=music.get("tempo"), key=music.get("key")
        )
    except MusicImpossible:
        return None, None
    return round(score.tempo, 2), score.key


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_storyboard_version")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
