"""The HTTP shapes of likes, follows, comments, shares and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from generation.language.cleaning import text_cleaned
from generation.moderation.models import Report
from recommender.models import Comment, NotInterested
from recommender.social.reactions import Moment


class Words(serializers.CharField):
    """Text of people: what cannot be seen is taken out before anything is judged, so that no paste is refused for it."""

    def to_internal_value(self, data: Any) -> str:
        return text_cleaned(super().to_internal_value(data))


class MomentRequest(serializers.Serializer[Any]):
    """Where it happened; all of it may be left out."""

    event_id = serializers.UUIDField(
        required=False, help_text="Made by the client; sent twice it counts once."
    )
    session = serializers.CharField(required=False, max_length=36, allow_blank=True)
    request_id = serializers.UUIDField(required=False, help_text="Of the served page.")
    position = serializers.IntegerField(required=False, min_value=0, max_value=32_767)

    def moment(self, at: datetime | None = None) -> Moment:
        names = ("event_id", "session", "request_id", "position")
        given = {name: self.validated_data[name] for name in names if name in self.validated_data}
        return Moment(**given, at=at)


class FollowRequest(MomentRequest):
    video = serializers.IntegerField(required=False, min_value=1, help_text="The video it happened at.")


class NotInterestedRequest(MomentRequest):
    scope = serializers.ChoiceField(NotInterested.Scope.choices, default=NotInterested.Scope.VIDEO)


class CommentRequest(MomentRequest):
    # the service cleans and judges the text, so that every way in has the same rules
    text = Words(allow_blank=True, max_length=20_000)
    parent = serializers.IntegerField(required=False, allow_null=True, min_value=1)  # type: ignore[assignment]


class ReportRequest(MomentRequest):
    reason = serializers.ChoiceField(Report.Reason.choices)
    text = Words(required=False, allow_blank=True, default="", max_length=20_000)
    comment = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    seconds = serializers.FloatField(
        required=False, allow_null=True, min_value=0, help_text="Where in the video, if it is about a moment."
    )


class LikeAnswer(serializers.Serializer[Any]):
    liked = serializers.BooleanField()
    likes = serializers.IntegerField()


class FollowAnswer(serializers.Serializer[Any]):
    following = serializers.BooleanField()
    followers = serializers.IntegerField()


class NotInterestedAnswer(serializers.Serializer[Any]):
    scope = serializers.CharField(allow_null=True, help_text="video, creator, or null")


class ShareAnswer(serializers.Serializer[Any]):
    url = serializers.CharField()
    token = serializers.CharField()


class ReportAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()


class ReplyAnswer(serializers.Serializer[Comment]):
    id = serializers.IntegerField()
    author = serializers.CharField()
    author_id = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    created = serializers.DateTimeField()
    deleted = serializers.BooleanField()
    mine = serializers.BooleanField()
    deletable = serializers.BooleanField()
    by_policy = serializers.BooleanField(help_text="Deletable by a moderator only, who names a policy.")

    def to_representation(self, instance: Comment) -> dict[str, Any]:
        """A deleted comment keeps its place and says nothing, not even who wrote it."""
        reader, author = self.context["reader"], instance.author
        gone = instance.deleted is not None or author is None
        mine = not gone and instance.author_id == reader.pk
        own = mine or (not gone and self.context["owner"])
        by_policy = not gone and not own and self.context["moderator"]
        return {
            "id": instance.pk,
            "author": "" if gone or author is None else author.get_full_name() or author.username,
            "author_id": None if gone else instance.author_id,
            "text": "" if gone else instance.text,
            "created": instance.created,
            "deleted": gone,
            "mine": mine,
            "deletable": own or by_policy,
            "by_policy": by_policy,
        }


class RemovalQuery(serializers.Serializer[Any]):
    policy = serializers.CharField(
        max_length=24, required=False, default="", help_text="Of a moderator: the code of the policy."
    )
    key = serializers.CharField(
        max_length=64, required=False, default="", help_text="Sent again with it, it is the same decision."
    )


class RemovalAnswer(serializers.Serializer[Any]):
    case = serializers.IntegerField(help_text="Of the moderator's decision: cases/ID/undo/ takes it back.")


class CommentAnswer(ReplyAnswer):
    replies = ReplyAnswer(many=True)

    def to_representation(self, instance: Comment) -> dict[str, Any]:
        # one just written was not read with its answers: it has none yet
        replies = getattr(instance, "live_replies", [])
        shown = [ReplyAnswer(reply, context=self.context).data for reply in replies]
        return {**super().to_representation(instance), "replies": shown}
