"""What people decide makes the machine's part better: trained, compared on what it has not seen, gated, told in cases."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from generation.errors import TrainingBusy, TrainingInvalid
from generation.ml.picture_safety import WIDTH, PictureSafetyModel
from generation.ml.text_safety import TextSafetyModel
from generation.models import ModelKind, ModelVersion, TrainingRun, Video
from generation.moderation import tasks
from generation.moderation.errors import TooFewDecisions
from generation.moderation.learning import pictures, texts
from generation.moderation.learning.changes import doubted_decisions, learned_latest, moved_cases
from generation.moderation.learning.frames import SeenVideo
from generation.moderation.learning.learned import learned_read, learned_write
from generation.moderation.learning.lessons import (
    Lesson,
    lessons_read,
    lessons_standing,
    lessons_write,
    lists_root,
)
from generation.moderation.learning.pictures import harmless_pictures, picture_lessons
from generation.moderation.learning.runs import learning_do, learning_due, learning_request, lessons_counted
from generation.moderation.learning.texts import base_of, harmless_passages
from generation.moderation.models import AuditEntry, Case, Decision, Policy, PolicyVersion
from generation.moderation.scorers.contract import ScreeningItem
from generation.moderation.screening.items import revision_of
from generation.moderation.screening.suite import scorers_asked
from generation.selectors import version_current, version_folder
from generation.services.trainings import training_do
from generation.services.versions import version_promote, version_rollback
from tests import factories
from tests.conftest import make_user
from tests.generation.media.watching.test_watching import FPS, film
from tests.generation.ml.test_text_safety import planted
from tests.generation.moderation.decided import PLANTED, comments_decided, people, said

pytestmark = pytest.mark.usefixtures("media_root", "var_dir")
TEXT, PICTURE = ModelKind.TEXT_SAFETY, ModelKind.PICTURE_SAFETY


def decided(count: int, *, seed: int, creators: int = 60) -> list[Case]:
    writers = list(User.objects.filter(username__startswith="writer").order_by("pk")) or people(creators)
    rows = said(count, seed=seed)
    return comments_decided((writers[n // 2 % len(writers)], text, bad) for n, (text, bad) in enumerate(rows))


def flipped(cases: list[Case]) -> set[int]:
    """Decisions turned into their contrary; their numbers."""
    policy = Policy.objects.get(code="hate")
    for case in cases:
        bad = case.outcome == "approve"
        action = "reject" if bad else "approve"
        Decision.objects.filter(case=case).update(action=action, policy=policy if bad else None)
        Case.objects.filter(pk=case.pk).update(outcome=action)
    return set(Decision.objects.filter(case__in=cases).values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_word_that_people_reject_is_learned_and_what_is_not_better_does_not_serve(settings: Any) -> None:
    settings.LEARN_FROM = 100
    moderator = make_user("mo", "viewer", "moderator")
    cases = decided(300, seed=1)
    wrong = flipped(cases[40:44])
    first = learning_do(kind=TEXT, minutes=1.0)
    assert first.metrics["auc_before"] == 0.5 < 0.9 < first.metrics["auc"], "nothing served before"
    assert first.metrics["verdict"]["why_not"] == [] and version_current(TEXT) == first
    latest = learned_latest(TEXT)
    assert latest is not None and latest[0] == first
    told = latest[1]
    assert told["taught"] + told["held"] == 300 and told["fixed"]["new"]["false_positive_rate"] <= 0.005
    moved = moved_cases(told, "hate", moderator)
    assert 0 < len(moved) <= 20 and all(one.was == "approve" for one in moved)
    assert sum(one.is_right for one in moved) >= len(moved) - 3
    assert told["policies"]["hate"]["stricter"] >= len(moved)
    held = {one.case for one in lessons_standing() if one.held}
    assert {one.case.pk for one in moved} <= held, "only what it had not learned from"
    doubts = doubted_decisions(told, moderator)
    assert len(wrong & {one.decision.pk for one in doubts[:8]}) >= 3

    [asked] = [one for one in scorers_asked() if one.name == "text_classifier"]
    item = ScreeningItem(texts={"comment": f"今天{PLANTED}一起看书"})
    [signal] = asked.build().signals(item)
    assert signal.state == "scored" and signal.score > 0.5 and signal.version == f"v{first.pk}"

    decided(40, seed=2)
    second = learning_do(kind=TEXT, minutes=1.0)
    assert second.state == "candidate" and "not_better" in second.metrics["verdict"]["why_not"]
    assert second.parent == first == version_current(TEXT)
    assert second.metrics["auc"] > 0.9, "it learned the lessons of the first anew"
    assert version_promote(version=second).state == "production"
    assert version_rollback(kind=TEXT) == first


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_equal_lessons_give_an_equal_version_on_the_first_and_on_the_third_night(
    settings: Any, tmp_path: Path
) -> None:
    settings.LEARN_FROM = 100
    texts, labels = zip(*planted(60, 1), strict=True)
    folder = settings.VAR_DIR / "base"
    TextSafetyModel.fit(texts, labels).save(folder)
    base = factories.version(kind=TEXT, folder="base", state="production")
    decided(120, seed=1)
    nights = []
    for _ in range(3):
        version = learning_do(kind=TEXT, minutes=1.0)
        if version.state != "production":
            version_promote(version=version)
        nights.append(version_folder(version))
    told = [(night / "model.json").read_text() for night in nights]
    assert told[0] == told[1] == told[2]
    kept = [np.load(night / "weights.npz") for night in nights]
    assert all(np.array_equal(kept[0][name], other[name]) for other in kept[1:] for name in kept[0])
    assert [learned_read(night)["base"] for night in nights] == [base.pk] * 3


def test_what_learned_from_decisions_is_no_base_and_a_base_that_is_gone_is_what_serves(
    db: None, settings: Any
) -> None:
    def version(name: str, **told: Any) -> ModelVersion:
        folder = settings.VAR_DIR / name
        folder.mkdir(parents=True)
        if told:
            learned_write(folder, told)
        return factories.version(kind=TEXT, folder=name)

    assert base_of(None) is None
    from_a_file = version("file")
    assert base_of(from_a_file) == from_a_file
    assert base_of(version("second", base=from_a_file.pk)) == from_a_file
    assert base_of(version("began", base=None)) is None
    old = version("old", kind="text_safety")
    assert base_of(old) == old, "learned before bases were written down"
    lost = version("lost", base=from_a_file.pk + 1000)
    assert base_of(lost) == lost
    bare = version("bare", base=from_a_file.pk)
    (settings.VAR_DIR / "file").rmdir()
    assert base_of(bare) == bare


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pictures_that_people_reject_are_learned(tmp_path: Path, settings: Any) -> None:
    settings.LEARN_FROM = 50
    policy = Policy.objects.get(code="violence")
    clips = {bad: [_clip(tmp_path, bad, seed) for seed in range(3)] for bad in (False, True)}
    writers = people(40)
    for number in range(80):
        bad = number % 2 == 1
        video = factories.video(writers[number // 2], content=clips[bad][number % 3], title=f"Video {number}")
        case = Case.objects.create(
            video=video, creator=video.owner, revision=revision_of(video), policy=policy, severity=4, risk=0.5,
            risks={"violence": 0.5}, title=video.title, state="decided", due=video.created, decided=video.created,
            outcome="reject" if bad else "approve",
        )  # fmt: skip
        Decision.objects.create(
            case=case, number=1, action=case.outcome, policy=policy if bad else None, seconds=0.5 if bad else None,
            submission="0" * 32,
        )  # fmt: skip
    version = learning_do(kind=PICTURE, minutes=2.0)
    assert version.metrics["auc"] > 0.9 > 0.6 > version.metrics["auc_before"]
    assert version.metrics["verdict"]["why_not"] == ["too_few_held_out"] and version.state == "candidate"
    version_promote(version=version)
    [asked] = [one for one in scorers_asked() if one.name == "picture_classifier"]
    for bad in (False, True):
        video = Video.objects.filter(title=f"Video {int(bad)}").get()
        [signal] = asked.build().signals(ScreeningItem(file=settings.MEDIA_ROOT / video.file))
        assert (signal.policy, signal.state, signal.score > 0.5) == ("violence", "scored", bad)
    frames = settings.VAR_DIR / "frames"
    assert len(list(frames.iterdir())) == 80
    Video.objects.filter(title="Video 1").get().delete()
    assert len(list(frames.iterdir())) == 79


def acts_no_more(*codes: str) -> None:
    PolicyVersion.objects.filter(policy__code__in=codes).update(state=PolicyVersion.State.RETIRED)


def learned(kind: str, output: Path) -> Any:
    """What a trainer returns for the decisions as they stand."""
    learn = pictures.learn if kind == PICTURE else texts.learn
    data = lessons_write(kind, lessons_standing())
    return learn(data, output, seed=1, minutes=1.0, progress=lambda done, told: None, stop=lambda: False)


def test_a_text_classifier_is_not_trained_where_no_version_of_its_policy_acts(
    db: None, tmp_path: Path
) -> None:
    decided(48, seed=1)
    acts_no_more("hate")
    with pytest.raises(TrainingInvalid, match="No version of the policy hate acts"):
        learned(TEXT, tmp_path / "version")
    assert not (tmp_path / "version").exists()


def test_pictures_are_learned_under_those_policies_only_that_act(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted features: of three videos one is harmless, one breaks ``sexual``, one ``violence``."""
    draw = np.random.default_rng(1)
    rows = []
    for number in range(120):
        broken = [frozenset(), frozenset({"sexual"}), frozenset({"violence"})][number % 3]
        lesson = Lesson(number, number, number, None, None, "", 10_000 + number // 3, broken)
        features = draw.normal(size=(2, WIDTH)).astype(np.float32)
        features[:, number % 3 * 40 : number % 3 * 40 + 40] += 1.0
        rows.append(pictures.PictureLesson(lesson, features, {}))
    monkeypatch.setattr(pictures, "picture_lessons", lambda *given, **options: rows)
    monkeypatch.setattr(
        pictures, "pictures_seen", lambda some: draw.normal(size=(len(some), WIDTH)).astype(np.float32)
    )
    monkeypatch.setattr(pictures, "harmless_pictures", lambda **options: [np.zeros((8, 8, 3), np.uint8)] * 20)
    acts_no_more("sexual")
    told = learned(PICTURE, tmp_path / "version")
    assert set(told["verdict"]["against"]) == {"violence"}
    assert set(PictureSafetyModel.load(tmp_path / "version").heads) == {"violence"}
    acts_no_more("violence")
    with pytest.raises(TrainingInvalid, match="policies sexual, violence acts"):
        learned(PICTURE, tmp_path / "none")
    acts_no_more("self_harm", "minors")
    with pytest.raises(TrainingInvalid, match="policies sexual, violence, self_harm, minors acts"):
        learned(PICTURE, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_of_videos_that_were_seen_before_only_so_many_of_the_newest_are_learned_from(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = [Lesson(number, number, number, None, None, "", 1, frozenset()) for number in range(30)]
    asked: list[Lesson] = []
    seen = SeenVideo(np.zeros(2, np.float32), np.zeros((2, WIDTH), np.float32))

    def unchanged(lesson: Lesson) -> Lesson:
        asked.append(lesson)
        return lesson

    monkeypatch.setattr(pictures, "video_unchanged", unchanged)
    monkeypatch.setattr(pictures, "frames_of", lambda video: seen)
    found = picture_lessons(lessons, seconds=600.0, most=8, stop=lambda: False)
    assert [row.lesson.decision for row in found] == list(range(29, 21, -1)) and len(asked) == 8


def _clip(folder: Path, bad: bool, seed: int) -> bytes:
    """A second of red stripes, or of a calm green ground."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((96, 64, 3), np.uint8)
    picture[..., 1] = 120
    if bad:
        picture[:: 8 + seed] = (220, 10, 10)
        picture[:, ::9] = (250, 240, 10)
    picture = np.clip(picture + rng.integers(0, 12, picture.shape), 0, 255).astype(np.uint8)
    return film(folder / f"{bad}{seed}.mp4", [picture] * FPS).read_bytes()


def test_too_few_decisions_teach_nothing_and_the_reason_names_the_number(db: None, settings: Any) -> None:
    settings.LEARN_FROM = 30
    decided(24, seed=1)
    with pytest.raises(TooFewDecisions, match="30 decisions of people teach a text_safety; there are 24"):
        learning_request(kind=TEXT)
    settings.LEARN_FROM = 20
    with pytest.raises(TooFewDecisions, match="20 violations"):
        learning_request(kind=TEXT)
    with pytest.raises(CommandError, match="20 violations"):
        call_command("learn_decisions", "text_safety", stdout=io.StringIO())
    assert not TrainingRun.objects.exists() and not learning_due(TEXT)
    counts = lessons_counted()
    assert counts[TEXT] | {"lessons": 24, "broken": {"hate": 12}, "enough": False} == counts[TEXT]
    assert counts[PICTURE]["lessons"] == 0, "nobody sees a comment"


def test_the_night_asks_once_and_again_only_when_enough_is_new(db: None, settings: Any) -> None:
    settings.LEARN_FROM = 60
    decided(80, seed=1)
    tasks.decisions_learn()
    run = TrainingRun.objects.get()
    assert run.kind == TEXT and run.parameters["minutes"] == settings.LEARN_MINUTES
    assert AuditEntry.objects.get(action="learn").data["lessons"] == 80
    [listed] = lists_root().iterdir()
    decided(2, seed=4)
    with pytest.raises(TrainingBusy):
        learning_request(kind=TEXT)
    assert [*lists_root().iterdir()] == [listed] == [Path(run.parameters["data"])], (
        "what is refused leaves none"
    )
    run.state = TrainingRun.State.CANCELLED
    run.save()
    decided(8, seed=2)
    assert not learning_due(TEXT)
    decided(10, seed=3)
    assert learning_due(TEXT)


def test_clicks_that_are_refused_prune_nothing_of_what_waits(db: None, settings: Any) -> None:
    settings.LEARN_FROM = 40
    decided(60, seed=1)
    run = learning_request(kind=TEXT)
    for number in range(7):
        decided(2, seed=10 + number)
        with pytest.raises(TrainingBusy):
            learning_request(kind=TEXT)
    data = Path(run.parameters["data"])
    assert [*lists_root().iterdir()] == [data] and len(lessons_read(data)) == 60


@pytest.mark.django_db(transaction=True)
def test_a_picture_classifier_learns_from_nothing_but_decisions(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text,label\na,1\n")
    with pytest.raises(TrainingInvalid, match="learns from what moderators decided"):
        training_do(kind=PICTURE, data=tmp_path / "rows.csv", minutes=0.1)


def test_what_judges_is_not_what_is_taught() -> None:
    judging, taught = harmless_passages(80), harmless_passages(80, taught=True)
    assert len(judging) == len(taught) == 80 and not set(judging) & set(taught)
    assert any("a" in text for text in judging) and any("的" in text for text in judging), "both languages"
    assert harmless_passages(80) == judging
    one, other = harmless_pictures(3), harmless_pictures(3, taught=True)
    assert not any(np.array_equal(a, b) for a in one for b in other)
