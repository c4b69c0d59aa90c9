"""A case as its page shows it: the words first, then moments, then who made it and what was decided before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.web import text_language
from generation.models import Video
from generation.moderation.models import Appeal, Case, Decision, PolicyVersion, SecondOpinion
from generation.moderation.selectors import cases as reads
from generation.moderation.selectors.moments import marks_of, moments_of
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.web.marking import MarkedSpan, marked
from generation.moderation.web.words import detail_told, scorer_name

WHERE: dict[str, str | Promise] = {
    "title": _("Title"), "description": _("Description"), "hashtags": _("Hashtags"), "script": _("Script"),
    "transcript": _("Transcript"), "caption": _("Captions"), "comment": _("Comment"), "username": _("User name"),
    "frame": _("Picture"), "sound": _("Sound"), "hash": _("Known file"), "account": _("Account"),
    "report": _("Report"), "appeal": _("Appeal"),
}  # fmt: skip
DIGITS = "1234567890-"  # keys that choose a policy


@dataclass(frozen=True)
class Passage:
    """One text of the video: where it stands, and its segments."""

    where: str
    label: str | Promise
    segments: list[MarkedSpan]

    @property
    def hits(self) -> int:
        return sum(segment.is_marked for segment in self.segments)


def passages_of(case: Case) -> list[Passage]:
    """Every text beside the title that a moderator reads, with the found words marked; the comment, and the appeal about it, where it is about one."""
    by_where: dict[str, list[dict[str, Any]]] = {}
    for piece in case.evidence:
        by_where.setdefault(str(piece.get("where", "")), []).append(piece)
    found = []
    for where, text in _texts(case, by_where).items():
        pieces = by_where.get(where, []) + (by_where.get("caption", []) if where == "transcript" else [])
        if where == "appeal":  # what somebody says for themselves is no finding
            pieces = []
        if text.strip():
            found.append(Passage(where, WHERE.get(where, where), marked(text, pieces)))
    return found


def title_of(case: Case) -> list[MarkedSpan]:
    """The title with the found words marked; a case without one is called by its number."""
    pieces = [piece for piece in case.evidence if piece.get("where") == "title"]
    return marked(case.title, pieces) or [MarkedSpan(str(case.pk))]


def _texts(case: Case, by_where: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    if case.comment is not None:
        said = case.screening.text if case.screening else ""
        quoted = [str(piece.get("text", "")) for piece in by_where.get("comment", [])]
        return {"appeal": _appealed(by_where), "comment": said or "\n".join(quoted)}
    video = case.video
    if video is None:
        return {}
    words = reads.words_of(case)
    texts = {
        "appeal": _appealed(by_where),
        "transcript": words["transcript"],
        "script": words["script"],
        "description": video.description,
        "hashtags": " ".join(f"#{tag}" for tag in video.hashtags),
    }
    said_already = bool(words["transcript"]) and not by_where.get("script")
    if said_already or words["script"] == words["transcript"]:
        texts["script"] = ""  # said already, and nothing was found in it
    if by_where.get("username"):
        texts["username"] = video.owner.username
    return texts


def _appealed(by_where: dict[str, list[dict[str, Any]]]) -> str:
    return "\n".join(str(piece.get("text", "")) for piece in by_where.get("appeal", []))


@dataclass(frozen=True)
class PolicyOption:
    """A policy to decide by, with the key that chooses it."""

    key: str
    code: str
    title: str
    wording: str
    risk: float | None


def choices_of(case: Case) -> list[PolicyOption]:
    """Policies by digit: those the case is about come first, the riskiest at 1."""
    language = text_language()
    acting = policies_acting()
    order = sorted(acting, key=lambda code: (code != case.policy.code, -case.risks.get(code, 0.0)))
    return [
        PolicyOption(
            key, code, acting[code].title(language), acting[code].wording(language), case.risks.get(code)
        )
        for key, code in zip(DIGITS, order, strict=False)
    ]


def titles() -> dict[str, str]:
    """What policies are called in the page's language, by code."""
    language = text_language()
    return {code: version.title(language) for code, version in policies_acting().items()}


def signals_of(case: Case, names: dict[str, str]) -> list[dict[str, Any]]:
    """What each scorer said, the strongest first; those that were absent or failed are told too."""
    if case.screening is None:
        return []
    rows = [
        {
            "scorer": one["scorer"],
            "name": scorer_name(one["scorer"]),
            "policy": names.get(one["policy"], one["policy"]),
            "score": one["score"],
            "state": one["state"],
            "detail": detail_told(one.get("detail", "")),
        }
        for one in case.screening.signals
        if one["state"] != "scored" or one["score"] >= 0.05
    ]
    return sorted(rows, key=lambda row: (row["state"] != "scored", -row["score"]))


def acting_version(case: Case) -> PolicyVersion | None:
    return policies_acting().get(case.policy.code)


def visibility_shown(case: Case) -> str | Promise:
    """Who can see the video; one that only measures a moderator looks as if it still waited, as the others do."""
    if case.video is None:
        return ""
    shown = Video.Visibility.PRIVATE if case.is_hidden else case.video.visibility
    return Video.Visibility(shown).label


def decisions_before(case: Case) -> list[Decision]:
    """What this case is about where it looks at decisions again: the one appealed, or the two that differ."""
    if case.kind == Case.Kind.APPEAL:
        row = Appeal.objects.filter(review=case).select_related("decision__policy").first()
        return [row.decision] if row else []
    if case.kind == Case.Kind.ADJUDICATION:
        opinion = SecondOpinion.objects.filter(adjudication=case).first()
        both = (opinion.first_id, opinion.second_id) if opinion else ()
        found = Decision.objects.filter(pk__in=[pk for pk in both if pk])
        return list(found.select_related("policy", "moderator__moderator").order_by("created"))
    return []


def case_context(case: Case, user: User) -> dict[str, Any]:
    """Everything that the template of a case needs; the claim is not in it, for it changes."""
    names = titles()
    version = acting_version(case)
    return {
        "case": case,
        "kind": Case.Kind(reads.kind_shown(case)).label,
        "policy_title": names.get(case.policy.code, case.policy.code),
        "policy_wording": version.wording(text_language()) if version else "",
        "names": names,
        "sla": reads.sla_state(case),
        "title": title_of(case),
        "passages": passages_of(case),
        "moments": moments_of(case) if case.comment is None else [],
        "marks": marks_of(case) if case.comment is None else [],
        "choices": choices_of(case),
        "signals": signals_of(case, names),
        "shown_to": visibility_shown(case),
        "creator": reads.creator_context(case),
        "decisions": reads.decisions_of(case),
        "before": decisions_before(case),
        "notes": case.notes.select_related("author__moderator"),
        "reports": case.reports.order_by("created")[:50],
        "similar": list(reads.similar_decided(case, user)),
        "duplicates": [] if case.is_hidden else list(reads.near_duplicates(case, user)),
    }
