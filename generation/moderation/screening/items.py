"""A video or comment as the scorers see it, and the hash by which its revision is known."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.utils import timezone

from core import media_files
from generation.models import Upload, Video
from generation.moderation.models import Case, Decision, Screening, Strike
from generation.moderation.scorers.contract import ScreeningItem
from generation.moderation.selectors.words import board_of, captions_of, scenes_of, script_of, transcript_of


def revision_of(video: Video) -> str:
    """Changes with the file and with every word beside it that others see."""
    said = [video.sha256, video.title, video.description, video.hashtags, video.captions, video.file]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def comment_revision(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def item_of(screening: Screening) -> ScreeningItem:
    """All that is known of what the row is about."""
    video = Video.objects.select_related("owner", "job", "upload").get(pk=screening.video_id)
    if screening.comment is not None:
        return ScreeningItem(texts={"comment": screening.text}, language=video.language or "zh")
    file = media_files.absolute(video.file)
    texts = texts_of(video)
    heard = transcript_of(video)
    return ScreeningItem(
        texts=texts,
        language=video.language or "zh",
        file=file if file.is_file() else None,
        images=images_of(video),
        transcript=heard or texts.get("caption", ""),
        sha256=video.sha256,
        account=account_of(video.owner),
        seconds=video.seconds,
    )


def texts_of(video: Video) -> dict[str, str]:
    """Where → text: every word beside the video that others see, what is empty left out."""
    texts = {
        "title": video.title,
        "description": video.description,
        "hashtags": " ".join(f"#{tag}" for tag in video.hashtags),
        "script": script_of(video),
        "caption": captions_of(video),
        "username": video.owner.username,
    }
    return {where: text for where, text in texts.items() if text.strip()}


def images_of(video: Video) -> tuple[Path, ...]:
    """The cover, and the creator's own pictures that the storyboard uses."""
    paths = [video.cover] if video.cover else []
    media = [scene.get("media") or {} for scene in scenes_of(board_of(video))]
    used = {int(one["upload"]) for one in media if one.get("upload")}
    if used:
        own = Upload.objects.filter(pk__in=used, kind=Upload.Kind.IMAGE, owner=video.owner_id)
        paths += list(own.values_list("file", flat=True))
    places = [media_files.absolute(path) for path in paths if path]
    return tuple(place for place in places if place.is_file())


def account_of(owner: User) -> dict[str, float]:
    """The creator's past in numbers: age in days, videos, how many today, strikes in force, rejections, approvals."""
    now = timezone.now()
    decided = Case.objects.filter(creator=owner, state=Case.State.DECIDED, simulated=False)
    decided = decided.exclude(kind__in=Case.HIDDEN)
    mine = Video.objects.filter(owner=owner)
    return {
        "age_days": (now - owner.date_joined).total_seconds() / 86_400,
        "videos": float(mine.count()),
        "published": float(mine.filter(published__isnull=False).count()),
        "videos_today": float(mine.filter(created__gt=now - timedelta(days=1)).count()),
        "videos_hour": float(mine.filter(created__gt=now - timedelta(hours=1)).count()),
        "strikes": float(Strike.objects.filter(creator=owner, revoked__isnull=True, expires__gt=now).count()),
        "rejected": float(decided.filter(outcome=Decision.Action.REJECT).count()),
        "approved": float(decided.filter(outcome=Decision.Action.APPROVE).count()),
    }
