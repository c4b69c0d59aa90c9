"""Statements of reasons: what its creator or author reads, and what the DSA Transparency Database takes.

The names and values are those of its API (https://transparency.dsa.ec.europa.eu/page/api-documentation).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from generation.moderation.models import Appeal, Case, Decision, PolicyVersion, Statement
from generation.moderation.selectors.policies import policies_acting

Action = Decision.Action
PAGE_LANGUAGE = {"zh": "zh-hans", "en": "en"}
EEA = ("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK").split()
CATEGORIES = {
    "hate": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "sexual": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "violence": "STATEMENT_CATEGORY_VIOLENCE",
    "self_harm": "STATEMENT_CATEGORY_SELF_HARM",
    "fraud": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "copyright": "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "misleading": "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "unlabeled": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "flashing": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "minors": "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    "other": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
}
VISIBILITY = {
    Action.REJECT: "DECISION_VISIBILITY_CONTENT_REMOVED",
    Action.AGE_LIMIT: "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
    Action.BLUR: "DECISION_VISIBILITY_CONTENT_LABELLED",
    Action.DEMOTE: "DECISION_VISIBILITY_CONTENT_DEMOTED",
}
FACTS_LENGTH = 5000


def statement_make(*, decision: Decision, case: Case) -> Statement:
    """Write down why, for the creator in the video's language and for the database; once a decision."""
    assert decision.policy is not None
    language = case.language if case.language in PAGE_LANGUAGE else "en"
    version = policies_acting()[decision.policy.code]
    return Statement.objects.create(
        decision=decision,
        creator=case.creator,
        video=case.video,
        language=language,
        text=statement_text(decision, case, version, language),
        puid=str(uuid.uuid4()),
        fields={},
    )


def statement_finish(statement: Statement, case: Case) -> Statement:
    """Add the database's fields, which name the statement's own number."""
    decision = statement.decision
    assert decision.policy is not None
    version = policies_acting()[decision.policy.code]
    statement.fields = dsa_fields(statement, case, version)
    statement.save(update_fields=["fields"])
    return statement


def statement_text(decision: Decision, case: Case, version: PolicyVersion, language: str) -> str:
    """What the creator reads: what was done, by which policy, where, by whom, and what can be done about it."""
    with translation.override(PAGE_LANGUAGE[language]):
        names = {"title": case.title, "policy": version.title(language)}
        done = {
            Action.REJECT: _("“%(title)s” was taken down: %(policy)s.") % names,
            Action.AGE_LIMIT: _("“%(title)s” is shown to adults only: %(policy)s.") % names,
            Action.BLUR: _("“%(title)s” is shown behind a warning: %(policy)s.") % names,
            Action.DEMOTE: _("“%(title)s” is recommended to nobody for now: %(policy)s.") % names,
        }
        if case.comment is not None:
            done[Action.REJECT] = _("Your comment under “%(title)s” is no longer shown: %(policy)s.") % names
        lines = [done[Action(decision.action)], version.wording(language)]
        if decision.seconds is not None:
            lines.append(_("At %(seconds).1f seconds.") % {"seconds": decision.seconds})
        words = [str(piece["text"]) for piece in case.evidence if _quotable(piece, decision)][:3]
        if words:
            lines.append(_("In these words: %(words)s") % {"words": " · ".join(words)})
        lines.append(_decided_by(decision, case))
        lines.append(
            _("If you disagree, appeal within %(days)d days: another moderator looks again.")
            % {"days": settings.APPEAL_DAYS}
        )
    return "\n".join(lines)


def _decided_by(decision: Decision, case: Case) -> str:
    """Who noticed and who decided, in the language that is on."""
    if decision.automatic:
        return _("As many viewers reported it as the rule asks for; it acted by itself, and a person looks.")
    if case.kind == Case.Kind.SCREENING:
        return _("The machine noticed it and a person decided.")
    if case.kind == Case.Kind.REPORT:
        return _("Viewers reported it and a person decided.")
    return _("A person noticed it and decided.")


def _quotable(piece: dict[str, Any], decision: Decision) -> bool:
    """The creator's own words under that policy; what reporters wrote stays with us."""
    assert decision.policy is not None
    own = piece.get("where") in (
        "title",
        "description",
        "hashtags",
        "script",
        "caption",
        "transcript",
        "comment",
    )
    return own and bool(piece.get("text")) and piece.get("policy") == decision.policy.code


def dsa_fields(statement: Statement, case: Case, version: PolicyVersion) -> dict[str, Any]:
    """Exactly the fields that the database's API takes, and nothing that names a person."""
    decision = statement.decision
    assert decision.policy is not None
    code = decision.policy.code
    created = case.video.created if case.video else case.opened
    machine = case.kind == Case.Kind.SCREENING and not decision.automatic
    by_viewers = case.kind == Case.Kind.REPORT or decision.automatic
    fields: dict[str, Any] = {
        "decision_visibility": [VISIBILITY[Action(decision.action)]],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": version.title_en,
        "incompatible_content_explanation": version.wording_en[:2000],
        "incompatible_content_illegal": "No",
        "content_type": ["CONTENT_TYPE_TEXT"] if case.comment is not None else _content_types(case),
        "category": CATEGORIES.get(code, CATEGORIES["other"]),
        "content_language": statement.language.upper(),
        "territorial_scope": EEA,
        "content_date": created.date().isoformat(),
        "application_date": decision.created.date().isoformat(),
        "decision_facts": _facts(decision, case, version),
        "source_type": "SOURCE_ARTICLE_16" if by_viewers else "SOURCE_VOLUNTARY",
        "automated_detection": "Yes" if machine else "No",
        "automated_decision": _automated(decision, machine),
        "puid": statement.puid,
    }
    if fields["category"] == CATEGORIES["other"]:
        fields["category_specification"] = ["KEYWORD_OTHER"]
        fields["category_specification_other"] = version.title_en
    return fields


def _automated(decision: Decision, machine: bool) -> str:
    if decision.automatic:
        return "AUTOMATED_DECISION_FULLY"
    return "AUTOMATED_DECISION_PARTIALLY" if machine else "AUTOMATED_DECISION_NOT_AUTOMATED"


def _content_types(case: Case) -> list[str]:
    generated = case.video is not None and case.video.job_id is not None
    return ["CONTENT_TYPE_VIDEO", "CONTENT_TYPE_SYNTHETIC_MEDIA"] if generated else ["CONTENT_TYPE_VIDEO"]


def _facts(decision: Decision, case: Case, version: PolicyVersion) -> str:
    """Circumstances in plain words, without the content itself."""
    what = "A comment" if case.comment is not None else "A short video"
    if decision.automatic:
        return (
            f"{what} was reported by as many viewers as the policy “{version.title_en}” asks for, and is recommended to "
            "nobody until a moderator has looked."
        )
    found = {
        Case.Kind.SCREENING: "was noticed by automated screening",
        Case.Kind.SPOTTED: "was noticed by a moderator",
        Case.Kind.REPORT: f"was reported by {max(case.reports_count, 1)} viewer(s)",
    }.get(Case.Kind(case.kind), "was looked at again by a moderator")
    places = sorted(
        {str(piece["where"]) for piece in case.evidence if piece.get("where") not in ("", "report", None)}
    )
    where = f" Noticed in: {', '.join(places)}." if places else ""
    moment = f" At {decision.seconds:.1f} s." if decision.seconds is not None else ""
    text = (
        f"{what} {found} and restricted by a moderator under the policy “{version.title_en}”.{where}{moment}"
    )
    return text[:FACTS_LENGTH]


def statement_withdraw(decision: Decision) -> None:
    """The decision no longer stands."""
    Statement.objects.filter(decision=decision, withdrawn__isnull=True).update(withdrawn=timezone.now())


def statement_restore(decision: Decision) -> None:
    Statement.objects.filter(decision=decision).update(withdrawn=None)


def statements_read(statements: Iterable[Statement]) -> None:
    """Whom they are addressed to has seen them, and what came of the appeals; the first time counts."""
    now, decisions = timezone.now(), [row.decision_id for row in statements]
    Statement.objects.filter(decision__in=decisions, read__isnull=True).update(read=now)
    answered = Appeal.objects.filter(decision__in=decisions, decided__isnull=False, told__isnull=True)
    answered.update(told=now)
