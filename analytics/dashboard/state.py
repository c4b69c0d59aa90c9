"""Which page is looked at, by whom, over what: everything is in the address, so a link brings it back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ObjectDoesNotExist

from analytics.dashboard.figures.style import Style
from analytics.errors import DashboardRefused, DashboardUnknown
from analytics.selectors.scope import PERIODS, Scope, creator_watched, scope_of, sees_all, video_watched
from core.languages import LANGUAGES

FOR_ANALYSTS = ("overview", "audience", "feed", "experiments", "generators", "quality")
ADDRESS = re.compile(r"^/dashboards/(?:(?P<page>[a-z]+)/)?(?:(?P<pk>[0-9]{1,18})/)?$")
PLURALS = {"creators": "creator", "videos": "video"}


@dataclass(frozen=True)
class View:
    """A page as somebody looks at it."""

    page: str
    user: User | AnonymousUser
    pk: int | None = None
    days: int = 28
    compare: bool = True
    category: str = ""
    language: str = ""
    theme: str = "light"

    @property
    def style(self) -> Style:
        return Style(self.theme)

    @property
    def scope(self) -> Scope:
        """The viewings that the page is about."""
        narrowed: dict[str, Any] = {"category": self.category, "language": self.language}
        if self.page == "video":
            narrowed = {"video": self.pk}
        elif self.page == "creator":
            narrowed |= {"owner": self.pk}
        return scope_of(self.days, **narrowed)

    @property
    def address(self) -> str:
        """The page's path with its state."""
        return f"{path_of(self.page, self.pk)}?{self.query}"

    @property
    def query(self) -> str:
        said = {"days": self.days, "category": self.category, "language": self.language}
        query = {name: value for name, value in said.items() if value}
        return urlencode(query | ({} if self.compare else {"compare": "no"}))

    def over(self, days: int) -> View:
        return replace(self, days=days)


def path_of(page: str, pk: int | None = None) -> str:
    if page == "overview":
        return "/dashboards/"
    return f"/dashboards/{page}s/{pk}/" if page in PLURALS.values() else f"/dashboards/{page}/"


def view_of(user: User | AnonymousUser, path: str, search: str, *, theme: str = "light") -> View:
    """The page at an address, for this user. Unknown words of the query fall back to what the page begins with.

    Raises ``DashboardUnknown`` for no such page or object, also one that the user may not see, and ``DashboardRefused``
    for a page that is for analysts.
    """
    found = ADDRESS.match(path)
    name = (found["page"] or "overview") if found else ""
    page, pk = PLURALS.get(name, name), int(found["pk"]) if found and found["pk"] else None
    known = pk is not None if page in PLURALS.values() else pk is None and page in FOR_ANALYSTS
    if not known or name in PLURALS.values():
        raise DashboardUnknown(f"There is no dashboard at {path[:80]!r}. The menu of the page lists them.")
    may_see(user, page, pk)
    query = {key: values[0] for key, values in parse_qs(search.removeprefix("?")).items()}
    days = query.get("days", "")
    return View(
        page=page,
        user=user,
        pk=pk,
        days=int(days) if days in map(str, PERIODS) else 28,
        compare=query.get("compare") != "no",
        category=query.get("category", "")[:40],
        language=query.get("language", "") if query.get("language") in LANGUAGES else "",
        theme=theme,
    )


def may_see(user: User | AnonymousUser, page: str, pk: int | None) -> None:
    """Analysts see every page; a creator their own videos and sums. Raises as ``view_of``."""
    if page in FOR_ANALYSTS and not sees_all(user):
        raise DashboardRefused(
            f"The dashboard {page!r} is for analysts. Your own numbers are at /dashboards/creators/."
        )
    try:
        if page == "video" and pk is not None:
            video_watched(user, pk)
        elif page == "creator" and pk is not None:
            creator_watched(user, pk)
    except ObjectDoesNotExist as error:
        raise DashboardUnknown(f"There is no {page} {pk} whose numbers are yours to see.") from error
