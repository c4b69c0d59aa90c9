"""A catalogue for benchmarks of the feed: rows as uploads leave them, with words of the topic bank and drawn recipes.

There are no files behind it: nothing here is played. What a synthetic viewer perceives (title, category, palette,
mood, voice, pace, length) is in the rows, and the measured features follow from the same choices.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from core.roles import CREATOR, role_add
from generation.bank.reading import topics as topics_of_bank
from generation.media.scenes import PALETTES
from generation.media.speech import voices
from generation.models import Upload, Video
from generation.storyboard import MOODS
from recommender.simulation.population import ENERGY

CREATORS = 40
AGE_DAYS = 10.0  # published over this long, up to ``before``


def planted(count: int, *, seed: int, before_days: float = 0.0) -> int:
    """Fill an empty database with ``count`` published videos, the newest ``before_days`` days old."""
    rng = random.Random(seed)
    owners = [User.objects.create(username=f"planted-{n}") for n in range(CREATORS)]
    for owner in owners:
        role_add(user=owner, role=CREATOR)
    newest = timezone.now() - timedelta(days=before_days)
    drawn = [_draw(rng, number) for number in range(count)]
    uploads = Upload.objects.bulk_create(
        Upload(
            owner=rng.choice(owners),
            kind="clip",
            state="ready",
            original_name="planted.mp4",
            file="planted.mp4",
            seconds=row["seconds"],
            width=360,
            height=640,
            features=row["features"],
            transcript={"text": row["spoken"], "language": row["language"]},
        )
        for row in drawn
    )
    Video.objects.bulk_create(
        Video(
            owner=upload.owner,
            upload=upload,
            title=row["title"],
            hashtags=row["hashtags"],
            category=row["category"],
            language=row["language"],
            aspect="9:16",
            seconds=row["seconds"],
            width=360,
            height=640,
            sha256="0" * 64,
            file="planted.mp4",
            recipe=row["recipe"],
            state=Video.State.PUBLISHED,
            visibility=Video.Visibility.PUBLIC,
            published=newest - timedelta(days=rng.uniform(0, AGE_DAYS)),
        )
        for upload, row in zip(uploads, drawn, strict=True)
    )
    return count


def _draw(rng: random.Random, number: int) -> dict[str, Any]:
    """One video: a topic in one language, some of its points, and a recipe."""
    topics = topics_of_bank()
    topic, language = topics[number % len(topics)], rng.choice(("zh", "zh", "en"))
    text = topic.texts[language]
    points = rng.sample(text.points, rng.randint(3, min(5, len(text.points))))
    palette, mood = rng.choice(list(PALETTES)), rng.choice(MOODS)
    scenes, seconds = rng.randint(3, 8), rng.uniform(10, 40)
    voice = rng.choice(["none", *(voice.id for voice in voices() if voice.language == language)])
    ground = PALETTES[palette].ground
    light = sum(sum(color) for color in ground) / (3 * 255 * len(ground))
    return {
        "title": rng.choice(text.titles),
        "hashtags": list(text.hashtags)[:5],
        "category": topic.category,
        "language": language,
        "seconds": seconds,
        "spoken": " ".join(point.spoken for point in points),
        "recipe": {"palette": palette, "mood": mood, "voice": voice, "scenes": scenes},
        "features": {
            "brightness": light,
            "colorfulness": 40.0 + 50.0 * rng.random(),
            "palette": [{"hex": "#{:02x}{:02x}{:02x}".format(*color), "share": 0.25} for color in ground],
            "motion_energy": min(1.0, 0.02 + 0.06 * scenes / seconds * 10 * rng.uniform(0.7, 1.3)),
            "cuts_per_minute": scenes / seconds * 60,
            "loudness_lufs": -18.0 + 6.0 * ENERGY[mood] + rng.gauss(0, 1),
            "true_peak_dbtp": -1.0,
            "speech_share": 0.0 if voice == "none" else 0.7,
        },
    }
