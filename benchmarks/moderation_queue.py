"""How long the moderation queue takes with very many open cases: ``python -m benchmarks.moderation_queue --json``.

A scratch database is filled with open cases of all policies about as many videos; a moderator who sees ten of eleven
policies asks through the whole stack of the site, but without a network: a page of the queue, the same page under one
policy, the next case claimed, a decision. Each is timed beside the same questions on a hundredth of the cases. Wall-clock
numbers of a busy machine say little, so the processor's milliseconds stand beside them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measured
from benchmarks.measured import Figure

GOAL_P95_MS = 200.0
CASES, SMALL = 100_000, 1_000
ASKED = 60  # of each kind
BATCH = 2_000


def filled(cases: int, seed: int) -> None:
    """So many open cases about as many videos, with risks and ages drawn."""
    import random

    from django.contrib.auth.models import User
    from django.utils import timezone

    from generation.models import Upload, Video
    from generation.moderation.models import Case, Policy

    rng, now = random.Random(seed), timezone.now()
    policies = list(Policy.objects.all())
    owners = [User.objects.create_user(f"creator{n}") for n in range(50)]
    piece = {"scorer": "text", "version": "1", "where": "title", "text": "words", "start": 0, "end": 5}
    for start in range(0, cases, BATCH):
        count = min(BATCH, cases - start)
        uploads = Upload.objects.bulk_create(
            Upload(owner=rng.choice(owners), kind="clip", original_name="a.mp4") for _ in range(count)
        )
        videos = Video.objects.bulk_create(
            Video(
                owner_id=upload.owner_id, upload=upload, title=f"video {upload.pk}", language="zh", aspect="9:16",
                seconds=15.0, width=360, height=640, sha256=f"{upload.pk:064x}", file=f"videos/{upload.pk}.mp4",
            )
            for upload in uploads
        )  # fmt: skip
        rows = []
        for video in videos:
            policy, risk = rng.choice(policies), rng.betavariate(2, 3)
            opened = now - rng.random() * timedelta(days=3)
            case = Case(
                video=video, creator_id=video.owner_id, policy=policy, severity=rng.randint(1, 4), risk=risk,
                risks={policy.code: risk}, evidence=[piece | {"policy": policy.code, "score": risk}] * 3,
                title=video.title, language="zh", reach=int(rng.paretovariate(1)), opened=opened,
                due=opened + timedelta(hours=24),
            )  # fmt: skip
            case.rank, case.margin = case.rank_now(), abs(risk - 0.35)  # margin_now() would ask for every one
            rows.append(case)
        Case.objects.bulk_create(rows)


def asked(cases: int, times: int) -> dict[str, list[float]]:
    """Milliseconds of each kind of question, in a site of its own; runs in a process of its own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    filled(cases, seed=1)
    from django.contrib.auth.models import User
    from django.db import connection

    from core.roles import MODERATOR, role_add

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    moderator = User.objects.create_user("mo")
    role_add(user=moderator, role=MODERATOR)
    client = Client(headers={"host": "localhost"})
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[str, list[float]] = {
        f"{name}{clock}": [] for name in ("queue", "policy", "next", "decide") for clock in ("", "_processor")
    }
    held: list[int] = []

    def timed(name: str, ask: Callable[[], Any]) -> Any:
        began, worked = time.perf_counter(), time.process_time()
        answer = ask()
        found[name].append((time.perf_counter() - began) * 1000)
        found[f"{name}_processor"].append((time.process_time() - worked) * 1000)
        if answer.status_code >= 400:
            raise RuntimeError(f"{name} answered {answer.status_code}: {answer.content[:300]!r}")
        return answer

    for number in range(times):
        timed("queue", partial(client.get, "/api/v1/cases/", {"offset": 50 * (number % 5)}))
        timed("policy", lambda: client.get("/api/v1/cases/", {"policy": "fraud"}))
        taken = timed(
            "next", lambda: client.post("/api/v1/cases/next/", {}, content_type="application/json")
        ).json()
        held.append(taken["case"]["id"])
        body = {"action": "reject", "policy": taken["case"]["policy"], "key": str(number)}
        place = f"/api/v1/cases/{held[-1]}/decisions/"
        timed("decide", partial(client.post, place, body, content_type="application/json"))
    return found


def apart(cases: int, times: int) -> dict[str, list[float]]:
    """``asked`` in a fresh process with a scratch folder."""
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "aigc_platform.settings",
            "AIGC_VAR_DIR": str(Path(folder) / "var"),
            "AIGC_MEDIA_DIR": str(Path(folder) / "media"),
            "AIGC_GOLDEN": "0",
            "AIGC_EXPOSURE_BUDGET": "1000000",
        }
        code = (
            "import json; from benchmarks.moderation_queue import asked\n"
            f"print(json.dumps(asked({cases}, {times})))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True,
            cwd=measured.ROOT,
        )  # fmt: skip
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """The part that documents quote."""
    found = {"cases": Figure(report["cases"])}
    for name, cells in report["questions"].items():
        found[f"{name}.p50"] = Figure(cells["p50_ms"], "ms")
        found[f"{name}.p95"] = Figure(cells["p95_ms"], "ms", at_most=GOAL_P95_MS)
        found[f"{name}.ratio"] = Figure(cells["ratio"])
    return found


def main() -> int:
    options = measured.parser(__doc__)
    options.add_argument("--cases", type=int, default=CASES, help="open cases (default: %(default)s)")
    options.add_argument(
        "--asked", type=int, default=ASKED, help="questions of each kind (default: %(default)s)"
    )
    chosen = options.parse_args()
    many, few = apart(chosen.cases, chosen.asked), apart(SMALL, chosen.asked)
    report: dict[str, Any] = {"cases": chosen.cases, "small": SMALL, "questions": {}}
    for name in many:
        p50, p95 = (float(np.percentile(many[name], q)) for q in (50, 95))
        ratio = p50 / float(np.percentile(few[name], 50))
        report["questions"][name] = {
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "ratio": round(ratio, 2),
        }
    report["goals_met"] = all(one.met is not False for one in figures(report).values())
    measured.tell(report, chosen, name="moderation_queue", figures=figures, packages=("django",))
    return 0


if __name__ == "__main__":
    sys.exit(main())
