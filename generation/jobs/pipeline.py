"""One job: script → voice → music → render → label → check; every stage is safe to run again.

A stage is keyed by the hash of its inputs; when the key and the result are already there, it is passed over. So a
worker may die at any line and the next one goes on from the last finished stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.utils import timezone

from core import media_files
from core.files import atomic_path, folder_ready
from core.languages import Language
from generation import generators, writing
from generation.errors import LearnedPalettesMissing
from generation.jobs.completion import video_finish
from generation.jobs.parts import labelled_uploads, parts_of
from generation.jobs.progress import JobLease
from generation.jobs.repairs import Repairs
from generation.media import provenance
from generation.media.music.mixing import CEILING_DBTP
from generation.media.rendering import trim_cache
from generation.media.scenes.palettes import LEARNED
from generation.models import GenerationJob, JobStage, ModelKind, StoryboardVersion, Upload
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.script.understanding import asked_number
from generation.selectors import generators_configured, storyboard_current, version_current, version_folder
from generation.stages import check, healing, render
from generation.stages import voice as narration
from generation.stages.fitting import Fitting
from generation.stages.music import cuts_on_beats, soundtrack
from generation.stages.remedy import Remedy
from generation.stages.script import plan, speaking_rate
from generation.storyboard import FRAME_SIZES, Aspect, MusicChoice, Quality, Storyboard, Voice, digest

PIPELINE_VERSION = 3
SEGMENT_BYTES = 60_000_000  # kept of a job's encoded scenes for the next edit
# (start, share) of each stage in the job's progress: shares of the time a 15 s video takes
SHARES = {
    "script": (0.0, 0.04),
    "voice": (0.04, 0.26),
    "music": (0.30, 0.06),
    "render": (0.36, 0.42),
    "label": (0.78, 0.03),
    "check": (0.81, 0.19),
}


@dataclass
class Work:
    """A claimed job in the hands of one worker."""

    job: GenerationJob
    lease: JobLease

    @cached_property
    def stages(self) -> dict[str, JobStage]:
        return {stage.name: stage for stage in self.job.stages.all()}

    def visuals(self, board: Storyboard) -> generators.Visuals:
        """What draws the board: the alias of the settings, or the GAN's where the creator chose that style."""
        alias = "gan" if board.look.style == "gan" else settings.VISUALS
        return generators.visuals(generators_configured(), alias)

    @cached_property
    def speech(self) -> generators.Speech:
        return generators.speech(settings.GENERATORS, settings.SPEECH)

    @cached_property
    def music(self) -> generators.Music:
        return generators.music(settings.GENERATORS, settings.MUSIC)

    def stamped(self, board: Storyboard) -> Storyboard:
        """The board with the versions of the generators that make its video now: part of every later stage's key."""
        used = {
            "visuals": self.visuals(board).version,
            "speech": self.speech.version,
            "music": self.music.version,
        }
        return replace(board, versions={**board.versions, **used})

    @property
    def folder(self) -> Path:
        return work_folder(self.job.pk)

    def tell(self, name: str) -> Callable[[float], None]:
        """The progress callback of stage ``name``: takes [0, 1], raises to stop the work."""
        start, share = SHARES[name]
        return lambda done: self.lease.stage_progress(self.stages[name], done, start=start, share=share)

    def keep(
        self, name: str, *, key: str, make: Callable[[], dict[str, Any]], files: tuple[Path, ...] = ()
    ) -> dict[str, Any]:
        """The stage's result: the kept one when ``key`` and ``files`` are there, else what ``make`` gives."""
        stage = self.stages[name]
        self.lease.beat()
        if stage.key == key and stage.state == JobStage.State.DONE and all(place.exists() for place in files):
            return dict(stage.result)
        redo = stage.key != key
        stage.state, stage.started, stage.ended = JobStage.State.RUNNING, timezone.now(), None
        stage.progress = 0.0
        self.lease.update(lease_owner=self.lease.owner)  # still ours
        stage.save(update_fields=["state", "started", "ended", "progress"])
        if redo or not stage.result or not all(place.exists() for place in files):
            stage.result = make()
        stage.key, stage.state, stage.ended, stage.progress = key, JobStage.State.DONE, timezone.now(), 1.0
        self.tell(name)(1.0)
        stage.save()
        return dict(stage.result)


def work_folder(pk: int) -> Path:
    """Where a job's intermediate files lie; safe to delete, at the price of making them again."""
    return Path(settings.VAR_DIR) / "jobs" / str(pk)


def narration_folder() -> Path:
    """Where what was said is kept for every job that says it again."""
    return Path(settings.VAR_DIR) / "narration"


def job_make(work: Work) -> None:
    """Take the job from where it stands to its video, or to the script when that is all it asks for."""
    row = script_stage(work)
    if work.job.stop_after_script:
        work.lease.update(state=GenerationJob.State.EDITING, ended=timezone.now())
        return
    for folder in (work.folder, narration_folder()):  # a disk that refuses costs nobody a narration
        folder_ready(folder)
    repairs = Repairs(work.job, work.lease, version=row.version)
    timed, signed, report = _made(work, row, repairs)
    while repairs.after(_patient(work, timed, report)):
        timed, signed, report = _made(work, row, repairs)
    video_finish(
        work.job,
        work.lease,
        visuals=work.visuals(timed),
        board=timed,
        version=row.version,
        file=signed,
        report=report,
        stages=work.stages,
    )
    trim_cache(work.folder / "segments", max_bytes=SEGMENT_BYTES)


def _made(work: Work, row: StoryboardVersion, repairs: Repairs) -> tuple[Storyboard, Path, dict[str, Any]]:
    """The storyboard with its times, the labelled file and the report of its check, under what the repairs ask for."""
    remedy = repairs.remedy
    board = remedy.voiced(work.stamped(Storyboard.from_json(row.document)))
    untouched = row.version == 1  # what a person has edited is said as it stands
    timed, voice = voice_stage(
        work,
        board,
        repairs,
        may_change=untouched,
        may_drop=untouched and _may_lose_a_point(work.job, board),
    )
    timed, audio = music_stage(work, timed, voice, remedy)
    timed = remedy.arranged(cuts_on_beats(timed))
    film = render_stage(work, timed, audio)
    signed = label_stage(work, timed, film)
    return timed, signed, check_stage(work, timed, signed)


def _patient(work: Work, timed: Storyboard, report: dict[str, Any]) -> healing.Patient:
    return healing.Patient(
        board=timed,
        report=report,
        ceiling_dbtp=work.stages["music"].result["ceiling_dbtp"],
        speech=work.speech,
        cache_dir=narration_folder(),
        beat=work.lease.beat,
    )


def script_stage(work: Work) -> StoryboardVersion:
    """The newest storyboard; written and planned when the job has none."""
    job = work.job
    kept = storyboard_current(job)
    if kept is None:
        work.keep(
            "script",
            key=digest([PIPELINE_VERSION, _brief_of(job), job.recipe, job.seed]),
            make=lambda: _write(work),
        )
        kept = storyboard_current(job)
    elif work.stages["script"].state != JobStage.State.DONE:
        stage = work.stages["script"]
        stage.state, stage.progress = JobStage.State.DONE, 1.0
        stage.save(update_fields=["state", "progress"])
    assert kept is not None
    return kept


def _may_lose_a_point(job: GenerationJob, board: Storyboard) -> bool:
    """Whether a point may go where the voice is slower than planned: none of the creator's own or of their text, none of an announced number."""
    announcing = (job.topic, board.title, board.scenes[0].narration)
    return not (job.points or job.text) and all(
        asked_number(text, board.language) is None for text in announcing
    )


def _brief_of(job: GenerationJob) -> list[Any]:
    return [
        job.topic, job.kind, job.language, job.seconds, job.aspect, job.points, *([job.text] if job.text else []),
    ]  # fmt: skip


def _colored(job: GenerationJob) -> tuple[Recipe, dict[str, str]]:
    """The job's recipe with learned colors named, where it asks for some, and the version that they are of: of the
    generator that serves, or of the policy that chose a palette which it proposed.

    Raises ``LearnedPalettesMissing``.
    """
    recipe = Recipe.from_json(job.recipe)
    if recipe.palette != LEARNED:
        is_own = job.policy.get("reasons", {}).get("palette", {}).get("kind") == "generated"
        return recipe, {"palettes": f"policy-{job.policy['version']}"} if is_own else {}
    version = version_current(ModelKind.PALETTES)
    if version is None:
        raise LearnedPalettesMissing(
            "Learned colors were asked for, and no generator of palettes serves any more. Choose colors by name."
        )
    from generation.ml.palettes import RowGenerator  # torch is heavy; only learned colors need it here
    from generation.stages.learned_palettes import sample_palettes

    (palette,) = sample_palettes(RowGenerator.load(version_folder(version)), 1, seed=job.seed)
    return recipe.model_copy(update={"palette": palette.name}), {"palettes": f"palettes-{version.pk}"}


def _write(work: Work) -> dict[str, Any]:
    job = work.job
    recipe, colored = _colored(job)
    brief = Brief(job.topic, job.language, job.seconds, job.aspect, job.kind, tuple(job.points), job.text)
    voice, speed, rate = speaking_rate(recipe, language=job.language, seed=job.seed)
    # a text's script takes in nothing that the text does not say
    writer: generators.ScriptWriter = BankWriter() if job.text else writing.script_writer()
    script = writer.write(brief, seed=job.seed, rate=rate, hook_kind=recipe.hook)
    work.tell("script")(0.4)
    board = plan(
        script,
        recipe=recipe,
        voice=Voice(voice, speed, recipe.voice_upload),
        language=cast(Language, job.language),
        aspect=cast(Aspect, job.aspect),
        target_seconds=job.seconds,
        seed=job.seed,
        versions={"script": script.writer, "pipeline": str(PIPELINE_VERSION), **colored},
    )
    StoryboardVersion.objects.get_or_create(
        job=job, version=1, defaults={"document": board.to_json(), "note": "script"}
    )
    found = {"scenes": len(board.scenes), "hook": script.hook_kind, "topic": script.topic_id}
    told = {
        "writer": script.writer,
        "fallback": script.fallback,
        "check": sum(len(s.check) for s in board.scenes),
    }
    return {"detail": {**found, **{name: value for name, value in told.items() if value}}}


def voice_stage(
    work: Work, board: Storyboard, repairs: Repairs, *, may_change: bool, may_drop: bool
) -> tuple[Storyboard, np.ndarray | None]:
    """The board with every scene's length and cues, and the voice's sound."""
    recording, heard = _recording(work.job, board)
    spoken = [scene.narration for scene in board.scenes]
    remedy = repairs.remedy
    said = {"readings": remedy.readings, "paces": remedy.paces}
    key = digest([PIPELINE_VERSION, board.fingerprint(), spoken, heard, said])
    track = work.folder / f"voice-{key[:16]}.npy"

    def make() -> dict[str, Any]:
        made = narration.narrate(
            board,
            speech=work.speech,
            cache_dir=narration_folder(),
            may_change=may_change,
            may_drop=may_drop,
            progress=work.tell("voice"),
            recording=recording,
            remedy=remedy,
        )
        _save(track, made.voice if made.voice is not None else np.zeros(0, np.float32))
        words = sum(len(scene.cues) for scene in made.board.scenes)
        return {
            "board": made.board.to_json(),
            "fitted": [asdict(change) for change in made.changes],
            "met": made.met,
            "detail": {"words": words, "voice": board.voice.name},
        }

    result = work.keep("voice", key=key, make=make, files=(track,))
    repairs.note([Fitting(**change) for change in result["fitted"]], met=result["met"])
    samples = np.load(track, allow_pickle=False)
    return Storyboard.from_json(result["board"]), samples if len(samples) else None


def _recording(job: GenerationJob, board: Storyboard) -> tuple[narration.Recording | None, str]:
    """The creator's own voice-over, when the board asks for it, with its hash."""
    if board.voice.name != "own" or board.voice.upload is None:
        return None, ""
    upload = Upload.objects.get(pk=board.voice.upload, owner_id=job.owner_id, state=Upload.State.READY)
    return narration.read_recording(media_files.absolute(upload.file), upload.transcript), upload.sha256


def music_stage(
    work: Work, board: Storyboard, voice: np.ndarray | None, remedy: Remedy
) -> tuple[Storyboard, np.ndarray]:
    """The board with the music that is really played, and the whole sound of the video, mixed."""
    ceiling = CEILING_DBTP if remedy.ceiling_dbtp is None else remedy.ceiling_dbtp
    key = digest([PIPELINE_VERSION, work.stages["voice"].key, asdict(board.music), board.seconds, ceiling])
    place = work.folder / f"sound-{key[:16]}.npy"

    def make() -> dict[str, Any]:
        made = soundtrack(board, voice, music=work.music, ceiling_dbtp=ceiling)
        _save(place, made.samples)
        played = made.board.music
        return {
            "music": asdict(played),
            "ceiling_dbtp": round(made.ceiling_dbtp, 2),
            "detail": {"mood": played.mood, "tempo": played.tempo and round(played.tempo)},
        }

    result = work.keep("music", key=key, make=make, files=(place,))
    sound: np.ndarray = np.load(place, allow_pickle=False)
    return replace(board, music=MusicChoice(**result["music"])), sound


def render_stage(work: Work, board: Storyboard, audio: np.ndarray) -> Path:
    """The pictures over the sound, with the AIGC field in the file's metadata."""
    job = work.job
    key = digest([PIPELINE_VERSION, board.fingerprint(), work.stages["music"].key, job.quality])
    place = work.folder / f"film-{key[:16]}.mp4"

    def make() -> dict[str, Any]:
        tell = work.tell("render")
        resolved = _with_media_places(board)
        film = render.stage_film(resolved, visuals=work.visuals(resolved), quality=cast(Quality, job.quality))
        tell(0.02)
        field = provenance.aigc_field(producer=settings.LABEL_PRODUCER, produce_id=f"job-{job.pk}-{key[:12]}")
        made = render.shoot(
            film,
            resolved,
            quality=cast(Quality, job.quality),
            audio=audio,
            tags={"AIGC": field, "title": board.title},
            output=place,
            cache_dir=work.folder / "segments",
            threads=settings.RENDER_THREADS,
            progress=lambda done, total: tell(0.02 + 0.98 * done / total),
        )
        return {"detail": {"frames": made.frames, "drawn": made.frames_drawn}}

    work.keep("render", key=key, make=make, files=(place,))
    return place


def _with_media_places(board: Storyboard) -> Storyboard:
    """Paths of the creator's media, relative in the document, as places on this machine."""
    scenes = [
        replace(scene, media=replace(scene.media, path=str(media_files.absolute(scene.media.path))))
        if scene.media
        else scene
        for scene in board.scenes
    ]
    return replace(board, scenes=tuple(scenes))


def label_stage(work: Work, board: Storyboard, film: Path) -> Path:
    """The same file with its signed C2PA manifest, which names what labelled files went in. A signature that fails stops the job."""
    parts = parts_of(labelled_uploads(work.job, board))
    said = [[part.title, str(part.path), part.labels] for part in parts]
    key = digest([PIPELINE_VERSION, work.stages["render"].key, settings.LABEL_CERTIFICATE, *said])
    place = work.folder / f"signed-{key[:16]}.mp4"

    def make() -> dict[str, Any]:
        identity = provenance.signing_identity(
            settings.LABEL_DIR, certificate=settings.LABEL_CERTIFICATE, key=settings.LABEL_KEY
        )
        provenance.sign(
            film,
            place,
            identity=identity,
            title=board.title,
            generator_version=str(PIPELINE_VERSION),
            kind="generated",
            parts=parts,
        )
        return {"detail": {}}

    work.keep("label", key=key, make=make, files=(place,))
    return place


def check_stage(work: Work, board: Storyboard, signed: Path) -> dict[str, Any]:
    """The finished file opened again and judged."""
    key = digest([PIPELINE_VERSION, work.stages["label"].key])

    def make() -> dict[str, Any]:
        report = check.judge(
            signed, board, size=FRAME_SIZES[work.job.quality][board.aspect], progress=work.tell("check")
        )
        return {"report": report.to_json(), "detail": {"passed": report.passed}}

    report: dict[str, Any] = work.keep("check", key=key, make=make)["report"]
    return report


def _save(place: Path, samples: np.ndarray) -> None:
    with atomic_path(place) as partial, partial.open("wb") as stream:
        np.save(stream, samples, allow_pickle=False)
