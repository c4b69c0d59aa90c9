"""Nothing kills a job: SIGKILL at twenty moments over all stages, and one finished video is what remains."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MOMENTS = [
    "script:0",
    "script:0.4",
    "script:1",
    "voice:0",
    "voice:0.3",
    "voice:0.6",
    "voice:1",
    "music:1",
    "render:0",
    "render:0.02",
    "render:0.3",
    "render:0.6",
    "render:0.9",
    "render:1",
    "label:1",
    "check:0",
    "check:0.5",
    "check:1",
    "files",
    "row",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A database of its own with one creator, and the variables that name it."""
    folder = tmp_path_factory.mktemp("crashes")
    environment = os.environ | {
        "AIGC_VAR_DIR": str(folder / "var"),
        "AIGC_MEDIA_DIR": str(folder / "media"),
        "AIGC_JOB_LEASE": "0.6",
        "AIGC_JOB_ATTEMPTS": "99",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    (folder / "var").mkdir()
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    code = (
        "import django; django.setup()\n"
        "from tests.conftest import make_user\n"
        "from generation.services.jobs import job_request\n"
        "job = job_request(owner=make_user('cora', 'creator'), topic='露营装备清单', language='zh', seconds=10,"
        " quality='draft', seed=5)\n"
        "print(job.pk)"
    )
    setup = environment | {"DJANGO_SETTINGS_MODULE": "aigc_platform.settings"}
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=setup, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return folder, environment


def rows(folder, query):
    with sqlite3.connect(folder / "var" / "platform.sqlite3") as database:
        return database.execute(query).fetchall()


class Workers:
    """Workers of a process that has imported everything already; each is forked, takes the job and dies or ends."""

    def __init__(self, folder, environment):
        self.errors = folder / "errors.txt"
        command = [sys.executable, "-m", "tests.generation.jobs.dying_worker"]
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip

    def work(self, job, moment):
        """The exit status of a worker that took ``job`` to live until ``moment``."""
        print(job, moment, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, self.told()
        return int(answer)

    def told(self):
        return self.errors.read_text(encoding="utf-8", errors="replace")[-2000:]


@pytest.fixture
def workers(site):
    running = Workers(*site)
    yield running
    running.process.stdin.close()
    running.process.wait(30)


def lease_ends(folder, job):
    """Wait until the dead worker's lease has run out."""
    [(until,)] = rows(folder, f"SELECT lease_until FROM generation_generationjob WHERE id = {job}")
    left = datetime.fromisoformat(until).replace(tzinfo=UTC) - datetime.now(UTC)
    time.sleep(max(0.0, left.total_seconds()) + 0.02)


@pytest.mark.slow
def test_twenty_kills_over_all_stages_leave_exactly_one_finished_video(site, workers):
    folder, _ = site
    job = rows(folder, "SELECT id FROM generation_generationjob")[0][0]
    progress = 0.0
    for moment in MOMENTS:
        assert workers.work(job, moment) == -signal.SIGKILL, f"{moment}: {workers.told()}"
        state, now = rows(folder, "SELECT state, progress FROM generation_generationjob")[0]
        assert state == "running", moment
        assert now >= progress, moment
        progress = now
        assert rows(folder, "SELECT count(*) FROM generation_video") == [(0,)], moment
        lease_ends(folder, job)
    assert workers.work(job, "committed") == -signal.SIGKILL
    assert rows(folder, "SELECT state FROM generation_generationjob") == [("done",)]
    [(path, state, digest)] = rows(folder, "SELECT file, state, sha256 FROM generation_video")
    assert state in ("ready", "held")
    files = [place for place in (folder / "media" / "videos").rglob("*") if place.is_file()]
    assert sorted(place.suffix for place in files) == [".jpg", ".mp4", ".srt", ".vtt"]
    content = subprocess.run(
        ["sha256sum", folder / "media" / path], capture_output=True, text=True, check=True
    ).stdout
    assert content.split()[0] == digest
    assert workers.work(job, "never") == 0
    assert rows(folder, "SELECT count(*) FROM generation_video") == [(1,)]
