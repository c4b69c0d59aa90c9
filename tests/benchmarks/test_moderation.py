"""The judge of evasion is not the trainer of it; the changes to frames are those that are named."""

import random

import numpy as np
import pytest

from benchmarks.moderation.__main__ import figures
from benchmarks.moderation.evasions import Attacker, kinds, whole_pinyin
from benchmarks.moderation.frames import CHANGES, drawn_scenes
from benchmarks.moderation.texts import Texts, unmet
from generation.ml.text_safety import evasions

TEXTS = ["你这个蠢货真恶心", "垃圾东西滚开吧", "今天天气真好", "我们一起去公园"] * 4 + [
    "事式市是 工公功 圆员元"
]
LABELS = [1, 1, 0, 0] * 4 + [0]


@pytest.fixture(scope="module")
def attacker():
    return Attacker(TEXTS, LABELS)


def test_the_most_offensive_pairs_are_rewritten_and_the_rest_stays(attacker):
    text = "我们说过许多话，你这个蠢货真恶心"
    told = attacker.rewritten(text, lambda word: "*" * len(word))
    assert "蠢货" not in told
    assert len(told) == len(text) and told.count("*") == 6 and "许多话" in told


def test_there_are_eight_kinds_and_each_changes_some_text(attacker):
    found = kinds(attacker)
    assert len(found) == 8
    for name, kind in found.items():
        if name != "emoji":  # few characters have one
            assert any(kind(word) != word for word in ("蠢货", "垃圾", "滚开", "东西", "公园", "这个")), name


def test_judging_kinds_write_otherwise_than_training_kinds(attacker):
    found = kinds(attacker)
    assert found["initials"]("垃圾") == "LJ" != evasions.only_initials("垃圾", random.Random(1))
    assert {"word_swap", "emoji", "look_alike"} & {kind.__name__ for kind in evasions.KINDS} == set()
    assert whole_pinyin("你好 ok") == "ni hao ok"


def test_changes_keep_a_picture_and_do_change_it():
    (scene,) = drawn_scenes(1, 1)
    for name, (change, _) in CHANGES.items():
        made = change(scene)
        assert made.dtype == np.uint8 and made.ndim == 3, name
        assert made.shape != scene.shape or not np.array_equal(made, scene), name


def test_figures_of_a_part_carry_the_goals():
    clip = figures({"screening": {"clip_seconds": 30.0, "seconds": 12.0, "cpu_seconds": 5.0}})
    assert clip["share"].met is True
    frames = figures(
        {
            "frames": {
                "frames": 10,
                "of_real_clips": 5,
                "too_flat_to_list": 0,
                "recall": {name: 0.5 for name in CHANGES},
                "false_matches": 1,
                "other_frames": 100,
            }
        }
    )
    assert frames["recompressed"].met is False and frames["false_matches"].met is False


def test_a_held_out_text_that_training_has_is_not_judged():
    held = Texts(["今天天气真好！", "没有人见过", "GO  AWAY"], [0, 1, 1])
    train = Texts(["今天，天气真好", "go away", "别的"], [0, 1, 0])
    assert unmet(held, train) == (Texts(["没有人见过"], [1]), 2)
