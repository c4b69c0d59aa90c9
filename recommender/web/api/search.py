"""The edge of search for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.languages import LANGUAGES
from core.throttles import ScopeThrottle
from core.web import ErrorAnswer
from recommender.search import search
from recommender.search.terms import QUERY_LENGTH
from recommender.web.presenting_search import hit_answer

LIMIT_MAX = 50


class SearchRequest(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=QUERY_LENGTH)
    category = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    language = serializers.ChoiceField([*LANGUAGES, ""], required=False, default="")
    limit = serializers.IntegerField(required=False, default=24, min_value=1, max_value=LIMIT_MAX)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=10_000)


class SnippetPart(serializers.Serializer[Any]):
    text = serializers.CharField()
    marked = serializers.BooleanField()


class FoundVideo(serializers.Serializer[Any]):
    video = serializers.IntegerField()
    title = serializers.CharField()
    creator = serializers.CharField()
    creator_id = serializers.IntegerField()
    file_url = serializers.CharField()
    cover_url = serializers.CharField()
    captions_url = serializers.CharField()
    page_url = serializers.CharField()
    duration_seconds = serializers.FloatField()
    aspect = serializers.CharField()
    language = serializers.CharField()
    category = serializers.CharField()
    hashtags = serializers.ListField(child=serializers.CharField())
    ai_generated = serializers.BooleanField()
    score = serializers.FloatField()
    why = serializers.CharField(help_text="Why it was found, in the reader's language.")
    why_code = serializers.ChoiceField(["words", "translation", "meaning"])
    words = serializers.ListField(child=serializers.CharField())
    snippet = SnippetPart(many=True)


class SearchAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    results = FoundVideo(many=True)
    spelled = serializers.DictField(
        child=serializers.CharField(), help_text="What was read for words that no video holds."
    )


class SearchView(APIView):
    """Published videos by title, hashtags, narration, description and creator, in both languages, and by meaning."""

    permission_classes = ()
    throttle_classes = (ScopeThrottle,)
    throttle_scope = "search"

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description=f"At most {QUERY_LENGTH} characters."),
            OpenApiParameter("category", str),
            OpenApiParameter("language", str, enum=LANGUAGES),
            OpenApiParameter("limit", int, description=f"1–{LIMIT_MAX}; 24 if not given"),
            OpenApiParameter("offset", int),
        ],
        responses={200: SearchAnswer, 400: ErrorAnswer, 429: ErrorAnswer},
    )
    def get(self, request: Request) -> Response:
        form = SearchRequest(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = dict(form.validated_data)
        found = search(asked.pop("q"), **asked)
        results = [hit_answer(hit) for hit in found.hits]
        return Response({"count": found.count, "results": results, "spelled": found.spelled})
