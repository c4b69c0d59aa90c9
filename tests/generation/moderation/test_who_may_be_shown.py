"""Who meets a video where: the table of docs/architecture.md, walked from outside as a stranger, its creator, a moderator."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache, caches
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from generation.errors import VideoStateConflict
from generation.models import Video
from generation.selectors import videos_shown
from generation.services.videos import (
    video_delete,
    video_publish,
    video_restore,
    video_set_visibility,
    video_submitted,
    video_unpublish,
)
from recommender.models import FeedRequest, ShareLink, VideoStat, Viewer
from recommender.search.documents import video_index
from tests import factories
from tests.conftest import make_user

ROOT = Path(__file__).resolve().parents[3]
VISIBILITIES = [value for value, _ in Video.Visibility.choices]
PEOPLE = {
    "nobody": frozenset[str](),
    "creator": {"creator"},
    "creator, moderators": {"creator", "moderator"},
    "everybody": {"stranger", "creator", "moderator"},
}


def table() -> dict[str, dict[str, set[str]]]:
    """Who meets a video, by way and visibility, as the document has it."""
    section = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## Who may be shown")[1]
    lines = section.split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _, *body = rows
    return {
        row[0]: {name: set(PEOPLE[cell]) for name, cell in zip(head[1:], row[1:], strict=True)}
        for row in body
    }


# --- the ways --------------------------------------------------------------------------------------------------------
def send(client: Client, path: str, body: dict[str, Any] | None = None, *, method: str = "post") -> Any:
    call = getattr(client, method)
    headers = {"Origin": "http://testserver"}
    return call(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


def in_feed(client: Client, video: Video) -> bool:
    FeedRequest.objects.all().delete()  # what was served once is not served again
    items = client.get("/api/v1/feed/?limit=30").json()["items"]
    return video.pk in [item["video"] for item in items]


def in_search(client: Client, video: Video) -> bool:
    hits = client.get("/api/v1/search/", {"q": video.title}).json()["results"]
    on_page = client.get("/discover/", {"q": video.title}).content.decode()
    found = video.pk in [hit["video"] for hit in hits]
    # as a link only: a file lies in videos/ by its owner's number, a style sheet has a version in ?v=
    linked = re.search(rf'href="/videos/{video.pk}/|[?&;]v={video.pk}(?!\w)', on_page)
    assert found == bool(linked)
    return found


def in_discover(client: Client, video: Video) -> bool:
    shelves = [client.get("/discover/", {"tab": tab}).context["videos"] for tab in ("trending", "new")]
    found = [video.pk in [one.pk for one in shelf] for shelf in shelves]
    assert found[0] == found[1]
    return found[0]


def on_creators_page(client: Client, video: Video) -> bool:
    answer = client.get(f"/creators/{video.owner_id}/")
    return answer.status_code == 200 and video.pk in [one.pk for one in answer.context["page"].object_list]


def by_share_link(client: Client, video: Video) -> bool:
    return client.get(f"/s/{ShareLink.objects.get(video=video).token}").status_code == 302


def on_its_page(client: Client, video: Video) -> bool:
    return client.get(f"/videos/{video.pk}/").status_code == 200


def as_a_file(client: Client, video: Video) -> bool:
    return client.get(f"/media/{video.file}").status_code == 200


def by_the_api(client: Client, video: Video) -> bool:
    return client.get(f"/api/v1/videos/{video.pk}/").status_code == 200


def in_the_apis_list(client: Client, video: Video) -> bool:
    return video.pk in [one["id"] for one in client.get("/api/v1/videos/").json()["results"]]


def in_events(client: Client, video: Video) -> bool:
    now = timezone.now().isoformat()
    event = {"id": str(uuid.uuid4()), "type": "play", "video": video.pk, "client_time": now, "watch_ms": 0}
    answer = send(client, "events/", {"session": "s", "events": [event]}).json()
    assert [refused["code"] for refused in answer["rejected"]] in ([], ["video_unknown"])
    return bool(answer["accepted"])


def in_reactions(client: Client, video: Video) -> bool:
    codes = [
        send(client, f"videos/{video.pk}/like/", method="put").status_code,
        send(client, f"videos/{video.pk}/share/").status_code,
        send(client, f"videos/{video.pk}/report/", {"reason": "spam"}).status_code,
    ]
    assert codes in ([200, 200, 201], [404] * 3)
    return codes[0] == 200


def in_comments(client: Client, video: Video) -> bool:
    read = client.get(f"/api/v1/videos/{video.pk}/comments/").status_code
    if "_auth_user_id" in client.session:  # writing takes an account
        wrote = send(client, f"videos/{video.pk}/comments/", {"text": "words"}).status_code
        assert (read, wrote) in [(200, 201), (404, 404)]
    return bool(read == 200)


def publishable(client: Client, video: Video) -> bool:
    return send(client, f"videos/{video.pk}/publish/", {"override": True}).status_code == 200


WAYS: dict[str, Callable[[Client, Video], bool]] = {
    "feed": in_feed,
    "search": in_search,
    "Discover": in_discover,
    "creator's page": on_creators_page,
    "share link": by_share_link,
    "its own page": on_its_page,
    "its files": as_a_file,
    "`videos/ID/` of the API": by_the_api,
    "`videos/` of the API": in_the_apis_list,
    "events outside a served page": in_events,
    "likes, shares, reports": in_reactions,
    "comments": in_comments,
    "may be published by": publishable,
}


@pytest.fixture
def videos(media_root: Path, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Video]:
    """One published video of each creator, indexed, shared and watched, and only then given its visibility."""
    settings.FEED_REFRESH_SECONDS = 0
    monkeypatch.setattr("recommender.web.views.discover.warm", lambda: None)
    cache.clear()
    caches["limits"].clear()
    found = {}
    for number, visibility in enumerate(VISIBILITIES):
        owner = make_user(f"creator{number}", "viewer", "creator")
        video = factories.video(owner, state="published", title=f"{visibility} lantern", language="en")
        video_index(video.pk)
        ShareLink.objects.create(viewer=Viewer.objects.create(), video=video, token=f"token{number}")
        VideoStat.objects.create(video=video, heat=1.0, heat_at=timezone.now())
        found[visibility] = video_set_visibility(video=video, visibility=visibility, reason="a test")
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_video_is_met_by_whom_the_table_says(
    way: str, videos: dict[str, Video], moderator: User, client_of: Any
) -> None:
    found = {}
    for visibility, video in videos.items():
        people = {"stranger": Client(), "creator": client_of(video.owner), "moderator": client_of(moderator)}
        found[visibility] = {name for name, client in people.items() if WAYS[way](client, video)}
    assert found == table()[way]


def test_every_way_and_every_visibility_is_in_the_table() -> None:
    assert set(table()) == set(WAYS)
    assert {tuple(row) for row in table().values()} == {tuple(VISIBILITIES)}


# --- the column ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"state": "published", "published": "now", "visibility": "private"},
        {"state": "published", "published": "now", "visibility": "removed"},
        {"state": "ready", "visibility": "public"},
        {"state": "held", "visibility": "demoted"},
        {"state": "ready", "visibility": "nonsense"},
        {"state": "published", "published": "now", "visibility": "public", "deleted": "now"},
        {"state": "published", "published": None, "visibility": "public"},
    ],
)
def test_state_and_visibility_cannot_disagree_in_the_database(
    creator: User, media_root: Path, values: dict[str, Any]
) -> None:
    video = factories.video(creator)
    values = {name: timezone.now() if value == "now" else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Video.objects.filter(pk=video.pk).update(**values)


def test_a_video_moves_through_all_its_states_and_says_why(creator: User, media_root: Path) -> None:
    video = factories.video(creator)
    assert (video.visibility, video.visibility_reason) == ("private", "")
    video = video_publish(video=video)
    assert (video.visibility, video.visibility_reason) == ("public", "owner")
    assert list(videos_shown()) == [video]
    video = video_unpublish(video=video)
    assert (video.visibility, video.visibility_reason, video.state) == ("private", "owner", "ready")
    video = video_delete(video=video_publish(video=video))
    assert (video.visibility, list(videos_shown())) == ("private", [])
    with pytest.raises(VideoStateConflict, match="in the bin"):
        video_set_visibility(video=video, visibility="public", reason="a test")
    assert video_restore(video=video).visibility == "private"


def test_what_a_moderator_took_down_keeps_its_time_and_stays_down_for_its_creator(
    creator: User, media_root: Path
) -> None:
    video = video_publish(video=factories.video(creator))
    published = video.published
    video = video_set_visibility(video=video, visibility="removed", reason="policy:hate")
    assert (video.state, video.published) == ("held", published)
    for override in (False, True):
        with pytest.raises(VideoStateConflict, match="A moderator took this video down"):
            video_publish(video=video, override=override)
    video_restore(video=video_delete(video=video_unpublish(video=video)))
    video.refresh_from_db()
    assert (video.visibility, video.visibility_reason) == ("removed", "policy:hate")
    video = video_set_visibility(video=video, visibility="public", reason="appeal")
    assert (video.state, video.published) == ("published", published)


def test_the_creator_of_a_removed_video_is_told_on_its_page(
    creator: User, media_root: Path, client_of: Any
) -> None:
    video = factories.video(creator, state="published")
    video_set_visibility(video=video, visibility="removed", reason="policy:hate")
    page = client_of(creator).get(f"/videos/{video.pk}/").content.decode()
    assert "A moderator took this video down" in page
    assert "Publish anyway" not in page


def test_who_hears_of_a_submitted_video_decides_before_anybody_sees_it(
    creator: User, media_root: Path
) -> None:
    heard = []

    def hold(video: Video, **_: Any) -> None:
        heard.append(video.pk)
        video_set_visibility(video=video, visibility="private", reason="doubt")

    def fail(video: Video, **_: Any) -> None:
        raise RuntimeError("no screen")

    video = factories.video(creator)
    video_submitted.connect(hold)
    try:
        held = video_publish(video=video)
    finally:
        video_submitted.disconnect(hold)
    assert (heard, held.visibility, held.visibility_reason) == ([video.pk], "private", "doubt")
    video_submitted.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="no screen"):
            video_publish(video=video)
    finally:
        video_submitted.disconnect(fail)
    video.refresh_from_db()
    assert (video.visibility, video.state) == ("private", "ready")


def test_a_video_that_is_shown_is_not_submitted_again(creator: User, media_root: Path) -> None:
    video, heard = video_publish(video=factories.video(creator)), []

    def hear(video: Video, **_: Any) -> None:
        heard.append(video.pk)

    video_submitted.connect(hear)
    try:
        assert video_publish(video=video).published == video.published
    finally:
        video_submitted.disconnect(hear)
    assert heard == []


def test_the_newest_shown_videos_come_from_their_own_index(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has to read the condition in the statement")
    assert "USING INDEX video_newest" in videos_shown()[:30].explain()


# --- one place -------------------------------------------------------------------------------------------------------
def sources() -> list[Path]:
    rooms = ("aigc_platform", "core", "generation", "recommender")
    files = [place for room in rooms for place in (ROOT / room).rglob("*.py")]
    return [place for place in files if "migrations" not in place.parts]


def written(tree: ast.AST) -> list[int]:
    """Lines that give ``visibility`` a value: an attribute, ``setattr``, or an argument that makes or changes rows."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            lines += [node.lineno] if node.attr == "visibility" else []
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {keyword.arg for keyword in node.keywords}
            texts = {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
            makes = name != "video_set_visibility" and "visibility" in given
            if makes or (name == "setattr" and "visibility" in texts):
                lines.append(node.lineno)
        elif isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            lines += [node.lineno] if "visibility" in keys else []
    return lines


def test_nothing_but_the_service_gives_a_video_its_visibility() -> None:
    found = {place.relative_to(ROOT).as_posix(): written(ast.parse(place.read_text())) for place in sources()}
    assert {name for name, lines in found.items() if lines} == {"generation/visibility.py"}


def test_the_search_for_writers_finds_each_kind_of_them() -> None:
    for line in (
        "video.visibility = 'public'", "video.visibility, video.state = 'public', 'ready'",
        "Video.objects.update(visibility='public')", "Video(visibility='public')",
        "setattr(video, 'visibility', 'public')", "values = {'visibility': 'public'}",
    ):  # fmt: skip
        assert written(ast.parse(line)) == [1], line
    for line in ("video_set_visibility(visibility='public')", "seen = video.visibility"):
        assert written(ast.parse(line)) == [], line


def test_nobody_else_decides_by_state_who_is_shown() -> None:
    """Reading ``published`` to decide who may see a video is the rule written twice; its creator's side may tell it."""
    rule = re.compile(r"state=(Video\.State\.PUBLISHED|\"published\")|State\.PUBLISHED\b|videos?_published\(")
    allowed = {"generation/models.py", "generation/visibility.py"}
    found = {place.relative_to(ROOT).as_posix() for place in sources() if rule.search(place.read_text())}
    assert found <= allowed, found - allowed
