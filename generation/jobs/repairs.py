"""The repairs of a job, in its row: what failed, what was tried, whether it helped, and what the stages therefore do.

The row is the only memory: a worker that takes over after a kill reads the same remedy from it and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generation.jobs.progress import JobLease
from generation.models import GenerationJob
from generation.stages.fitting import Fitting
from generation.stages.healing import ROUNDS, Patient, Repair, answers, named
from generation.stages.remedy import Remedy

_FITTED = "fitted"  # marks the rows that the voice stage writes anew each time


class Repairs:
    """Of one version of the storyboard; those of an older version are forgotten, what a person edited is a new video."""

    def __init__(self, job: GenerationJob, lease: JobLease, *, version: int) -> None:
        self._job, self._lease, self._version = job, lease, version
        self._rows: list[dict[str, Any]] = [row for row in job.repairs if row["version"] == version]

    @property
    def remedy(self) -> Remedy:
        """All that was tried, for each check only the newest."""
        newest = {row["check"]: row["remedy"] for row in self._rows if row["remedy"]}
        whole = Remedy()
        for remedy in newest.values():
            whole = whole.and_then(Remedy.from_json(remedy))
        return whole

    def note(self, changes: Sequence[Fitting], *, met: bool) -> None:
        """What the measured voice asked for, in place of what an earlier voice did."""
        fitted = [
            self._row(
                Repair(
                    "duration",
                    change.action,
                    "helped" if met else "no_help",
                    {"scene": change.scene} if change.scene else {"pace": change.pace},
                ),
                round_=0,
                kind=_FITTED,
            )
            for change in changes
        ]
        self._save([*fitted, *(row for row in self._rows if row["kind"] != _FITTED)])

    def after(self, patient: Patient) -> bool:
        """Close what the newest check has answered and open what is tried next; ``False`` when there is nothing to try.

        Raises ``LeaseLost`` where another worker has the job.
        """
        failed = patient.report["failed"]
        rows = [
            {**row, "outcome": "no_help" if row["check"] in failed else "helped"}
            if row["outcome"] == "tried"
            else row
            for row in self._rows
        ]
        done = max((row["round"] for row in rows), default=0)
        opened: list[Repair] = []
        if failed and done < ROUNDS:
            tried = {(row["check"], row["action"]) for row in rows}
            opened = list(answers(patient, tried=tried))
        again = any(repair.outcome == "tried" for repair in opened)
        if not again and not any(row["outcome"] == "suggested" for row in rows):
            opened += named(patient)
        self._save([*rows, *(self._row(repair, round_=done + 1) for repair in opened)])
        return again

    def _row(self, repair: Repair, *, round_: int, kind: str = "healed") -> dict[str, Any]:
        return {
            "version": self._version,
            "round": round_,
            "kind": kind,
            "check": repair.check,
            "action": repair.action,
            "outcome": repair.outcome,
            "detail": repair.detail,
            "remedy": repair.remedy.to_json(),
        }

    def _save(self, rows: list[dict[str, Any]]) -> None:
        if rows != self._job.repairs:
            self._lease.update(repairs=rows)
            self._job.repairs = rows
        self._rows = rows
