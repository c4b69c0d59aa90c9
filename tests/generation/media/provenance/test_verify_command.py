"""``manage.py verify FILE``: JSON, and an exit status that a script can use."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from generation.media import provenance
from generation.media.layers import Layer, Placement, SceneLayers
from generation.media.rendering import EncoderSettings, Sidecar, render_scenes
from generation.media.scenes import ai_label_layers
from tests.generation.media.rendering.small_films import film

SIZE, SECONDS = (360, 360), 4.0


def labelled(folder: Path) -> Path:
    square = Layer(np.full((40, 40, 4), 200, np.uint8), lambda t: Placement(40 + 60 * t, 200), "square")
    ground = np.full((SIZE[1], SIZE[0], 3), (240, 200, 90), np.uint8)
    render_scenes(
        [SceneLayers(SECONDS, ground, "ground", (square,))],
        size=SIZE,
        fps=30,
        output=folder / "film.mp4",
        cache_dir=folder / "kept",
        overlays=ai_label_layers("en", size=SIZE, total_seconds=SECONDS),
        settings=EncoderSettings(preset="ultrafast", crf=24),
        sidecar=Sidecar(tags={"AIGC": provenance.aigc_field(producer="studio", produce_id="p1")}),
    )
    provenance.sign(
        folder / "film.mp4",
        folder / "signed.mp4",
        identity=provenance.signing_identity(folder / "c2pa"),
        title="t",
        generator_version="1",
        kind="generated",
    )
    return folder / "signed.mp4"


def test_a_file_with_all_three_labels_ends_with_status_zero(tmp_path: Path) -> None:
    out = StringIO()
    call_command("verify", str(labelled(tmp_path)), stdout=out)
    answer = json.loads(out.getvalue())
    assert set(answer) == {"visible", "aigc", "c2pa"} and provenance.all_there(answer)
    assert answer["visible"]["language"] == "en"


def test_a_file_that_lacks_a_label_ends_with_status_one_and_says_which(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", str(film(tmp_path / "foreign.mp4")), stdout=out)
    assert ended.value.code == 1
    answer = json.loads(out.getvalue())
    assert not answer["visible"]["found"] and not answer["aigc"]["present"] and not answer["c2pa"]["present"]


def test_a_file_that_is_no_video_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("#EXTM3U\nhttp://example.invalid/a.ts\n")
    with pytest.raises(CommandError, match=r"notes\.mp4 begins like none of them"):
        call_command("verify", str(tmp_path / "notes.mp4"))
    with pytest.raises(CommandError, match="no file"):
        call_command("verify", str(tmp_path / "absent.mp4"))
