"""What a page waits for: done by a worker, tried again where that died, and gone with its files within hours."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.errors import Busy, DiskFull
from generation import tasks
from generation.jobs import label_reading, narration_preview
from generation.jobs.awaited import DEATHS_MAX
from generation.jobs.cleanup import sweep
from generation.jobs.label_reading import readings_take
from generation.jobs.narration_preview import previews_take
from generation.models import LabelReading, NarrationPreview
from generation.services import awaited
from generation.services.awaited import reading_request
from generation.services.erasure import creations_erase
from tests import factories
from tests.generation.media.ingest.bad_files import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queued(monkeypatch, var_dir):
    sent = []
    monkeypatch.setattr(tasks.reading_run, "delay_on_commit", sent.append)
    return sent


def asked(owner=None, *, name="a.webp", content=None):
    return reading_request(
        owner=owner, file=SimpleUploadedFile(name, picture("WEBP") if content is None else content)
    )


def kept(var_dir):
    return sorted(place.name for folder in ("readings", "previews") for place in (var_dir / folder).glob("*"))


def lost(row, **values):
    """The row as a worker leaves it that was killed."""
    values = {"state": "running", "lease_owner": "gone", "attempts": 1, **values}
    type(row).objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1), **values)


def test_a_file_is_read_once_and_gone_as_soon_as_it_is(queued, var_dir):
    row = asked()
    assert queued == [row.pk] and kept(var_dir) == [f"{row.key}.webp"]
    assert (readings_take(), readings_take()) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.file, kept(var_dir)) == ("done", "", [])
    assert row.labels["aigc"]["present"] is False and not row.is_live


def test_a_file_that_cannot_be_read_says_why_and_is_gone(var_dir):
    row = asked(name="a.mp4", content=b"plain words")
    readings_take()
    row.refresh_from_db()
    assert row.state == "failed" and row.error_code and row.error and kept(var_dir) == []


def test_a_reading_whose_worker_died_is_taken_again_and_then_fails_in_words(var_dir, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.reading_run, "delay", sent.append)
    row = asked()
    lost(row)
    tasks.work_wake.run()
    assert sent == [row.pk] and readings_take() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("done", 2)
    deadly = asked()
    lost(deadly, attempts=DEATHS_MAX)
    readings_take()
    deadly.refresh_from_db()
    assert (deadly.state, deadly.error_code) == ("failed", "worker_died") and kept(var_dir) == []
    assert deadly.error == "The process that did this died 2 times. It is not tried again."


def test_a_narration_whose_worker_died_is_taken_again(creator, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.preview_run, "delay", sent.append)
    row = factories.preview(factories.job(creator))
    lost(row, attempts=DEATHS_MAX)
    tasks.work_wake.run()
    assert sent == [row.pk] and previews_take() == 1
    row.refresh_from_db()
    assert (row.state, row.error_code) == ("failed", "worker_died")


def test_no_more_are_under_way_than_have_turns(creator):
    asked(), factories.preview(factories.job(creator))
    with label_reading._turns, label_reading._turns:
        assert readings_take() == 0
    with narration_preview._turn:
        assert previews_take() == 0
    assert not LabelReading.objects.exclude(state="queued").exists()
    assert readings_take() == 1  # a turn was given back


def test_only_so_many_wait_and_nothing_is_kept_of_a_refused_one(var_dir, monkeypatch):
    monkeypatch.setattr(awaited, "READINGS_WAITING", 2)
    rows = [asked(), asked()]
    with pytest.raises(Busy):
        asked()
    assert kept(var_dir) == sorted(f"{row.key}.webp" for row in rows)


def test_a_full_disk_refuses_a_file_and_keeps_none_of_it(var_dir, monkeypatch):
    file = SimpleUploadedFile("a.webp", b"x")

    def chunks():
        yield b"x"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "chunks", chunks)
    with pytest.raises(DiskFull):
        reading_request(owner=None, file=file)
    assert kept(var_dir) == [] and not LabelReading.objects.exists()


@pytest.mark.parametrize("name", ["../../x.s/h", "a.wéb", "a." + "b" * 30, "no suffix", ".."])
def test_no_name_leads_out_of_the_folder(name, var_dir):
    file = SimpleUploadedFile("x", b"x")
    file._name = name
    row = reading_request(owner=None, file=file)
    assert row.file.startswith(f"readings/{row.key}") and row.file.removeprefix("readings/") in kept(var_dir)


def test_the_sweep_takes_what_is_old_and_what_no_row_names(creator, var_dir, media_root):
    old, held, fresh = asked(), asked(), asked()
    spoken = factories.preview(factories.job(creator), state="done", sound="previews/old.wav")
    (var_dir / "previews").mkdir()
    for place in (var_dir / "previews" / "old.wav", var_dir / "readings" / "nobodys.png"):
        place.write_bytes(b"x")
    before = timezone.now() - timedelta(hours=2)
    for row in (old, held, spoken):
        type(row).objects.filter(pk=row.pk).update(created=before)
    LabelReading.objects.filter(pk=held.pk).update(
        state="running", lease_until=timezone.now() + timedelta(seconds=30)
    )
    for place in [*(var_dir / "readings").iterdir(), *(var_dir / "previews").iterdir()]:
        if fresh.key not in place.name:
            os.utime(place, (time.time() - 7200,) * 2)
    assert sweep()["awaited"] == 5  # two rows, their two files, and one that nobody names
    assert kept(var_dir) == sorted(f"{row.key}.webp" for row in (held, fresh))
    assert set(LabelReading.objects.values_list("pk", flat=True)) == {held.pk, fresh.pk}
    assert not NarrationPreview.objects.exists()


def test_an_erased_account_leaves_no_reading_and_no_spoken_line(creator, var_dir):
    asked(creator)
    factories.preview(factories.job(creator), state="done", sound="previews/line.wav")
    (var_dir / "previews").mkdir()
    (var_dir / "previews" / "line.wav").write_bytes(b"x")
    creations_erase(owner=creator)
    assert kept(var_dir) == []
    assert not LabelReading.objects.exists() and not NarrationPreview.objects.exists()


def test_a_line_that_lost_its_row_while_it_was_spoken_leaves_no_sound(creator, var_dir, monkeypatch):
    row = factories.preview(factories.job(creator))

    class Speech:
        def synthesize(self, text, **_):
            NarrationPreview.objects.all().delete()
            return type("Spoken", (), {"samples": np.zeros(10, "float32")})

    monkeypatch.setattr("generation.generators.speech", lambda *_: Speech())
    assert previews_take() == 1 and kept(var_dir) == []
    assert not NarrationPreview.objects.filter(pk=row.pk).exists()


# --- the real thing -----------------------------------------------------------------------------------------------------
KILLED = """
import os, signal, sys
import django; django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.VAR_DIR = sys.argv[2]
from generation.jobs import label_reading
label_reading.run_sandboxed = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
label_reading.readings_take()
"""


def test_a_worker_killed_while_it_reads_leaves_a_file_that_the_next_one_reads(var_dir, settings):
    row = asked()
    database = str(settings.DATABASES["default"]["NAME"])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "aigc_platform.settings", "AIGC_JOB_LEASE": "0.1"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database, str(var_dir)],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-800:]
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("running", 1) and kept(var_dir) == [f"{row.key}.webp"]
    until = time.monotonic() + 10
    while not readings_take() and time.monotonic() < until:
        time.sleep(0.05)
    row.refresh_from_db()
    assert (row.state, row.attempts, kept(var_dir)) == ("done", 2, [])
