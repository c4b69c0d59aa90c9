"""Why a video is shown, in the reader's language; the codes are what the ranking recorded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from recommender.catalogue.categories import category_label


def sentence(reason: dict[str, Any]) -> str:
    """The sentence for a recorded reason ``{code, …}``; the facts it names come from the record."""
    said = _because(reason)
    if reason.get("personalized") is False:
        return f"{said} {_('Recommendations are not personalized for you.')}"
    return said


def _because(reason: dict[str, Any]) -> str:
    code, title = reason.get("code", ""), reason.get("title", "")
    match code:
        case "because_liked":
            return _("Because you liked “{title}”.").format(title=title)
        case "because_watched":
            return _("It is like “{title}”, which you watched.").format(title=title)
        case "also_watched":
            return _("People who watched “{title}” also watched this.").format(title=title)
        case "taste":
            return _("It fits what you watched lately.")
        case "follows":
            return _("You follow {creator}.").format(creator=reason.get("creator", ""))
        case "popular_category":
            return _("Popular now in {category}.").format(category=category_label(reason.get("category", "")))
        case "popular":
            return _("Popular here now.")
        case "new" | "newest":
            return _("It is new.")
        case "new_video":
            return _("A new video that is looking for its audience.")
        case "exploring":
            return _("Something different, to get to know your taste.")
        case "unseen":
            return _("You have not seen it yet.")
    raise ValueError(f"No sentence for reason {code!r}; add one to recommender/web/reason_texts.py.")
