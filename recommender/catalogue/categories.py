"""What the topic bank's categories are called, and the drawing that stands for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PICTURE_SET = "fluent-emoji"


@dataclass(frozen=True)
class Category:
    label: str | Promise
    picture: str  # a name in ``PICTURE_SET``


CATEGORIES: dict[str, Category] = {
    "career": Category(_("Work"), "briefcase"),
    "coffee_tea": Category(_("Coffee and tea"), "hot-beverage"),
    "cooking": Category(_("Cooking"), "cooking"),
    "fitness": Category(_("Fitness"), "running-shoe"),
    "history": Category(_("History"), "scroll"),
    "home": Category(_("Around the house"), "house-with-garden"),
    "money": Category(_("Money"), "coin"),
    "outdoors": Category(_("Outdoors"), "tent"),
    "parenting": Category(_("Children"), "teddy-bear"),
    "pets": Category(_("Pets"), "dog-face"),
    "photography": Category(_("Photography"), "camera"),
    "plants": Category(_("Plants"), "potted-plant"),
    "productivity": Category(_("Getting things done"), "check-box-with-check"),
    "safety": Category(_("Safety"), "fire-extinguisher"),
    "science": Category(_("Science"), "test-tube"),
    "sleep": Category(_("Sleep"), "sleeping-face"),
    "space": Category(_("Space and sea"), "ringed-planet"),
    "study": Category(_("Study"), "books"),
    "technology": Category(_("Technology"), "mobile-phone"),
    "travel": Category(_("Travel"), "airplane"),
}


def category_label(name: str) -> str:
    """In the reader's language; a category that is not the bank's keeps its own name."""
    known = CATEGORIES.get(name)
    return str(known.label) if known else name
