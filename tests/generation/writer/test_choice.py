"""Which language model writes: what may be chosen, what becomes of its key, and that settings win."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from core.sealing import SecretUnreadable, opened, sealed
from generation.errors import WriterFixed, WriterInvalid
from generation.models import WriterChoice
from generation.services.writer import (
    model_files,
    writer_choose_file,
    writer_choose_server,
    writer_forget,
    writer_use,
)
from generation.writing import KEY_PURPOSE, model_writer, site_model
from tests.generation.endpoint_server import EndpointServer

pytestmark = pytest.mark.django_db
KEY = "sk-very-secret-4711"
Choose = Callable[..., WriterChoice]


def test_without_a_choice_the_bank_writes() -> None:
    assert site_model().source == "" and not site_model().writes


def test_a_chosen_model_writes_nothing_until_it_is_said_for_what(server: EndpointServer) -> None:
    writer_choose_server(address=server.url, name="tiny")
    assert site_model().name == "tiny" and not site_model().writes
    assert writer_use(use="unanswered").writes and not site_model().writes_all
    assert writer_use(use="all").writes_all
    writer_choose_server(address=server.url, name="tiny", key=KEY)  # the same model with a key goes on
    assert site_model().writes_all
    writer_choose_server(address=server.url, name="other")  # another one has to be tried first
    assert not site_model().writes
    writer_forget()
    assert site_model().source == ""


@pytest.mark.parametrize(
    "typed",
    [
        "http://127.0.0.1:9",
        "http://127.0.0.1:9/",
        "http://127.0.0.1:9/v1/chat/completions",
        " http://127.0.0.1:9/v1 ",
    ],
)
def test_an_address_is_taken_as_people_paste_it(typed: str) -> None:
    assert writer_choose_server(address=typed, name="m").address == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": "http://169.254.169.254"}, "address"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"address": "http://8.8.8.8/v1", "key": KEY}, "address"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "m" * 201}, "name"),
        ({"key": "with space"}, "key"),
        ({"key": "with\r\nX-Header:1"}, "key"),
        ({"key": "k" * 501}, "key"),
    ],
)
def test_what_cannot_be_chosen_is_refused_with_its_field(values: dict[str, str], field: str) -> None:
    with pytest.raises(WriterInvalid) as refused:
        writer_choose_server(**{"address": "http://127.0.0.1:9/v1", "name": "m", **values})
    assert refused.value.field == field and not WriterChoice.objects.exists()


def test_a_use_needs_a_model_and_is_one_of_three() -> None:
    writer_use(use="off")
    for use in ("all", "always"):
        with pytest.raises(WriterInvalid):
            writer_use(use=use)


def test_a_key_is_kept_unreadable_and_sent_to_its_own_server_only(
    chosen: Choose, server: EndpointServer
) -> None:
    row = chosen(key=KEY)
    assert KEY not in str(WriterChoice.objects.values().get()) and KEY not in repr(vars(row))
    assert opened(row.sealed_key, purpose=KEY_PURPOSE) == KEY
    assert writer_choose_server(address=server.url, name="second").sealed_key == row.sealed_key
    elsewhere = writer_choose_server(address="http://127.0.0.1:9/v1", name="second")
    assert elsewhere.sealed_key == ""
    chosen(key=KEY)
    assert writer_choose_server(address=server.url, name="tiny", forget_key=True).sealed_key == ""


def test_a_dump_of_the_tables_holds_no_key(chosen: Choose, capsys: pytest.CaptureFixture[str]) -> None:
    chosen(key=KEY)
    call_command("dumpdata", "generation.writerchoice")
    dumped = capsys.readouterr().out
    assert "127.0.0.1" in dumped and KEY not in dumped


def test_another_secret_key_makes_a_kept_key_unreadable_and_says_so(chosen: Choose, settings: Any) -> None:
    chosen(key=KEY)
    settings.SECRET_KEY = "another secret key of the site, as after a move" * 2
    with pytest.raises(SecretUnreadable, match="Enter the key again"):
        model_writer(site_model(), calls=1)
    assert opened("", purpose=KEY_PURPOSE) == "" and sealed("", purpose=KEY_PURPOSE) == ""


def test_a_sealed_secret_opens_for_its_own_purpose_only() -> None:
    with pytest.raises(SecretUnreadable):
        opened(sealed(KEY, purpose="one"), purpose="two")


def test_settings_win_over_the_page(chosen: Choose, settings: Any, server: EndpointServer) -> None:
    chosen("all")
    settings.SCRIPT_WRITER = "script-endpoint"
    settings.SCRIPT_SCOPE = "unanswered"
    model = site_model()
    assert model.source == "settings" and model.writes and not model.writes_all
    for change in (
        lambda: writer_choose_server(address=server.url, name="m"),
        lambda: writer_use(use="off"),
        writer_forget,
    ):
        with pytest.raises(WriterFixed, match="AIGC_SCRIPT_WRITER"):
            change()


def test_the_table_holds_one_row_at_most(chosen: Choose) -> None:
    chosen()
    with pytest.raises(IntegrityError), transaction.atomic():
        WriterChoice.objects.create(pk=2, kind="endpoint", address="http://127.0.0.1/v1", name="m")
    with pytest.raises(IntegrityError), transaction.atomic():
        WriterChoice.objects.filter(pk=1).update(address="")


def test_models_of_the_models_folder_are_offered_and_nothing_beside_it(settings: Any, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    assert model_files() == []
    (tmp_path / "models" / "qwen").mkdir(parents=True)
    (tmp_path / "models" / "qwen" / "config.json").write_text("{}")
    (tmp_path / "models" / "qwen" / "model.safetensors").write_bytes(b"12345")
    (tmp_path / "models" / "small.gguf").write_bytes(b"GGUF")
    (tmp_path / "models" / "notes.txt").write_text("x")
    (tmp_path / "outside.gguf").write_bytes(b"GGUF")
    (tmp_path / "models" / "link.gguf").symlink_to(tmp_path / "outside.gguf")
    assert [(found.kind, found.name, found.bytes) for found in model_files()] == [
        ("folder", "qwen", 5),
        ("gguf", "small.gguf", 4),
    ]
    assert writer_choose_file(path=tmp_path / "models" / "small.gguf").kind == "gguf"
    assert writer_choose_file(path=tmp_path / "models" / "qwen").name == "qwen"
    for wrong in ("notes.txt", "none.gguf", "."):
        with pytest.raises(WriterInvalid):
            writer_choose_file(path=tmp_path / "models" / wrong)
