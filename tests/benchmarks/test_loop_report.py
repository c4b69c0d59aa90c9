"""What the proof of the loop says of its trials, and of both its levels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.loop import report, video
from benchmarks.loop.scenarios import Size
from benchmarks.measured import Figure


def played(loop: list[float], frozen: float = 0.5, oracle: float = 0.7) -> dict[str, Any]:
    """The rounds of three sites with such mean true rewards."""

    def rounds(values: list[float]) -> dict[str, Any]:
        return {
            "rounds": [{"true": one, "views": 10, "predicted": None, "diversity": 0.9} for one in values],
            "cycles": [],
        }

    return {
        "loop": rounds(loop), "frozen": rounds([frozen] * len(loop)), "oracle": rounds([oracle] * len(loop)),
        "seconds": 120.0,
    }  # fmt: skip


def test_both_levels_tell_the_gap_they_closed_and_how_far_they_lie_apart() -> None:
    told = report.both_levels(played([0.5, 0.6, 0.66]), played([0.5, 0.55, 0.65]))
    assert told["gap_by_round"] == {
        "video": pytest.approx([0.0, 0.5, 0.8]),
        "storyboard": pytest.approx([0.0, 0.25, 0.75]),
    }
    assert told["difference"] == pytest.approx(0.05)
    assert (told["views"], told["minutes"]) == (30, 2.0)
    figures = report.video_figures({"video": told, "videos": 5})
    assert figures["difference"].met and figures["rounds"].value == 2
    assert "apart by 5%" in report.video_lines({"video": told})


def test_the_curve_is_drawn_from_what_was_recorded_and_from_nothing_else() -> None:
    figures = {f"base.{kind}_round_{n}": Figure(n / 8) for kind in ("gap", "popular") for n in range(6)}
    drawn = report.curve_drawn(figures)
    assert drawn.startswith("<svg") and drawn.count("<polyline") == 4
    lower = report.curve_drawn(figures | {"base.gap_round_5": Figure(0.1)})
    assert lower != drawn
    with pytest.raises(KeyError):
        report.curve_drawn({})


@pytest.mark.slow
def test_videos_are_made_published_watched_and_learned_from_over_the_api_and_a_stopped_run_goes_on(
    tmp_path: Path,
) -> None:
    size = Size(videos=3, impressions=8, viewers=6, seconds=(10.0,))
    first = video.played(tmp_path, seed=1, rounds=1, size=size)
    assert [len(first[kind]["rounds"]) for kind in ("loop", "frozen", "oracle")] == [2, 2, 2]
    assert all(one["views"] >= 6 for one in first["loop"]["rounds"])
    assert [cycle["state"] for cycle in first["loop"]["cycles"]] == ["failed"], "6 videos teach nothing"
    assert first["oracle"]["rounds"][0]["true"] > first["frozen"]["rounds"][0]["true"]
    again = video.played(tmp_path, seed=1, rounds=1, size=size)
    assert again["loop"] == first["loop"], "what is noted as done is not done again"
