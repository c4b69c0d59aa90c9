"""Random jobs through the whole pipeline: ``python -m benchmarks.two_hundred --json [--count 200] [--seed S]``.

Draws topics, lengths from 10 to 60 s, aspects, voices and languages, a quarter with a creator's own points and a quarter
from the texts in ``--texts DIR`` (``*.zh.txt`` and ``*.en.txt``, a title line first; without it that quarter has own points
too, and the report says so). Makes each as a draft on a scratch site, two processes at a time, and prints what was held, how
far lengths are off, which sentences were lost, what was misheard and what healed it. The seed is drawn and printed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.scratch_site import ROOT, ScratchSite

POINTS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("data").joinpath("two_hundred_points.json").read_text(encoding="utf-8")
)
LEAST_SECONDS, MOST_SECONDS = 10, 60
PROCESSES = 2
_LONGEST_TITLE = 80
HELD_MOST, LOST_MOST, NEAR_LEAST, NEAR_SECONDS = 0.01, 0.03, 0.95, 0.5
NARRATION_MOST = {"zh": 0.04, "en": 0.03}
LOSSES = ("sentence_left_out", "point_left_out")
_FITTING = re.compile(r"or make the video (\d+) seconds|Make the video (\d+) seconds")


@dataclass(frozen=True)
class Asked:
    """One random brief; ``kind`` is where its words are from: bank, points or text."""

    kind: str
    topic: str
    language: str
    seconds: int
    aspect: str
    voice: str
    seed: int
    points: tuple[str, ...] = ()
    text: str = ""


class Site(ScratchSite):
    """A site whose one creator may have any number of videos in the making."""

    def settings(self) -> dict[str, str]:
        one_thread = {"AIGC_RENDER_THREADS": "1", "AIGC_SPEECH_THREADS": "1", "AIGC_RECOGNITION_THREADS": "1"}
        return {**super().settings(), **one_thread, "AIGC_JOB_LIMIT": "100000"}


def drawn(count: int, seed: int, texts: dict[str, list[tuple[str, str]]]) -> list[Asked]:
    """The briefs of one run; the same for the same seed and texts."""
    from generation.bank.reading import topics
    from generation.media.speech import voices
    from generation.storyboard import ASPECTS

    rng = random.Random(seed)
    asked = []
    for number in range(count):
        language = rng.choice(("zh", "en"))
        kind = ("bank", "bank", "points", "text" if texts.get(language) else "points")[number % 4]
        points: tuple[str, ...] = ()
        text = ""
        if kind == "bank":
            topic = rng.choice(topics()).texts[language].title  # type: ignore[index]
        elif kind == "points":
            own = rng.choice(POINTS[language])
            topic, points = own["topic"], tuple(own["points"])
        else:
            topic, text = rng.choice(texts[language])
        asked.append(
            Asked(
                kind,
                topic,
                language,
                rng.randint(LEAST_SECONDS, MOST_SECONDS),
                rng.choice(ASPECTS),
                rng.choice([voice.id for voice in voices(language)]),  # type: ignore[arg-type]
                rng.randrange(1 << 31),
                points,
                text,
            )
        )
    return asked


def read_texts(folder: Path | None) -> dict[str, list[tuple[str, str]]]:
    """(title, body) of every text by language."""
    found: dict[str, list[tuple[str, str]]] = {}
    for language in ("zh", "en"):
        for place in sorted(folder.glob(f"*.{language}.txt")) if folder else ():
            title, _, body = place.read_text(encoding="utf-8").strip().partition("\n")
            found.setdefault(language, []).append((title.strip()[:_LONGEST_TITLE], body.strip()))
    return found


def request(owner: Any, asked: Asked) -> tuple[int, float]:
    """The job's number and the seconds asked for in the end: a length that the form proposes is taken, as people do."""
    from generation.errors import GenerationError
    from generation.services.jobs import job_request

    seconds = float(asked.seconds)
    for _ in range(3):
        try:
            job = job_request(
                owner=owner,
                topic=asked.topic,
                language=asked.language,
                seconds=seconds,
                aspect=asked.aspect,
                quality="draft",
                points=asked.points,
                text=asked.text,
                recipe={"voice": asked.voice},
                seed=asked.seed,
            )
        except GenerationError as error:
            proposed = getattr(error, "seconds_needed", None)
            if proposed is None:
                raise
            seconds = float(min(max(proposed, LEAST_SECONDS), MOST_SECONDS))
        else:
            return job.pk, seconds
    raise SystemExit(f"{asked.topic}: no length was right; {seconds:g} s were proposed last.")


def work(share: int) -> None:
    """One of the processes: makes every job that no other has taken."""
    import django

    django.setup()
    from generation.jobs.worker import job_take
    from generation.models import GenerationJob

    for number in GenerationJob.objects.order_by("pk").values_list("pk", flat=True):
        if number % PROCESSES == share:
            job_take(number)
            print(f"job {number} {GenerationJob.objects.get(pk=number).state}", file=sys.stderr, flush=True)


def made(number: int, asked: Asked, seconds: float) -> dict[str, Any]:
    """What became of one job."""
    from benchmarks.narration import syllables
    from generation.media.recognition import edits, units
    from generation.models import GenerationJob, Video
    from generation.script.material import points_of_creator

    job = GenerationJob.objects.get(pk=number)
    row: dict[str, Any] = {**asdict(asked), "seconds": seconds, "state": job.state, "error": job.error}
    row["repairs"] = [
        {key: repair.get(key) for key in ("check", "action", "outcome", "detail")} for repair in job.repairs
    ]
    if job.started and job.ended:
        row["made_in"] = round((job.ended - job.started).total_seconds(), 1)
    video = Video.objects.filter(job=job).first()
    if video is None:
        return row
    said = [scene["narration"] for scene in video.manifest["storyboard"]["scenes"]]
    row |= {
        "lasts": video.seconds,
        "off": round(video.seconds - seconds, 2),
        "failed": list(video.report["failed"]),
        "checks": {c["name"]: c["value"] for c in video.report["checks"] if not c["ok"]},
        "lost": [r["action"] for r in job.repairs if r["action"] in LOSSES],
    }
    whole = " ".join(said)
    row["own_lost"] = [p.full for p in points_of_creator(asked.points, asked.language) if p.full not in whole]
    heard = video.report["heard"]
    if asked.language == "zh":
        wanted = [re.sub(r"\d", "", syllable) for syllable in syllables(whole)]
        got = [re.sub(r"\d", "", syllable) for syllable in syllables(heard)]
    else:
        wanted, got = units(whole, "en"), units(heard, "en")
    row |= {"units": len(wanted), "misheard": edits(wanted, got), "said": whole, "heard": heard}
    slides = [c["ok"] for c in video.report["checks"] if c["name"].startswith("slideshow")]
    if slides:
        row["slideshow_ok"] = all(slides)
    return row


def summed(rows: Sequence[dict[str, Any]], seed: int, texts: bool) -> dict[str, Any]:
    finished = [row for row in rows if "lasts" in row]
    count = max(len(rows), 1)
    report: dict[str, Any] = {
        "seed": seed,
        "jobs": len(rows),
        "failed_jobs": [row["error"] for row in rows if row["state"] != "done"],
        "texts": "a quarter from their main points" if texts else "no texts: that quarter has own points too",
        "held": sum(bool(row["failed"]) for row in finished) / count,
        "lost_sentence": sum(bool(row["lost"]) for row in finished) / count,
        "own_points_lost": sum(len(row["own_lost"]) for row in finished),
        "within_half_second": sum(abs(row["off"]) <= NEAR_SECONDS for row in finished)
        / max(len(finished), 1),
        "failed_checks": dict(Counter(name for row in finished for name in row["failed"])),
        "repairs": dict(
            Counter(f"{r['check']}: {r['action']}: {r['outcome']}" for row in rows for r in row["repairs"])
        ),
    }
    for language in NARRATION_MOST:
        mine = [row for row in finished if row["language"] == language]
        if length := sum(row["units"] for row in mine):
            report[f"narration_error_{language}"] = sum(row["misheard"] for row in mine) / length
    judged = [row["slideshow_ok"] for row in finished if "slideshow_ok" in row]
    if judged:
        report["slideshow_within_limit"] = sum(judged) / len(judged)
    spent = [row["made_in"] for row in rows if "made_in" in row]
    report["made_in_median"] = statistics.median(spent) if spent else 0.0
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in report.items()}


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Each figure beside its goal."""
    found = {
        "jobs": Figure(report["jobs"]),
        "failed_jobs": Figure(len(report["failed_jobs"]), at_most=0),
        "held": Figure(report["held"], at_most=HELD_MOST),
        "lost_sentence": Figure(report["lost_sentence"], at_most=LOST_MOST),
        "own_points_lost": Figure(report["own_points_lost"], at_most=0),
        "within_half_second": Figure(report["within_half_second"], at_least=NEAR_LEAST),
        "made_in_median": Figure(report["made_in_median"], "s"),
    }
    for language, most in NARRATION_MOST.items():
        if f"narration_error_{language}" in report:
            found[f"narration_error_{language}"] = Figure(report[f"narration_error_{language}"], at_most=most)
    if "slideshow_within_limit" in report:
        found["slideshow_within_limit"] = Figure(report["slideshow_within_limit"], at_least=1.0)
    return found


def run(options: argparse.Namespace) -> dict[str, Any]:
    seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    folder = Path(tempfile.mkdtemp(prefix="two-hundred-"))
    try:
        site = Site(folder)
        site.enter()
        from django.contrib.auth.models import Group, User

        owner = User.objects.create_user("creator")
        owner.groups.set([Group.objects.get_or_create(name=name)[0] for name in ("viewer", "creator")])
        texts = read_texts(options.texts)
        asked = drawn(options.count, seed, texts)
        jobs = [(*request(owner, brief), brief) for brief in asked]
        began = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.two_hundred", "--share"]
        workers = [
            subprocess.Popen([*command, str(share)], cwd=ROOT, env=site.environment)
            for share in range(PROCESSES)
        ]
        for worker in workers:
            _await(worker, began + 60 * options.minutes if options.minutes else None)
        rows = [made(number, brief, seconds) for number, seconds, brief in jobs]
        left = [row for row in rows if row["state"] in ("queued", "running")]
        rows = [row for row in rows if row not in left]
        report = summed(rows, seed, bool(texts))
        report["unfinished"] = len(left)
        report["figures"] = {name: figure.to_json() for name, figure in figures(report).items()}
        report["minutes"] = round((time.monotonic() - began) / 60, 1)
        if options.rows:
            options.rows.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        return report
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _await(worker: subprocess.Popen[bytes], deadline: float | None) -> None:
    """Let the worker finish, or end it at the deadline: what it was making then counts as unfinished."""
    try:
        worker.wait(None if deadline is None else max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        worker.terminate()
        worker.wait()


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, help="drawn at run time when left out")
    parser.add_argument("--texts", type=Path, help="folder of *.zh.txt and *.en.txt")
    parser.add_argument("--minutes", type=float, help="stop then, and report the jobs that were finished")
    parser.add_argument("--rows", type=Path, help="also write what became of every job to this file")
    parser.add_argument("--keep", action="store_true", help="leave the scratch site where it is")
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.share is not None:
        work(options.share)
        return
    measured.tell(
        run(options),
        options,
        name="two_hundred",
        figures=partial(figures),
        packages=("onnxruntime", "faster-whisper", "av"),
        lines=measured.by_line,
    )


if __name__ == "__main__":
    main()
