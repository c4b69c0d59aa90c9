"""A supervisor over services that only sleep: ``python -m tests.aigc_platform.dummy_services FOLDER``.

Each service writes its process id and that of a child to FOLDER; ``deaf`` ignores SIGTERM.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aigc_platform import supervisor

CODE = """
import os, signal, subprocess, sys, time
from pathlib import Path
if {deaf}: signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "60"])
place = Path({folder!r}) / "{name}"
place.with_suffix(".new").write_text(f"{{os.getpid()}} {{child.pid}}")
place.with_suffix(".new").rename(place)
time.sleep(60)
"""


def service(name: str, folder: Path, *, deaf: bool) -> supervisor.Service:
    code = CODE.format(name=name, folder=str(folder), deaf=deaf)
    made = supervisor.Service(name, [sys.executable, "-c", code])
    made.pause = 0.05
    return made


if __name__ == "__main__":
    place = Path(sys.argv[1])
    supervisor.STOP_SECONDS = 1.0
    sys.exit(
        supervisor.run([service("polite", place, deaf=False), service("deaf", place, deaf=True)], port=1)
    )
