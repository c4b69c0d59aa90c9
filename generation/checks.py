"""System checks that try what the platform stands on: assets in place, media folder writable."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from generation import assets


@register()
def assets_in_place(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    missing = assets.missing()
    if not missing:
        return []
    return [
        Warning(
            f"{len(missing)} models or pictures are missing, {missing[0]} first.",
            hint="Run ./run, or python -m generation.prepare.",
            id="generation.W001",
        )
    ]


@register()
def media_folder_writable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".check-"):
            return []
    except OSError as error:
        return [
            Warning(
                f"The media folder cannot be written ({error.strerror}).",
                hint="Set AIGC_MEDIA_DIR to a folder this user may write.",
                id="generation.W002",
            )
        ]
