"""Telling alerts by mail and webhook; what fails is tried again at the next beat, for a day."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

import httpx
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from analytics.models import Alert

logger = logging.getLogger(__name__)

TRIED = timedelta(days=1)
TIMEOUT_SECONDS = 10.0


def alarms_tell() -> int:
    """Send what has not been sent yet to whom the settings name; how many messages left."""
    young = Alert.objects.filter(created__gte=timezone.now() - TRIED)
    told = 0
    if settings.ALERT_MAIL:
        told += sum(_mail(alert) for alert in young.filter(mailed__isnull=True))
    if settings.ALERT_WEBHOOK:
        told += sum(_post(alert) for alert in young.filter(posted__isnull=True))
    return told


def sentence(alert: Alert) -> str:
    """What happened, for people who read neither page nor language of the site."""
    side = "above" if alert.score > 0 else "below"
    return (
        f"{alert.metric} was {alert.value:.4g} in the hour from {alert.hour:%Y-%m-%d %H:%M} UTC, {side} the usual "
        f"{alert.usual:.4g} (robust z {alert.score:+.1f})."
    )


def _mail(alert: Alert) -> bool:
    try:
        send_mail(f"[{settings.SITE_NAME['en']}] {alert.metric}", sentence(alert), None, settings.ALERT_MAIL)
    except (SMTPException, OSError):
        logger.warning("Alert %s could not be mailed; it is tried again.", alert.pk, exc_info=True)
        return False
    alert.mailed = timezone.now()
    alert.save(update_fields=["mailed"])
    return True


def _post(alert: Alert) -> bool:
    body = {
        "id": alert.pk, "metric": alert.metric, "hour": alert.hour.isoformat(), "value": alert.value,
        "usual": alert.usual, "score": alert.score, "text": sentence(alert),
    }  # fmt: skip
    try:
        httpx.post(settings.ALERT_WEBHOOK, json=body, timeout=TIMEOUT_SECONDS).raise_for_status()
    except httpx.HTTPError:
        logger.warning("Alert %s could not be posted; it is tried again.", alert.pk, exc_info=True)
        return False
    alert.posted = timezone.now()
    alert.save(update_fields=["posted"])
    return True
