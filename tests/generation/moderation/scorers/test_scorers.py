"""Scorers with and without what they need; a planted video for each kind of signal."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from generation.media.matching.pdq import pdq_hash
from generation.media.watching.loudness import RATE_HZ, levels_dbfs
from generation.ml.text_safety import TextSafetyModel
from generation.moderation.scorers.account import AccountScorer
from generation.moderation.scorers.contract import POLICIES, ScreeningItem, Signal
from generation.moderation.scorers.known import KnownHash, KnownList, KnownScorer, hashes_to_list
from generation.moderation.scorers.pictures import FlashScorer, NsfwScorer, NudityScorer
from generation.moderation.scorers.sound import LoudnessScorer
from generation.moderation.scorers.suite import SuiteParts, asked, suite
from generation.moderation.scorers.text import ClassifierScorer, TermScorer, passages
from generation.moderation.scorers.unlike import CONFIG, WEIGHTS, UnlikeScorer
from generation.moderation.scorers.watching import Watching
from tests.generation.media.watching.test_watching import FPS, film, flashing
from tests.generation.ml.test_text_safety import planted


def scene(seed: int) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 255, (18, 32, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((320, 180), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return film(tmp_path_factory.mktemp("clip") / "two.mp4", [scene(1)] * FPS + [scene(2)] * FPS)


def test_text_decides_without_any_classifier():
    item = ScreeningItem(texts={"title": "今天做面包", "comment": "你这个sb"}, transcript="f u c k you all")
    signals = TermScorer().signals(item)
    assert [(one.policy, one.state) for one in signals] == [("hate", "scored")]
    assert signals[0].score == max(one.score for one in signals[0].evidence) > 0.5
    assert {(one.where, one.text) for one in signals[0].evidence} == {
        ("comment", "sb"),
        ("transcript", "f u c k"),
    }
    assert "sb → 傻…" in {one.shown for one in signals[0].evidence}


def test_harmless_text_scores_nothing():
    (signal,) = TermScorer().signals(ScreeningItem(texts={"title": "三步学会做面包"}))
    assert (signal.score, signal.state, signal.evidence) == (0.0, "scored", ())


def test_missing_optional_scorers_say_no_model_and_neither_clear_nor_hold(tmp_path):
    item = ScreeningItem(texts={"title": "面包"})
    for scorer in (ClassifierScorer(None), UnlikeScorer(Watching(), tmp_path, None), AccountScorer()):
        (signal,) = scorer.signals(item)
        assert signal.state == "no_model" and signal.detail and not scorer.required


def test_nudenet_that_is_not_installed_says_no_model(clip, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (signal,) = NudityScorer(Watching()).signals(ScreeningItem(file=clip))
    assert signal.state == "no_model" and "pip install" in signal.detail


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    texts, labels = zip(*planted(160, 1), strict=True)
    folder = tmp_path_factory.mktemp("version-1")
    TextSafetyModel.fit(texts, labels).save(folder)
    return ClassifierScorer(folder, version="7")


def test_registered_classifier_names_the_passage_that_offends(classifier):
    mild = "今天天气朋友谢谢。" * 14
    item = ScreeningItem(texts={"script": mild + "今天你这垃圾滚开垃圾。"})
    (signal,) = classifier.signals(item)
    assert (signal.version, signal.state) == ("7", "scored")
    (calm,) = classifier.signals(ScreeningItem(texts={"script": mild}))
    assert calm.score < 0.5 < signal.score
    worst = signal.evidence[0]
    assert worst.text == item.texts["script"][worst.start : worst.end] and "垃圾" in worst.text


def test_classifier_does_not_judge_a_script_it_never_learned(classifier):
    (signal,) = classifier.signals(ScreeningItem(texts={"title": "bread in three steps"}))
    assert signal.state == "no_model" and "language" in signal.detail
    (nothing,) = classifier.signals(ScreeningItem())
    assert (nothing.state, nothing.score) == ("scored", 0.0)


@pytest.mark.parametrize("text", ["", "  ", "一句。", "甲" * 350, "短句。长句" * 60, "a\n\nb! c"])
def test_passages_hold_the_whole_text_in_order(text):
    found = list(passages(text))
    assert all(text[start : start + len(part)] == part for start, part in found)
    assert "".join(part for _, part in found).strip() == text.strip()


def test_flashing_video_breaks_the_rule_and_names_the_second(tmp_path):
    calm = [np.full((54, 96, 3), 40, np.uint8)] * FPS
    place = film(tmp_path / "flash.mp4", calm + flashing(hertz=6) + calm)
    (signal,) = FlashScorer(Watching()).signals(ScreeningItem(file=place))
    assert (signal.policy, signal.score) == ("flashing", 1.0)
    assert 0.9 <= signal.evidence[0].seconds <= 2.1


def test_listed_frame_is_found_mirrored_and_the_same_file_by_its_hash(clip, tmp_path):
    listed = [KnownHash(one, "pdq", "hate", "case 7") for one in hashes_to_list(scene(2)[:, ::-1])]
    sha = hashlib.sha256(clip.read_bytes()).hexdigest()
    known = KnownList([*listed, KnownHash(sha, "sha256", "copyright", "video 3")])
    signals = KnownScorer(Watching(), known).signals(ScreeningItem(file=clip, sha256=sha))
    assert {one.policy: one.evidence[0].shown for one in signals} == {
        "hate": "case 7",
        "copyright": "video 3",
    }
    hate = next(one for one in signals if one.policy == "hate")
    assert hate.score >= 0.5 and all(1.0 <= one.seconds <= 2.0 for one in hate.evidence)


def test_unlisted_video_meets_nothing(clip):
    known = KnownList([KnownHash(pdq_hash(scene(seed)).hex, "pdq", "hate") for seed in range(10, 40)])
    (signal,) = KnownScorer(Watching(), known).signals(ScreeningItem(file=clip))
    assert signal.score == 0 and signal.evidence == ()


def test_flat_frame_is_neither_listed_nor_matched():
    flat = np.full((90, 160, 3), 7, np.uint8)
    assert hashes_to_list(flat) == []
    assert KnownList([KnownHash("0" * 64, "pdq", "hate")]).frame(flat) is None


def test_open_nsfw_finds_nothing_in_harmless_pictures(clip):
    (signal,) = NsfwScorer(Watching()).signals(ScreeningItem(file=clip))
    assert signal.state == "scored" and 0 <= signal.score < 0.5


def test_video_is_decoded_once_for_all_scorers(clip, monkeypatch):
    from generation.moderation.scorers import watching

    calls = []
    real = watching.watched
    monkeypatch.setattr(watching, "watched", lambda file: calls.append(file) or real(file))
    shared = Watching()
    for scorer in (FlashScorer(shared), KnownScorer(shared, KnownList([]))):
        scorer.signals(ScreeningItem(file=clip))
    assert calls == [clip]


def test_own_pictures_are_looked_at_too(tmp_path):
    Image.fromarray(scene(5)).save(tmp_path / "own.png")
    known = KnownList([KnownHash(pdq_hash(scene(5)).hex, "pdq", "sexual")])
    (signal,) = KnownScorer(Watching(), known).signals(ScreeningItem(images=(tmp_path / "own.png",)))
    assert (signal.policy, signal.score) == ("sexual", 1.0)


def test_level_of_a_full_sine_is_minus_three_decibel():
    wave = np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    assert levels_dbfs(wave) == pytest.approx(np.full(10, -3.01), abs=0.05)


def test_video_without_sound_has_no_spike(clip):
    (signal,) = LoudnessScorer().signals(ScreeningItem(file=clip))
    assert (signal.score, signal.state) == (0.0, "scored")


def test_strikes_raise_the_risk_of_an_account_but_never_decide_alone():
    def risk(**known: float) -> float:
        return AccountScorer().signals(ScreeningItem(account=known))[0].score

    assert (
        risk(strikes=0, age_days=400) < 0.05 < risk(strikes=1, age_days=400) < risk(strikes=3, age_days=400)
    )
    assert risk(strikes=99, removed_share=1, uploads_in_hour=999, comments_in_hour=9999, age_days=0) < 0.8


class Planted:
    size, version = 16, "planted-1"

    def strangeness(self, pictures):
        assert pictures.shape[1:] == (16, 16, 3)
        return np.full(len(pictures), 0.75, np.float32)


def test_discriminator_scores_once_it_is_there(clip, tmp_path):
    for name in (WEIGHTS, CONFIG):
        (tmp_path / name).write_bytes(b"{}")
    (signal,) = UnlikeScorer(Watching(), tmp_path, lambda folder: Planted()).signals(ScreeningItem(file=clip))
    assert (signal.score, signal.state, signal.version) == (0.75, "scored", "planted-1")


def test_scorer_that_breaks_says_failed_and_the_others_go_on(tmp_path):
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(b"no video")
    signals = asked(suite(), ScreeningItem(texts={"title": "面包"}, file=torn))
    required = {scorer.name for scorer in suite() if scorer.required}
    assert required == {"text_terms", "known_hashes", "flashes", "open_nsfw"}
    failed = {one.scorer for one in signals if one.state == "failed"}
    assert {"known_hashes", "flashes", "open_nsfw"} <= failed and "text_terms" not in failed
    assert all(isinstance(one, Signal) and one.policy in POLICIES for one in signals)


def test_suite_without_parts_asks_every_kind():
    assert len(suite(SuiteParts())) == 10


def test_scorers_open_without_django():
    code = "import sys, generation.moderation.scorers.suite; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
