"""The table of features as it is handed on: read from what was measured, written as one Parquet file with its units."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from analytics.models import TrainingOptOut, VideoFeatures
from analytics.models.features import FAILED
from analytics.stats.feature_columns import COLUMNS, MEASURED, FeatureColumn
from core.files import atomic_path
from generation.models import Video
from generation.selectors import is_shown, videos_shown
from recommender.models import VideoStat, VideoVector

FILE = "features.parquet"
BLOCK = 500
TYPES = {
    "number": pa.float64(),
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "numbers": pa.list_(pa.float32()),
    "time": pa.timestamp("ms", tz="UTC"),
}
WHOLE = {"video": pa.int64(), "views": pa.int64()}
SUMMARY = b"summary"  # key of what the page shows, in the file's schema


def videos_learned_from() -> QuerySet[Video]:
    """Published videos of creators who have not opted out."""
    return videos_shown().select_related(None).exclude(owner__in=TrainingOptOut.objects.values("creator"))


def features_place() -> Path:
    """Where the nightly file lies: in the folder of training data."""
    return Path(settings.TRAINING_DIR) / FILE


def features_table() -> pa.Table:
    """All that was measured of published videos, oldest video first; columns of ``COLUMNS``."""
    rows = VideoFeatures.objects.filter(is_shown("video__"), video__in=videos_learned_from().order_by())
    named = rows.exclude(version__startswith=FAILED).select_related("video").order_by("video_id")
    stats = _outcomes()
    blocks = []
    block: list[VideoFeatures] = []
    for row in named.iterator(chunk_size=BLOCK):
        block.append(row)
        if len(block) == BLOCK:
            blocks.append(_block(block, stats))
            block = []
    blocks.append(_block(block, stats))
    return pa.concat_tables(blocks)


def features_export(place: Path) -> dict[str, Any]:
    """Write the table to ``place`` and say what is in it: ``rows``, ``written`` and ``columns`` by name."""
    table = features_table()
    told = {
        "rows": table.num_rows,
        "written": timezone.now().isoformat(timespec="seconds"),
        "columns": {column.name: _observed(table[column.name], column) for column in COLUMNS},
    }
    table = table.replace_schema_metadata({SUMMARY: json.dumps(told).encode()})
    with atomic_path(place) as partial:
        pq.write_table(table, partial)
    return told


def features_summary(place: Path) -> dict[str, Any] | None:
    """What ``features_export`` said of the file at ``place``; ``None`` where there is none."""
    if not place.is_file():
        return None
    told: dict[str, Any] = json.loads((pq.read_schema(place).metadata or {})[SUMMARY])
    return told


def schema() -> pa.Schema:
    """Each column's type with its unit, range and meaning as metadata."""
    return pa.schema([_field(column) for column in COLUMNS])


def _field(column: FeatureColumn) -> pa.Field:
    about = {"unit": column.unit, "range": column.span, "meaning": column.says}
    return pa.field(column.name, WHOLE.get(column.name, TYPES[column.kind]), metadata=about)


def _outcomes() -> dict[int, tuple[int, float]]:
    """(views, sum of rewards) by video; of simulated viewers too where they steer the feed."""
    rows = VideoStat.objects.all() if settings.FEED_SIMULATED else VideoStat.objects.filter(simulated=False)
    found: dict[int, tuple[int, float]] = {}
    for video, views, total in rows.order_by().values_list("video", "views", "reward_sum"):
        before = found.get(video, (0, 0.0))
        found[video] = before[0] + views, before[1] + total
    return found


def _block(rows: list[VideoFeatures], stats: Mapping[int, tuple[int, float]]) -> pa.Table:
    vectors = VideoVector.objects.filter(video__in=[row.video_id for row in rows])
    text = dict(vectors.values_list("video", "text"))
    records = [_record(row, text.get(row.video_id, b""), *stats.get(row.video_id, (0, 0.0))) for row in rows]
    return pa.Table.from_pylist(records, schema=schema())


def _record(row: VideoFeatures, text: bytes | memoryview, views: int, rewards: float) -> dict[str, Any]:
    video = row.video
    return {
        **{column.name: row.values.get(column.name) for column in MEASURED},
        **{column.name: row.values.get(column.name) for column in COLUMNS if column.group == "recipe"},
        "video": video.pk,
        "published": video.published,
        "language": video.language,
        "category": video.category,
        "seconds": video.seconds,
        "text_e5": _floats(text),
        "imagenet": _floats(row.picture),
        "views": views,
        "reward": rewards / views if views else None,
    }


def _floats(stored: bytes | memoryview) -> list[float] | None:
    row = np.frombuffer(bytes(stored), np.float16).astype(np.float32)
    return row.tolist() if len(row) else None


def _observed(values: pa.ChunkedArray, column: FeatureColumn) -> dict[str, Any]:
    """How many rows have a value, and of numbers the least, the median and the greatest, of words the most common."""
    known = values.drop_null()
    if column.kind == "text":  # an empty word is no word
        known = known.filter(pc.not_equal(known, ""))
    told: dict[str, Any] = {"known": len(known)}
    if column.kind == "number" and column.name != "video" and len(known):
        numbers = np.asarray(known.to_numpy(), np.float64)
        told |= {name: float(value) for name, value in zip(("least", "median", "most"), np.percentile(numbers, (0, 50, 100)))}  # fmt: skip
    elif column.kind == "text" and len(known):
        counts = sorted(known.value_counts().to_pylist(), key=lambda one: (-one["counts"], one["values"]))
        told |= {"common": counts[0]["values"], "distinct": len(counts)}
    return told
