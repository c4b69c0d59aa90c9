"""Step 5: the candidate beside what serves, on what is known already. Its table is stored whole, passed or not."""

from __future__ import annotations

from typing import Any

from analytics.optimization.work import CycleWork, policy_settings
from analytics.stats.policy.gate import GateInputs, gate_table
from core.languages import LANGUAGES
from generation.services.policies import policy_read


def step_gate(work: CycleWork) -> dict[str, Any]:
    data = work.dataset
    logged = work.videos["propensity"].reindex(data.video_ids).to_numpy()[data.rows.video]
    given = GateInputs(
        work.space, data.rows, logged, LANGUAGES, data.categories, policy_settings(), work.cycle.seed
    )
    serving = policy_read(work.production) if work.production else None
    rows = gate_table(work.learned, serving, given)
    return {"table": [row.to_json() for row in rows], "passed": all(row.passed for row in rows)}
