"""Sentiment: sentences that are not among the anchors fall on their side in both languages."""

import numpy as np
import pytest

from generation.language.sentiment import sentiments

PLEASANT = {
    "en": [
        "The puppy wagged its tail when we came home.", "Best coffee I have had in years.",
        "My garden is full of ripe tomatoes and I could not be happier.", "Thank you, that helped me a lot.",
        "Relax and enjoy the warm sunshine.", "They won the final and the whole town celebrated.",
        "A cozy evening with friends and music.", "The view from the top is stunning.",
    ],
    "zh": [
        "我们回家时小狗高兴地摇尾巴。", "这是我几年来喝过最好的咖啡。", "菜园里结满了番茄，我高兴极了。", "谢谢你，帮了我大忙。",
        "放松一下，享受温暖的阳光。", "他们赢了决赛，全城都在庆祝。", "睡个好觉，醒来神清气爽。", "山顶的风景美极了。",
    ],
}  # fmt: skip
UNPLEASANT = {
    "en": [
        "The dog limped home, bleeding.", "Worst coffee I have had in years.",
        "Pests ate my whole garden and I could cry.", "That made everything worse for me.",
        "The storm destroyed their house.", "They lost the final and the whole town was in tears.",
        "A lonely evening with nothing to eat.", "The accident killed three people.",
    ],
    "zh": [
        "小狗受伤流着血回家。", "这是我几年来喝过最难喝的咖啡。", "菜园被虫子吃光了，我想哭。", "这让我的情况更糟了。",
        "暴风雨毁了他们的房子。", "他们输了决赛，全城都在流泪。", "宝宝发烧哭了一整夜。", "事故造成三人死亡。",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_pleases_and_what_grieves_fall_on_their_sides(language):
    good, bad = sentiments(PLEASANT[language], language), sentiments(UNPLEASANT[language], language)
    assert (good > 0).mean() > 0.8 and (bad < 0).mean() > 0.8
    assert np.mean(good[:, None] > bad[None]) > 0.95
    assert max(np.abs(good).max(), np.abs(bad).max()) < 1
