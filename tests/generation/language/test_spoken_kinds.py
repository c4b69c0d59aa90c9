"""What people write in numbers, signs and abbreviations, kind by kind, with members made by rule."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.language.normalization import spoken
from generation.language.numerals import chinese, english


def said(text: str, language: str) -> str:
    return " ".join(token.spoken for token in spoken(text, language) if token.spoken)  # type: ignore[arg-type]


def said_zh(text: str) -> str:
    return said(text, "zh").replace(" ", "")


CHINESE = [
    # lists and thousands
    ("规格有128，256，512三种", "规格有一百二十八,两百五十六,五百一十二三种"),
    ("共1,234件", "共一千二百三十四件"),
    ("满1，000减100", "满一千减一百"),
    # hotlines
    ("遇到火情打119", "遇到火情打幺幺九"),
    ("110、120、122要记牢", "幺幺零,幺二零,幺二二要记牢"),
    ("12345热线", "幺二三四五热线"),
    ("他跑了120米", "他跑了一百二十米"),
    ("考了119分", "考了一百一十九分"),
    # telephone numbers
    ("139-1234-5678", "幺三九幺二三四五六七八"),
    ("(0755)8888 9999", "零七五五八八八八九九九九"),
    ("400-820-8820", "四零零八二零八八二零"),
    ("010-12345678转602", "零幺零幺二三四五六七八转六零二"),
    # ids, rooms, models, standards
    ("取件码8842", "取件码八八四二"),
    ("1208房间", "幺二零八房间"),
    ("贵州的股票（600519）", "贵州的股票,六零零五幺九,"),
    ("运-20和直-10", "运二十和直十"),
    ("波音747客机", "波音七四七客机"),
    ("GB 7718-2025", "GB七七一八杠二零二五"),
    # scores, shapes and times
    ("以3:10告负，输21:18", "以三比十告负,输二十一比十八"),
    ("9:16竖屏", "九比十六竖屏"),
    ("早上9:16出发", "早上九点十六分出发"),
    ("1-3惜败", "一比三惜败"),
    # spans
    ("8:00~17:30", "八点到十七点半"),
    ("周六~周日", "周六到周日"),
    ("-5℃~5℃", "零下五度到五度"),
    ("10元-20元", "十元到二十元"),
    ("好的~谢谢~", "好的谢谢"),
    # generations and years
    ("80、90后", "八零,九零后"),
    ("98年出生", "九八年出生"),
    ("90年代", "九十年代"),
    # units
    ("30㎡，5㎏，10㎝", "三十平方米,五公斤,十厘米"),
    ("12m2的房间", "十二平方米的房间"),
    ("8元/斤，2次/天", "八元每斤,两次每天"),
    ("1.2g/cm³", "一点二克每立方厘米"),
    ("血压130/85偏高", "血压一百三十比八十五偏高"),
    ("评分9.1/10", "评分九点一分满分十分"),
    # sums
    ("7-4=3，2×3=6", "七减四等于三,二乘三等于六"),
    ("满300-50", "满三百减五十"),
    # days
    ("12/12大促", "双十二大促"),
    ("618不打折", "六幺八不打折"),
    ("总共618元", "总共六百一十八元"),
    ("完成了3/4", "完成了四分之三"),
    ("截至6/30", "截至六月三十日"),
    # fractions, money, scales
    ("2 1/3勺", "二又三分之一勺"),
    ("只要.5秒", "只要零点五秒"),
    ("月薪20K，粉丝10w+", "月薪两万,粉丝十万多"),
    ("¥3.5万", "三点五万元"),
    ("4K视频", "四K视频"),
    # letters
    ("第II期，III级", "第二期,三级"),
    ("SDK、API和CPU", "SDK,API和CPU"),
    ("2024/25赛季", "二零二四到二五赛季"),
    ("2h30min后到", "两小时三十分钟后到"),
    ("打完110，110已经出警", "打完幺幺零,幺幺零已经出警"),
    ("考了110，比上次120少", "考了一百一十,比上次一百二十少"),
    ("IP、VR和AR", "IP,VR和AR"),
    # signs
    ("设置->隐私>权限", "设置,隐私,权限"),
    ("心率>=100，a<b", "心率大于等于一百,a小于b"),
    ("~100元的晚餐", "约一百元的晚餐"),
    ("学Node.js", "学Node点JS"),
    ("10^6个", "十的六次方个"),
    ("身高5'10\"", "身高五英尺十英寸"),
    ("25:23、21:25两局", "二十五比二十三,二十一比二十五两局"),
    ("电话6888-1234", "电话六八八八幺二三四"),
    ("编号001-100", "编号零零幺到幺零零"),
    ("a.b@mail.example.com", "a点batmail点example点com"),
]
ENGLISH = [
    ("Dial 112 or 999", "Dial one one two or nine nine nine"),
    ("911 people came", "nine hundred eleven people came"),
    ("(212) 555-0142", "two one two five five five zero one four two"),
    ("Order #20455", "Order number two zero four five five"),
    ("room 305 and Flight 1408", "room three oh five and Flight fourteen oh eight"),
    ("9:00-17:30", "nine o'clock to seventeen thirty"),
    ("10am-noon", "ten A M to noon"),
    ("Tue-Thu", "Tuesday to Thursday"),
    ("a 9:16 video", "a nine to sixteen video"),
    ("at 9:16", "at nine sixteen"),
    ("20㎡ at $5/㎡", "twenty square meters at five dollars per square meter"),
    ("$20/hr, 3 times/day", "twenty dollars per hour , three times per day"),
    ("blood pressure 130/85", "blood pressure one hundred thirty over eighty five"),
    ("rated 4.8/5", "rated four point eight out of five"),
    ("7-4=3", "seven minus four equals three"),
    ("On 3/14/2026", "On March fourteenth twenty twenty six"),
    ("13/04/2026", "April thirteenth twenty twenty six"),
    ("4 March 2026", "the fourth of March twenty twenty six"),
    ("9/11 and 11/11", "nine eleven and eleven eleven"),
    ("2 3/4 cups", "two and three quarters cups"),
    (".75 miles", "point seven five miles"),
    ("10k+ fans, 2.5B views", "ten thousand plus fans , two point five billion views"),
    ("a $3 million house", "a three million dollar house"),
    ("It cost $3 million in all", "It cost three million dollars in all"),
    ("Henry VIII and Part IV", "Henry the eighth and Part four"),
    ("an IV drip", "an I V drip"),
    ("Dr. Hill lives on Oak Dr. near St. Ann", "doctor Hill lives on Oak drive near saint Ann"),
    ("The U.K. won.", "The U K won ."),
    ("He left the U.S. She stayed.", "He left the U S . She stayed ."),
    ("3 lbs. of meat", "three pounds of meat"),
    ("Settings > Privacy -> Wi-Fi", "Settings , Privacy , wifi"),
    ("x >= 5 and y < 3", "x at least five and y less than three"),
    ("some ~100 people, main.py", "some about one hundred people , main dot P Y"),
    ("10^6 and 50/50", "ten to the power of six and fifty fifty"),
    ("a 5'10\" man", "a five foot ten man"),
    ("1/2 tsp. salt, 1 1/2 cups", "one half teaspoon salt , one and a half cups"),
    ("Louis XIV's court", "Louis the fourteenth's court"),
    ("Open Mon, Wed & Fri.", "Open Monday , Wednesday and Friday ."),
    ("in the mid-1990s", "in the mid nineteen nineties"),
    ("Call 555-0142 now", "Call five five five zero one four two now"),
    ("www.example.org/a?b=1", "W W W dot example dot org slash a question mark b equals one"),
]


@pytest.mark.parametrize(("written", "heard"), CHINESE)
def test_each_kind_is_said_in_chinese_as_people_say_it(written: str, heard: str) -> None:
    assert said_zh(written) == heard


@pytest.mark.parametrize(("written", "heard"), ENGLISH)
def test_each_kind_is_said_in_english_as_people_say_it(written: str, heard: str) -> None:
    assert said(written, "en") == heard


whole = (
    st.integers(130, 899).filter(lambda number: number % 100 != 0 and number not in (315, 618, 985)).map(str)
)
digits = st.text("0123456789", min_size=1, max_size=1)


@settings(deadline=None)
@given(st.lists(whole, min_size=2, max_size=5))
def test_numbers_between_wide_commas_are_a_list(numbers: list[str]) -> None:
    expected = ",".join(chinese.cardinal(number) for number in numbers)
    assert said_zh("价格有" + "，".join(numbers) + "元") == f"价格有{expected}元"


@settings(deadline=None)
@given(st.integers(1000, 999_999_999))
def test_thousands_are_one_number(number: int) -> None:
    assert said(f"{number:,} tickets", "en") == f"{english.cardinal(str(number))} tickets"


@settings(deadline=None)
@given(
    st.sampled_from(["3", "5", "7", "8", "9"]),
    st.text("0123456789", min_size=9, max_size=9),
    st.sampled_from(["{}{}{}", "{} {} {}", "{}-{}-{}", "+86 {}-{}-{}"]),
)
def test_a_mobile_number_is_read_digit_by_digit_however_it_is_grouped(
    second: str, rest: str, form: str
) -> None:
    number = "1" + second + rest
    written = form.format(number[:3], number[3:7], number[7:])
    head = "加八六" if written.startswith("+") else ""
    assert said_zh(written + "是我的") == head + chinese.one_by_one(number, phone=True) + "是我的"


@settings(deadline=None)
@given(
    st.integers(200, 999),
    st.integers(200, 999),
    st.integers(0, 9999),
    st.sampled_from(["({}) {}-{}", "{}-{}-{}", "{}.{}.{}"]),
)
def test_an_american_number_is_read_digit_by_digit(area: int, office: int, line: int, form: str) -> None:
    written = form.format(area, office, f"{line:04d}")
    assert said(f"Call {written} today", "en") == f"Call {english.one_by_one(written)} today"


@settings(deadline=None)
@given(
    st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59), st.sampled_from("-~–～—")
)
def test_a_span_of_times_says_to(first: int, past: int, last: int, then: int, dash: str) -> None:
    low, high = f"{first}:{past:02d}", f"{last}:{then:02d}"
    assert said_zh(f"营业{low}{dash}{high}") == f"营业{said_zh(low)}到{said_zh(high)}"
    assert said(f"{low}{dash}{high}", "en") == f"{said(low, 'en')} to {said(high, 'en')}"


@settings(deadline=None)
@given(
    st.integers(2, 40),
    st.integers(2, 40),
    st.sampled_from(["℃", "°C", "kg", "㎏", "%", "天", "元", "km"]),
    st.sampled_from("-~–～"),
)
def test_a_span_of_amounts_says_to(low: int, more: int, unit: str, dash: str) -> None:
    heard = said_zh(f"大约{low}{unit}{dash}{low + more}{unit}")
    assert "到" in heard and "负" not in heard and "零下" not in heard


@settings(deadline=None)
@given(st.integers(11, 98), st.integers(1, 97), st.sampled_from(["-", "+"]))
def test_a_sum_says_its_signs(first: int, second: int, sign: str) -> None:
    result = first - second if sign == "-" else first + second
    if result < 0:
        return
    word = {"-": ("减", "minus"), "+": ("加", "plus")}[sign]
    a, b, c = (chinese.cardinal(str(n)) for n in (first, second, result))
    assert said_zh(f"{first}{sign}{second}={result}") == f"{a}{word[0]}{b}等于{c}"
    a, b, c = (english.cardinal(str(n)) for n in (first, second, result))
    assert said(f"{first}{sign}{second}={result}", "en") == f"{a} {word[1]} {b} equals {c}"


@settings(deadline=None)
@given(
    st.sampled_from(["订单号", "工号", "验证码", "快递单号是", "会员编号："]),
    st.text("0123456789", min_size=4, max_size=12),
)
def test_a_number_after_what_it_names_is_read_digit_by_digit(name: str, number: str) -> None:
    assert said_zh(name + number).endswith(chinese.one_by_one(number, phone=True))


@settings(deadline=None)
@given(st.sampled_from("123456789"), st.sampled_from("05"))
def test_a_generation_is_read_digit_by_digit(tens: str, ones: str) -> None:
    assert said_zh(f"{tens}{ones}后妈妈") == chinese.one_by_one(tens + ones) + "后妈妈"


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 28), st.integers(1990, 2049))
def test_a_date_in_any_order_names_its_month(month: int, day: int, year: int) -> None:
    iso = said(f"{year}-{month:02d}-{day:02d}", "en")
    assert said(f"{month}/{day}/{year}", "en") == iso
    assert said(f"{day}.{month}.{year}", "en") == iso
    assert (
        said_zh(f"{month}/{day}/{year}")
        == said_zh(f"{year}.{month}.{day}")
        == said_zh(f"{year}/{month}/{day}")
    )


@settings(deadline=None)
@given(st.integers(2, 39))
def test_a_roman_numeral_after_a_numbered_word_is_a_number(value: int) -> None:
    tens, ones = divmod(value, 10)
    written = "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][ones]
    assert said(f"Chapter {written} begins", "en") == f"Chapter {english.cardinal(str(value))} begins"
    if len(written) > 1:
        assert said_zh(f"第{written}章") == f"第{chinese.cardinal(str(value))}章"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("written", [written for written, _ in CHINESE + ENGLISH])
def test_every_written_sign_belongs_to_one_caption_word(written: str, language: str) -> None:
    tokens = spoken(written, language)  # type: ignore[arg-type]
    assert "".join(token.written for token in tokens).replace(" ", "") == written.replace(" ", "")
    assert all(written[slice(*token.span)] == token.written for token in tokens)


@pytest.mark.parametrize(
    "shape", ["a.", "1-", "-", "1 ", "A.B ", "1/", "I", "110，", "1，000", "1+", "a@", "9", "~1"]
)
def test_the_cost_of_reading_grows_with_the_text_alone(shape: str) -> None:
    def seconds(length: int) -> float:
        def once() -> float:
            started = time.process_time()
            spoken((shape * length)[:length], "en")
            return time.process_time() - started

        return min(once(), once())  # whatever else the process does, such as collecting, falls on one of them

    seconds(200)
    assert seconds(4000) < 12 * max(seconds(1000), 0.02)
