"""Who may do what: five roles, kept as Django groups. An administrator has every role."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User

VIEWER, CREATOR, MODERATOR, ANALYST, ADMINISTRATOR = (
    "viewer",
    "creator",
    "moderator",
    "analyst",
    "administrator",
)
ROLES = (VIEWER, CREATOR, MODERATOR, ANALYST, ADMINISTRATOR)


def roles_of(user: AbstractBaseUser | AnonymousUser) -> frozenset[str]:
    """The user's roles; read once a request (kept on the user object)."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    kept: frozenset[str] | None = getattr(user, "_roles", None)
    if kept is None:
        names = set(user.groups.values_list("name", flat=True)) & set(ROLES)
        kept = frozenset(ROLES) if user.is_superuser or ADMINISTRATOR in names else frozenset(names)
        user._roles = kept  # type: ignore[attr-defined]
    return kept


def has_role(user: AbstractBaseUser | AnonymousUser, *wanted: str) -> bool:
    """True when the user has one of ``wanted``."""
    return bool(roles_of(user) & set(wanted))


def role_add(*, user: User, role: str) -> None:
    """Give a role; giving it twice is the same as once."""
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    user.__dict__.pop("_roles", None)
