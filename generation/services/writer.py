"""The language model for scripts: what an administrator may choose, for what it is used, and its trials."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.endpoints import address_refusal
from core.sealing import sealed
from generation import tasks
from generation.errors import WriterFixed, WriterInvalid
from generation.models import WriterChoice, WriterTrial
from generation.script.brief import Brief
from generation.script.planner import check_allowed
from generation.script.writers import not_gguf
from generation.writing import KEY_PURPOSE, SiteModel, site_model

TRIALS_KEPT = 20
KEY_LETTERS = 500
Kind, Use = WriterChoice.Kind, WriterChoice.Use


@dataclass(frozen=True)
class ModelFile:
    """A model in AIGC_MODELS_DIR: a GGUF file, or a transformers folder (``bytes`` of its weights)."""

    kind: str
    name: str
    path: Path
    bytes: int


def model_files() -> list[ModelFile]:
    """What lies in the models folder, by name. Nothing outside it is looked at, and no link is followed out of it."""
    folder = Path(settings.MODELS_DIR)
    root = folder.resolve()
    if not root.is_dir():
        return []
    found: list[ModelFile] = []
    for place in sorted(folder.iterdir()):
        if not place.resolve().is_relative_to(root):
            continue
        if place.suffix.lower() == ".gguf" and place.is_file():
            found.append(ModelFile(Kind.GGUF, place.name, place, place.stat().st_size))
        elif (place / "config.json").is_file():
            weights = sum(file.stat().st_size for file in place.glob("*.safetensors"))
            found.append(ModelFile(Kind.FOLDER, place.name, place, weights))
    return found


def writer_choose_server(*, address: str, name: str, key: str = "", forget_key: bool = False) -> WriterChoice:
    """Choose a model at a server; it writes nothing until ``writer_use`` says for what, unless it was in use already.

    Without a ``key`` the kept one stays as long as the server does: a key is never sent to another machine than the one it
    was typed for. Raises ``WriterInvalid`` naming the field, or ``WriterFixed``.
    """
    _check_free()
    address, name, key = _whole(address), name.strip(), key.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise WriterInvalid("Name the model as the server lists it, such as qwen3:8b.", field="name")
    if len(key) > KEY_LETTERS or not (key.isascii() and key.isprintable()) or " " in key:
        raise WriterInvalid("A key is one word of plain letters and digits.", field="key")
    before = WriterChoice.objects.filter(pk=WriterChoice.ROW).first()
    same_server = (
        before is not None and before.kind == Kind.ENDPOINT and _server(before.address) == _server(address)
    )
    kept = before.sealed_key if before is not None and same_server and not forget_key else ""
    if refusal := address_refusal(address, has_key=bool(key or kept)):
        raise WriterInvalid(refusal, field="address")
    return _chosen(
        before,
        kind=Kind.ENDPOINT,
        address=address,
        name=name,
        sealed_key=sealed(key, purpose=KEY_PURPOSE) if key else kept,
    )


def writer_choose_file(*, path: Path) -> WriterChoice:
    """Choose a GGUF file or a transformers folder on this machine. Raises ``WriterInvalid`` or ``WriterFixed``."""
    _check_free()
    path = path.expanduser().absolute()
    kind = Kind.FOLDER if path.is_dir() else Kind.GGUF
    if kind == Kind.GGUF and (fault := not_gguf(path)):
        raise WriterInvalid(fault, field="path")
    if kind == Kind.FOLDER and not (path / "config.json").is_file():
        raise WriterInvalid(
            f"The folder {path.name!r} holds no transformers model: config.json is missing.", field="path"
        )
    before = WriterChoice.objects.filter(pk=WriterChoice.ROW).first()
    return _chosen(before, kind=kind, path=str(path), name=path.name)


def writer_use(*, use: str) -> SiteModel:
    """Say for which topics the chosen model writes. Raises ``WriterInvalid`` or ``WriterFixed``."""
    _check_free()
    if use not in Use.values:
        raise WriterInvalid(f"use must be one of {', '.join(Use.values)}, got {use!r}.", field="use")
    changed = WriterChoice.objects.filter(pk=WriterChoice.ROW).update(use=use, changed=timezone.now())
    if not changed and use != Use.OFF:
        raise WriterInvalid("Choose a language model first.", field="use")
    return site_model()


def writer_forget() -> None:
    """Take the choice and its key away; the topic bank writes."""
    _check_free()
    WriterChoice.objects.filter(pk=WriterChoice.ROW).delete()


def trial_request(*, topic: str, language: str, seconds: float) -> WriterTrial:
    """Let the chosen model write one script for looking at. A trial that still waits gives way to this one.

    Raises ``BriefInvalid``, ``BriefRefused`` or ``WriterInvalid``.
    """
    model = site_model()
    if not model.source:
        raise WriterInvalid("Choose a language model first.", field="use")
    brief = Brief.checked(topic=topic, language=language, seconds=seconds)
    check_allowed(brief)
    with transaction.atomic():
        WriterTrial.objects.filter(state=WriterTrial.State.QUEUED).delete()
        trial = WriterTrial.objects.create(
            writer=model.name, topic=brief.topic, language=brief.language, seconds=brief.seconds
        )
        kept = list(WriterTrial.objects.values_list("pk", flat=True)[:TRIALS_KEPT])
        WriterTrial.objects.exclude(pk__in=kept).delete()
        tasks.trial_run.delay_on_commit(trial.pk)
    return trial


def _check_free() -> None:
    if site_model().source == "settings":
        raise WriterFixed(
            f"AIGC_SCRIPT_WRITER is {settings.SCRIPT_WRITER!r}, and settings win over this choice. Unset it first."
        )


def _chosen(before: WriterChoice | None, **values: str) -> WriterChoice:
    """The row with new values. Another model than before is switched off until somebody says what it is for."""
    same = before is not None and all(
        getattr(before, name) == values.get(name, "") for name in ("kind", "address", "name", "path")
    )
    use = before.use if before is not None and same else Use.OFF
    row = WriterChoice(pk=WriterChoice.ROW, use=use, changed=timezone.now(), **values)
    row.full_clean(validate_unique=False)
    row.save()
    return row


def _whole(address: str) -> str:
    """The address up to /v1, as people paste it: without a path, with a slash, or with the whole of the call."""
    address = address.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    try:
        bare = urlsplit(address).path == ""
    except ValueError:
        return address
    return f"{address}/v1" if bare and "://" in address else address


def _server(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
