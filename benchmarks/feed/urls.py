"""The constant page: as many bytes as a page of the feed, through the same middleware, after the same look-up of who asks."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aigc_platform.urls import urlpatterns as site
from recommender.viewers.identity import viewer_of


class ConstantView(APIView):
    permission_classes = ()

    def get(self, request: Request) -> Response:
        viewer_of(request._request)
        return Response(answer())


@lru_cache(maxsize=1)
def answer() -> Any:
    return json.loads((Path(settings.VAR_DIR) / "constant.json").read_text(encoding="utf-8"))


urlpatterns = [*site, path("api/v1/constant/", ConstantView.as_view())]
