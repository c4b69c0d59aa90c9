"""What was put right stands on the job's page and in the API, in plain words of both languages."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.utils.translation import override

from generation.models import GenerationJob
from generation.stages import fitting, healing
from generation.web.repair_texts import OUTCOMES, repair_text
from tests.conftest import make_user

DETAILS: dict[str, dict[str, Any]] = {
    "spoken_faster": {"pace": 1.07},
    "spoken_slower": {"pace": 0.95},
    "sentence_left_out": {"scene": 3},
    "sentence_added": {"scene": 2},
    "point_left_out": {"scene": 5},
    "limited_lower": {"over_db": 0.6, "ceiling_dbtp": -2.9},
    "read_otherwise": {"scenes": [2, 4], "said": ["3.5 → 三点五"]},
    "other_voice": {"from": "zf_xiaoxiao", "to": "zf_xiaoyi"},
    "arranged_again": {},
    "laid_out_plainly": {},
    "line_named": {"scene": 2, "line": "走3.5公里", "heard": "走山脊", "suggestion": "number_in_words"},
}


def repair(action: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"check": "safe_area", "action": action, "outcome": "helped", "detail": detail}


def test_every_action_is_told_in_both_languages():
    actions = {*get_args(fitting.Action), *get_args(healing.Action)}
    assert actions == set(DETAILS)
    others = [("read_otherwise", {"scenes": [], "said": []}), ("read_otherwise", {"scenes": [2], "said": []})]
    for action, detail in [*DETAILS.items(), *others, ("other_voice", {"voice": "zf_xiaoxiao"})]:
        with override("en"):
            english = repair_text(repair(action, detail))
        with override("zh-hans"):
            chinese = repair_text(repair(action, detail))
        assert english.isascii() or "“" in english or "→" in english
        assert chinese != english and chinese.rstrip().endswith("。")
    assert set(OUTCOMES) == set(get_args(healing.Outcome))


@pytest.mark.django_db
def test_a_pace_is_told_in_percent(client):
    with override("en"):
        assert "7 % faster" in repair_text(repair("spoken_faster", {"pace": 1.07}))
        assert "5 % slower" in repair_text(repair("spoken_slower", {"pace": 0.95}))


@pytest.mark.django_db
def test_the_page_and_the_api_list_what_was_put_right(client):
    creator = make_user("cora", "viewer", "creator")
    row = {"version": 1, "round": 1, "kind": "healed", "remedy": {"ceiling_dbtp": -2.9}}
    rows = [{**row, **repair("limited_lower", DETAILS["limited_lower"]), "check": "true_peak"}]
    job = GenerationJob.objects.create(
        owner=creator, topic="露营", language="zh", seconds=10, state="cancelled", repairs=rows
    )
    client.force_login(creator)
    page = client.get(f"/jobs/{job.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "The sound peaks too high by 0.6 dB" in page and "Helped" in page
    answer = client.get(f"/api/v1/jobs/{job.pk}/").json()
    assert answer["repairs"] == [
        {
            "check": "true_peak",
            "action": "limited_lower",
            "outcome": "helped",
            "detail": {"over_db": 0.6, "ceiling_dbtp": -2.9},
        }
    ]
