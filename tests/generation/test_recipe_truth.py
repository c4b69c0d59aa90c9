"""The recorded recipe is what was made: every field measured anew from the storyboard, the cues, the sound and the file.

Nothing here imports ``generation.recipe``: the record is read from the row or from ``stages``, the truth is measured.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.conf import settings as django_settings
from PIL import Image

from core import media_files
from generation.bank.reading import topics
from generation.jobs import completion, worker
from generation.media import music
from generation.media.music import composed
from generation.media.music.composed import ComposedMusic
from generation.media.scenes import PALETTES, cover, with_fitting_cover
from generation.media.speech.local import KokoroSpeech
from generation.models import GenerationJob, Video
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.services.jobs import job_request
from generation.stages.music import soundtrack
from generation.stages.voice import narrate
from generation.storyboard import CAPTION_STYLES, COVERS, FRAME_SIZES, HOOK_KINDS, MOODS, Storyboard
from tests.conftest import make_user

ASPECTS = {(9, 16): "9:16", (1, 1): "1:1", (16, 9): "16:9"}


def bank_hooks() -> dict[str, str]:
    """What the bank's own files say of each opening: sentence → kind."""
    kinds: dict[str, str] = {}
    for place in (Path(django_settings.BASE_DIR) / "generation" / "bank" / "topics").glob("*/*.json"):
        for topic in json.loads(place.read_text(encoding="utf-8"))["topics"]:
            for language in ("zh", "en"):
                kinds.update({bare(spoken): kind for kind, spoken in topic[language]["hooks"]})
    return kinds


def bare(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def units(text: str, language: str) -> int:
    """Hanzi and Latin words (zh), or words (en), as a reader counts them."""
    if language == "en":
        return len(re.findall(r"[\w'’.%$€£-]*\w[\w'’.%$€£-]*", text))
    return len(re.findall(r"[\u4e00-\u9fff]", text)) + len(re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?%?", text))


def made_boards() -> list[tuple[dict[str, Any], Storyboard]]:
    """Forty storyboards as their jobs leave them, with the recipe recorded for each."""
    dice = random.Random(15)
    found = []
    every = topics()
    for number in range(40):
        language = ("zh", "en")[number % 2]
        topic = every[number * 4 % len(every)].texts[language].title
        asked = {
            "hook": dice.choice([None, *HOOK_KINDS]),
            "mood": dice.choice([None, *MOODS]),
            "palette": dice.choice([None, *PALETTES]),
            "caption_style": dice.choice([None, *CAPTION_STYLES]),
            "tempo": dice.choice([None, 84, 120]),
            "key": dice.choice([None, "C", "F#m"]),
            "music_level": dice.choice([None, 0, 0.6]),
        }
        found.append(made_board(topic, language, float(dice.choice([10, 15, 24])), number, asked))
    return found


def made_board(
    topic: str, language: Any, seconds: float, seed: int, asked: dict[str, Any]
) -> tuple[dict[str, Any], Storyboard]:
    from generation.stages.script import plan
    from generation.storyboard import Voice

    board_recipe = completion.Recipe.from_json(asked)
    script = BankWriter().write(
        Brief(topic, language, seconds),
        seed=seed,
        rate=8.0 if language == "zh" else 5.0,
        hook_kind=asked["hook"],
    )
    board = plan(
        script,
        recipe=board_recipe,
        voice=Voice("none"),
        language=language,
        aspect="9:16",
        target_seconds=seconds,
        seed=seed,
        versions={"script": script.writer},
    )
    timed = narrate(
        board,
        speech=KokoroSpeech(),
        cache_dir=Path("unused"),
        may_change=True,
        may_drop=True,
        progress=lambda _: None,
    ).board
    sounded = soundtrack(timed, None, music=ComposedMusic()).board
    return completion.Recipe.of(sounded).to_json(), sounded


def unheard(score: music.Score) -> np.ndarray:
    """A piece of the score's length of which nothing is played: what is heard is judged from the finished files, below."""
    return np.zeros((round(score.seconds * 48000), 2), np.float32)


@pytest.fixture(scope="module")
def boards() -> list[tuple[dict[str, Any], Storyboard]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composed, "render", unheard)
        return made_boards()


def test_the_hook_is_of_the_kind_that_the_bank_gives_its_sentence(boards):
    kinds = bank_hooks()
    from_bank = [(recipe["hook"], kinds.get(bare(board.scenes[0].narration))) for recipe, board in boards]
    assert sum(known is not None for _, known in from_bank) >= 15
    assert all(recorded == known for recorded, known in from_bank if known is not None)
    for (recipe, board), (_, known) in zip(boards, from_bank, strict=True):
        if known is None:  # borrowed from a title: only what its own words tell is recorded
            asks = board.scenes[0].narration.rstrip().endswith(("?", "？"))
            assert (recipe["hook"] == "question") >= asks and recipe["hook"] in (None, *HOOK_KINDS)


def test_lengths_layouts_and_pace_are_those_of_the_scenes(boards):
    for recipe, board in boards:
        seconds = sum(scene.seconds for scene in board.scenes)
        said = sum(units(scene.narration, board.language) for scene in board.scenes)
        assert recipe["seconds"] == pytest.approx(seconds, abs=0.01)
        assert recipe["scenes"] == len(board.scenes) and recipe["layouts"] == [s.layout for s in board.scenes]
        assert recipe["transitions"] == [scene.transition for scene in board.scenes]
        assert recipe["pictures_per_second"] * seconds == pytest.approx(len(board.scenes), rel=0.01)
        assert recipe["words_per_second"] * seconds == pytest.approx(said, rel=0.12)


def test_the_look_is_the_one_the_scenes_are_drawn_with(boards):
    for recipe, board in boards:
        document = json.loads(json.dumps(board.to_json()))
        for field in ("palette", "caption_style", "motion", "picture_set"):
            assert recipe[field] == document["look"][field]
        assert (recipe["voice"], recipe["speed"]) == ("none", 1.0)
        assert recipe["topic"] == document["topic"] and recipe["writer"] == "bank"


def test_the_cover_is_of_the_recorded_design_and_forty_videos_have_many(boards):
    for recipe, board in boards:
        assert recipe["cover"] == board.to_json()["cover"] and with_fitting_cover(board) == board
    assert len({recipe["cover"] for recipe, _ in boards}) >= 6
    for recipe, board in boards[::20]:
        assert nearest_cover(board, Image.fromarray(cover(board, size=(180, 320)))) == recipe["cover"]


def nearest_cover(board: Storyboard, still: Image.Image) -> str:
    """The design whose drawing for this storyboard lies nearest to a picture of its aspect."""
    width, height = FRAME_SIZES["draft"][board.aspect]
    size = (width // 2, height // 2)
    seen = np.asarray(still.resize(size))
    drawn = {
        name: cover(fitted, size=size)
        for name in COVERS
        if with_fitting_cover(fitted := replace(board, cover=name)).cover == name
    }
    assert len(drawn) >= 5
    return min(drawn, key=lambda name: float(np.abs(drawn[name].astype(int) - seen.astype(int)).mean()))


def test_tempo_and_key_are_those_of_the_notes_that_are_played(boards):
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    flats = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
    played = 0
    for recipe, board in boards:
        if recipe["music_level"] == 0:
            assert recipe["tempo"] is None and recipe["key"] is None
            continue
        played += 1
        choice = board.music
        score = music.compose(
            choice.mood,
            sum(s.seconds for s in board.scenes),
            seed=choice.seed,
            tempo=choice.tempo,
            key=choice.key,
        )
        starts = [span.start for span in score.chords]
        beats = [(b - a) * recipe["tempo"] / 60 for a, b in itertools.pairwise(starts)]
        # chords change on beats: every distance is a whole number of half beats at the recorded tempo
        assert all(abs(beat * 2 - round(beat * 2)) < 0.12 for beat in beats), (recipe["tempo"], beats)
        tonic = recipe["key"].removesuffix("m")
        pitches = [note.pitch % 12 for part in score.parts if not part.drums for note in part.notes]
        root = names.index(flats.get(tonic, tonic))
        third = root + (3 if recipe["key"].endswith("m") else 4)
        other = root + (4 if recipe["key"].endswith("m") else 3)
        assert pitches.count(third % 12) > pitches.count(other % 12), recipe["key"]
        assert score.chords[-1].pitch_classes[0] == root, recipe["key"]
    assert played >= 15


# --- from the finished file -------------------------------------------------------------------------------------------
DRAFTS: list[dict[str, Any]] = [
    {"language": "zh", "recipe": {"voice": "none", "palette": "ocean", "mood": "tech"}},
    {"language": "zh", "recipe": {"palette": "lemon", "mood": "funny"}},
    {"language": "en", "recipe": {"palette": "night", "speed": 1.1}},
    {"language": "zh", "recipe": {"voice": "none", "music_level": 0, "palette": "mint"}},
    {"language": "en", "recipe": {"voice": "none", "palette": "peach", "tempo": 120}},
    {"language": "zh", "aspect": "1:1", "recipe": {"palette": "forest", "mood": "calm"}},
    {"language": "en", "aspect": "16:9", "recipe": {"palette": "ember"}},
    {"language": "zh", "recipe": {"voice": "none", "palette": "lilac", "tempo": 84}},
    {"language": "en", "recipe": {"voice": "none", "palette": "gold", "mood": "epic"}},
    {"language": "zh", "recipe": {"palette": "sky", "caption_style": "none"}},
]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_drafts_hold_what_their_recipes_say():
    creator = make_user("cora", "viewer", "creator")
    for number, draft in enumerate(DRAFTS):
        topic = topics()[number * 13].texts[draft["language"]].title
        job = job_request(owner=creator, topic=topic, seconds=10, quality="draft", seed=number, **draft)
        assert worker.job_take(job.pk)
        job = GenerationJob.objects.get(pk=job.pk)
        assert job.state == "done", (topic, job.error)
        measured_against(Video.objects.get(job=job))


def measured_against(video: Video) -> None:
    recipe = video.recipe
    frames, sound, seconds, size = decoded(media_files.absolute(video.file))
    assert recipe["seconds"] == pytest.approx(seconds, abs=0.12)
    divisor = np.gcd(*size)
    assert ASPECTS[tuple(int(side) // int(divisor) for side in size)] == video.aspect
    assert nearest_palette(frames) == recipe["palette"], video.title
    board = Storyboard.from_json(video.manifest["storyboard"])
    with Image.open(media_files.absolute(video.cover)) as still:
        assert nearest_cover(board, still) == recipe["cover"]
    tagged = media_files.absolute(video.captions).read_text(encoding="utf-8")
    captions = re.sub(r"<[\d:.]+>", "", tagged)  # the times of single words
    shown = " ".join(line for line in captions.splitlines()[1:] if line and "-->" not in line)
    assert recipe["words_per_second"] * seconds == pytest.approx(units(shown, video.language), rel=0.15)
    quiet = float(np.sqrt(np.mean(sound**2))) < 1e-4
    assert quiet == (recipe["voice"] == "none" and recipe["music_level"] == 0)
    if recipe["voice"] == "none" and recipe["music_level"]:
        assert beats_as_at(sound, recipe["tempo"]), (video.title, recipe["tempo"])


def decoded(place: Path) -> tuple[list[np.ndarray], np.ndarray, float, tuple[int, int]]:
    """A frame a second (RGB), the sound (48 kHz mono), length in seconds, (width, height)."""
    with av.open(str(place)) as container:
        stream = container.streams.video[0]
        size = (stream.codec_context.width, stream.codec_context.height)
        frames, last = [], 0.0
        for frame in container.decode(stream):
            last = float(frame.pts * frame.time_base)
            if last >= len(frames):
                frames.append(frame.to_ndarray(format="rgb24"))
        seconds = last + 1 / float(stream.average_rate)
    with av.open(str(place)) as container:
        pieces = [frame.to_ndarray() for frame in container.decode(audio=0)]
    sound = np.concatenate([piece.mean(axis=0) for piece in pieces]).astype(np.float64)
    return frames, sound, seconds, size


def nearest_palette(frames: list[np.ndarray]) -> str:
    """The palette whose ground colors lie nearest to the frames' edges, where nothing but the ground is drawn."""
    edges = []
    for frame in frames[1:-1]:
        height, width = frame.shape[:2]
        band = frame[int(height * 0.15) : int(height * 0.85) : 8]
        edges += [band[:, 2 : width // 24 : 4].reshape(-1, 3), band[:, -width // 24 : -2 : 4].reshape(-1, 3)]
    seen = np.concatenate(edges).astype(np.float64)

    def distance(name: str) -> float:
        ground = np.array(PALETTES[name].ground, dtype=np.float64)  # (4, 3)
        steps = np.linspace(0, 1, 9)[:, None]
        mixes = np.concatenate([a + (b - a) * steps for a, b in itertools.combinations(ground, 2)])
        return float(np.sqrt(((seen[:, None] - mixes[None]) ** 2).sum(axis=2)).min(axis=1).mean())

    return min(PALETTES, key=distance)


def beats_as_at(sound: np.ndarray, tempo: float) -> bool:
    """Whether onsets fall on a grid of ``tempo`` more than on that of any tempo which is no simple ratio of it."""
    hop = 480  # 10 ms
    windows = sound[: len(sound) // hop * hop].reshape(-1, hop)
    pairs = np.concatenate([windows[:-1], windows[1:]], axis=1) * np.hanning(2 * hop)
    spectra = np.log1p(100 * np.abs(np.fft.rfft(pairs, axis=1)))
    onsets = np.maximum(np.diff(spectra, axis=0), 0).sum(axis=1)
    onsets -= onsets.mean()

    def on_grid(beats_a_minute: float) -> float:
        step = 60 / beats_a_minute * 100
        grids = (
            np.round(np.arange(first, len(onsets) - 2, step)).astype(int) for first in np.arange(0, step)
        )
        return max(
            float(np.maximum.reduce([onsets[np.maximum(grid + near, 0)] for near in (-1, 0, 1)]).mean())
            for grid in grids
        )

    ratios = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2)
    others = [t for t in np.arange(50, 181, 3.0) if min(abs(t / tempo - ratio) for ratio in ratios) > 0.05]
    return on_grid(tempo) > 1.5 * float(np.median([on_grid(t) for t in others]))
