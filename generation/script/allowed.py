"""Which briefs are answered at all: none that helps to harm people, none that only news or the asker's own life could answer.

Small lists of our own tell the plain cases, a classifier (``reasons``) those that are put in other words; the moderation
app puts its policies behind the same function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.script.reasons import chances

Reason = Literal["harmful", "timebound", "personal"]
SURE = 0.5  # chance from which the classifier alone decides

REASONS: dict[Reason, str] = {
    "harmful": "No video is made that helps to harm, deceive or spy on people. Ask how to protect oneself from it instead.",
    "timebound": "This asks for news of the moment, and nothing here looks that up. "
    "Write what happened as 2–6 points of your own, one sentence each.",
    "personal": "Only you know about this. Write 2–6 points of your own, one sentence each, and they become the video.",
}

_HARM = {
    "zh": re.compile(
        r"(?:做|制|造|买|搞|弄|自制|土制|组装|种|炼|提炼|合成)[^，。？?]{0,6}(?:炸弹|炸药|雷管|燃烧瓶|冰毒|毒品|海洛因|大麻|罂粟|枪支|手枪|子弹|迷药|假币|假钞|毒药)"
        r"|(?:炸弹|炸药|燃烧瓶|冰毒|毒品|海洛因|大麻|迷药|枪支?|毒药|病毒木马)(?:的)?(?:怎么|如何|咋)?(?:制作|制造|做|造|种|合成|买|提炼|配方)"
        r"|(?:偷偷|悄悄|不被发现|不让.{0,4}知道)[^，。]{0,10}(?:跟踪|定位|监控|监听|录音|偷拍|查看|翻看|装)|(?:跟踪|定位|监控|监听|尾随)(?:一个|别人|某|前|老|男|女|他|她|同事)"
        r"|(?:查|看|偷看|窃取|恢复)(?:老公|老婆|男友|女友|男朋友|女朋友|对象|别人|他人|前任).{0,4}(?:手机|聊天|微信|记录|定位|行踪)"
        r"|偷(?:电|车|税|拍|窥|窃|东西|钱|狗)|逃税|漏税|人肉|开盒|盗刷|盗号|洗钱|(?:教|搞|做|实施|怎么)[^，。]{0,6}诈骗|诈骗(?:方法|教程|话术|技巧|脚本|剧本)|骗(?:保|贷|钱|婚|老人|色)|刷单骗(?!局)|骗人的(?:话术|方法|技巧)|套现"
        r"|撬.{0,4}锁|撬(?:别人|门)|伪造|假(?:证|章|文凭|病假条|发票)|作弊|代考|替考|躲(?:过)?酒驾|逃避?酒驾|投毒|下毒|下药|(?:怎么|如何|用什么)[^，。]{0,8}(?:毒死|毒杀)|毒死(?:别人|邻居|人|狗|猫)|杀人|绑架|勒死|打人不留|报复(?:同事|前|别人|邻居)"
        r"|(?:怎么|如何|想)[^，。]{0,6}(?:自杀|自残|割腕)|(?:自杀|自残|割腕)[^，。]{0,4}(?:方法|方式|工具|教程|不痛|不疼|最快|不被)|吃多少会死|怎么死(?:得|最|不)|黑进|黑(?:别人|掉)|入侵(?:别人|他人|系统|账号|电脑)|破解(?:别人|他人|邻居|wifi|WiFi)|走私|卖淫|嫖|赌博(?:技巧|必胜|赢)|出老千"
        r"|约未成年|裸照|换脸.{0,4}(?:裸|黄)|催情|迷晕|迷奸"
    ),
    "en": re.compile(
        r"\b(?:make|build|cook|grow|buy|get|synthesi[sz]e|produce|print|create)\b.{0,24}\b(?:bomb|explosives?|molotov|meth|cocaine|heroin|fentanyl|poison|silencer|(?:untraceable|ghost) gun|gun at home|fake (?:id|nudes|money|passport))\b(?! (?:cyclone|calorimeter|cocktail))"
        r"|\b(?:pipe bomb|molotov|ghost gun|untraceable (?:gun|poison)|poison (?:that|someone|a person|my|people|the neighbou?r)|date rape|roofie)\b"
        r"|\b(?:track|follow|stalk|spy on|monitor|bug|record)\b.{0,30}\b(?:without (?:her|him|them|anyone|being)|secretly|girlfriend|boyfriend|my ex|wife|husband|someone|a girl|a woman)\b(?!.{0,20}\b(?:is|are) (?:tracking|following|spying)\b)"
        r"|\bsecretly (?:track|follow|record|film|watch)|\b(?:put|install|place|hide|set up) (?:a )?(?:hidden |spy )camera|\bhidden cameras? to (?:film|watch|spy|record)|\bread (?:her|his|my \w+'s) (?:texts|messages)|\bwhere my ex lives\b"
        r"|\b(?:hack(?:ing)? (?:into|someone|a|my \w+'s)|break into|breaking into|pick a lock to|bypass (?:a|the) (?:lock|alarm)|steal(?:ing)?|shoplift\w*|carjack\w*|pickpocket(?:ing)? (?:tips|techniques))\b"
        r"|\b(?:write|make|buy|post|sell|create|print|get|use|using|forge)\w*\b(?: \w+){0,2} (?:stolen|fake|counterfeit) \w+|\b(?:make|forge) (?:a )?(?:doctor'?s? note|prescription)|\bcredit card numbers\b|\b(?:launder\w*|evade tax\w*|tax evasion tips|phishing (?:email )?(?:template|kit)|ponzi|scam (?:people|someone|old|elderly)|insurance money)\b"
        r"|\bcheat\w* (?:in|on|during) (?:\w+ ){0,3}(?:exam|test|quiz|drug test)|\bpass a drug test\b|\b(?:kill|hurt|murder|harm|choke|drug|poison) (?:myself|someone|somebody|a person|my (?!weeds|back)\w+|him|her|people|a (?:cat|dog|man|woman))\b"
        r"|\b(?:suicide methods?|(?:how to|ways to|best way to) (?:commit suicide|end (?:my|your) life)|painless (?:way|death|suicide)|how to cut yourself|self[- ]harm (?:tips|without)|lethal dose|how many .{0,20}pills .{0,12}(?:die|kill|overdose))\b|\bdox\w*\b|\bnudes? of\b|\bwithout (?:getting )?(?:caught|leaving a trace)\b|\bso (?:you|i) don'?t get caught\b|\bhate (?:speech|message) (?:about|against)\b"
    ),
}
# What turns the same words round: protection, recognition, history, a thing that only bears the name
_GUARDS = {
    "zh": re.compile(
        r"防|避免(?!被)|识别|辨别|怎么检查|检查(?:有没有|是否)|(?<!不被)(?<!不会被)(?<!被人)发现(?!不)|识破|应对|被(?:人)?(?:跟踪|偷拍|骗|盗|监控|监听|下药|人肉|诈骗|套路)|举报|报警|戒|反诈|揭秘|历史|发明|什么意思|成语|电影|小说|游戏|剧本杀|狼人杀|劝|想自杀|有自杀|自杀倾向|自残的"
        r"|(?:炸弹|毒|枪)(?:披萨|蛋糕|鸡尾酒|浴球|奶茶|薯|汉堡|蘑菇)|深水炸弹|水枪|胶枪|喷枪|筋膜枪|为什么(?!没)|危害|后果|算不算|违法吗|犯法|怎么办"
    ),
    "en": re.compile(
        r"\b(?:protect\w*|prevent\w*|avoid\w*|spot|recogni[sz]e|detect|tell if|know if|signs|check (?:for|if)|stop (?:someone|people|scammers)|report|recover|got hacked|was hacked|history|invent\w*|movie|film|novel|game|nerf|bath bomb|jager ?bomb|photo ?bomb|cherry bomb|f-?bomb|weeds?|ants|mold|bacteria|germs|cockroach\w*|mosquito\w*|help (?:a|someone|my)|what is|why (?:is|do|does|did|are)|the time|the show|a (?:look|base|scene))\b",
        re.IGNORECASE,
    ),
}
_NOW = {
    "zh": re.compile(
        r"(?<!从)今[天日晚早](?!的我|开始)|昨[天晚日夜](?!的(?:茶|饭|菜|剩|水|咖啡))|明[天晚早]|后天(?!旋|性|的|养|培)|刚刚|本周|这周|下周|本月|这个月|上个月|目前|实时|当前|最新|热搜|今年(?!为)|明年|本赛季|这个赛季|近期|最近(?:有什么|流行|很火|上映|油价|金价|流感)|现在[^，。]{0,8}(?:多少钱|几点|价格|第一|利率|排名)|又(?:涨|降|跌)"
        r"|比分|开奖|(?:股价|汇率|(?:油|金|房|猪肉|铜|肉|蛋)价)(?![^，。]{0,6}(?:为什么|为啥|怎么算|是什么|原理))|限行尾号|票房|积分榜|放假安排|直播回放|赛果|快讯"
    ),
    "en": re.compile(
        r"\b(?:today'?s?(?=.{0,30}\b(?:prices?|weather|scores?|news|rates?|quality|stocks?|market|games?|match|won|happen\w*|counts?|sunset|sunrise|traffic|strikes?|headlines|temperature|gold|bitcoin|open|election|fixtures|playing))|(?:prices?|weather|scores?|news|rates?|quality|stocks?|market|games?|match|won|happen\w*|counts?|sunset|sunrise|traffic|strikes?|headlines|temperature|gold|bitcoin|open|election|fixtures|playing)\b.{0,30}\btoday'?s?|tonight'?s?|yesterday(?!'s (?:tea|coffee|rice|food|dinner|leftovers))(?:'s)?(?!')|tomorrow'?s?(?=.{0,30}\b(?:prices?|weather|scores?|news|rates?|quality|stocks?|market|games?|match|won|happen\w*|counts?|sunset|sunrise|traffic|strikes?|headlines|temperature|gold|bitcoin|open|election|fixtures|playing))|(?:prices?|weather|scores?|news|rates?|quality|stocks?|market|games?|match|won|happen\w*|counts?|sunset|sunrise|traffic|strikes?|headlines|temperature|gold|bitcoin|open|election|fixtures|playing)\b.{0,30}\btomorrow'?s?|right now|currently|current|latest|live (?:score|updates?)|this (?:week|weekend|month|season|year|morning|evening|summer|winter)|last night|so far (?:this|in)|near me|updates? on|(?:score|wildfires?|war|election|hurricane|storm|match|ceasefire|case) updates?|next (?:iphone|election|match|game|week|full moon))\b"
        r"|\bwho won\b|\b(?:stock|share|gold|oil|bitcoin|petrol|gas|house) prices?\b|\bexchange rates?\b|\bscores?\b (?:of|today|tonight)|\bpolls?\b|\bweather in\b|\btrending\b|\b(?:top|breaking|world|local|morning|headline|latest) news\b|\bnews (?:today|about|on|updates?|headlines)\b|\bforecast\b",
        re.IGNORECASE,
    ),
}
# Moments that pass but come again: habits, seasons, skills
_TIMELESS = {
    "zh": re.compile(
        r"养成|每天|怎么看懂|怎么看(?:K线|天气图)|为什么会有|为什么(?:股价|油价|金价|房价|汇率)"
    ),
    "en": re.compile(
        r"\bhow to read\b|\bwhy (?:do|does|are) (?:\w+ )?(?:stock|share|gold|oil|house|gas|petrol|bitcoin) prices\b|\bwhat (?:is|are) (?:a |an )?(?:exchange rates?|stock prices?|polls?|forecast)\b|\bhow (?:do|does|are) .*(?:rates?|prices?|forecasts?) (?:work|made|set)\b|\belectric current\b|\b(?:ocean|rip|gulf|air|alternating|direct) current|\bcurrent(?:s)? (?:flow|and)\b",
        re.IGNORECASE,
    ),
}
_OWN_LIFE = {
    "zh": re.compile(
        r"我叫|名叫|他叫|她叫|我和[^，。\s]{1,4}(?:结婚|在一起|恋爱|相识|的(?:故事|爱情|合照))|(?:写|送|做)给我|给我(?:妈|爸|奶|爷|老婆|老公|女朋友|男朋友|闺蜜|老师).{0,6}(?:生日|祝福|视频)"
        r"|我(?:老公|老婆|女友|男友|女朋友|男朋友|前女友|前男友|前任|同事|老板|领导|室友|邻居|妈|爸|婆婆|对象|哥|姐|弟|妹|闺蜜|同桌)[^，。]{0,8}(?:昨|几点|会不会|是不是|为什么不|为啥不|爱不爱|在干嘛|去哪|过得|喜不喜欢|什么意思|怎么想)"
        r"|我(?:女儿|儿子|闺女|孙子|孙女|家宝宝)[\u4e00-\u9fff]{2,4}(?:的|今年|考)|我家(?:小区|楼上|邻居|物业)|楼上邻居|我(?:昨天|昨晚|前天|今天|去年|明年)|我的(?:体检|化验|成绩|工资|钥匙|快递|银行卡余额|八字|前世)"
        r"|我[^，。]{0,8}(?:一天|日常|成长记|周年|毕业纪念|回忆录)$|结婚.{0,3}周年|我家[猫狗][\u4e00-\u9fff]{1,3}的|我们(?:班|公司|家|宿舍|村)(?:的|去年|今年)|我[^，。]{0,6}梦见"
    ),
    "en": re.compile(
        r"\bmy (?:husband|wife|boyfriend|girlfriend|ex|boss|coworker|colleague|landlord|neighbou?r|mum|mom|dad|son|daughter|sister|brother|friend|crush|roommate|flatmate|teacher)\b (?:[A-Z]\w+|(?:really )?(?:cheating|mad|ignoring|planning|thinking|doing|going|lying|love|like|still|at|hate)\b)"
        r"|\b(?:is|was|does|did|will|has) my (?!\w+ (?:safe|normal|ok|dog|cat|plant|baby|phone|car|computer|laptop|skin|hair))(?:husband|wife|boyfriend|girlfriend|ex|boss|coworker|landlord|neighbou?r|friend|crush)\b"
        r"|\b(?:video|poem|song|speech|slideshow|message) for (?:my|me)\b|\bme and [A-Z]\w+|\b(?:did|have|am|was|will) i\b.{0,40}\b(?:my|at [A-Z]\w+|this month|left|leave|do in)\b|\bi quit my job at\b|\bmoney (?:have|do) i (?:got|have)\b|\bour (?:family|wedding|holiday|trip|anniversary|dog|team|class|school|company|house)\b|\bmy (?:blood test|exam|keys|bank balance|results|dream last night|phone number|life story|wedding|trip|vacation)\b"
        r"|\bwho got me\b|\b(?:Mr|Mrs|Ms)\.? [A-Z]\w+'s\b"
    ),
}


@dataclass(frozen=True)
class Refusal:
    """Why a brief is not answered; ``sentence`` says it and what to do instead."""

    reason: Reason
    sentence: str


def brief_allowed(topic: str, language: Language, *, has_points: bool = False) -> Refusal | None:
    """``None`` for a brief that may be answered, else why not.

    News and the asker's own life are theirs to tell: with points of their own (``has_points``) such a brief is allowed.
    What helps to harm is not, whatever the points.
    """
    if _is_ours(topic, language):
        return None
    judged = chances(topic)
    folded = topic.lower() if language == "en" else topic
    if (_HARM[language].search(folded) or judged["harmful"] >= SURE) and not _GUARDS[language].search(topic):
        return Refusal("harmful", REASONS["harmful"])
    if has_points:
        return None
    if _OWN_LIFE[language].search(topic) or judged["personal"] >= SURE:
        return Refusal("personal", REASONS["personal"])
    if judged["timebound"] >= SURE or (
        _NOW[language].search(topic) and not _TIMELESS[language].search(topic)
    ):
        return Refusal("timebound", REASONS["timebound"])
    return None


def _is_ours(topic: str, language: Language) -> bool:
    """Whether the bank itself calls one of its topics so."""
    return topic.casefold().strip() in _names(language)


@lru_cache(maxsize=len(LANGUAGES))
def _names(language: Language) -> frozenset[str]:
    texts = (topic.texts[language] for topic in topics())
    return frozenset(name.casefold() for text in texts for name in (*text.titles, *text.aliases))
