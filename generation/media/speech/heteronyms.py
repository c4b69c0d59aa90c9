"""How hanzi with several readings are read: whole words first, then what stands next to the character.

Written from knowledge of the language and checked against every sentence of the topic bank. pypinyin knows 47,000 phrases;
it reads whatever is in none of them by the character's commonest reading on paper, where 切 is that of 一切 and 得 is "to
get". In spoken advice they are "to cut" and the mark of a complement, so this table decides.
"""

from __future__ import annotations

import re

# Words that pypinyin 0.55 reads otherwise or whose neutral tone it leaves out.
WORDS: dict[str, str] = {
    word: reading
    for line in """
    头发 tou2 fa5|白发 bai2 fa4|很长 hen3 chang2|多长 duo1 chang2|不长 bu4 chang2|太长 tai4 chang2|最长 zui4 chang2
    了解 liao3 jie3|解法 jie3 fa3|薄荷 bo4 he5|数一数 shu3 yi1 shu3|号角 hao4 jiao3|只有 zhi3 you3|咖啡 ka1 fei1
    值得 zhi2 de5|记得 ji4 de5|舍得 she3 de5|晓得 xiao3 de5|显得 xian3 de5|懒得 lan3 de5|难得 nan2 de2|获得 huo4 de2
    取得 qu3 de2|心得 xin1 de2|所得 suo3 de2|赢得 ying2 de2|求得 qiu2 de2|博得 bo2 de2|不得 bu4 de2|得到 de2 dao4
    得出 de2 chu1|得知 de2 zhi1|得意 de2 yi4|得分 de2 fen1|得了 de2 le5|总得 zong3 dei3|还得 hai2 dei3|也得 ye3 dei3
    就得 jiu4 dei3|都得 dou1 dei3|必得 bi4 dei3|见得 jian4 de5|创可贴 chuang1 ke3 tie1|嚼劲 jiao2 jin4|空调 kong1 tiao2
    东西 dong1 xi5|朋友 peng2 you5|时候 shi2 hou5|地方 di4 fang5|衣服 yi1 fu5|明白 ming2 bai5|清楚 qing1 chu5
    告诉 gao4 su5|知道 zhi1 dao4|喜欢 xi3 huan5|舒服 shu1 fu5|漂亮 piao4 liang5|便宜 pian2 yi5|厉害 li4 hai5
    麻烦 ma2 fan5|关系 guan1 xi5|休息 xiu1 xi5|先生 xian1 sheng5|故事 gu4 shi5|认识 ren4 shi5|意思 yi4 si5
    事情 shi4 qing5|月亮 yue4 liang5|脾气 pi2 qi5|骆驼 luo4 tuo5|葡萄 pu2 tao5|耳朵 er3 duo5|眼睛 yan3 jing5
    窗户 chuang1 hu5|豆腐 dou4 fu5|脑袋 nao3 dai5|嘴巴 zui3 ba5|毛病 mao2 bing5|力气 li4 qi5|客气 ke4 qi5|打算 da3 suan5
    答应 da1 ying5|收拾 shou1 shi5|打扮 da3 ban5|行李 xing2 li5|消息 xiao1 xi5|规矩 gui1 ju5|护士 hu4 shi5|师傅 shi1 fu5
    商量 shang1 liang5|暖和 nuan3 huo5|凉快 liang2 kuai5|结实 jie1 shi5|热闹 re4 nao5|聪明 cong1 ming5|糊涂 hu2 tu5
    马虎 ma3 hu5|老实 lao3 shi5|妈妈 ma1 ma5|爸爸 ba4 ba5|姐姐 jie3 jie5|名字 ming2 zi5|学生 xue2 sheng5|大夫 dai4 fu5
    亲戚 qin1 qi5|胳膊 ge1 bo5|点心 dian3 xin5|棉花 mian2 hua5|晚上 wan3 shang5|早上 zao3 shang5|本事 ben3 shi5
    动静 dong4 jing5|下巴 xia4 ba5|玻璃 bo1 li5|黄瓜 huang2 gua5|芝麻 zhi1 ma5|蘑菇 mo2 gu5|琢磨 zuo2 mo5|咳嗽 ke2 sou5
    喷嚏 pen1 ti5|篱笆 li2 ba5|相片 xiang4 pian4|时差 shi2 cha1|误差 wu4 cha1|炸鸡 zha2 ji1|帐篷 zhang4 peng5|灯笼 deng1 long5|核桃 he2 tao5|石榴 shi2 liu5|扫帚 sao4 zhou5
    """.strip().splitlines()
    for word, reading in (pair.split(" ", 1) for pair in line.strip().split("|"))
}

# Hanzi → patterns, the first that matches at its place in the clause decides; the last reading stands for all other places.
_READINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "切": (("qie1", ""),),
    "教": (("jiao4", "(?<=[外助请家宗佛])教|教(?=[育室师授材练程堂学训养])"), ("jiao1", "")),
    "盛": (
        (
            "sheng4",
            "盛(?=开(?!水)|[夏大典会世行产名情怒传誉宴唐装事赞举放期极景衰况年])|(?<=[茂旺兴昌丰强鼎全繁隆华炽])盛",
        ),
        ("cheng2", ""),
    ),
    "曾": (("zeng1", "曾(?=国藩|巩|祖|孙|子|家|氏)|(?<=[老小])曾"), ("ceng2", "")),
    "幢": (("chuang2", "(?<=[影经])幢|(?<=影幢)幢"), ("zhuang4", "")),
    "炸": (
        ("zha2", "炸(?=鸡|薯|鱼|虾|串|酱|糕|丸|货|物|春|油|肉|排|得金|至金|好|熟)|(?<=[油煎酥])炸"),
        ("zha4", ""),
    ),
    "脏": (("zang1", ""),),
    "嚼": (("jiao2", ""),),
    "削": (("xiao1", ""),),
    "剥": (("bao1", ""),),
    "薄": (("bao2", ""),),
    "铺": (("pu4", "(?<=[店床药当])铺|铺(?=子|面|位)"), ("pu1", "")),
    "撒": (("sa1", "撒(?=谎|娇|手|野|尿|网)"), ("sa3", "")),
    "晃": (("huang3", "(?<=[明虚])晃|晃(?=眼)"), ("huang4", "")),
    "闷": (("men1", "闷(?=蒸|煮|烧|饭|软|热|一)"), ("men4", "")),
    "调": (
        ("diao4", "调(?=查|动|头|换|研|度|令|门|子)|(?<=[强语音色曲腔单低高蓝格论步])调"),
        ("tiao2", ""),
    ),
    "弹": (("dan4", "弹(?=药|弓|头|道|丸|壳|珠|夹)|(?<=[炮子导炸核飞氢防])弹"), ("tan2", "")),
    "干": (("gan4", "干(?=活|什么|嘛|完|到|掉|劲|部|事|线|好这|出)|(?<=[脑树骨能实苦躯])干"), ("gan1", "")),
    "种": (
        ("zhong3", "(?<=[这那各几一二两三四五六七八九十百每某同此哪多品])种|种(?=[类子种族])"),
        (
            "zhong4",
            "种(?=菜|花|树|草|葱|地|田|下|在|上|植|豆|蒜|薯|瓜|罗|番|薄|得)|(?<=[想会来己家始先法要])种|(?<!.)种",
        ),
        ("zhong3", ""),
    ),
    "量": (
        ("liang4", "(?<=[热电水容重质含总粉茶力能流用产销音气数变尾剂食饭分酒时的])量"),
        ("liang2", "量(?=一|腰|出|体|血|温|尺|腿|脚|身|房|影)|(?<=[先再丈测])量"),
        ("liang4", ""),
    ),
    "数": (
        ("shu4", "(?<=[个次字人张度分函奇偶小多总基参指倍时秒天年位])数"),
        ("shu3", "数(?=到|一|出|清|完|秒|着|得|乱|羊|错|好|门|数)|(?<=[先别默再始])数"),
        ("shu4", ""),
    ),
    "转": (("zhuan4", "转(?=圈|动|[一两三几]圈|速|悠|盘|椅)|(?<=[自公打空旋])转"), ("zhuan3", "")),
    "倒": (
        (
            "dao3",
            "(?<=[摔跌绊滑推晕躺问病扶撞刮吹打击压摇昏放卧])倒(?![水进出在一空])|倒(?=下(?!去)|塌|闭|霉|腾|班)",
        ),
        ("dao4", ""),
    ),
    "重": (
        (
            "chong2",
            "重(?=[来喊抄新复写做启拍读学样装置组建返叠逢申考播试整修孙沓圆谱获现述提译归聚游温婚塑构设选排拾审赛开遇见登回演燃生走])"
            "|(?<=多)重(?=[身意含义保人格角标准打优惠考验任压影因选目功属世空障])"
            "|(?<=[一二三四五六七八九十两几双])重(?=[山水天门关境界难压保考防险浪宫楼意身标奏唱性影含阻困危檐])",
        ),
        ("zhong4", ""),
    ),
    "行": (("hang2", "(?<=[两一三四五六七八九十几每第错首换整])行(?![动走驶为李人程政])"), ("xing2", "")),
    "觉": (("jue2", "觉(?=[得察醒悟能])|(?<=[感味触视听嗅知自直警错幻先发])觉"), ("jiao4", "")),
    "为": (("wei2", "(?<=[约称作分变成化视改定译难])为|为(?=[难期止准主])"), ("wei4", "")),
    "着": (
        ("zhao2", "(?<=[睡点不得])着|着(?=[火凉急迷])"),
        ("zhuo2", "着(?=[陆重手装色想])"),
        ("zhe5", ""),
    ),
    "只": (
        ("zhi1", "(?<=[一二两三四五六七八九十几这那每百千万])只(?![有是能要会用需剩差看给放吃讲想为])"),
        ("zhi3", ""),
    ),
    "系": (("xi4", "(?<=[阳银河中文院科星体派])系|系(?=[统列数])"), ("ji4", "")),
    "假": (("jia4", "(?<=[年病产请休暑寒放度婚事])假"), ("jia3", "")),
    "背": (("bei1", "背(?=[包起上着带负])"), ("bei4", "")),
    "划": (("hua2", "划(?=[船水艇算伤破拳着])"), ("hua4", "")),
    "露": (("lou4", "露(?=[脸肚头馅面怯脚背腿手])"), ("lu4", "")),
    "空": (("kong4", "空(?=[出着白格隙缺地位闲])|(?<=[有没抽留])空"), ("kong1", "")),
    "长": (
        (
            "chang2",
            "(?<=[米多很太够更变延细全拉加])长|长(?=得(?:离谱|惊人|要命|不得了|可怕|吓人|没边|望不|看不|不像话|夸张|出奇|没完|拖|垂))"
            "|(?<=[路队线绳裙袖河桥街腿发尾须程龙寿裤刀颈句文])长(?=得(?![高快慢胖瘦帅美好漂大密]))",
        ),
        (
            "zhang3",
            "长(?=了?(?:见识|知识|记性|教训)|[大高出胖满在得成到了着绿翅叶根芽毛牙个辈什肌不一小虫]|密(?!码))|(?<=[往想])长|(?<=往上)长",
        ),
        ("chang2", ""),
    ),
    "还": (
        (
            "huan2",
            "还(?=[钱款债给清书贷欠]|得[起清上]|不[起清上]|房贷|车贷|花呗|信用卡|利息|本[金付]|[账帐愿价击礼]|人情|手(?!机)|了(?:钱|债|款|书|吧)"
            "|[我你他她](?:的)?(?:钱|书|清白|自由|公道|一个公道)|[一二三四五六七八九十两几百千]+[元块万])"
            "|(?<=[归偿退奉返])还|(?<=[要没该未])还(?![\u3400-\u9fff])|(?<=[要没该未])还(?=[的了吗呢吧啊])",
        ),
        ("hai2", ""),
    ),
    "得": (
        (
            "de2",
            "(?<=[能会可要就才想所没])得(?=[到出奖分病知益])|(?<!.)得(?=[到了知出奖分病益失罪体意过手胜宠救逞])"
            "|(?<=[我你他她它们人子谁家队])得(?=[到奖分病知益罪过]|了(?!吧))",
        ),
        (
            "dei3",
            "(?<!.)得|(?<=[我你他她它您们都还也就总可非谁家人子事这那天晚早上然则少码许怕必概仍且咱友妈爸师])得(?![很更太越不起])"
            "|(?<![吓急气累忙疼痛热冷饿慌惊怕乐奋动逼闹烦紧])得(?=立即|立刻|马上|赶紧|赶快|赶在|尽快|尽早|抓紧|重新|提前|避免|趁|承认|考虑"
            "|准备|注意|小心(?!翼)|休息|排队|保持|把|给|找|交(?!代)|付|问|买|换)",
        ),
        ("de5", ""),
    ),
    "地": (("de5", "(?<=慢慢|轻轻|松松|悄悄|静静|紧紧|狠狠|渐渐|好好|偷偷|默默)地"), ("di4", "")),
}
# Readings of a hanzi that is a family name: after 姓, before a form of address.
_FAMILIES: dict[str, str] = dict(
    pair.split(" ")
    for pair in (
        "曾 zeng1|单 shan4|区 ou1|华 hua4|查 zha1|盛 sheng4|任 ren2|解 xie4|仇 qiu2|翟 zhai2|朴 piao2|盖 ge3|缪 miao4|宁 ning4|覃 qin2|召 shao4"
        "|乐 yue4|葛 ge3|燕 yan1|纪 ji3|应 ying1"
    ).split("|")
)
_ADDRESSED = re.compile(
    r".(?:先生|女士|小姐|老师|教授|医生|大夫|经理|阿姨|叔叔|某|师傅|总(?![是会算能得体之共要在]))"
)
_PATTERNS = {
    hanzi: tuple((reading, re.compile(pattern or hanzi)) for reading, pattern in readings)
    for hanzi, readings in _READINGS.items()
}


def heteronym(clause: str, at: int) -> str:
    """The reading (``de5``) of the hanzi at ``at`` among its neighbors; empty for one that this table does not know."""
    if clause[at] in _FAMILIES and (clause[at - 1 : at] == "姓" or _ADDRESSED.match(clause, at)):
        return _FAMILIES[clause[at]]
    for reading, pattern in _PATTERNS.get(clause[at], ()):
        if pattern.match(clause, at):
            return reading
    return ""
