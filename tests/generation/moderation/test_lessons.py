"""Which decisions teach: the last word of people that stands, about what is still there, one creator on one side."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from core.errors import MediaFolderUnwritable
from generation.errors import TrainingInvalid
from generation.models import ModelKind, TrainingRun, Video
from generation.moderation.learning import lessons
from generation.moderation.learning.lessons import (
    FILE,
    Lesson,
    lessons_read,
    lessons_standing,
    lessons_write,
    lists_prune,
    lists_root,
    texts_by_decision,
)
from generation.moderation.models import Case, Decision
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.golden import golden_copy, golden_mark
from generation.moderation.services.undoing import decision_undo
from generation.services.videos import video_publish
from tests import factories
from tests.generation.moderation.decided import comments_decided, people, said

pytestmark = pytest.mark.usefixtures("var_dir")
TEXT, PICTURE = ModelKind.TEXT_SAFETY, ModelKind.PICTURE_SAFETY


def decide(case: Case, moderator: User, action: str, policy: str = "") -> list[Decision]:
    return case_decide(case=case, moderator=moderator, actions=[ActionAsked(action, policy)])


def listed(number: int, *, video: int = 1, creator: int = 1) -> Lesson:
    return Lesson(number, number, video, None, None, "", creator, frozenset())


def broken() -> dict[int, frozenset[str]]:
    return {one.video: one.broken for one in lessons_standing()}


def test_the_last_word_of_people_is_the_label_and_an_undone_one_leaves(case_of: Any, moderator: User) -> None:
    case = case_of("[hate:0.6] 露营")
    assert lessons_standing() == []
    decide(case, moderator, "reject", "hate")
    [lesson] = lessons_standing()
    assert (lesson.case, lesson.video, lesson.broken) == (case.pk, case.video_id, {"hate"})
    [(_, texts)] = texts_by_decision([lesson])
    assert texts["title"] == "[hate:0.6] 露营" and "username" in texts
    listed = lessons_write(TEXT, [lesson])
    assert lessons_read(listed) == [lesson]
    decision_undo(case=Case.objects.get(pk=case.pk), moderator=moderator)
    assert lessons_standing() == [] and lessons_read(listed) == [], "an old list does not keep it"
    decide(Case.objects.get(pk=case.pk), moderator, "approve")
    assert broken() == {case.video_id: frozenset()} and lessons_read(listed) == []


def test_several_actions_of_one_decision_are_one_lesson(case_of: Any, moderator: User) -> None:
    case = case_of("[hate:0.6] [fraud:0.6]")
    case_decide(
        case=case,
        moderator=moderator,
        actions=[ActionAsked("age_limit", "hate"), ActionAsked("blur", "fraud")],
    )
    assert broken() == {case.video_id: {"hate", "fraud"}}


def test_an_appeal_waits_then_speaks_over_what_it_is_about(
    case_of: Any, moderator: User, second_moderator: User, creator: User, client_of: Any
) -> None:
    case = case_of()
    decide(case, moderator, "reject", "hate")
    client_of(creator).post(
        f"/api/v1/videos/{case.video_id}/appeal/", {"text": "no"}, content_type="application/json"
    )
    assert broken() == {}, "disputed"
    decide(Case.objects.get(kind="appeal"), second_moderator, "approve")
    assert broken() == {case.video_id: frozenset()}


def test_a_disagreement_waits_and_the_adjudication_is_the_label(
    case_of: Any, moderator: User, second_moderator: User, administrator: User, settings: Any
) -> None:
    settings.SECOND_OPINION_SHARE = 1.0
    case = case_of()
    decide(case, moderator, "reject", "hate")
    assert broken() == {case.video_id: {"hate"}}
    decide(Case.objects.get(kind="second"), second_moderator, "approve")
    assert broken() == {}, "two differ"
    decide(Case.objects.get(kind="adjudication"), administrator, "reject", "violence")
    assert broken() == {case.video_id: {"violence"}}


def test_what_the_machine_let_pass_teaches_only_by_the_person_who_looked(
    screening: Any, creator: User, moderator: User, settings: Any
) -> None:
    settings.AUTOMATIC_CHECK_SHARE = 1.0
    video = video_publish(video=factories.video(creator, title="露营清单"))
    screening()
    assert lessons_standing() == [], "what the machine decides is no label"
    decide(Case.objects.get(kind="second"), moderator, "approve")
    assert broken() == {video.pk: frozenset()}


def test_known_answers_simulated_and_automatic_decisions_teach_nothing(
    case_of: Any, moderator: User, second_moderator: User, administrator: User
) -> None:
    case = case_of()
    decide(case, moderator, "reject", "hate")
    golden = golden_mark(case=Case.objects.get(pk=case.pk), by=administrator)
    decide(golden_copy(golden=golden, moderator=second_moderator), second_moderator, "approve")
    assert broken() == {case.video_id: {"hate"}}, "the answer to a known case is not a decision"
    Case.objects.filter(pk=case.pk).update(simulated=True)
    assert lessons_standing() == [] and lessons_read(lessons_write(TEXT, [])) == []
    Case.objects.filter(pk=case.pk).update(simulated=False)
    Decision.objects.filter(case=case).update(automatic=True)
    assert lessons_standing() == []


def test_what_was_edited_since_has_no_words_to_learn_from(case_of: Any, moderator: User) -> None:
    case = case_of()
    decide(case, moderator, "reject", "hate")
    Video.objects.filter(pk=case.video_id).update(title="something else")
    assert list(texts_by_decision(lessons_standing())) == []


def test_erased_people_and_deleted_videos_leave_the_lessons_and_every_list(
    case_of: Any, moderator: User, creator: User, other_creator: User
) -> None:
    mine, other = case_of(), case_of(owner=other_creator)
    for case in (mine, other):
        decide(case, moderator, "reject", "hate")
    lines = lessons_write(TEXT, lessons_standing()) / FILE
    assert len(lines.read_text().splitlines()) == 2
    assert "露营" not in lines.read_text() and "[hate" not in lines.read_text(), "numbers, no words"
    Video.objects.get(pk=mine.video_id).delete()
    assert [one.video for one in lessons_standing()] == [other.video_id]
    assert len(lines.read_text().splitlines()) == 1
    number = other_creator.pk
    Video.objects.filter(owner=number).delete()
    other_creator.delete()
    assert lessons_standing() == [] and str(lines.read_text()) == ""


def test_a_comment_is_learned_from_with_its_own_words(moderator: User, media_root: Path, db: None) -> None:
    writers = people(2)
    comments_decided([(writers[0], "你好", False), (writers[1], "滚", True)], moderator=moderator)
    told = {texts["comment"]: one.broken for one, texts in texts_by_decision(lessons_standing())}
    assert told == {"你好": frozenset(), "滚": frozenset({"hate"})}
    writers[1].delete()
    assert [texts["comment"] for _, texts in texts_by_decision(lessons_standing())] == ["你好"]


def test_all_lessons_of_one_creator_lie_on_one_side_and_a_fifth_of_creators_judge(
    media_root: Path, db: None
) -> None:
    writers = people(60)
    comments_decided((writers[n % 60], text, bad) for n, (text, bad) in enumerate(said(180, seed=1)))
    sides: dict[int, set[bool]] = {}
    for one in lessons_standing():
        sides.setdefault(one.creator, set()).add(one.held)
    assert len(sides) == 60 and all(len(side) == 1 for side in sides.values())
    drawn = [Lesson(1, 1, 1, None, None, "", creator, frozenset()).held for creator in range(2000)]
    assert 0.17 < sum(drawn) / len(drawn) < 0.23


def test_a_broken_list_is_refused(var_dir: Path, db: None) -> None:
    folder = lists_root() / "broken"
    folder.mkdir(parents=True)
    (folder / FILE).write_text("{}\n")
    with pytest.raises(TrainingInvalid, match="no list of lessons"):
        lessons_read(folder)


def aged(kind: str, numbers: range) -> list[Path]:
    """Lists of the kind, the oldest first."""
    folders = [lessons_write(kind, [listed(number)]) for number in numbers]
    for age, folder in enumerate(folders):
        os.utime(folder / FILE, (1_000_000 + age, 1_000_000 + age))
    return folders


def test_each_kind_keeps_its_five_newest_lists_and_none_goes_that_a_training_needs(
    var_dir: Path, db: None
) -> None:
    pictures, texts = aged(PICTURE, range(3)), aged(TEXT, range(9))
    states = {0: "done", 1: "queued", 2: "done"}  # the third is the newest run
    for number, state in states.items():
        TrainingRun.objects.create(
            kind=TEXT, state=state, parameters={"data": str(texts[number].absolute())},
            created=timezone.now() + timedelta(minutes=number),
        )  # fmt: skip
    (texts[3] / ".lessons.0123.part.jsonl").write_text("left by a process that died")
    lists_prune(TEXT)
    assert [number for number, folder in enumerate(texts) if folder.exists()] == [1, 2, 4, 5, 6, 7, 8]
    assert all((folder / FILE).is_file() for folder in pictures)


def test_the_lists_of_two_kinds_with_the_same_lessons_are_two(var_dir: Path) -> None:
    assert lessons_write(TEXT, [listed(1)]) != lessons_write(PICTURE, [listed(1)])


def test_a_list_that_goes_meanwhile_or_is_no_text_does_not_stop_a_deletion(
    case_of: Any, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of()
    gone, kept, garbled = (lists_root() / name for name in ("gone", "kept", "garbled"))
    whole = lessons_write(TEXT, [listed(1, video=case.video_id), listed(2, video=0)]) / FILE
    for folder in (gone, kept):
        folder.mkdir()
        (folder / FILE).write_bytes(whole.read_bytes())
    garbled.mkdir()
    (garbled / FILE).write_bytes(b"\xff\xfe\x00")
    glob = Path.glob

    def found(place: Path, pattern: str) -> Any:
        places = list(glob(place, pattern))
        (gone / FILE).unlink(missing_ok=True)
        return places

    monkeypatch.setattr(Path, "glob", found)
    Video.objects.get(pk=case.video_id).delete()
    assert len((kept / FILE).read_text().splitlines()) == len(whole.read_text().splitlines()) == 1
    assert not (garbled / FILE).exists() and not (gone / FILE).exists()


def test_a_disk_that_refuses_does_not_stop_an_erasure_and_is_asked_again_when_it_is_committed(
    moderator: User,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    [writer] = people(1)
    number = writer.pk
    place = lessons_write(TEXT, [listed(1, creator=number), listed(2, creator=2)]) / FILE
    unread = lists_root() / "folder" / FILE
    unread.mkdir(parents=True)  # reading it is an OSError, whoever asks
    with monkeypatch.context() as refusing, django_capture_on_commit_callbacks(execute=True):

        def refused(target: Path) -> Any:
            raise MediaFolderUnwritable(f"The folder {target.parent} cannot be written.")

        refusing.setattr(lessons, "atomic_path", refused)
        writer.delete()
        assert not User.objects.filter(pk=number).exists() and len(place.read_text().splitlines()) == 2
        said_first = [one.getMessage() for one in caplog.records if one.name == lessons.__name__]
        assert len(said_first) == 2 and all("still names what is deleted" in line for line in said_first)
        refusing.undo()
        unread.rmdir()
    assert [json.loads(line)["creator"] for line in place.read_text().splitlines()] == [2]
