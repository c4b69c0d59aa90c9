"""A worker speaks one line of a script for the editor: one at a time, since it needs a core and memory."""

from __future__ import annotations

import threading

from django.conf import settings

from core.media_files import make_folder
from generation import generators
from generation.jobs.awaited import (
    PREVIEWS,
    AwaitedLease,
    check_deaths,
    claimed,
    kept_file,
    kept_files_remove,
    take_waiting,
)
from generation.media.speech import SAMPLE_RATE_HZ
from generation.media.wav import write_wav
from generation.models import NarrationPreview
from generation.selectors import previews_claimable

_turn = threading.BoundedSemaphore(1)


def previews_take() -> int:
    """Speak what waits, one line after the other; how many this thread took."""
    return take_waiting(previews_claimable, _turn, preview_take)


def preview_take(pk: int) -> bool:
    """Speak the line if it is free to take; ``False`` when another worker has it or it is gone."""
    taken = claimed(NarrationPreview, pk)
    if taken is None:
        return False
    row, owner = taken
    lease = AwaitedLease(row, owner)
    lease.work(lambda: _speak(row, lease))
    return True


def _speak(row: NarrationPreview, lease: AwaitedLease[NarrationPreview]) -> None:
    check_deaths(row)
    speech = generators.speech(settings.GENERATORS, settings.SPEECH)
    spoken = speech.synthesize(row.text, language=row.language, voice=row.voice, speed=row.speed)  # type: ignore[arg-type]
    sound = f"{PREVIEWS}/{row.key}.wav"
    place = kept_file(sound)
    make_folder(place.parent)
    try:
        write_wav(place, spoken.samples, rate_hz=SAMPLE_RATE_HZ)
        lease.update(state=NarrationPreview.State.DONE, sound=sound, lease_until=None)
    except BaseException:
        kept_files_remove(sound)
        raise
