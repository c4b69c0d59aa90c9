"""Ten topics a language on a running site, through its API: what was made, how long it took, what Whisper understood.

``python -m benchmarks.twenty_topics --base http://localhost:8000 --token … --json`` asks for one video a topic, waits for
it, and prints its check. ``--publish`` publishes those that pass.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import Any

import httpx

from benchmarks import measured
from benchmarks.measured import Figure

TOPICS = {
    "zh": [
        "周末露营必备清单",
        "手冲咖啡的三个错误",
        "为什么越存越穷",
        "睡不着怎么办",
        "面试自我介绍怎么说",
        "手机电池怎么养",
        "天空为什么是蓝色的",
        "新手养猫要准备什么",
        "背单词总是忘",
        "家里着火怎么逃",
    ],
    "en": [
        "Camping gear checklist",
        "Three coffee mistakes",
        "Why saving feels impossible",
        "How to fall asleep faster",
        "Better phone photos",
        "Why is the sky blue",
        "First week with a puppy",
        "How to remember what you study",
        "Packing light for a trip",
        "Spotting a phishing message",
    ],
}


def make(
    client: httpx.Client, topic: str, language: str, seconds: float, quality: str, seed: int
) -> dict[str, Any]:
    """One video from request to its check. Raises ``SystemExit`` when the job does not end in a video."""
    brief = {"topic": topic, "language": language, "seconds": seconds, "quality": quality, "seed": seed}
    answer = client.post("jobs/", json=brief)
    if (
        answer.status_code == 400 and answer.json()["code"] == "points_needed"
    ):  # take what is offered, as a creator would
        answer = client.post("jobs/", json={**brief, "topic": answer.json()["nearest"][0]["title"]})
    if answer.status_code != 201:
        raise SystemExit(f"{topic}: {answer.text}")
    job = answer.json()
    while job["state"] in ("queued", "running"):
        time.sleep(0.5)
        job = client.get(f"jobs/{job['id']}/").json()
    if job["state"] != "done":
        raise SystemExit(f"{topic}: {job['state']} {job['error']}")
    video = client.get(f"videos/{job['video']}/").json()
    checks = {check["name"]: check for check in video["report"]["checks"]}
    return {
        "topic": topic,
        "title": video["title"],
        "video": video["id"],
        "seconds": video["duration_seconds"],
        "made_in": job["elapsed_seconds"],
        "state": video["state"],
        "failed": [name for name, check in checks.items() if check["holds"] and not check["ok"]],
        "narration_error": checks["narration"]["value"],
        "stages": {stage["name"]: stage["seconds"] for stage in job["stages"]},
    }


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--base", default="http://localhost:8000")
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--quality", choices=("draft", "full"), default="full")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    headers = {"Authorization": f"Token {options.token}"}
    results: dict[str, Any] = {}
    with httpx.Client(base_url=f"{options.base}/api/v1/", headers=headers, timeout=60) as client:
        for language, topics in TOPICS.items():
            rows = []
            for number, topic in enumerate(topics):
                row = make(client, topic, language, options.seconds, options.quality, options.seed + number)
                if options.publish and not row["failed"]:
                    client.post(f"videos/{row['video']}/publish/").raise_for_status()
                if not options.json:
                    print(row, flush=True)
                rows.append(row)
            results[language] = {
                "videos": rows,
                "passed": sum(not row["failed"] for row in rows),
                "narration_error_median": statistics.median(row["narration_error"] for row in rows),
                "share_of_duration_median": round(
                    statistics.median(r["made_in"] / r["seconds"] for r in rows), 3
                ),
            }
    measured.tell(
        results, options, name="twenty_topics", figures=partial(figures, asked=options.seconds), lines=summary
    )


def figures(report: dict[str, Any], *, asked: float) -> dict[str, Figure]:
    """Videos made and passed, the farthest from the ``asked`` seconds, and the median seconds to make one."""
    rows = [row for language in TOPICS for row in report[language]["videos"]]
    return {
        "videos": Figure(len(rows)),
        "passed": Figure(sum(report[language]["passed"] for language in TOPICS), at_least=len(rows)),
        "asked_seconds": Figure(asked, "s"),
        "farthest_seconds": Figure(round(max(abs(row["seconds"] - asked) for row in rows), 2), "s"),
        "made_in_seconds": Figure(round(statistics.median(row["made_in"] for row in rows), 1), "s"),
    }


def summary(report: dict[str, Any]) -> str:
    """What a person reads after the rows that were printed on the way."""
    return measured.by_line(
        {
            language: {name: value for name, value in found.items() if name != "videos"}
            for language, found in report.items()
        }
    )


if __name__ == "__main__":
    main()
