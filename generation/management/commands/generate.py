"""Make one video without the site: the same pipeline, run in this process."""

from __future__ import annotations

import shutil
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core import media_files
from core.errors import PlatformError
from core.languages import LANGUAGES
from core.roles import CREATOR, role_add
from generation import selectors
from generation.errors import TopicTooFar
from generation.jobs import worker
from generation.jobs.intake import document_text
from generation.language.hanzi import HANZI
from generation.models import GenerationJob
from generation.services.jobs import job_request
from generation.storyboard import ASPECTS


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "topic", nargs="?", default="", help='what the video is about, such as "周末露营必备清单"'
        )
        parser.add_argument(
            "--language", choices=LANGUAGES, help="default: the text's; zh when the topic has hanzi, else en"
        )
        parser.add_argument(
            "--seconds", type=float, default=15.0, help="length, 10–60 (default: %(default)s)"
        )
        parser.add_argument("--aspect", choices=ASPECTS, default=ASPECTS[0], help="default: %(default)s")
        parser.add_argument(
            "--quality", choices=("draft", "full"), default="full", help="default: %(default)s"
        )
        parser.add_argument("--seed", type=int, help="same seed, same video (default: random)")
        parser.add_argument("--voice", default="", help="a voice's name, or none")
        parser.add_argument("--mood", default="", help="mood of music and colors")
        parser.add_argument(
            "--point", action="append", default=[], help="a point of your own; may be repeated"
        )
        parser.add_argument(
            "--from",
            dest="document",
            type=Path,
            metavar="FILE",
            help="make it from the main points of a text: txt, md, srt, vtt, docx or pdf; a topic may then name it",
        )
        parser.add_argument("--output", type=Path, required=True, help="the mp4 to write")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["topic"] and options["document"] is None:
            raise CommandError("Give a topic, or a text with --from FILE.")
        text, written = _read(options["document"]) if options["document"] else ("", "")
        language = options["language"] or written or ("zh" if HANZI.search(options["topic"]) else "en")
        recipe = {name: options[name] for name in ("voice", "mood") if options[name]}
        try:
            job = job_request(
                owner=self._owner(),
                topic=options["topic"],
                language=language,
                seconds=options["seconds"],
                aspect=options["aspect"],
                quality=options["quality"],
                points=options["point"],
                text=text,
                text_name=options["document"].name if options["document"] else "",
                recipe=recipe,
                seed=options["seed"],
            )
        except TopicTooFar as error:
            raise CommandError(f"{error} Give them with --point, once for each.") from error
        except PlatformError as error:
            raise CommandError(str(error)) from error
        self._make(job)
        self._deliver(job, options["output"])

    def _owner(self) -> User:
        """The account that owns what is made from the command line; it cannot sign in."""
        owner, made = User.objects.get_or_create(username="command-line")
        if made:
            owner.set_unusable_password()
            owner.save()
            role_add(user=owner, role=CREATOR)
        return owner

    def _make(self, job: GenerationJob) -> None:
        """Work on the job here while telling how far it is; when a running site was faster, only wait for it."""
        thread = threading.Thread(target=self._take, args=(job.pk,))
        thread.start()
        shown = -1
        while True:
            thread.join(0.5)
            job.refresh_from_db()
            percent = int(job.progress * 100)
            if percent != shown:
                shown = percent
                stage = job.stages.filter(state="running").first()
                self.stdout.write(f"\r{percent:3d} %  {stage.name if stage else '':8s}", ending="")
                self.stdout.flush()
            if job.is_ended and not thread.is_alive():
                break
            time.sleep(0.01)
        self.stdout.write("")

    def _take(self, pk: int) -> None:
        try:
            worker.job_take(pk)
        finally:
            connection.close()

    def _deliver(self, job: GenerationJob, output: Path) -> None:
        if job.state != GenerationJob.State.DONE:
            raise CommandError(job.error or f"The job ended as {job.state}.")
        video = selectors.videos_for(job.owner).get(job=job)
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(media_files.absolute(video.file), output)
        seconds = (job.ended - job.started).total_seconds() if job.ended and job.started else 0.0
        self.stdout.write(
            f"{output}: {video.title} · {video.seconds:.1f} s · {video.width}×{video.height} · "
            f"{video.bytes / 1e6:.1f} MB · made in {seconds:.1f} s"
        )
        for check in video.report.get("checks", []):
            if not check["ok"]:
                self.stdout.write(f"  check {check['name']}: {check['value']} (limit {check['limit']})")


def _read(place: Path) -> tuple[str, str]:
    """(text, language) of a document, opened in the sandbox like an upload. Raises ``CommandError``."""
    if not place.is_file():
        raise CommandError(f"There is no file {place}. Check the name.")
    try:
        text, facts = document_text(place, name=place.name)
    except PlatformError as error:
        raise CommandError(str(error)) from error
    return text, facts["language"]
