"""Screenshots of a running site for the README and for looking at every page.

``python -m benchmarks.screenshots --base http://localhost:8000 --user admin --password … --output docs/images`` writes
one PNG a page. ``--all`` takes both widths, languages and themes instead of the README's few.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    (p for p in map(Path, ("/usr/bin/chromium", "/usr/bin/chromium-browser")) if p.exists()), None
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTHS = {"phone": (390, 844), "desktop": (1280, 860)}
PAGES = {
    "feed": "/",
    "discover": "/discover/",
    "create": "/create/",
    "library": "/library/",
    "upload": "/upload/",
    "verify": "/verify/",
    "models": "/models/",
    "account": "/account/",
    "privacy": "/account/privacy/",
    "dashboards": "/dashboards/",
    "moderation": "/moderation/",
}
# the README's own: (name, page, width, language, theme)
README = [
    ("create", "create", "desktop", "zh-hans", "light"),
    ("job", "job", "phone", "en", "light"),
    ("editor", "editor", "desktop", "zh-hans", "light"),
    ("library", "library", "desktop", "en", "dark"),
    ("video", "video", "desktop", "en", "light"),
    ("feed", "feed", "phone", "zh-hans", "dark"),
    ("feed-desktop", "feed", "desktop", "en", "light"),
]


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def newest(page: Page, base: str) -> dict[str, str]:
    """Addresses of the newest job's and video's pages, when there are any."""
    found: dict[str, str] = {}
    for name, url, part in (("job", "/library/", "/jobs/"), ("video", "/library/", "/videos/")):
        page.goto(base + url)
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        mine = next((link for link in links if link.startswith(part)), None)
        if mine:
            found[name] = mine
    if "video" in found:
        page.goto(base + found["video"])
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        editor = next((link for link in links if link.endswith("/edit/")), None)
        if editor:
            found["editor"] = editor
            found.setdefault("job", editor.removesuffix("edit/"))
    return found


def shots(every: bool) -> Iterator[tuple[str, str, str, str, str]]:
    if not every:
        yield from README
        return
    for page in [*PAGES, "job", "video", "editor"]:
        for width in WIDTHS:
            for language, theme in (
                ("zh-hans", "light"),
                ("en", "dark"),
                ("zh-hans", "dark"),
                ("en", "light"),
            ):
                yield f"{page}-{width}-{language[:2]}-{theme}", page, width, language, theme


def take(
    browser: Browser, base: str, user: str, password: str, output: Path, *, every: bool, only: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, base, user, password)
    addresses = PAGES | newest(page, base)
    for name, key, width, language, theme in shots(every):
        if key not in addresses or (only and only not in name):
            continue
        page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})
        context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        page.goto(base + addresses[key], wait_until="load")
        page.wait_for_timeout(2500 if key == "feed" else 700)  # the film has begun
        page.screenshot(path=output / f"{name}.png", full_page=every and width == "desktop")
        print(output / f"{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default="http://localhost:8000")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    parser.add_argument("--all", action="store_true", help="every page, width, language and theme")
    parser.add_argument("--only", default="", help="only names that hold this")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(
            browser,
            options.base,
            options.user,
            options.password,
            options.output,
            every=options.all,
            only=options.only,
        )
        browser.close()


if __name__ == "__main__":
    main()
