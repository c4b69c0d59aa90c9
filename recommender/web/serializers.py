"""The HTTP shapes of events and feed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class EventBatch(serializers.Serializer[Any]):
    session = serializers.CharField(max_length=36, help_text="Made by the client, one a sitting.")
    sent = serializers.DateTimeField(
        required=False, help_text="The client's clock when it sent the batch; corrects its error."
    )
    events = serializers.ListField(
        child=serializers.JSONField(),
        help_text="Up to 200 of {id, type, video, request_id?, position?, client_time, watch_ms?, detail?}.",
    )


class RejectedEvent(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class EventReceipt(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = RejectedEvent(many=True)


class FeedItem(serializers.Serializer[Any]):
    video = serializers.IntegerField()
    position = serializers.IntegerField()
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
    likes = serializers.IntegerField()
    comments = serializers.IntegerField()
    liked = serializers.BooleanField()
    following = serializers.BooleanField()
    reason = serializers.CharField(help_text="The true reason, in the reader's language.")
    reason_code = serializers.CharField()


class FeedAnswer(serializers.Serializer[Any]):
    request_id = serializers.UUIDField()
    personalized = serializers.BooleanField()
    items = FeedItem(many=True)
