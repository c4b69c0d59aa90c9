"""Latin letters and words as a Chinese voice says them.

The Chinese voices learned p, t, k as the unaspirated b, d, g of pinyin and hear English stress marks as noise, so plain
English symbols make "PPT" sound like "bibidi". Letters therefore take the syllables that Chinese speakers use, with level
tones, and words get the aspiration that English leaves unwritten and a full t where Americans only tap it.
"""

from __future__ import annotations

import re

LETTERS: dict[str, str] = {
    "A": "ei↗", "B": "pi→", "C": "sei→", "D": "ti→", "E": "i→", "F": "ˈɛf ", "G": "ʨi→", "H": "ˈeiʧʰ ", "I": "ˈai ",
    "J": "ʨei→", "K": "kʰei→", "L": "ai→lu", "M": "ˈɛm ", "N": "ˈɛn ", "O": "ou→", "P": "pʰi→", "Q": "kʰjou→",
    "R": "a→ɻ", "S": "ai→sɨ", "T": "tʰi→", "U": "jou→", "V": "vi→", "W": "ta→pu→ljou→", "X": "ˈɛks ", "Y": "wai→",
    "Z": "ʦei→",
}  # fmt: skip
# Letters that melt into one word: parted, "AI" between hanzi was heard as 耶尾 (A with a glide, I without its vowel). As one word
# it comes back more often, not always: benchmarks.latin counts.
PAIRS: dict[str, str] = {"AI": "ˌAˈI"}
# Words that everybody knows by a sound of their own, in the syllables that Chinese speakers give them.
WORDS: dict[str, str] = {
    "excel": "i→kʰɤ→sai↘ɚ",
    "python": "pʰai↘sə→n",
    "chat": "ʨʰja↘tʰɤ↘",
    "log": "lwo↘kɤ↗",
}
_DIPHTHONGS = str.maketrans({"A": "ei", "I": "ai", "O": "ou", "W": "au"})
_STOP_BEFORE_VOWEL = re.compile(r"(?<![sʰ])([ptk])(?=[ˈˌ]?[AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐɹljw])")


def sinicized(symbols: str) -> str:
    """English symbols as a Chinese voice needs them: with the breath after p, t and k written out, but for the one after s
    (sport), a full t for the tapped one (photo), and diphthongs in the two letters that Chinese ones have.
    """
    return _STOP_BEFORE_VOWEL.sub(r"\1ʰ", symbols.replace("ɾ", "t")).translate(_DIPHTHONGS)
