"""The ten channels of the demonstration; a group marks their accounts, so that they are found again."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.db.models import QuerySet

from core.roles import CREATOR, VIEWER, role_add

GROUP = "demonstration"
CHANNELS = (  # (account, name shown, language)
    ("demo-camp", "露营手记", "zh"),
    ("demo-kitchen", "厨房实验室", "zh"),
    ("demo-money", "省钱笔记", "zh"),
    ("demo-city", "城市漫步", "zh"),
    ("demo-pets", "猫狗日常", "zh"),
    ("demo-night", "深夜冷知识", "zh"),
    ("demo-habits", "Tiny Habits", "en"),
    ("demo-desk", "Desk Notes", "en"),
    ("demo-home", "Home Lab", "en"),
    ("demo-trail", "Trail Notes", "en"),
)


def group_of() -> Group:
    """What marks the demonstration's accounts."""
    return Group.objects.get_or_create(name=GROUP)[0]


def creators() -> QuerySet[User]:
    return User.objects.filter(groups__name=GROUP).order_by("pk")


def creators_made() -> list[tuple[User, str]]:
    """The ten accounts with their languages, made where they are missing; nobody can sign in to them."""
    group = group_of()
    found = []
    for account, name, language in CHANNELS:
        user, made = User.objects.get_or_create(username=account, defaults={"first_name": name})
        if made:
            user.set_unusable_password()
            user.save()
        user.groups.add(group)
        for role in (VIEWER, CREATOR):
            role_add(user=user, role=role)
        found.append((user, language))
    return found
