"""Everything that is stored about a viewer, as one JSON document written row by row."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from generation.models import GenerationJob, StoryboardVersion, Upload, Video
from generation.moderation.models import Appeal, Statement, Strike
from generation.moderation.selectors import reports_by
from generation.services.tokens import tokens_of
from recommender.events import archive
from recommender.models import Comment, EngagementEvent, Viewer

SECRET = frozenset(
    {"key", "password", "lease_owner", "lease_until"}
)  # what opens doors, and what is not about anybody
CHUNK = 500
RELATED = (
    "events",
    "viewings",
    "requests",
    "impressions",
    "likes",
    "follows",
    "not_interested",
    "share_links",
)


def document(*, viewer: Viewer | None, user: User | None) -> Iterator[str]:
    """The pieces of ``{"account": …, "viewer": …, "events": […], …}``; without a viewer or an account their parts are empty."""
    parts: list[tuple[str, Iterable[dict[str, Any]]]] = []
    viewers = Viewer.objects.filter(pk__in=[viewer.pk, *viewer.former] if viewer else [])
    parts.append(("viewers", _rows(viewers)))
    for name in RELATED:
        kept = _rows(getattr(viewer, name).order_by("pk")) if viewer else iter(())
        archived = _archived(viewer) if viewer and name == "events" else iter(())
        parts.append((name, itertools.chain(kept, archived)))
    parts.append(("reports", _rows(reports_by(viewer.pk).order_by("pk")) if viewer else ()))
    owned: dict[str, QuerySet[Any]] = {
        "comments": Comment.objects.filter(author=user),
        "videos": Video.objects.filter(owner=user),
        "jobs": GenerationJob.objects.filter(owner=user),
        "storyboards": StoryboardVersion.objects.filter(job__owner=user),
        "uploads": Upload.objects.filter(owner=user),
        "statements": Statement.objects.filter(creator=user),
        "strikes": Strike.objects.filter(creator=user),
        "appeals": Appeal.objects.filter(creator=user),
    }
    parts += [(name, _rows(rows.order_by("pk")) if user else ()) for name, rows in owned.items()]
    yield '{"account": ' + _text(_account(user))
    for name, rows in parts:
        yield f', "{name}": ['
        for number, row in enumerate(rows):
            yield (", " if number else "") + _text(row)
        yield "]"
    yield "}\n"


def _account(user: User | None) -> dict[str, Any] | None:
    if user is None:
        return None
    names = ("id", "username", "email", "first_name", "last_name", "date_joined", "last_login")
    return {
        **{name: getattr(user, name) for name in names},
        "roles": sorted(user.groups.values_list("name", flat=True)),
        "has_api_token": bool(tokens_of(user)),
    }


def _rows(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    model: type[Model] = rows.model
    names = [field.attname for field in model._meta.concrete_fields if field.name not in SECRET]
    return iter(rows.values(*names).iterator(CHUNK))


def _archived(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Events that are in the archive only, in the shape of the others; from moving to pruning one is in both places."""
    rows = archive.archived_events([viewer.pk, *viewer.former])
    while chunk := list(itertools.islice(rows, CHUNK)):
        still = {
            str(pk)
            for pk in EngagementEvent.objects.filter(pk__in=[r["id"] for r in chunk]).values_list(
                "pk", flat=True
            )
        }
        for row in chunk:
            if row["id"] not in still:
                row.pop("simulated")
                for name in ("viewer", "video", "request"):
                    row[f"{name}_id"] = row.pop(name)
                yield {**row, "detail": json.loads(row["detail"])}


def _text(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
