"""Step 3: a candidate policy is learned, written to a folder of its own and registered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from analytics.optimization.dataset import fingerprint
from analytics.optimization.work import SEGMENTS, VARIANCES, CycleWork
from analytics.stats.policy.observations import segments_document
from core.files import atomic_path
from generation.models import ModelKind
from generation.policy import FILE
from generation.registry import version_register


def step_train(work: CycleWork) -> dict[str, Any]:
    """The folder is named by the cycle, so a second try after a death replaces the first one's files."""
    learned, cycle = work.learned, work.cycle
    assert learned.model.variances is not None
    place = Path(settings.VAR_DIR) / "policies" / f"cycle-{cycle.pk}"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    _write(place / FILE, learned.document)
    _write(
        place / VARIANCES,
        {"sizes": list(work.space.sizes), "variances": learned.model.variances.tolist()},
    )
    _write(place / SEGMENTS, segments_document(work.dataset))
    with transaction.atomic():
        version = cycle.version or version_register(
            kind=ModelKind.RECIPE_POLICY,
            folder=str(place.relative_to(settings.VAR_DIR)),
            config={"cycle": cycle.number, "seed": cycle.seed, "simulated": cycle.simulated},
            metrics={"rows": len(work.dataset.rows), "diversity": round(learned.diversity, 4)},
            data_fingerprint=fingerprint(work),
            cutoff=cycle.cutoff,
            parent=work.production,
        )
        work.lease.update(version=version, parent=work.production)
    cycle.version, cycle.parent = version, work.production
    return {
        "version": version.pk,
        "changed_tastes_since": learned.break_epoch or None,
        "diversity": round(learned.diversity / work.space.even_diversity, 4),
        "likings": _likings(learned.document),
    }


def _likings(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The strongest effects with their intervals, surest first, of every segment."""
    found = []
    for segment, fields in enumerate(document["effects"]):
        for name, options in fields.items():
            for option, (mean, low, high) in options.items():
                if low > 0 or high < 0:
                    found.append(
                        {
                            "segment": segment,
                            "field": name,
                            "option": option,
                            "effect": mean,
                            "low": low,
                            "high": high,
                        }
                    )
    return sorted(found, key=lambda row: -abs(row["effect"]))[:20]


def _write(path: Path, document: Any) -> None:
    with atomic_path(path) as part:
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
