"""How pleasant a text is, −1 to 1, in Chinese and English: where it lies between sentences of plain joy and plain grief.

The line through both groups in the space of multilingual-e5-small is the measure; a language has its own middle. A text on a
grave subject counts as unpleasant however kindly it is told: this is the mood of what is spoken of, not of its speaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.language.embedding import embed

VERSION = "sentiment-1"
F32 = NDArray[np.float32]

_SPREAD = 0.04  # of everyday sentences along the line; as much as this is tanh(1) = 0.76
_PLEASANT: dict[Language, tuple[str, ...]] = {
    "en": (
        "What a wonderful, happy day.", "I love this, it works perfectly.", "This is delicious and easy to make.",
        "We had so much fun together.", "A great result that makes everybody smile.", "You will feel calm and rested.",
        "The flowers are beautiful this spring.", "Good news: it got better.", "She was proud and grateful.",
        "A kind gesture that warmed my heart.", "An excellent choice, highly recommended.",
        "He finally succeeded after years of work.",
    ),
    "zh": (
        "今天真开心，一切都很顺利。", "我太喜欢了，效果非常好。", "味道很好，做起来也简单。", "大家在一起玩得很高兴。",
        "结果很棒，人人都笑了。", "你会觉得平静又放松。", "春天的花真美。", "好消息：情况变好了。", "她感到骄傲，也很感激。",
        "一个温暖人心的举动。", "非常好的选择，强烈推荐。", "多年努力之后他终于成功了。",
    ),
}  # fmt: skip
_UNPLEASANT: dict[Language, tuple[str, ...]] = {
    "en": (
        "What a terrible, sad day.", "I hate this, it never works.", "This tastes awful and is hard to make.",
        "We had a miserable time together.", "A bad result that makes everybody angry.",
        "You will feel anxious and exhausted.", "The flowers have withered this spring.", "Bad news: it got worse.",
        "She was ashamed and bitter.", "A cruel act that broke my heart.", "A poor choice, avoid it.",
        "He failed after years of work.",
    ),
    "zh": (
        "今天真难过，一切都很糟糕。", "我太讨厌了，完全没有用。", "味道很差，做起来也麻烦。", "大家在一起过得很痛苦。",
        "结果很糟，人人都生气。", "你会觉得焦虑又疲惫。", "春天的花都枯萎了。", "坏消息：情况变糟了。", "她感到羞愧，也很怨恨。",
        "一个残忍伤人的举动。", "很差的选择，千万别买。", "多年努力之后他还是失败了。",
    ),
}  # fmt: skip


def sentiments(texts: Sequence[str], language: Language) -> F32:
    """One number a text, (n,) in (−1, 1)."""
    line, middles = _line()
    rows = embed(list(texts), kind="query")
    return np.tanh((rows - middles[language]) @ line / np.float32(_SPREAD)).astype(np.float32)


@lru_cache(maxsize=1)
def _line() -> tuple[F32, dict[Language, F32]]:
    """The direction (384,) of both languages together, and each one's middle (384,)."""
    apart, middles = [], {}
    for language in _PLEASANT:
        ends = [embed(group[language], kind="query").mean(axis=0) for group in (_UNPLEASANT, _PLEASANT)]
        apart.append(ends[1] - ends[0])
        middles[language] = np.asarray((ends[0] + ends[1]) / 2, np.float32)
    return np.mean(apart, axis=0, dtype=np.float32), middles
