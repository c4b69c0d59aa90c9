"""The language model for scripts: find the servers of this machine, choose one, try it, say what it writes.

Without options it lists what runs here and what is chosen.
"""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.jobs.writer_trial import trial_take
from generation.language.hanzi import HANZI
from generation.models import WriterChoice, WriterTrial
from generation.script.servers import servers_found
from generation.services.writer import (
    model_files,
    trial_request,
    writer_choose_file,
    writer_choose_server,
    writer_use,
)
from generation.writing import site_model


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        place = parser.add_mutually_exclusive_group()
        place.add_argument(
            "--address", help="a server of the OpenAI chat protocol, such as http://127.0.0.1:11434/v1"
        )
        place.add_argument(
            "--gguf", type=Path, help="a GGUF file that runs on this machine (requirements-gguf.txt)"
        )
        place.add_argument("--folder", type=Path, help="a transformers folder that runs on this machine")
        parser.add_argument("--model", help="the model's name at the server (default: the only one it lists)")
        parser.add_argument(
            "--key-from-env", metavar="NAME", help="environment variable that holds the server's key"
        )
        parser.add_argument(
            "--try", dest="topic", metavar="TOPIC", help="let it write one script and show it"
        )
        parser.add_argument(
            "--language", choices=LANGUAGES, help="of the trial; default: zh when the topic has hanzi"
        )
        parser.add_argument(
            "--seconds", type=float, default=20.0, help="of the trial, 10–60 (default: %(default)s)"
        )
        parser.add_argument("--use", choices=WriterChoice.Use.values, help="for which topics it writes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chose = self._choose(options)
            if options["topic"]:
                self._try(options)
            if options["use"]:
                writer_use(use=options["use"])
        except PlatformError as error:
            raise CommandError(str(error)) from error
        if not (chose or options["topic"] or options["use"]):
            self._list()
        self._state()

    def _choose(self, options: dict[str, Any]) -> bool:
        if path := options["gguf"] or options["folder"]:
            writer_choose_file(path=path)
            return True
        if not options["address"]:
            if options["model"] or options["key_from_env"]:
                raise CommandError("--model and --key-from-env belong to a server: give its --address too.")
            return False
        key = ""
        if name := options["key_from_env"]:
            key = os.environ.get(name, "")
            if not key:
                raise CommandError(f"The environment variable {name} is not set or empty.")
        writer_choose_server(
            address=options["address"], name=options["model"] or self._only_model(options["address"]), key=key
        )
        return True

    def _only_model(self, address: str) -> str:
        """The one model of a server of this machine, so that nobody has to type its name."""
        known = next((s for s in servers_found() if s.address == address.rstrip("/")), None)
        if known is None or len(known.models) != 1:
            listed = f" It lists {', '.join(known.models)}." if known else ""
            raise CommandError(f"Name the model with --model.{listed}")
        return known.models[0]

    def _list(self) -> None:
        found = servers_found()
        for server in found:
            self.stdout.write(f"{server.product} at {server.address}")
            for name in server.models:
                self.stdout.write(f"  {name}")
        for file in model_files():
            self.stdout.write(f"{file.path} ({file.kind}, {file.bytes / 1e6:.0f} MB)")
        if not found:
            self.stdout.write("No language model server answers on this machine.")

    def _try(self, options: dict[str, Any]) -> None:
        language = options["language"] or ("zh" if HANZI.search(options["topic"]) else "en")
        trial = trial_request(topic=options["topic"], language=language, seconds=options["seconds"])
        self.stdout.write(f"{trial.writer} writes about “{trial.topic}” …")
        if not trial_take(trial.pk):  # a worker of the site was faster
            self._wait(trial)
        trial.refresh_from_db()
        if trial.state != WriterTrial.State.DONE:
            raise CommandError(trial.error)
        self._show(trial)

    def _wait(self, trial: WriterTrial) -> None:
        while trial.state in (WriterTrial.State.QUEUED, WriterTrial.State.RUNNING):
            time.sleep(0.5)
            connection.close_if_unusable_or_obsolete()
            trial.refresh_from_db()

    def _show(self, trial: WriterTrial) -> None:
        result = trial.result
        self.stdout.write(f"\n{result['titles'][0]}")
        for number, scene in enumerate(result["scenes"], 1):
            self.stdout.write(f"  {number}. {scene['line']}: {scene['narration']}")
            if scene["check"]:
                self.stdout.write(f"     check this: {', '.join(scene['check'])}")
        passed = ", ".join(
            f"{check['name']} {'ok' if check['passed'] else 'fails'}" for check in result["checks"]
        )
        self.stdout.write(f"{passed}; written in {result['took_seconds']} s\n")

    def _state(self) -> None:
        model = site_model()
        if model.source == "settings":
            self.stdout.write(f"AIGC_SCRIPT_WRITER names {model.name}; it writes: {model.use}.")
        elif model.source:
            self.stdout.write(f"Chosen: {model.name}; it writes: {model.use} (--use off|unanswered|all).")
        else:
            self.stdout.write(
                "The topic bank writes every script. Choose a model with --address, --gguf or --folder."
            )
