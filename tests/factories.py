"""One factory a table: the smallest valid row, with what a test names on top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from analytics.models import CYCLE_STEPS, Arm, CycleStep, Experiment, OptimizationCycle
from generation.models import (
    STAGES,
    GenerationJob,
    JobStage,
    LabelReading,
    ModelVersion,
    NarrationPreview,
    TrainingRun,
    Upload,
    Video,
)


def job(owner: User, **values: Any) -> GenerationJob:
    row = GenerationJob.objects.create(
        **{
            "owner": owner,
            "topic": "露营",
            "language": "zh",
            "seconds": 15.0,
            "seed": 7,
            "quality": "draft",
            **values,
        }
    )
    JobStage.objects.bulk_create(JobStage(job=row, name=name, order=i) for i, name in enumerate(STAGES))
    return row


def upload(owner: User, **values: Any) -> Upload:
    return Upload.objects.create(**{"owner": owner, "kind": "clip", "original_name": "clip.mp4", **values})


def reading(owner: User | None, **values: Any) -> LabelReading:
    return LabelReading.objects.create(**{"owner": owner, "name": "a.png", **values})


def preview(job: GenerationJob, **values: Any) -> NarrationPreview:
    defaults = {"text": "你好。", "language": "zh", "voice": "zf_xiaoxiao"}
    return NarrationPreview.objects.create(**{"job": job, **defaults, **values})


def video(owner: User, *, content: bytes = b"0123456789", **values: Any) -> Video:
    """A video whose file holds ``content``; published when ``state`` says so."""
    source = values.pop("job", None) or job(owner, state="done")
    path = values.pop("file", f"videos/{owner.pk}/{source.pk}.mp4")
    place = Path(settings.MEDIA_ROOT) / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    if values.get("state") == Video.State.PUBLISHED:
        values.setdefault("published", timezone.now())
        values.setdefault("visibility", Video.Visibility.PUBLIC)
    defaults = {
        "owner": owner,
        "job": source,
        "title": "周末露营必备清单",
        "language": "zh",
        "aspect": "9:16",
        "seconds": 15.0,
        "width": 360,
        "height": 640,
        "bytes": len(content),
        "sha256": "0" * 64,
        "file": path,
    }
    return Video.objects.create(**{**defaults, **values})


def version(**values: Any) -> ModelVersion:
    """A version in the registry, without files."""
    defaults = {
        "kind": "script",
        "folder": "versions/none",
        "data_fingerprint": "0" * 64,
        "cutoff": timezone.now(),
    }
    return ModelVersion.objects.create(**{**defaults, **values})


def ranker(**values: Any) -> ModelVersion:
    return version(**{"kind": "ranker", "folder": "rankers/none", **values})


def cycle(**values: Any) -> OptimizationCycle:
    """A cycle with its steps, all of them waiting."""
    row = OptimizationCycle.objects.create(**{"number": 1, **values})
    CycleStep.objects.bulk_create(
        CycleStep(cycle=row, name=name, order=order) for order, name in enumerate(CYCLE_STEPS)
    )
    return row


def training_run(**values: Any) -> TrainingRun:
    return TrainingRun.objects.create(**{"kind": "ranker", **values})


def experiment(video: Video, **values: Any) -> Experiment:
    """A title test that was ended by its owner."""
    row = Experiment.objects.create(
        **{
            "kind": "title",
            "video": video,
            "created_by": video.owner,
            "state": "stopped",
            "stop_reason": "person",
            "started": timezone.now(),
            **values,
        }
    )
    Arm.objects.bulk_create(
        Arm(experiment=row, key=key, share=0.5, title=title)
        for key, title in (("a", video.title), ("b", "Another"))
    )
    return row
