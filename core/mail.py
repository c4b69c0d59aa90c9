"""The site's letters to one person: a text file each, in the language in which they were caused."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from core.web import text_language


def site_mail(template: str, subject: str, to: str, **context: object) -> None:
    """Send ``templates/account/mail/TEMPLATE.txt`` to one address. Raises ``OSError`` where the mail server does."""
    site = settings.SITE_NAME[text_language()]
    text = render_to_string(f"account/mail/{template}.txt", {**context, "site": site})
    send_mail(f"[{site}] {subject}", text, None, [to])
