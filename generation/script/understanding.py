"""What a brief asks for: which kind of answer, how many of something, and about what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from core.languages import Language

# What a topic of the bank may answer, and a bare subject without a question
Asked = Literal["how", "why", "what", "list", "whether", "compare", "story", "bare"]

_NUMBERS_ZH = {
    "两": 2,
    "俩": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_NUMBERS_EN = {word: at for at, word in enumerate("two three four five six seven eight nine ten".split(), 2)}
_NOUNS_ZH = (
    "小?技巧|方法|办法|错误|误区|原因|理由|小?习惯|步骤|步|建议|秘诀|冷?知识点?|景点|食物|动作|信号|迹象|征兆|症状|表现"
    "|细节|小?妙招|绝招|高?招|好处|坏处|真相|事实|问题|关键|要点|小?公式|工具|特征|阶段|故事|规则|礼仪|禁忌|用途|用法"
    "|小?窍门|诀窍|玩法|姿势|陷阱|套路|坑|雷区|条件|标准|方面|大?忌|法则|原则|思路|心得|经验|做法|吃法|练习|例子|点子|区别|地方"
)
_COUNT_ZH = re.compile(
    rf"(?P<n>\d{{1,2}}|[两俩二三四五六七八九十])(?:"
    rf"\s*(?:个|种|条|大|项|类|件|样|处|则)(?:[^，。！？\s]{{0,8}}?)(?:{_NOUNS_ZH}|事|东西|注意)"
    rf"|\s*(?:小|大|高)?(?:招|步(?![道行验])|(?:技巧|误区|原则|要点|妙招|窍门))"
    rf"|\s*点(?=建议|讲清|说清|注意|技巧|理由|原因|就够|搞定|教你|学会|要|要求|提醒|说明|$))"
)
_DATED_ZH = re.compile(r"(?:第|早上|凌晨|上午|中午|下午|晚上|[\d.])$")
_COUNT_EN = re.compile(
    r"\b(?P<n>\d{1,2}|" + "|".join(_NUMBERS_EN) + r")\s+(?:[a-z'-]+\s+){0,4}?"
    r"(?:tips?|ways|mistakes|steps|reasons|signs|facts|things|habits|tricks|hacks|rules|ideas|foods|exercises|stretches"
    r"|myths|lessons|questions|points|benefits|uses|secrets|symptoms|examples|methods|causes|types|kinds|differences"
    r"|skills|moves|poses|drills|phrases|words|places|plants|recipes|stages|principles|techniques|essentials|basics)\b",
    re.IGNORECASE,
)

# In this order: the first that is found tells the kind
_KINDS_ZH: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (
        "compare",
        re.compile(
            r"区别|差别|不同(?!的)|哪个|哪种(?:更|比)|谁更|对比|[vV][sS]|还是(?!不|没|会|要|很|有)|比较好"
        ),
    ),
    (
        "whether",
        re.compile(
            r"能不能|可不可以|能否|是否|会不会|是不是|要不要|该不该|好不好|行不行|有没有(?:用|必要|害|毒)|有必要|值不值|(?:吗|么)(?:$|[？?，。\s])"
            r"|真的假的|靠谱|到底(?:能|有没有|该不该)"
        ),
    ),
    ("story", re.compile(r"由来|来历|起源|典故|传说|(?:的|讲|一个)故事|怎么来的|从何而来|历史$|发展史|生平")),
    (
        "why",
        re.compile(
            r"为什么|为啥|为何|凭什么|何以|原因|怎么回事|咋回事|原理|怎么形成|是?如何形成|怎么产生|怎么会|是(?:怎么|如何)[^？?]{1,14}的"
        ),
    ),
    ("list", re.compile(r"哪些|有什么(?!用|区别|不同)|有啥|几种|清单|必备|大全|推荐|合集|盘点|有几")),
    (
        "what",
        re.compile(
            r"是什么|什么是|啥是|是啥|什么意思|啥意思|指的是|是谁|多少|多久|几点|几度|几次|几天|什么时候|啥时候|在哪|哪里|多大|多高|多远"
            r"|含义|寓意|象征|科普|讲了什么|讲什么|什么样|代表什么|特点|意味|有多|介绍"
        ),
    ),
    (
        "how",
        re.compile(
            r"怎么|怎样|如何|咋|方法|技巧|教程|步骤|攻略|做法|办法|妙招|窍门|指南|秘诀|入门|新手|流程|学会|教你|教我|注意|避免|预防|防止|处理"
            r"|(?:法|术|操|菜谱)$|养护|保养|护理|收纳|急救"
        ),
    ),
)
_KINDS_EN: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (
        "compare",
        re.compile(
            r"\bvs\.?\b|\bversus\b|\bdifferences? between\b|\bcompared? (?:to|with)\b|\bwhich is (?:better|healthier|best)\b|\bbetter\b.*\bor\b|^[\w' -]+ or [\w' -]+\?$"
        ),
    ),
    (
        "story",
        re.compile(
            r"\borigins?\b|\bhistory of\b|\bthe story\b|\bwhere (?:do|does|did) .* come from\b|\bhow did .* (?:start|begin)\b|\blegend of\b|\blife of\b|\binvention of\b"
        ),
    ),
    (
        "whether",
        re.compile(
            r"^(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have)\b|\bis it (?:safe|ok|okay|true|bad|worth)\b|\bmyth or\b|^do you need\b|\bworth it\b"
        ),
    ),
    (
        "why",
        re.compile(
            r"\bwhy\b|\bcauses? of\b|\bwhat causes\b|\bwhat makes\b|\breasons?\b|\bhow (?:do|does|did|are|is) (?!i\b|you\b|we\b)|\bhow [\w' -]+ works?\b|\bscience (?:of|behind)\b|\bexplain(?:ed)? how\b"
        ),
    ),
    (
        "list",
        re.compile(
            r"\b(?:what|which) (?:foods|things|plants|exercises|kinds|types|signs|tools|languages|countries|vitamins)\b|\bessentials\b|\bchecklist\b|\btypes of\b|\bkinds of\b|\bsigns of\b|\bsymptoms of\b|\bbenefits of\b|\bmust[- ]haves?\b|\bideas\b|\bfacts\b"
        ),
    ),
    (
        "how",
        re.compile(
            r"\bhow\b(?! (?:many|much|long|often|old|big|far|tall|high|fast|deep))|\bways? to\b|\btips\b|\bguide\b|\btutorial\b|\bbeginners?\b|\bsteps\b|\bget(?:ting)? rid of\b|\bbest way\b|\bwhat to do\b|\bwhat do (?:i|you|we) do\b|\bhacks?\b|\btricks\b|\brecipe\b|\broutine\b|\b(?:learn|teach) \b|\bmaking\b|^(?:fix|make|clean|remove|stop|prevent|avoid|choose|choosing|picking|cook|grow|growing|keep|keeping)\b"
        ),
    ),
    (
        "what",
        re.compile(
            r"\bwhat\b|\bwho\b|\bwhen\b|\bwhere\b|\bwhich\b|\bhow (?:many|much|long|often|old|big|far|tall|high|fast|deep)\b|\bmeaning\b|\bexplain(?:ed)?\b|\bdefinition\b|\bintroduction\b"
        ),
    ),
)


@dataclass(frozen=True)
class Question:
    """``number`` is how many of something were asked for, ``None`` where no number was."""

    asks: Asked
    number: int | None


def question_of(text: str, language: Language) -> Question:
    """What the words of a brief ask for, read by their patterns; ``bare`` where they only name a subject."""
    number = asked_number(text, language)
    kinds = _KINDS_ZH if language == "zh" else _KINDS_EN
    plain = text if language == "zh" else text.lower().strip()
    for kind, pattern in kinds:
        if pattern.search(plain):
            return Question(kind, number)
    return Question("list" if number else "bare", number)


def asked_number(text: str, language: Language) -> int | None:
    """How many of something a text announces ("三招", "5 mistakes"), 2 or more; ``None`` where it announces none."""
    for found in (_COUNT_ZH if language == "zh" else _COUNT_EN).finditer(text):
        if language == "zh" and _DATED_ZH.search(text[: found.start()]):
            continue
        word = found["n"].lower()
        number = int(word) if word.isdigit() else (_NUMBERS_ZH.get(word) or _NUMBERS_EN.get(word) or 0)
        if number >= 2:
            return number
    return None
