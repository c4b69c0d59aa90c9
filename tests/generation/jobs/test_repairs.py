"""A failed check is answered before a person is asked: bounded, listed on the job, and taken up again after a kill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generation.jobs import pipeline
from generation.jobs import worker as work
from generation.media.recognition import error_rate
from generation.models import GenerationJob, Video
from generation.selectors import job_snapshot
from generation.services.jobs import job_request
from generation.stages import check as judging
from generation.stages import healing
from generation.stages.check import Check, CheckReport
from generation.stages.check.lines import lines_heard
from generation.stages.healing import ROUNDS, STRATEGIES, Patient, answers, named
from generation.stages.readings import cues_as_written, other_readings, respelled
from generation.stages.remedy import Remedy
from generation.storyboard import Cue, Storyboard
from tests.conftest import make_user
from tests.generation.boards import board


class Killed(BaseException):
    """Stands for SIGKILL: no handler of the worker's sees it."""


def request(**values: Any) -> GenerationJob:
    asked = {"topic": "露营装备清单", "language": "zh", "seconds": 10, "quality": "draft", "seed": 5}
    return job_request(
        owner=make_user("cora", "viewer", "creator"), **{**asked, "recipe": {"voice": "none"}, **values}
    )


def failing(
    monkeypatch: pytest.MonkeyPatch, name: str, *, until: int, value: float = -0.2
) -> list[Storyboard]:
    """The check ``name`` fails in the first ``until`` looks; the boards that were judged."""
    seen: list[Storyboard] = []
    judge = judging.judge

    def strict(path: Any, judged: Storyboard, **kwargs: Any) -> CheckReport:
        seen.append(judged)
        report = judge(path, judged, **kwargs)
        kept = [c for c in report.checks if c.name != name]
        failed = Check(name, len(seen) > until, value, "≤ -1", "dBTP")
        return replace(report, checks=(*kept, failed))

    monkeypatch.setattr(judging, "judge", strict)
    return seen


def told(job: GenerationJob) -> list[tuple[str, str, str]]:
    return [(row["check"], row["action"], row["outcome"]) for row in job_snapshot(job)["repairs"]]


@pytest.mark.django_db(transaction=True)
def test_a_true_peak_is_limited_lower_and_only_the_sound_is_encoded_again(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    seen = failing(monkeypatch, "true_peak", until=1)
    job = request()
    assert work.job_take(job.pk)
    job.refresh_from_db()
    assert (job.state, len(seen)) == ("done", 2)
    assert Video.objects.get(job=job).state == Video.State.READY
    assert told(job) == [("true_peak", "limited_lower", "helped")]
    stages = {stage.name: stage.result for stage in job.stages.all()}
    assert stages["music"]["ceiling_dbtp"] <= -2 - 0.8
    assert stages["render"]["detail"]["drawn"] == 0  # no picture was drawn again


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_repair_is_followed_by_one_that_goes_on(
    monkeypatch, settings, tmp_path
):
    settings.VAR_DIR, settings.JOB_LEASE = tmp_path, 0.2
    seen = failing(monkeypatch, "frozen", until=1, value=3.0)
    job = request()
    label = pipeline.label_stage
    with monkeypatch.context() as dying, pytest.raises(Killed):
        labelled = 0

        def killed(*args: Any) -> Any:
            nonlocal labelled
            labelled += 1
            if labelled == 2:
                raise Killed
            return label(*args)

        dying.setattr(pipeline, "label_stage", killed)
        work.job_take(job.pk)
    job.refresh_from_db()
    assert (job.state, told(job)) == ("running", [("frozen", "arranged_again", "tried")])
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=job.created)
    assert work.job_take(job.pk)
    job.refresh_from_db()
    assert (job.state, told(job)) == ("done", [("frozen", "arranged_again", "helped")])
    assert len(seen) == 2 and seen[0].seed != seen[1].seed  # judged once before the kill, once after


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_no_repair_helps_ends_held_after_each_was_tried_once(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    seen = failing(monkeypatch, "black", until=99, value=1.0)
    job = request()
    assert work.job_take(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and Video.objects.get(job=job).state == Video.State.HELD
    actions = [action for _, action, _ in told(job)]
    assert len(seen) <= ROUNDS + 1
    assert actions == list(STRATEGIES["black"])
    assert {outcome for _, _, outcome in told(job)} == {"no_help"}


SPOKEN = board(
    scenes=tuple(
        replace(scene, narration=said, cues=(Cue(said, 0.1, 2.0),), layout=layout)
        for scene, said, layout in zip(
            board().scenes, ("一共要走3.5公里。", "先看地图，再收拾东西。"), ("chart", "end"), strict=True
        )
    ),
    voice=replace(board().voice, name="zf_xiaoxiao"),
)  # fmt: skip


def patient(heard: str, *failed: str) -> Patient:
    report = {"failed": list(failed), "heard": heard, "checks": [{"name": "true_peak", "value": 0.5}]}
    return Patient(SPOKEN, report, -2.0, speech=None, cache_dir=None, beat=lambda: None)  # type: ignore[arg-type]


def test_the_misheard_line_is_found_whatever_surrounds_it():
    lines = lines_heard(SPOKEN, "一共要走三点五公里。仙侃迪图，再收拾东西。")
    assert (lines[0].scene, lines[0].wrong) == ("s2", 3)
    assert lines[0].heard.startswith("仙侃迪")
    assert lines[1].error_rate == 0.0
    whole = "".join(line.heard for line in sorted(lines, key=lambda line: line.scene))
    assert error_rate("".join(s.narration for s in SPOKEN.scenes), whole, "zh") == pytest.approx(
        sum(line.wrong for line in lines) / sum(line.length for line in lines), abs=0.01
    )


def test_every_word_that_was_heard_belongs_to_some_line():
    heard = "嗯那个一共要走走三点五公里啊对先看图收拾东西谢谢观看"
    lines = sorted(lines_heard(SPOKEN, heard), key=lambda line: line.scene)
    assert "".join(line.heard for line in lines) == heard


def test_the_line_that_stays_misheard_is_named_with_what_to_do():
    [row] = named(patient("一共要走山脊。先看地图，再收拾东西。", "narration"))
    assert (row.detail["scene"], row.detail["suggestion"]) == (1, "number_in_words")
    assert row.detail["line"] == "一共要走3.5公里。"
    assert named(patient("一样", "black")) == []


def test_a_peak_is_answered_with_a_ceiling_as_much_lower_as_it_was_over():
    [row] = answers(patient("", "true_peak"), tried=set())
    assert row.remedy.ceiling_dbtp == pytest.approx(-2 - 1.5 - 0.3)
    assert list(answers(patient("", "true_peak"), tried={("true_peak", "limited_lower")})) == []


def test_each_way_is_tried_once_and_a_check_without_one_is_left_to_a_person():
    first = next(answers(patient("", "safe_area"), tried=set()))
    second = next(answers(patient("", "safe_area"), tried={("safe_area", first.action)}))
    assert [first.action, second.action] == list(STRATEGIES["safe_area"])
    assert second.remedy.arranged(SPOKEN).scenes[0].layout == "point"
    assert list(answers(patient("", "label_c2pa", "size"), tried=set())) == []


def test_a_line_is_said_otherwise_only_where_it_is_understood_better_so(monkeypatch: pytest.MonkeyPatch):
    rates = {"三点五": 0.1}

    def hear(_patient: Any, text: str, voice: str, readings: dict[str, str], pace: float) -> float:
        return rates.get(next(iter(readings.values()), ""), 0.6)

    monkeypatch.setattr(healing, "_heard_alone", hear)
    tells = "一共要走山脊。先看地图，再收拾东西。"
    monkeypatch.setattr(healing, "other_readings", lambda *_: [{"3.5": "三点五"}, {"3.5": "三半"}])
    row = next(answers(patient(tells, "narration"), tried=set()))
    assert row.remedy.readings == {"s1": {"3.5": "三点五"}}
    rates.clear()
    rows = list(answers(patient(tells, "narration"), tried=set()))
    assert [(row.action, row.outcome) for row in rows] == [
        ("read_otherwise", "no_help"),
        ("other_voice", "no_help"),
    ]


def test_the_other_voice_is_of_the_same_language_and_kind(monkeypatch: pytest.MonkeyPatch):
    heard: list[str] = []

    def hear(_patient: Any, text: str, voice: str, readings: dict[str, str], pace: float) -> float:
        heard.append(voice)
        return 0.1 if voice == "zf_xiaoyi" else 0.6

    monkeypatch.setattr(healing, "_heard_alone", hear)
    row = next(answers(patient("山脊", "narration"), tried={("narration", "read_otherwise")}))
    assert row.remedy.voice == "zf_xiaoyi"
    assert all(voice.startswith("zf_") for voice in heard)


def test_where_most_lines_are_misheard_another_voice_comes_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        healing, "_heard_alone", lambda _p, _t, voice, *_: 0.1 if voice == "zf_xiaobei" else 0.6
    )
    row = next(answers(patient("笑曲门扣的造惨店仙侃迪", "narration"), tried=set()))
    assert (row.action, row.remedy.voice) == ("other_voice", "zf_xiaobei")


def test_a_respelled_line_keeps_its_captions():
    line, readings = "用ChatGPT写3.5页，再用Excel。", {"ChatGPT": "Chat G P T", "3.5": "三点五"}
    said = respelled(line, readings)
    assert said == "用Chat G P T写三点五页，再用Excel。"
    spoken = ["用", "Chat", "G", "P", "T", "写", "三", "点", "五", "页", "再", "用", "Excel"]
    cues = [Cue(word, i * 0.1, i * 0.1 + 0.1) for i, word in enumerate(spoken)]
    written = cues_as_written(line, readings, cues)
    assert [cue.text for cue in written] == ["用", "ChatGPT", "写", "3.5", "页", "再", "用", "Excel"]
    assert (written[1].start, written[1].end) == (0.1, pytest.approx(0.5))


def test_other_readings_are_others_and_only_of_what_is_misheard():
    for line, language in (("用AI做3张PPT", "zh"), ("It costs 1500 dollars on NASA day", "en")):
        for reading in other_readings(line, language, "nothing of it"):
            [(word, way)] = reading.items()
            assert word in line and way != word
    assert other_readings("用AI做PPT", "zh", "用ai做ppt") == []


def test_a_remedy_survives_the_row_it_is_kept_in():
    whole = Remedy(ceiling_dbtp=-3.0, readings={"s1": {"AI": "A I"}}, paces={"s2": 0.93}, voice="zf_xiaoyi")
    assert Remedy.from_json(whole.to_json()) == whole
    assert whole.and_then(Remedy(arrangement=1)) == replace(whole, arrangement=1)
    assert Remedy().arranged(SPOKEN) == Remedy().voiced(SPOKEN) == SPOKEN
