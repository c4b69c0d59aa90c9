"""Every address × every role × the methods that matter, against one table of statuses; an address without a row fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from core.roles import ROLES
from generation.media.speech import voices
from generation.models import Video
from generation.moderation.models import Decision, Statement
from generation.moderation.screening.opening import case_open
from generation.moderation.screening.statements import statement_make
from recommender.models import Comment, ShareLink, Viewer
from tests import factories
from tests.conftest import make_user
from tests.generation import boards

WHO = ("anonymous", "viewer", "owner", "other", "moderator", "analyst", "administrator")
SOCIAL = ("like", "not-interested", "share", "report", "comments")  # done to published videos only
Statuses = tuple[int, ...]


# --- the words of the table: one status for each of WHO ---------------------------------------------------------------
def everybody(status: int) -> Statuses:
    return (status,) * 7


def members(status: int) -> Statuses:
    """Anonymous people are sent to the sign-in page."""
    return (302, *[status] * 6)


def creators(status: int) -> Statuses:
    """Making videos takes the role."""
    return (302, 403, status, status, 403, 403, status)


def guests(status: int) -> Statuses:
    """Pages for people who are not signed in; the others are sent on."""
    return (status, *[302] * 6)


def owner(status: int) -> Statuses:
    """Somebody else's object does not exist; an administrator reaches everything."""
    return (302, 404, status, 404, 404, 404, status)


def addressee(status: int) -> Statuses:
    """What is told to one person alone, whatever others may reach."""
    return (302, 404, status, 404, 404, 404, 404)


def numbers(status: int) -> Statuses:
    """What an audience did with an object: its owner's, and analysts look at all."""
    return (302, 404, status, 404, 404, status, status)


def watcher(status: int) -> Statuses:
    """An unpublished video: its owner's, and a moderator may look."""
    return (404, 404, status, 404, status, 404, status)


def moderator(status: int) -> Statuses:
    return (302, 403, 403, 403, status, 403, status)


def analyst(status: int) -> Statuses:
    return (302, 403, 403, 403, 403, status, status)


def administrator(status: int) -> Statuses:
    return (302, *[403] * 5, status)


def staff(status: int) -> Statuses:
    return (*[302] * 6, status)


def api_creator(status: int) -> Statuses:
    """Programs are told, not redirected."""
    return (403, 403, status, status, 403, 403, status)


def api_moderator(status: int) -> Statuses:
    return (403, 403, 403, 403, status, 403, status)


def api_admin(status: int) -> Statuses:
    return (*[403] * 6, status)


def api_analyst(status: int) -> Statuses:
    return (403, 403, 403, 403, 403, status, status)


def api_owner(status: int) -> Statuses:
    return (403, 403, status, 404, 403, 403, status)


def api_video_owner(status: int) -> Statuses:
    return (403, 404, status, 404, 404, 404, status)


def api_addressee(status: int) -> Statuses:
    return (403, 404, status, 404, 404, 404, 404)


def experimenters(status: int, *, other: int = 404) -> Statuses:
    """Tests of one's own videos; analysts see all."""
    return (302, 403, status, other, 403, status, status)


def api_experimenters(status: int, *, other: int = 404) -> Statuses:
    return (403, 403, status, other, 403, status, status)


POST_ONLY = {"get": members(405)}
READ_ONLY = {"post": members(405)}
OPEN = {"get": everybody(200), "post": everybody(405)}
REACTION = {"get": everybody(405), "put": everybody(200), "delete": everybody(200)}
OWN_PAGE = {"get": owner(200), **READ_ONLY}
OWN_ACTION = {**POST_ONLY, "post": owner(302)}

TABLE: dict[str, dict[str, Statuses]] = {
    # pages
    "": OPEN,
    "create/": {"get": creators(200), "post": creators(422)},
    "create/nearest": {"get": creators(200), "post": creators(405)},
    "create/text": {"get": creators(405), "post": creators(422)},
    "titles/advice": {"get": creators(405), "post": creators(200)},
    "voices/<str:voice>/preview": OPEN,
    "pictures/<str:set_name>/<str:name>.png": OPEN,
    "jobs/<int:pk>/": OWN_PAGE,
    "jobs/<int:pk>/snapshot": OWN_PAGE,
    "jobs/<int:pk>/events": OWN_PAGE,
    "jobs/<int:pk>/cancel": OWN_ACTION,
    "jobs/<int:pk>/retry": OWN_ACTION,
    "jobs/<int:pk>/render": OWN_ACTION,
    "jobs/<int:pk>/edit/": OWN_PAGE,
    "jobs/<int:pk>/edit/save": OWN_ACTION,
    "jobs/<int:pk>/edit/undo": OWN_ACTION,
    "jobs/<int:pk>/edit/pictures": OWN_PAGE,
    "jobs/<int:pk>/edit/files": OWN_PAGE,
    # 409: the storyboard of this test has no voice to hear
    "jobs/<int:pk>/scenes/<str:scene>/narration": {**POST_ONLY, "post": owner(409)},
    "library/": {"get": members(200), **READ_ONLY},
    "videos/<int:pk>/": {"get": watcher(200), "post": everybody(405)},
    "videos/<int:pk>/details": {**POST_ONLY, "post": owner(422)},
    "videos/<int:pk>/publish": OWN_ACTION,
    "videos/<int:pk>/experiment": {
        "get": (302, 403, 200, 404, 403, 403, 200),
        "post": (302, 403, 422, 404, 403, 403, 422),
    },
    "experiments/": {"get": experimenters(200, other=200), "post": experimenters(405, other=405)},
    "experiments/<int:pk>/": {"get": experimenters(200), "post": experimenters(405, other=405)},
    "experiments/<int:pk>/stop": {"get": experimenters(405, other=405), "post": experimenters(302)},
    "experiments/<int:pk>/decide": {"get": experimenters(405, other=405), "post": experimenters(302)},
    "videos/<int:pk>/unpublish": OWN_ACTION,
    "videos/<int:pk>/delete": OWN_ACTION,
    "videos/<int:pk>/restore": OWN_ACTION,
    "upload/": {"get": creators(200), "post": creators(422)},
    "upload/<int:pk>/": OWN_PAGE,
    "upload/<int:pk>/video": OWN_ACTION,
    "upload/<int:pk>/delete": OWN_ACTION,
    "verify/": {"get": everybody(200), "post": everybody(422)},
    # what nobody owns is reached by all who know its key; this one has an owner
    "verify/<str:key>/": {"get": (404, 404, 200, 404, 404, 404, 404), "post": everybody(405)},
    "narrations/<str:key>": {"get": (404, 404, 200, 404, 404, 404, 200), "post": everybody(405)},
    "models/": OPEN,
    "account/": {"get": members(200), "post": members(302)},
    "account/token": {**POST_ONLY, "post": members(422)},
    "account/address": {**POST_ONLY, "post": members(422)},
    "account/address/<str:link>/": {"get": everybody(410), "post": everybody(410)},
    "dashboards/": {"get": analyst(200), "post": members(405)},
    "dashboards/mine/": {"get": members(302), **READ_ONLY},
    "dashboards/<str:page>/": {"get": analyst(200), **READ_ONLY},
    "dashboards/creators/<int:pk>/": {"get": numbers(200), **READ_ONLY},
    "dashboards/videos/<int:pk>/": {"get": numbers(200), **READ_ONLY},
    "dashboards/data/<str:page>/<int:pk>/<slug:key>.<str:form>": {"get": numbers(200), **READ_ONLY},
    # who is asked about in a callback is held against the session in tests/analytics/dashboard
    "dashboards/_dash/<path:path>": {"get": members(200)},
    "rankers/": {"get": (*[301] * 7,), "post": (*[301] * 7,)},
    "versions/": {"get": analyst(200), "post": analyst(405)},
    "versions/<int:pk>/": {"get": analyst(200), "post": analyst(405)},
    "versions/<int:pk>/samples": {"get": analyst(404), "post": analyst(405)},
    "versions/<int:pk>/promote": {"get": analyst(405), "post": analyst(302)},
    "versions/rollback": {"get": analyst(405), "post": analyst(302)},
    "datasets/": {"get": analyst(200), "post": analyst(405)},
    "datasets/features/": {"get": analyst(200), "post": analyst(405)},
    "datasets/features/features.parquet": {"get": analyst(404), "post": analyst(405)},
    "trainings/": {"get": administrator(405), "post": administrator(302)},
    "trainings/<int:pk>/": {"get": analyst(200), "post": analyst(405)},
    "trainings/<int:pk>/samples": {"get": analyst(404), "post": analyst(405)},
    "trainings/<int:pk>/cancel": {"get": administrator(405), "post": administrator(302)},
    "cycles/": {"get": analyst(200), "post": analyst(405)},
    "cycles/start": {"get": analyst(405), "post": analyst(302)},
    "cycles/<int:pk>/": {"get": analyst(200), "post": analyst(405)},
    "cycles/<int:pk>/judge": {"get": analyst(405), "post": analyst(302)},
    "cycles/<int:pk>/approve": {"get": analyst(405), "post": analyst(302)},
    "cycles/<int:pk>/refuse": {"get": analyst(405), "post": analyst(302)},
    "cycles/<int:pk>/cancel": {"get": analyst(405), "post": analyst(302)},
    "account/learning": {"get": creators(405), "post": creators(302)},
    "writer/": {"get": administrator(200), "post": administrator(422)},
    "writer/servers": {"get": administrator(200), "post": administrator(405)},
    "writer/choose": {"get": administrator(405), "post": administrator(302)},
    "writer/use": {"get": administrator(405), "post": administrator(302)},
    "writer/trial": {"get": administrator(200), "post": administrator(302)},
    "moderation/": {"get": moderator(200), "post": moderator(405)},
    "moderation/counts": {"get": moderator(200), "post": moderator(405)},
    "moderation/desk/": {"get": moderator(200), "post": moderator(405)},
    "moderation/take": {"get": moderator(405), "post": moderator(200)},
    "moderation/cases/<int:pk>/": {"get": moderator(200), "post": moderator(405)},
    "moderation/cases/<int:pk>/sheet": {"get": moderator(200), "post": moderator(405)},
    # 404: no moment of the case, and its file is no film
    "moderation/cases/<int:pk>/stills/<int:moment>.jpg": {"get": moderator(404), "post": moderator(405)},
    "moderation/policies/": {"get": moderator(200), "post": moderator(405)},
    "moderation/policies/<slug:code>/": {"get": administrator(200), "post": administrator(422)},
    **{
        f"moderation/policies/<slug:code>/versions/<int:number>/{step}": {
            "get": administrator(405),
            "post": administrator(302),
        }
        for step in ("replay", "shadow", "activate", "discard")
    },
    "moderation/quality/": {"get": administrator(200), "post": moderator(405)},
    "moderation/learning/": {"get": moderator(200), "post": moderator(405)},
    "moderation/learning/start": {"get": administrator(405), "post": administrator(404)},  # of no kind
    "moderation/doubts/<int:pk>/ask": {"get": moderator(405), "post": administrator(302)},
    "moderation/log/": {"get": administrator(200), "post": administrator(405)},
    "transparency/": OPEN,
    "videos/<int:pk>/standing": OWN_PAGE,
    "videos/<int:pk>/appeal": {**POST_ONLY, "post": addressee(302)},
    "statements/": {"get": members(200), **READ_ONLY},
    "statements/<int:pk>/": {"get": addressee(200), **READ_ONLY},
    "statements/<int:pk>/appeal": {**POST_ONLY, "post": addressee(302)},
    "account/privacy/": {"get": everybody(200), "post": everybody(422)},
    "discover/": OPEN,
    "creators/<int:pk>/": OPEN,
    "s/<str:token>": {"get": everybody(302), "post": everybody(405)},
    "media/<path:path>": {"get": watcher(200), "post": everybody(405)},
    "healthz": OPEN,
    "robots.txt": OPEN,
    # programs
    "api/v1/token/": {"get": everybody(405), "post": everybody(400)},
    "api/v1/jobs/": {"get": api_creator(200), "post": api_creator(400), "delete": api_creator(405)},
    "api/v1/jobs/<int:pk>/": {"get": api_owner(200), "delete": api_creator(405)},
    "api/v1/jobs/<int:pk>/cancel/": {"get": api_creator(405), "post": api_owner(200)},
    "api/v1/jobs/<int:pk>/render/": {"get": api_creator(405), "post": api_owner(200)},
    "api/v1/jobs/<int:pk>/retry/": {"get": api_creator(405), "post": api_owner(200)},
    "api/v1/jobs/<int:pk>/storyboard/": {
        "get": api_owner(200),
        "patch": api_owner(400),
        "delete": api_creator(405),
    },
    "api/v1/jobs/<int:pk>/storyboard/undo/": {"get": api_creator(405), "post": api_owner(200)},
    "api/v1/jobs/<int:pk>/narrations/": {"get": api_creator(405), "post": api_owner(400)},
    "api/v1/narrations/<str:key>/": {"get": api_owner(200), "delete": api_creator(405)},
    "api/v1/readings/": {"get": everybody(405), "post": everybody(400)},
    "api/v1/readings/<str:key>/": {
        "get": (404, 404, 200, 404, 404, 404, 404),
        "delete": everybody(405),
    },
    "api/v1/uploads/": {"get": api_creator(200), "post": api_creator(400), "delete": api_creator(405)},
    "api/v1/uploads/<int:pk>/": {"get": api_owner(200), "delete": api_owner(204)},
    "api/v1/videos/": {"get": everybody(200), "post": (403, *[405] * 6)},
    "api/v1/videos/<int:pk>/": {"get": watcher(200), "delete": api_video_owner(204)},
    "api/v1/videos/<int:pk>/publish/": {"get": everybody(405), "post": api_video_owner(200)},
    "api/v1/videos/<int:pk>/unpublish/": {"get": everybody(405), "post": api_video_owner(200)},
    "api/v1/cases/": {"get": api_moderator(200), "post": api_moderator(405)},
    "api/v1/cases/counts/": {"get": api_moderator(200), "post": api_moderator(405)},
    "api/v1/cases/next/": {"get": api_moderator(405), "post": api_moderator(200)},
    "api/v1/cases/bulk/": {"get": api_moderator(405), "post": api_moderator(400)},
    "api/v1/cases/bulk/undo/": {"get": api_moderator(405), "post": api_moderator(400)},
    "api/v1/cases/<int:pk>/": {"get": api_moderator(200), "delete": api_moderator(405)},
    "api/v1/cases/<int:pk>/claim/": {"get": api_moderator(405), "post": api_moderator(200)},
    "api/v1/cases/<int:pk>/release/": {"get": api_moderator(405), "post": api_moderator(200)},
    "api/v1/cases/<int:pk>/decisions/": {"get": api_moderator(200), "post": api_moderator(400)},
    "api/v1/cases/<int:pk>/undo/": {"get": api_moderator(405), "post": api_moderator(409)},
    "api/v1/cases/<int:pk>/notes/": {"get": api_moderator(405), "post": api_moderator(400)},
    "api/v1/cases/<int:pk>/golden/": {
        "get": api_admin(405),
        "post": api_admin(409),
        "delete": api_admin(404),
    },
    "api/v1/moderation/quality/": {"get": api_admin(200), "post": api_admin(405)},
    "api/v1/moderation/transparency/": OPEN,
    "api/v1/moderation/audit/": {"get": api_admin(200), "post": api_admin(405)},
    "api/v1/moderation/statements/": {"get": api_admin(200), "post": api_admin(405)},
    "api/v1/policies/": OPEN,
    "api/v1/policies/<slug:code>/versions/": {"get": api_admin(200), "post": api_admin(201)},
    "api/v1/policies/<slug:code>/versions/<int:number>/replay/": {
        "get": api_admin(405),
        "post": api_admin(409),
    },
    "api/v1/policies/<slug:code>/versions/<int:number>/shadow/": {
        "get": api_admin(405),
        "post": api_admin(409),
    },
    "api/v1/policies/<slug:code>/versions/<int:number>/activate/": {
        "get": api_admin(405),
        "post": api_admin(409),
    },
    "api/v1/policies/<slug:code>/versions/<int:number>/discard/": {
        "get": api_admin(405),
        "post": api_admin(409),
    },
    "api/v1/moderation/me/": {"get": api_moderator(200), "patch": api_moderator(200)},
    "api/v1/videos/<int:pk>/appeal/": {"get": (403, *[405] * 6), "post": api_addressee(400)},
    "api/v1/statements/": {"get": (403, *[200] * 6), "post": (403, *[405] * 6)},
    "api/v1/statements/<int:pk>/": {"get": api_addressee(200), "delete": (403, *[405] * 6)},
    "api/v1/statements/<int:pk>/appeal/": {"get": (403, *[405] * 6), "post": api_addressee(400)},
    "api/v1/videos/<int:pk>/statements/": {"get": api_video_owner(200), "post": (403, *[405] * 6)},
    "api/v1/experiments/": {
        "get": api_experimenters(200, other=200),
        "post": api_experimenters(400, other=400),
    },
    "api/v1/experiments/<int:pk>/": {
        "get": api_experimenters(200),
        "delete": api_experimenters(405, other=405),
    },
    "api/v1/experiments/<int:pk>/start/": {"post": api_experimenters(409)},
    "api/v1/experiments/<int:pk>/stop/": {"post": api_experimenters(409)},
    "api/v1/experiments/<int:pk>/look/": {"post": api_experimenters(200)},
    "api/v1/experiments/<int:pk>/decide/": {"post": api_experimenters(400)},
    "api/v1/models/": {"get": api_analyst(200), "post": api_analyst(405)},
    "api/v1/models/<int:pk>/": {"get": api_analyst(200), "delete": api_analyst(405)},
    # 409: the cycle of this test has ended
    "api/v1/cycles/": {"get": api_analyst(200), "post": api_analyst(201), "delete": api_analyst(405)},
    "api/v1/cycles/<int:pk>/": {"get": api_analyst(200), "delete": api_analyst(405)},
    "api/v1/cycles/<int:pk>/cancel/": {"get": api_analyst(405), "post": api_analyst(409)},
    "api/v1/cycles/<int:pk>/approve/": {"get": api_analyst(405), "post": api_analyst(409)},
    "api/v1/cycles/<int:pk>/refuse/": {"get": api_analyst(405), "post": api_analyst(409)},
    "api/v1/feed/": OPEN,
    "api/v1/events/": {"get": everybody(405), "post": everybody(415)},
    "api/v1/me/": {"get": everybody(200), "post": everybody(405), "patch": everybody(400)},
    "api/v1/me/reset/": {"get": everybody(405), "post": everybody(200)},
    "api/v1/me/reports/": {"get": everybody(200), "post": everybody(200)},
    "api/v1/me/data/": OPEN,
    "api/v1/search/": {"get": everybody(400), "post": everybody(405)},
    "api/v1/videos/<int:pk>/like/": REACTION,
    "api/v1/videos/<int:pk>/not-interested/": REACTION,
    "api/v1/videos/<int:pk>/share/": {"get": everybody(405), "post": everybody(200)},
    "api/v1/videos/<int:pk>/report/": {"get": everybody(405), "post": everybody(400)},
    "api/v1/videos/<int:pk>/comments/": {"get": everybody(200), "post": (403, *[400] * 6)},
    # nobody follows themselves
    "api/v1/creators/<int:pk>/follow/": {**REACTION, "put": (200, 200, 400, 200, 200, 200, 200)},
    "api/v1/comments/<int:pk>/": {"get": (403, *[405] * 6), "delete": (403, 403, 204, 403, 400, 403, 400)},
    "api/schema/": {"get": everybody(200), "post": everybody(405)},
    "api/docs/": {"get": everybody(200), "post": everybody(405)},
    # accounts
    "accounts/login/": {"get": guests(200), "post": guests(200)},
    "accounts/logout/": {"get": members(200), "post": everybody(302)},
    "accounts/inactive/": {"get": everybody(200)},
    "accounts/signup/": {"get": guests(200), "post": guests(200)},
    "accounts/reauthenticate/": {"get": members(200), "post": members(200)},
    "accounts/email/": {"get": everybody(302), "post": everybody(302)},
    "accounts/confirm-email/": {"get": everybody(200)},
    "accounts/password/change/": {"get": members(200), "post": members(200)},
    "accounts/password/set/": {"get": everybody(302), "post": everybody(302)},
    "accounts/password/reset/": {"get": everybody(200), "post": everybody(200)},
    "accounts/login/code/confirm/": {"get": everybody(302), "post": everybody(302)},
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": {"get": everybody(200), "post": everybody(404)},
    "accounts/password/reset/key/done/": {"get": everybody(200)},
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": {"get": everybody(200)},
    "accounts/password/reset/done/": {"get": everybody(200)},
    "i18n/setlang/": {"get": everybody(302), "post": everybody(302)},
    "jsi18n/": OPEN,
    # the tables
    "admin/": {"get": staff(200)},
    "admin/login/": {"get": (*[200] * 6, 302), "post": (*[200] * 6, 200)},
    "admin/logout/": {"get": staff(405), "post": staff(302)},
    "admin/password_change/": {"get": staff(200)},
    "admin/password_change/done/": {"get": staff(200)},
    "admin/autocomplete/": {"get": staff(403)},
    "admin/jsi18n/": {"get": staff(200)},
    "admin/r/<path:content_type_id>/<path:object_id>/": {"get": staff(404)},
    "admin/auth/user/<id>/password/": {"get": staff(200)},
    "admin/^(?P<app_label>auth|account|axes|generation)/$": {"get": staff(200)},
    "admin/(?P<url>.*)$": {"get": staff(404)},
}
for _model in admin.site._registry:
    _place = f"admin/{_model._meta.app_label}/{_model._meta.model_name}/"
    _added = 403 if _model._meta.app_label == "axes" else 200  # what happened is not made up by hand
    TABLE |= {
        _place: {"get": staff(200)},
        f"{_place}add/": {"get": staff(_added), "post": staff(_added)},
        f"{_place}<path:object_id>/history/": {"get": staff(200)},
        f"{_place}<path:object_id>/delete/": {"get": staff(200)},
        f"{_place}<path:object_id>/change/": {"get": staff(200)},
        f"{_place}<path:object_id>/": {"get": staff(302)},
    }


# --- the walk ---------------------------------------------------------------------------------------------------------
def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Every address pattern of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        inner = getattr(pattern, "url_patterns", None)
        yield from [route] if inner is None else routes(inner, route)


@pytest.fixture
def world(db: None, media_root: Path, var_dir: Path) -> dict[str, Any]:
    """One object of each kind, all of them the owner's, and a session for each role."""
    users = {
        "viewer": make_user("vera", "viewer"),
        "owner": make_user("cora", "viewer", "creator"),
        "other": make_user("otto", "viewer", "creator"),
        "moderator": make_user("mo", "viewer", "moderator"),
        "analyst": make_user("ana", "viewer", "analyst"),
        "administrator": make_user("ada", *ROLES),
    }
    User.objects.filter(username="ada").update(
        is_staff=True, is_superuser=True
    )  # as set-up makes the first one
    client, sessions = Client(), {"anonymous": ""}
    for name, user in users.items():
        client.cookies.clear()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    cora = users["owner"]
    done = factories.job(cora, state="done")
    boards.stored(done, 1)
    boards.stored(done, 2, title="改过的标题")
    video = factories.video(cora, job=done)
    public = factories.video(cora, state="published")
    ready = {"file": "uploads/1/a.mp4", "seconds": 5.0, "width": 360, "height": 640, "sha256": "a" * 64}
    EmailAddress.objects.create(user=cora, email=cora.email)
    AccessAttempt.objects.create(username="x", failures_since_start=1)
    AccessLog.objects.create(username="x")
    AccessFailureLog.objects.create(username="x")
    Group.objects.get_or_create(name="viewer")
    return {
        "client": client,
        "sessions": sessions,
        "job": done.pk,
        "waiting": factories.job(cora).pk,
        "failed": factories.job(cora, state="failed", error_code="disk_full", error="The disk is full.").pk,
        "video": video.pk,
        "binned": factories.video(cora, deleted=video.created).pk,
        "preview": factories.preview(done, state="done", sound=spoken_line()).key,
        "reading": factories.reading(cora, state="done").key,
        "upload": factories.upload(cora, state="ready", **ready).pk,
        "public": public.pk,
        "creator": cora.pk,
        "case": case_open(video=public, kind="report", risks={"hate": 0.5}).pk,
        "statement": (statement := statement_about(public)).pk,
        "decision": statement.decision_id,
        "ranker": factories.ranker().pk,
        "experiment": factories.experiment(video).pk,
        "run": factories.training_run().pk,
        "cycle": factories.cycle(state="promoted").pk,
        "comment": Comment.objects.create(author=cora, video=public, text="hello").pk,
        "token": ShareLink.objects.create(viewer=Viewer.objects.create(), video=public, token="abc").token,
        "file": video.file,
        "voice": voices("en")[0].id,
    }


def spoken_line() -> str:
    """A WAV where a worker puts it."""
    place = Path(settings.VAR_DIR) / "previews" / "line.wav"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"RIFF")
    return "previews/line.wav"


def statement_about(video: Video) -> Statement:
    """Reasons for what a moderator did to another video of the same creator."""
    decided = case_open(video=factories.video(video.owner), kind="screening", risks={"hate": 0.5})
    decision = Decision.objects.create(
        case=decided, number=1, action="reject", policy=decided.policy, submission=uuid4()
    )
    return statement_make(decision=decision, case=decided)


def address(route: str, world: dict[str, Any]) -> str:
    """The route with the owner's objects in its gaps."""
    if "cycles/" in route:
        route = route.replace("<int:pk>", str(world["cycle"]))
    for action, thing in (("cancel", "waiting"), ("retry", "failed"), ("restore", "binned")):
        if f"/<int:pk>/{action}" in route and "trainings/" not in route:
            route = route.replace("<int:pk>", str(world[thing]))
    if any(f"/<int:pk>/{action}/" in route for action in SOCIAL):
        route = route.replace("videos/<int:pk>", f"videos/{world['public']}")
    route = route.replace(
        "data/<str:page>/<int:pk>/<slug:key>.<str:form>", f"data/video/{world['video']}/watching.csv"
    )
    rooms = {
        "jobs/": "job",
        "videos/": "video",
        "upload": "upload",
        "creators/": "creator",
        "comments/": "comment",
        "statements/": "statement",
        "versions/": "ranker",
        "trainings/": "run",
        "cases/": "case",
        "doubts/": "decision",
        "models/": "ranker",
        "experiments/": "experiment",
    }
    for room, thing in rooms.items():
        if room in route:
            route = route.replace("<int:pk>", str(world[thing]))
    for model in admin.site._registry:
        if f"admin/{model._meta.app_label}/{model._meta.model_name}/" in route:
            row = model._base_manager.first()
            assert row is not None, f"{model.__name__} needs a row for this test"
            route = route.replace("<path:object_id>", str(row.pk)).replace("<id>", str(row.pk))
    for gap, filled in (
        ("_dash/<path:path>", "_dash/_dash-layout"),
        ("narrations/<str:key>", f"narrations/{world['preview']}"),
        ("<str:key>", world["reading"]),
        ("dashboards/<str:page>", "dashboards/audience"),
        ("<path:path>", world["file"]),
        ("<str:voice>", world["voice"]),
        ("<str:token>", world["token"]),
        ("<str:set_name>/<str:name>", "noto/tent"),
        ("<str:scene>", "s1"),
        ("<str:link>", "old:link"),
        ("<int:moment>", "1"),
        ("<slug:code>/versions/<int:number>", "hate/versions/1"),
        ("<slug:code>", "hate"),
        ("<path:content_type_id>/<path:object_id>", "1/999"),
        (r"^confirm-email/(?P<key>[-:\w]+)/$", "confirm-email/abc/"),
        (r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", "password/reset/key/1-abc/"),
        ("^(?P<app_label>auth|account|axes|generation)/$", "generation/"),
        ("(?P<url>.*)$", "nowhere/"),
    ):
        route = route.replace(gap, filled)
    assert not re.search(r"[<(^$]", route), f"{route} has a gap this test cannot fill"
    query = "?scene=s1" if route.endswith(("/edit/pictures", "/edit/files")) else ""
    return f"/{route}{query}"


def status(world: dict[str, Any], who: str, method: str, path: str) -> int:
    """What ``who`` is answered; nothing the request did stays."""
    client: Client = world["client"]  # one: a new one would look through all static files
    client.cookies.clear()
    if session := world["sessions"][who]:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    cache.clear()  # counts of earlier requests
    with transaction.atomic():
        response = getattr(client, method)(path, **({"data": {"x": "1"}} if method == "post" else {}))
        transaction.set_rollback(True)
    if response.streaming:
        for close in response._resource_closers:
            close()
    return int(response.status_code)


def test_the_table_has_a_row_for_every_address_and_no_other():
    walked = set(routes())
    assert sorted(walked - set(TABLE)) == []
    assert sorted(set(TABLE) - walked) == []


@pytest.mark.parametrize("part", ["api/", "accounts/", "admin/", ""])
def test_every_address_answers_every_role_as_the_table_says(world, monkeypatch, tmp_path, part):
    sample = tmp_path / "voice.wav"
    sample.write_bytes(b"RIFF")
    monkeypatch.setattr("generation.web.views.create.voice_preview", lambda voice: sample)  # spoken elsewhere
    parts = ("api/", "accounts/", "admin/")
    wrong = []
    for route, methods in TABLE.items():
        if (part and route.startswith(part)) or (not part and not route.startswith(parts)):
            for method, expected in methods.items():
                path = address(route, world)
                found = tuple(status(world, who, method, path) for who in WHO)
                if found != expected:
                    wrong.append(f"{method.upper()} {route}: {found}, the table says {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ["jobs", "videos", "upload"])
def test_an_object_that_never_was_looks_like_somebody_elses(world, room):
    for prefix in ("", "api/v1/"):
        name = f"{room}s" if prefix and room == "upload" else room
        for who in ("owner", "administrator"):
            assert status(world, who, "get", f"/{prefix}{name}/987654/") == 404


def test_a_media_path_cannot_leave_the_media_folder(world):
    for path in ("../platform.sqlite3", "..%2f..%2fetc/passwd", "videos/../../secret_key", "videos"):
        assert status(world, "administrator", "get", f"/media/{path}") == 404
