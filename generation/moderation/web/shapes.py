"""The HTTP shapes of cases, decisions and appeals: what is asked, and rows as JSON."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.web import text_language
from generation.models import Video
from generation.moderation.models import Case, CaseNote, Decision, PolicyVersion, Statement
from generation.moderation.selectors import cases as reads
from generation.moderation.selectors.creators import is_new
from generation.moderation.services.actions import DECIDABLE, ActionAsked
from generation.moderation.services.appeals import appeal_closed
from generation.visibility import REVIEW
from generation.web.serializers import media_url

PENDING = (Video.Visibility.PRIVATE.value, REVIEW)  # how every case looks that only measures


class CaseQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(reads.STATES, default="open")
    policy = serializers.CharField(required=False, default="", max_length=24, allow_blank=True)
    kind = serializers.ChoiceField(["", *Case.Kind.values], required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(["", "zh", "en"], required=False, default="", allow_blank=True)
    mine = serializers.BooleanField(default=False)
    order = serializers.ChoiceField(reads.ORDERS, required=False, default="", allow_blank=True)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)
    offset = serializers.IntegerField(default=0, min_value=0)


class ActionRequest(serializers.Serializer[Any]):
    action = serializers.ChoiceField([str(action) for action in DECIDABLE])
    policy = serializers.CharField(required=False, default="", allow_blank=True, max_length=24)
    seconds = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=20_000)

    @staticmethod
    def asked(data: dict[str, Any]) -> ActionAsked:
        return ActionAsked(data["action"], data["policy"], data["seconds"], data["note"])


class DecisionRequest(ActionRequest):
    """One action, or several together in ``actions``."""

    action = serializers.ChoiceField([str(action) for action in DECIDABLE], required=False)
    actions = ActionRequest(many=True, required=False)
    key = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="Sent again, it is the same decision.",
    )
    revision = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="Of the video that was looked at.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "action" not in attrs and not attrs.get("actions"):
            raise serializers.ValidationError({"action": "Name an action, or several in actions."})
        return attrs

    def actions_asked(self) -> list[ActionAsked]:
        data = self.validated_data
        first = [self.asked(data)] if "action" in data else []
        return first + [self.asked(one) for one in data.get("actions", [])]


class BulkRequest(ActionRequest):
    cases = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=100)
    key = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class BulkUndoRequest(serializers.Serializer[Any]):
    batch = serializers.UUIDField()
    key = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class KeyRequest(serializers.Serializer[Any]):
    key = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class NextRequest(serializers.Serializer[Any]):
    policy = serializers.CharField(required=False, default="", allow_blank=True, max_length=24)
    language = serializers.ChoiceField(["", "zh", "en"], required=False, default="", allow_blank=True)
    severe = serializers.BooleanField(default=True)
    order = serializers.ChoiceField(reads.ORDERS, required=False, default="", allow_blank=True)


class TextRequest(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=20_000)


class EvidenceAnswer(serializers.Serializer[Any]):
    """One piece of evidence; what does not apply is left out."""

    scorer = serializers.CharField(required=False)
    version = serializers.CharField(required=False)
    policy = serializers.CharField(required=False)
    score = serializers.FloatField()
    where = serializers.CharField()
    text = serializers.CharField(required=False)
    start = serializers.IntegerField(required=False)
    end = serializers.IntegerField(required=False)
    seconds = serializers.FloatField(required=False)
    shown = serializers.CharField(required=False)
    box = serializers.ListField(child=serializers.FloatField(), required=False)


class CaseAnswer(serializers.ModelSerializer[Case]):
    """A line of the queue. ``priority`` is risk × reach × age now; ``claimed_by`` a pseudonym, only while it holds."""

    kind = serializers.SerializerMethodField()
    policy = serializers.CharField(source="policy.code")
    priority = serializers.SerializerMethodField()
    sla = serializers.SerializerMethodField()
    claimed_by = serializers.SerializerMethodField()
    claim_until = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    cover_url = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = (
            "id", "kind", "state", "policy", "severity", "risk", "risks", "priority", "reach", "reports_count", "title",
            "language", "video", "comment", "reason", "escalated", "opened", "due", "sla", "claimed_by", "claim_until",
            "mine", "outcome", "decided", "evidence", "cover_url",
        )  # fmt: skip

    def get_kind(self, case: Case) -> str:
        return reads.kind_shown(case)

    def get_priority(self, case: Case) -> float:
        return round(case.priority(timezone.now()), 6)

    def get_sla(self, case: Case) -> str:
        return reads.sla_state(case)

    def get_claimed_by(self, case: Case) -> str | None:
        return reads.pseudonym(case.claimed_by) if reads.is_claimed(case) else None

    def get_claim_until(self, case: Case) -> str | None:
        return case.claim_until.isoformat() if case.claim_until and reads.is_claimed(case) else None

    def get_mine(self, case: Case) -> bool:
        user: Any = self.context.get("user")
        return user is not None and reads.is_claimed(case) and case.claimed_by_id == user.pk

    @extend_schema_field(EvidenceAnswer(many=True))
    def get_evidence(self, case: Case) -> list[dict[str, Any]]:
        return list(case.evidence)

    def get_cover_url(self, case: Case) -> str | None:
        return media_url(self.context.get("request"), case.video.cover) if case.video else None


class DecisionAnswer(serializers.ModelSerializer[Decision]):
    policy = serializers.CharField(source="policy.code", default=None)
    moderator = serializers.SerializerMethodField()
    undone = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields = (
            "id", "case", "number", "action", "policy", "seconds", "note", "moderator", "automatic", "spent_seconds",
            "batch", "undoes", "undone", "created",
        )  # fmt: skip

    def get_moderator(self, decision: Decision) -> str:
        return reads.pseudonym(decision.moderator)

    def get_undone(self, decision: Decision) -> bool:
        return hasattr(decision, "undone_by")


class NoteAnswer(serializers.ModelSerializer[CaseNote]):
    author = serializers.SerializerMethodField()

    class Meta:
        model = CaseNote
        fields = ("id", "author", "text", "created")

    def get_author(self, note: CaseNote) -> str:
        return reads.pseudonym(note.author)


class OneCaseAnswer(CaseAnswer):
    """A case with everything that lies beside it."""

    revision = serializers.CharField()
    decisions = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    reports = serializers.SerializerMethodField()
    similar = serializers.SerializerMethodField()
    duplicates = serializers.SerializerMethodField()
    creator = serializers.SerializerMethodField()
    media = serializers.SerializerMethodField()

    class Meta(CaseAnswer.Meta):
        fields = (
            *CaseAnswer.Meta.fields, "revision", "media", "creator", "decisions", "notes", "reports", "similar",
            "duplicates",
        )  # type: ignore[assignment]  # fmt: skip

    @property
    def _reader(self) -> User:
        user: User = self.context["user"]
        return user

    @extend_schema_field(DecisionAnswer(many=True))
    def get_decisions(self, case: Case) -> Any:
        return DecisionAnswer(reads.decisions_of(case), many=True).data

    @extend_schema_field(NoteAnswer(many=True))
    def get_notes(self, case: Case) -> Any:
        return NoteAnswer(case.notes.select_related("author__moderator"), many=True).data

    def get_reports(self, case: Case) -> list[dict[str, Any]]:
        rows = case.reports.order_by("created")[:50]
        return [
            {"reason": row.reason, "text": row.text, "seconds": row.seconds, "created": row.created}
            for row in rows
        ]

    @extend_schema_field(CaseAnswer(many=True))
    def get_similar(self, case: Case) -> Any:
        return CaseAnswer(reads.similar_decided(case, self._reader), many=True, context=self.context).data

    @extend_schema_field(CaseAnswer(many=True))
    def get_duplicates(self, case: Case) -> Any:
        if case.is_hidden:
            return []
        return CaseAnswer(reads.near_duplicates(case, self._reader), many=True, context=self.context).data

    def get_creator(self, case: Case) -> dict[str, Any]:
        return reads.creator_context(case)

    def get_media(self, case: Case) -> dict[str, Any] | None:
        """Addresses of the files, and the words to read before anything is played."""
        video = case.video
        if video is None:
            return None
        request = self.context.get("request")
        return {
            "file_url": media_url(request, video.file), "cover_url": media_url(request, video.cover),
            "captions_url": media_url(request, video.captions), "seconds": video.seconds, "width": video.width,
            "height": video.height, "description": video.description, "hashtags": video.hashtags,
            "visible": PENDING[0] if case.is_hidden else video.visibility, "visible_reason": PENDING[1] if case.is_hidden else video.visibility_reason, **reads.words_of(case),
        }  # fmt: skip


class NextAnswer(serializers.Serializer[Any]):
    case = OneCaseAnswer(allow_null=True)
    following = serializers.IntegerField(
        allow_null=True, help_text="What would come next; held by nobody yet."
    )
    break_due = serializers.BooleanField(help_text="The exposure budget of this hour is spent.")


class DecidedAnswer(serializers.Serializer[Any]):
    decisions = DecisionAnswer(many=True)
    case = CaseAnswer()


class BulkAnswer(serializers.Serializer[Any]):
    batch = serializers.UUIDField()
    results = serializers.ListField(child=serializers.DictField())


class CountsAnswer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    claimed = serializers.IntegerField()
    mine = serializers.IntegerField()
    by_policy = serializers.DictField(child=serializers.IntegerField())
    exposure_seconds = serializers.FloatField()
    exposure_budget = serializers.IntegerField()
    break_due = serializers.BooleanField()


class AppealAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.CharField()
    text = serializers.CharField()
    created = serializers.DateTimeField()
    decided = serializers.DateTimeField(allow_null=True)


class StatementAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    language = serializers.CharField()
    puid = serializers.CharField()
    fields = serializers.DictField(help_text="As the DSA Transparency Database takes them.")  # type: ignore[assignment]
    created = serializers.DateTimeField()
    withdrawn = serializers.DateTimeField(allow_null=True)


class PageQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)
    offset = serializers.IntegerField(default=0, min_value=0)


class OwnStatementAnswer(StatementAnswer):
    """``is_new``: it was not read yet, or the appeal against it was answered since."""

    action = serializers.CharField(source="decision.action")
    policy = serializers.CharField(source="decision.policy.code")
    automatic = serializers.BooleanField(source="decision.automatic")
    video = serializers.IntegerField(source="video_id", allow_null=True)
    comment = serializers.IntegerField(source="decision.case.comment", allow_null=True)
    appeal = serializers.SerializerMethodField()
    may_appeal = serializers.SerializerMethodField()
    is_new = serializers.SerializerMethodField()

    @extend_schema_field(AppealAnswer(allow_null=True))
    def get_appeal(self, row: Statement) -> Any:
        appeal = getattr(row.decision, "appeal", None)
        return AppealAnswer(appeal).data if appeal else None

    def get_may_appeal(self, row: Statement) -> bool:
        return appeal_closed(row) is None

    def get_is_new(self, row: Statement) -> bool:
        return is_new(row)


class PolicyAnswer(serializers.Serializer[PolicyVersion]):
    code = serializers.CharField(source="policy.code")
    number = serializers.IntegerField()
    state = serializers.CharField()
    title = serializers.SerializerMethodField()
    wording = serializers.SerializerMethodField()
    title_en = serializers.CharField()
    title_zh = serializers.CharField()
    wording_en = serializers.CharField()
    wording_zh = serializers.CharField()
    severity = serializers.IntegerField()
    auto_approve_below = serializers.FloatField()
    hold_above = serializers.FloatField()
    reports_demote = serializers.IntegerField()
    note = serializers.CharField()
    replay = serializers.DictField()
    created = serializers.DateTimeField()
    activated = serializers.DateTimeField(allow_null=True)

    def get_title(self, row: PolicyVersion) -> str:
        return row.title(text_language())

    def get_wording(self, row: PolicyVersion) -> str:
        return row.wording(text_language())


class PolicyRequest(serializers.Serializer[Any]):
    """What a draft changes; the rest stays as it acts now."""

    title_en = serializers.CharField(required=False, max_length=80)
    title_zh = serializers.CharField(required=False, max_length=80)
    wording_en = serializers.CharField(required=False, max_length=5000)
    wording_zh = serializers.CharField(required=False, max_length=5000)
    severity = serializers.IntegerField(required=False)
    auto_approve_below = serializers.FloatField(required=False)
    hold_above = serializers.FloatField(required=False)
    reports_demote = serializers.IntegerField(required=False)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class StepRequest(serializers.Serializer[Any]):
    early = serializers.BooleanField(
        default=False, help_text="Act before enough was judged in shadow; logged."
    )


class SpanQuery(serializers.Serializer[Any]):
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class AuditQuery(serializers.Serializer[Any]):
    after = serializers.IntegerField(default=0, min_value=0)
    limit = serializers.IntegerField(default=500, min_value=1, max_value=2000)
