"""axe-core finds nothing serious on any page, in both themes, and no page is wider than a phone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from generation.assets import asset_path
from generation.moderation.models import Statement
from generation.moderation.screening.opening import case_open
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.services.addresses import address_link
from generation.services.tokens import token_create
from tests import factories
from tests.conftest import make_user
from tests.generation.web.pages.boards import edited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORT = {
    "passed": False,
    "checks": [
        {"name": "loudness", "ok": False, "value": -22.0, "limit": "-15 … -13", "unit": "LUFS"},
        {"name": "duration", "ok": True, "value": 15.0, "limit": "14 … 16", "unit": "s"},
    ],
}
LABELS = {
    "aigc": {
        "present": True,
        "valid": True,
        "fields": {"Label": "1", "ContentProducer": "x", "ProduceID": "y"},
    },
    "c2pa": {
        "present": True,
        "valid": False,
        "issuer": "Lumen",
        "problems": [{"code": "a", "detail": "The hash differs."}],
    },
    "visible": {"checked": True, "found": True},
}
EVIDENCE = [
    {"where": "title", "text": "露营", "policy": "hate", "score": 0.6, "shown": "露营 → …"},
    {"where": "frame", "seconds": 3.0, "policy": "sexual", "score": 0.5},
]


@lru_cache(maxsize=1)
def axe() -> str:
    return asset_path("test/axe.min.js").read_text(encoding="utf-8")


def serious(page: Page) -> list[str]:
    page.evaluate(axe())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [v for v in result["violations"] if v["impact"] in ("serious", "critical")]
    return [f"{page.url} {v['id']}: {[node['target'] for node in v['nodes']][:3]}" for v in bad]


def addresses(owner: User) -> dict[str, list[str]]:
    """A row of every kind and the pages that show them, by who looks at them."""
    script = edited(owner)
    running = factories.job(owner, state="running", progress=0.4, started=timezone.now())
    running.stages.filter(name="script").update(state="done", progress=1.0)
    running.stages.filter(name="voice").update(state="running", progress=0.5)
    failed = factories.job(
        owner, state="failed", error_code="disk_full", error="The disk is full.", ended=timezone.now()
    )
    held = factories.video(owner, state="held", report=REPORT, labels=LABELS, hashtags=["露营"])
    public = factories.video(owner, state="published", description="Two\nlines")
    factories.video(owner, deleted=timezone.now())
    factories.upload(
        owner, state="ready", file="uploads/c.mp4", seconds=8.0, width=1080, height=1920, sha256="2" * 64
    )
    factories.upload(
        owner,
        state="rejected",
        error_code="upload_empty",
        error="The file is empty. Choose a file with content.",
    )
    factories.upload(owner, state="running", progress=0.3)
    token_create(user=owner, name="laptop-" * 8, days=30)
    confirm = reverse("account-address-confirm", args=[address_link(user=owner, address="new@example.org")])
    public_pages = [
        "/",
        confirm,
        f"/videos/{public.pk}/",
        "/discover/",
        "/discover/?q=%E9%9C%B2%E8%90%A5",
        "/discover/?tab=following",
        f"/creators/{owner.pk}/",
        "/account/privacy/",
        "/verify/",
        "/models/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
    ]
    own_pages = [
        "/create/",
        "/library/",
        "/library/?tab=uploads",
        "/library/?tab=bin",
        "/upload/",
        "/account/",
        "/account/privacy/",
        "/accounts/password/change/",
    ]
    own_pages += [f"/jobs/{row.pk}/" for row in (script, running, failed)]
    own_pages += [f"/jobs/{script.pk}/edit/", f"/videos/{held.pk}/", "/no-such-page/"]
    case = case_open(video=public, kind="screening", risks={"hate": 0.6}, evidence=EVIDENCE)
    rejected = case_open(
        video=factories.video(owner, state="published"), kind="screening", risks={"fraud": 0.6}
    )
    judge = make_user("judith", "viewer", "moderator")
    case_decide(case=rejected, moderator=judge, actions=[ActionAsked("reject", "fraud", 2.0)])
    own_pages.append(f"/videos/{rejected.video_id}/")
    own_pages += ["/statements/", f"/statements/{Statement.objects.get(video=rejected.video).pk}/"]
    public_pages.append("/transparency/")
    oversight = [
        "/dashboards/",
        "/moderation/",
        "/moderation/?state=decided",
        f"/moderation/cases/{case.pk}/",
        f"/moderation/cases/{rejected.pk}/",
        "/moderation/policies/",
        "/moderation/policies/hate/",
        "/moderation/quality/",
        "/moderation/log/?verify=1",
    ]
    return {"anybody": public_pages, "creator": own_pages, "administrator": oversight}


@pytest.mark.parametrize(
    ("width", "language", "theme"), [("phone", "zh", "dark"), ("desktop", "en", "light")]
)
def test_no_page_has_a_serious_fault_or_is_too_wide(
    open_as: Any, creator: User, administrator: User, width: str, language: str, theme: str
) -> None:
    faults = []
    users = {"anybody": None, "creator": creator, "administrator": administrator}
    for who, pages in addresses(creator).items():
        page = open_as(users[who], width=width, language=language, theme=theme, bypass_csp=True)
        # A missing page and files the factories invent are no faults of the script.
        page.route("**/stills/**", lambda route: route.fulfill(status=200, body=b""))
        page.route("**/media/**", lambda route: route.fulfill(status=200, body=b""))
        for address in pages:
            if address == "/no-such-page/":
                continue
            page.goto(address)
            faults += serious(page)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                faults.append(f"{address} is {wide} px too wide")
            small = page.evaluate(
                "[...document.querySelectorAll('main button, main a.button, main .chip, main select')]"
                ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 32).map(e => e.outerHTML.slice(0, 90))"
            )
            faults += [f"{address}: too small to touch: {html}" for html in small]
    assert not faults, "\n".join(faults)
