"""What a killed process leaves behind goes with the hourly sweep; what is being received stays."""

import os
import time
from pathlib import Path

from generation.jobs.cleanup import sweep


def test_a_half_received_file_goes_after_a_day(db, media_root, var_dir, settings):
    settings.FILE_UPLOAD_TEMP_DIR = var_dir / "incoming"
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir()
    for name, hours in (("lost.upload", 25), ("current.upload", 23)):
        place = settings.FILE_UPLOAD_TEMP_DIR / name
        place.write_bytes(b"x")
        os.utime(place, (time.time() - hours * 3600,) * 2)
    assert sweep()["incoming"] == 1
    assert [place.name for place in settings.FILE_UPLOAD_TEMP_DIR.iterdir()] == ["current.upload"]
