"""``python -m generation.script``: one JSON line a brief, each as soon as it is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.generation.documents.texts import POTATO, TEA

COMMAND = [sys.executable, "-m", "generation.script"]
POINTS = [
    "We feed the starter at four every morning.",
    "The dough rests for eighteen hours.",
    "The oven is heated with beech wood.",
]


def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=settings.BASE_DIR, text=True, encoding="utf-8", capture_output=True, timeout=120
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def brief(topic: str, **values: Any) -> dict[str, Any]:
    return {"topic": topic, "language": "en", "seconds": 15, "seed": 1, **values}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], list[Any]]:
    """What becomes of a file with good and bad lines."""
    lines: list[bytes | dict[str, Any]] = [
        {"topic": "露营装备", "language": "zh", "seconds": 30, "seed": 3},
        b"nonsense",
        {"topic": "no language", "seconds": 15, "seed": 1},
        b"",
        brief("quantum chromodynamics on a lattice"),
        brief("our bakery's sourdough", points=POINTS),
        brief("an article", text=POTATO, seconds=20),
        brief("too long", seconds=90),
        brief("text for a number", seconds="15"),
        brief("points as a text", points="one. two."),
        brief("a \ud800 letter alone", seed=True),
        b'{"topic": "\xff"}',
        b"[1, 2]",
        b"[" * 100_000,
        brief("what to pack for camping"),
        {"language": "zh", "seconds": 20, "seed": 1, "text": TEA},
        brief("in another language", text=TEA),
        brief("hardly a text", text="Bread is old."),
    ]
    place = tmp_path_factory.mktemp("briefs") / "briefs.jsonl"
    told = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    place.write_bytes(b"\xef\xbb\xbf" + b"\n".join(told) + b"\n")
    done = asked("--file", str(place))
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_in_its_place_and_the_status_counts_the_refused(answers: Any) -> None:
    done, told = answers
    assert [answer["state"] for answer in told] == (
        ["written", "refused", "refused", "asked", "written", "written"]
        + ["refused"] * 7
        + ["written", "written", "refused", "refused"]
    )
    assert done.returncode == 11
    assert "11 of 17 briefs refused." in done.stderr


def test_a_script_has_all_that_a_reader_needs(answers: Any) -> None:
    first = answers[1][0]
    assert (first["topic"], first["source"], "code" in first) == ("露营装备", "bank", False)
    script = first["script"]
    assert set(script) == {"title", "hook_kind", "scenes", "hashtags"}
    scenes = script["scenes"]
    assert 3 <= len(scenes) <= 10
    assert all(set(s) == {"line", "narration", "layout", "number", "picture_words"} for s in scenes)
    numbers = [scene["number"] for scene in scenes if scene["number"] is not None]
    assert numbers == list(range(1, len(numbers) + 1)) and numbers
    assert scenes[0]["layout"] == "hero" and scenes[0]["number"] is None
    assert first["nearest"][0]["id"] == "camping-gear-checklist"
    assert len(first["nearest"]) == 3
    assert all(set(match) == {"id", "title", "similarity"} for match in first["nearest"])
    similarities = [match["similarity"] for match in first["nearest"]]
    assert (
        similarities == sorted(similarities, reverse=True) and 0 <= similarities[-1] <= similarities[0] <= 1
    )


def test_a_far_topic_is_asked_back_and_own_points_are_told_as_such(answers: Any) -> None:
    _, _, _, far, own, *_ = answers[1]
    assert (far["code"], far["source"], "script" in far) == ("points_needed", "bank", False)
    assert far["nearest"][0]["title"] in far["detail"]
    assert (own["source"], own["state"]) == ("points", "written")
    said = " ".join(scene["narration"] for scene in own["script"]["scenes"])
    assert "four every morning" in said


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        (1, "brief_unreadable", "Line 2 is not JSON: Expecting value at character 1."),
        (2, "brief_invalid", "Line 3 lacks language. Add it."),
        (6, "brief_invalid", "seconds must be between 10 and 60, got 90."),
        (7, "brief_invalid", "Line 9: seconds must be a number."),
        (8, "brief_invalid", "points must be a list of sentences."),
        (9, "brief_invalid", "seed must be a whole number."),
        (10, "brief_unreadable", "Line 12 is not written in UTF-8."),
        (11, "brief_unreadable", "Line 13 is not an object"),
        (12, "brief_unreadable", "Line 14 is nested too deeply."),
        (15, "text_language_differs", "This text is Chinese, and the video was to be English."),
        (16, "text_too_short", "at least 2 are needed. Add whole sentences"),
    ],
)
def test_a_line_that_cannot_be_used_says_why(place: int, code: str, words: str, answers: Any) -> None:
    answer = answers[1][place]
    assert (answer["state"], answer["code"], answer["nearest"]) == ("refused", code, [])
    assert words in answer["detail"]
    assert answer["source"] == ("text" if code.startswith("text_") else "bank")


def test_a_text_is_told_in_its_own_sentences_each_with_the_one_it_came_from(answers: Any) -> None:
    for place, text in ((5, POTATO), (14, TEA)):
        answer = answers[1][place]
        assert (answer["state"], answer["source"], answer["nearest"]) == ("written", "text", [])
        scenes = answer["script"]["scenes"]
        told = [scene for scene in scenes if scene["number"] is not None]
        assert len(told) >= 2
        plain = "".join(text.replace("[2]", "").split())
        places = [plain.index("".join(scene["source"].split())) for scene in told]
        assert places == sorted(places)  # in the order of the text
        for scene in told:
            rest = iter(c.lower() for c in scene["source"] if c.isalnum())
            assert all(c.lower() in rest for c in scene["narration"] if c.isalnum()), scene
    tea = answers[1][14]  # its brief named no topic
    assert tea["topic"] == tea["script"]["title"] == tea["script"]["scenes"][0]["source"] == "茶的历史"


def test_a_topic_alone_gives_the_script_that_its_line_gives(answers: Any) -> None:
    done = asked("what to pack for camping", "--language", "en", "--seed", "1")
    assert (done.returncode, json.loads(done.stdout)) == (0, answers[1][13])


def test_the_site_is_not_needed() -> None:
    code = (
        "import runpy, sys; sys.argv = ['x', 'camping', '--language', 'en']\n"
        "try: runpy.run_module('generation.script', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "assert 'django' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_line_is_printed_before_the_next_is_read(tmp_path: Path) -> None:
    """The second brief comes only after the first was answered."""
    pipe = tmp_path / "briefs"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*COMMAND, "--file", str(pipe)], cwd=settings.BASE_DIR, text=True, stdout=subprocess.PIPE
    )
    with pipe.open("w", encoding="utf-8") as briefs:
        for topic in ("camping gear checklist", "lattice"):
            briefs.write(json.dumps(brief(topic)) + "\n")
            briefs.flush()
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["topic"] == topic
    assert process.wait(timeout=60) == 0
    process.stdout.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give either a topic, or --file"),
        (("camping",), "Say with --language zh or --language en"),
        (("--file", "absent.jsonl"), "absent.jsonl cannot be read (No such file or directory)."),
        (("--file", "."), "cannot be read (Is a directory)."),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = asked(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
