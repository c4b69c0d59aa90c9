"""Where the models come from, and the drawings themselves."""

from __future__ import annotations

import io

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image

from core.throttles import rate_take
from generation.assets import packages
from generation.media.pictures import SETS, rasterize
from generation.media.pictures.illustrations import names_in

PICTURE_PX = 256
KEEP_SECONDS = 7 * 24 * 3600


@require_safe
def models_page(request: HttpRequest) -> HttpResponse:
    rows = packages()
    return render(request, "pages/models.html", {"packages": rows, "total": sum(row.bytes for row in rows)})


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def picture(request: HttpRequest, set_name: str, name: str) -> HttpResponse:
    """One drawing as a PNG of 256 pixels; a name never changes its drawing, so it is kept for good."""
    if set_name not in SETS or name not in names_in(set_name):
        raise Http404
    key = f"picture-{PICTURE_PX}-{set_name}-{name}"
    kept = caches["drawings"]
    drawn: bytes | None = kept.get(key)
    if drawn is None:
        rate_take(request, "pictures")
        stream = io.BytesIO()
        Image.fromarray(rasterize(name, set_name, PICTURE_PX)).save(stream, "PNG")
        drawn = stream.getvalue()
        kept.set(key, drawn, KEEP_SECONDS)
    return HttpResponse(drawn, content_type="image/png")
