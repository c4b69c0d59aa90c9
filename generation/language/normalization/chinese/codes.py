"""Digits that name and do not count, in a Chinese text: hotlines, orders and rooms, generations, days known by number."""

from __future__ import annotations

import re

from generation.language.numerals.chinese import one_by_one

MEASURES = tuple(
    """
    个 位 次 天 杯 小时 分钟 分 秒 公斤 千克 公里 千米 斤 倍 种 件 台 万 千 亿 百万 周 年 点 度 米 口 只
    条 块 张 本 份 步 项 组 碗 勺 片 颗 粒 滴 层 排 家 间 座 栋 辆 架 艘 双 对 套 部 篇 首 句 段 道 门
    节 课 遍 趟 场 届 岁 毫 厘 成 元 美元 克 升 吨
    """.split()
)
_COUNTED = (
    *MEASURES,
    *"人 名 多 余 字 题 平 英 幅 股 枚 根 把 瓶 盒 包 袋 箱 斗 亩 卡 瓦 伏 安 兆 帧 页 后 以".split(),
)
_EMERGENCY = frozenset("110 119 120 122 112 114 911 999".split())
_SERVICE = re.compile(
    r"12[0-9]{3}|121(?:10|19|21|17)|95[0-9]{3,4}|96[0-9]{3,4}|100(?:00|10|86|99|16|15|11|60)|1[0-9]{4}"
)
_SURE_SERVICE = re.compile(r"123[0-9]{2}|955[0-9]{2}|100(?:86|10)|12(?:110|119|121|123|117)")
_DIALED = re.compile(
    r"(?:打|拨|拨打|拨通|呼叫|致电|联系|通知|电话|热线|来电|短信|发送|客服|急救|火警|报警|匪警|事故|消防|服务台|找|给|转|按|叫)"
    r"(?:了|过|通|完|一下|个|号码?|中心|平台|到|至)?(?:是|为|：|:|请)?[“\"'（(]?\s?$"
)
_ANSWERED = re.compile(
    r"[”\"'）)]?\s?(?:打|拨|电话|热线|急救|报警|火警|救护|指挥|接线|接警|调度|平台|短信|客服|官网|投诉|举报|消防|中心|服务|买票|购票|抢票|订票|APP|app)"
    r"|[”\"'）)]?(?:吗[？?]|已?经?出警|来了)|[”\"'）)]?(?:是|就是)?(?:报警|急救|火警|匪警|求助|投诉|交通事故)"
)
_LISTED = r"\s?(?:[，、,/]|和|或者?|与|及|还是|以及)\s?"
_EMERGENCIES = re.compile(rf"(?:{'|'.join(sorted(_EMERGENCY))})")
_AMONG_BEFORE = re.compile(rf"(?:(?<![0-9])(?:{'|'.join(sorted(_EMERGENCY))}){_LISTED})+$")
_AMONG_AFTER = re.compile(rf"(?:{_LISTED}(?:{'|'.join(sorted(_EMERGENCY))})(?![0-9]))+")
_MUCH = re.compile(
    r"(?:超过|大于|小于|多达|达到|共|约|近|满|减|涨到|增至|增加|增长到|跑|跳|走|花|考|得|重|高|长|宽)了?\s?$"
)

_NAMED = re.compile(
    r"(?:拨打|拨|电话|热线|(?<![几多])号码?|尾号|验证码|密码|口令|编码|代码|编号|邮编|学号|工号|房间|航班|车次|分机|QQ|qq|微信|群|订单|单号"
    r"|运单|账号|帐号|[卡证书案批货序车]号|[取提邀激条识校]\S?[件取请活形别验]?码|股票|基金|ID|id|Id|UID|ISBN|(?:客服|座机|手机|传真|呼叫)"
    r"|[前后][0-9两三四五六七八九十]{1,2}位|(?:号码?|码|代码|编号|ID|id)\s?(?:是|为|：|:|=|改成|变成))(?:是|为|：|:|=|转|叫)?[“\"'（(]?\s?$"
)
_EXTENSION = re.compile(r"(?:分机|内线|总机|[0-9]|电话).{0,6}转\s?$|分机\s?$")
_ROOM = re.compile(
    r"号?(?:房间|房(?!子|价|贷|产|东|租|屋|源)|室(?!友|内|外|温)|病房|教室|包间|包厢|会议室|宿舍|门牌)"
)
_ROOM_BEFORE = re.compile(
    r"(?:房间|房号|门牌|病房|教室|包间|会议室|宿舍|[栋幢座楼]|单元)(?:号)?(?:是|为|：|:)?-?\s?$"
)
_LINE = re.compile(r"路(?:公交|车|公共|巴士|电车|末班|首班)|国道|省道|次(?:列车|航班|高铁)")
_MAKER = re.compile(r"(?:波音|空客|麦道|国道|省道|保时捷|图-?|标致|车次|航班|公交)\s?$")
_CODES = re.compile(r"[（(]\s?$")

# Known by number → what must follow ("" stands for anything but a measure word), or how it is called.
_KNOWN: dict[str, tuple[str, str]] = {
    "618": ("六幺八", ""), "996": ("九九六", ""), "985": ("九八五", ""), "211": ("二幺幺", "[、/]?(?:985|高校|大学|院校|工程|毕业|本科|名校|硕|学)"),
    "1212": ("幺二幺二", "大促|活动|购物|狂欢"), "1111": ("双十一", "大促|活动|购物|狂欢"), "818": ("八幺八", "大促|活动|购物|狂欢"),
    "520": ("五二零", "快乐|表白|告白|情人|礼物|当天|那天|大促|活动|这天|文案|快到|到了|节"),
    "1314": ("一三一四", ""), "1024": ("幺零二四", "程序员|节|快乐|活动|勋章"), "315": ("三幺五", "晚会|打假|维权|消费者|曝光|投诉|国际"),
    "918": ("九一八", "事变|纪念|历史"), "911": ("九幺幺", "事件|恐怖|袭击"), "360": ("三六零", "杀毒|安全|浏览器|公司|搜索|手机|软件|卫士"),
    "502": ("五零二", "胶|强力"), "84": ("八四", "消毒"), "58": ("五八", "同城"), "007": ("零零七", ""), "404": ("四零四", "页面|错误|报错|了"),
    "38": ("三八", "妇女|节|女神|大促"), "61": ("六一", "儿童"), "51": ("五一", "劳动|假期|小长假|放假"), "54": ("五四", "青年|运动"),
    "71": ("七一", "建党"), "81": ("八一", "建军"), "99": ("九九", "大促|划算|重阳"), "88": ("八八", "会员"), "101": ("幺零幺", "大厦|中学"),
    "731": ("七三一", "部队"), "9981": ("九九八一", ""),
}  # fmt: skip
_GENERATION = re.compile(
    r"\s?[、/和或，,-]?(?:(?:[0-9][05])?[、/和或，,-])*(?:[0-9][05])?后(?![退悔来台期方面续天卫跟再停就才开])"
)
_SHORT_YEAR = re.compile(
    r"年(?:出生|世界杯|奥运|底|初|末|春|夏|秋|冬|毕业|入学|款|生(?!活|意|产)|那|的时候|属|[0-9]{1,2}月)"
)
_ROUND = re.compile(r"[0-9]*0{4,}")


def spelled(digits: str, before: str, after: str) -> str:
    """How ``digits`` are said one by one, or under their own name; empty where they count something."""
    if is_hotline(digits, before, after) or _is_name(digits, before, after):
        return one_by_one(digits, phone=True)
    if digits in _KNOWN:
        known = _known(digits, before, after)
        if known:
            return known
    if len(digits) == 2 and _is_generation(digits, before, after):
        return one_by_one(digits)
    return ""


def counts(after: str) -> bool:
    """Whether a measure word or a unit follows."""
    return after.lstrip().startswith(_COUNTED)


def is_hotline(digits: str, before: str, after: str) -> bool:
    """110, 12315 and their like, where they are called and not counted."""
    if digits in _EMERGENCY:
        if counts(after):
            return False
        head = _AMONG_BEFORE.sub("", before)
        tail = _AMONG_AFTER.sub("", after, count=1) if _AMONG_AFTER.match(after) else after
        if counts(tail):
            return bool(_DIALED.search(head))
        longer = re.search(rf"[0-9]{_LISTED}$", head) or re.match(rf"{_LISTED}[0-9]", tail)
        among = _is_list(digits, before[len(head) :], after[: len(after) - len(tail)]) and not longer
        return bool(_DIALED.search(head) or _ANSWERED.match(tail) or (among and not _MUCH.search(head)))
    if not _SERVICE.fullmatch(digits) or (counts(after) and not _ANSWERED.match(after)):
        return False
    if _SURE_SERVICE.fullmatch(digits):
        return not _MUCH.search(before)
    return bool(_DIALED.search(before) or _ANSWERED.match(after))


def _is_list(digits: str, before: str, after: str) -> bool:
    """Whether different emergency numbers stand side by side."""
    return len({digits, *_EMERGENCIES.findall(before + after)}) > 1


def _known(digits: str, before: str, after: str) -> str:
    said, wanted = _KNOWN[digits]
    if wanted:
        return said if re.match(rf"\s?(?:年?的?)?(?:{wanted})", after) else ""
    return "" if counts(after) or _MUCH.search(before) or re.match(r"[-+*/=×.]", after.lstrip()) else said


def _is_generation(digits: str, before: str, after: str) -> bool:
    if digits[1] in "05" and _GENERATION.match(after):
        return not re.search(r"(?:[到过满超数达]|大约)\s?$", before)
    return bool(_SHORT_YEAR.match(after)) and (digits > "30" or bool(re.match(r"年[0-9]{1,2}月", after)))


def _is_name(digits: str, before: str, after: str) -> bool:
    if _ROOM.match(after) or _LINE.match(after):
        return len(digits) in (3, 4)
    if counts(after):
        return False
    if _EXTENSION.search(before) or (_NAMED.search(before) and len(digits) > 1):
        return True
    if len(digits) in (3, 4) and (_ROOM_BEFORE.search(before) or _MAKER.search(before)):
        return True
    if _CODES.search(before) and len(digits) == 6 and re.match(r"\s?[)）]", after):
        return True  # a share in brackets
    return len(digits) >= 10 and not _ROUND.fullmatch(digits)
