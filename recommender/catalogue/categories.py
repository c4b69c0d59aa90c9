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
    "animals": Category(_("Animals"), "lion"),
    "arts": Category(_("Arts"), "artist-palette"),
    "body": Category(_("The body"), "anatomical-heart"),
    "career": Category(_("Work"), "briefcase"),
    "cars": Category(_("Cars"), "automobile"),
    "coffee_tea": Category(_("Coffee and tea"), "hot-beverage"),
    "cooking": Category(_("Cooking"), "cooking"),
    "culture": Category(_("Culture and customs"), "red-paper-lantern"),
    "earth": Category(_("Weather and Earth"), "rainbow"),
    "fitness": Category(_("Fitness"), "running-shoe"),
    "food": Category(_("Food"), "green-apple"),
    "geography": Category(_("Geography"), "world-map"),
    "health": Category(_("Health"), "stethoscope"),
    "history": Category(_("History"), "scroll"),
    "hobbies": Category(_("Hobbies and crafts"), "yarn"),
    "home": Category(_("Around the house"), "house-with-garden"),
    "language": Category(_("Language"), "speech-balloon"),
    "mind": Category(_("Mind and feelings"), "brain"),
    "money": Category(_("Money"), "coin"),
    "outdoors": Category(_("Outdoors"), "tent"),
    "parenting": Category(_("Children"), "teddy-bear"),
    "pets": Category(_("Pets"), "dog-face"),
    "photography": Category(_("Photography"), "camera"),
    "physics": Category(_("Physics and chemistry"), "atom-symbol"),
    "plants": Category(_("Plants"), "potted-plant"),
    "productivity": Category(_("Getting things done"), "check-box-with-check"),
    "relationships": Category(_("Living together"), "handshake"),
    "safety": Category(_("Safety"), "fire-extinguisher"),
    "science": Category(_("Science"), "test-tube"),
    "shopping": Category(_("Shopping"), "shopping-cart"),
    "sleep": Category(_("Sleep"), "sleeping-face"),
    "space": Category(_("Space and sea"), "ringed-planet"),
    "sports": Category(_("Sports"), "soccer-ball"),
    "study": Category(_("Study"), "books"),
    "style": Category(_("Style and care"), "dress"),
    "technology": Category(_("Technology"), "mobile-phone"),
    "travel": Category(_("Travel"), "airplane"),
}


def category_label(name: str) -> str:
    """In the reader's language; a category that is not the bank's keeps its own name."""
    known = CATEGORIES.get(name)
    return str(known.label) if known else name
