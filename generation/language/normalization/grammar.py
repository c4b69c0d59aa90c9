"""The written forms that are not read letter by letter, as patterns shared by both languages, longest first."""

from __future__ import annotations

import re

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_NOT_INSIDE = r"(?<![0-9A-Za-z.])"
_ENDS = r"(?![0-9])"
_DASH = r"\s?[-–—~～至]\s?"

# Unit → (Chinese, English singular, English plural). Case counts: MB is not mb.
UNITS: dict[str, tuple[str, str, str]] = {
    "km/h": ("公里每小时", "kilometer per hour", "kilometers per hour"),
    "m/s": ("米每秒", "meter per second", "meters per second"),
    "mg/L": ("毫克每升", "milligram per liter", "milligrams per liter"),
    "m²": ("平方米", "square meter", "square meters"),
    "m³": ("立方米", "cubic meter", "cubic meters"),
    "km²": ("平方公里", "square kilometer", "square kilometers"),
    "cm²": ("平方厘米", "square centimeter", "square centimeters"),
    "km": ("公里", "kilometer", "kilometers"),
    "cm": ("厘米", "centimeter", "centimeters"),
    "mm": ("毫米", "millimeter", "millimeters"),
    "μm": ("微米", "micrometer", "micrometers"),
    "nm": ("纳米", "nanometer", "nanometers"),
    "m": ("米", "meter", "meters"),
    "kg": ("公斤", "kilogram", "kilograms"),
    "mg": ("毫克", "milligram", "milligrams"),
    "μg": ("微克", "microgram", "micrograms"),
    "g": ("克", "gram", "grams"),
    "t": ("吨", "ton", "tons"),
    "lb": ("磅", "pound", "pounds"),
    "lbs": ("磅", "pound", "pounds"),
    "oz": ("盎司", "ounce", "ounces"),
    "ml": ("毫升", "milliliter", "milliliters"),
    "mL": ("毫升", "milliliter", "milliliters"),
    "cl": ("厘升", "centiliter", "centiliters"),
    "L": ("升", "liter", "liters"),
    "l": ("升", "liter", "liters"),
    "kcal": ("千卡", "kilocalorie", "kilocalories"),
    "cal": ("卡", "calorie", "calories"),
    "kJ": ("千焦", "kilojoule", "kilojoules"),
    "J": ("焦", "joule", "joules"),
    "kWh": ("千瓦时", "kilowatt hour", "kilowatt hours"),
    "kW": ("千瓦", "kilowatt", "kilowatts"),
    "W": ("瓦", "watt", "watts"),
    "V": ("伏", "volt", "volts"),
    "mAh": ("毫安时", "milliamp hour", "milliamp hours"),
    "Hz": ("赫兹", "hertz", "hertz"),
    "kHz": ("千赫兹", "kilohertz", "kilohertz"),
    "MHz": ("兆赫兹", "megahertz", "megahertz"),
    "GHz": ("吉赫兹", "gigahertz", "gigahertz"),
    "dB": ("分贝", "decibel", "decibels"),
    "KB": ("K B", "kilobyte", "kilobytes"),
    "MB": ("M B", "megabyte", "megabytes"),
    "GB": ("G B", "gigabyte", "gigabytes"),
    "TB": ("T B", "terabyte", "terabytes"),
    "Mbps": ("兆每秒", "megabit per second", "megabits per second"),
    "fps": ("帧每秒", "frame per second", "frames per second"),
    "px": ("像素", "pixel", "pixels"),
    "ms": ("毫秒", "millisecond", "milliseconds"),
    "s": ("秒", "second", "seconds"),
    "min": ("分钟", "minute", "minutes"),
    "mins": ("分钟", "minute", "minutes"),
    "h": ("小时", "hour", "hours"),
    "hr": ("小时", "hour", "hours"),
    "hrs": ("小时", "hour", "hours"),
    "mph": ("英里每小时", "mile per hour", "miles per hour"),
    "ft": ("英尺", "foot", "feet"),
    "°C": ("度", "degree Celsius", "degrees Celsius"),
    "℃": ("度", "degree Celsius", "degrees Celsius"),
    "°F": ("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "℉": ("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("度", "degree", "degrees"),
}
# Currency sign → (Chinese, English singular, English plural, English hundredth or "")
MONEY: dict[str, tuple[str, str, str, str]] = {
    "¥": ("元", "yuan", "yuan", ""),
    "￥": ("元", "yuan", "yuan", ""),
    "$": ("美元", "dollar", "dollars", "cent"),
    "€": ("欧元", "euro", "euros", "cent"),
    "£": ("英镑", "pound", "pounds", "penny"),
}
# Symbols read as a word: (Chinese, English). Every other symbol is silent.
SYMBOLS: dict[str, tuple[str, str]] = {
    "&": ("和", "and"),
    "+": ("加", "plus"),
    "=": ("等于", "equals"),
    "@": ("at", "at"),
    "%": ("百分之", "percent"),
    "‰": ("千分之", "per mille"),
    "×": ("乘", "times"),
    "÷": ("除以", "divided by"),
    "<": ("小于", "less than"),
    ">": ("大于", "greater than"),
    "≤": ("不超过", "at most"),
    "≥": ("不少于", "at least"),
    "≈": ("约等于", "about"),
    "±": ("正负", "plus or minus"),
    "√": ("根号", "root"),
    "∞": ("无穷", "infinity"),
    "π": ("派", "pi"),
    "α": ("阿尔法", "alpha"),
    "β": ("贝塔", "beta"),
    "γ": ("伽马", "gamma"),
    "Ω": ("欧姆", "ohm"),
    "℃": ("摄氏度", "degrees Celsius"),
    "℉": ("华氏度", "degrees Fahrenheit"),
    "°": ("度", "degrees"),
    "²": ("平方", "squared"),
    "³": ("立方", "cubed"),
    "$": ("美元", "dollars"),
    "¥": ("元", "yuan"),
    "￥": ("元", "yuan"),
    "€": ("欧元", "euros"),
    "£": ("英镑", "pounds"),
    "№": ("第", "number"),
}
# How long each written mark is waited at, as the mark that Kokoro knows.
MARKS: dict[str, str] = {
    "，": ",", ",": ",", "、": ",", "（": ",", "）": ",", "(": ",", ")": ",", "[": ",", "]": ",", "【": ",", "】": ",",
    "|": ",", "｜": ",", "→": ",", "•": ",", "—": ",", "–": ",",
    "；": ";", ";": ";", "：": ":", ":": ":",
    "。": ".", ".": ".", "．": ".", "｡": ".", "\n": ".",
    "！": "!", "!": "!", "？": "?", "?": "?", "…": "…",
}  # fmt: skip

_MONEY = "[" + re.escape("".join(MONEY)) + "]"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_SCALE = r"(?:\s?(?:万亿|千万|百万|亿|万|千|thousand|million|billion|trillion|[kKMB](?![A-Za-z])))?"

# name → pattern; the first that matches at a place wins
FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "address": r"(?:https?://)?(?:[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_+-]+)*@)?(?:[A-Za-z0-9-]+\.)+"
        r"(?:com|org|net|cn|io|ai|edu|gov|app|dev|tv|me)(?![A-Za-z0-9])(?:/[A-Za-z0-9/_-]*)?",
        "date": _NOT_INSIDE
        + rf"(?P<year>[12][0-9]{{3}})(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>[12][0-9]|3[01]|0?[1-9]){_ENDS}",
        "clock": _NOT_INSIDE
        + r"(?P<hour>[01]?[0-9]|2[0-4])[:：](?P<minute>[0-5][0-9])(?:[:：](?P<second>[0-5][0-9]))?(?![0-9:：])"
        + r"(?:\s?(?P<half>[aApP])\.?[mM]\.?(?![A-Za-z]))?",
        "half_day": _NOT_INSIDE
        + r"(?P<hour>1[0-2]|[1-9])\s?(?P<half>[aApP])\.?[mM](?:\.(?=\s[a-z])|(?![A-Za-z]))",
        "phone": _NOT_INSIDE
        + r"(?P<digits>\+?[0-9]{1,3}[- ]1[3-9][0-9]{9}|1[3-9][0-9]-?[0-9]{4}-?[0-9]{4}|[48]00-[0-9]{3}-?[0-9]{4}"
        + rf"|0[0-9]{{2,3}}-[0-9]{{7,8}}|[0-9]{{3}}-[0-9]{{3,4}}-[0-9]{{4}}){_ENDS}(?!\.[0-9])",
        "money_range": rf"(?P<sign>{_MONEY})\s?(?P<low>{NUMBER}){_DASH}(?P=sign)?(?P<high>{NUMBER})(?P<scale>{_SCALE}){_ENDS}",
        "money": rf"(?P<sign>{_MONEY})\s?(?P<number>{NUMBER})(?P<scale>{_SCALE}){_ENDS}",
        "percent_range": rf"(?P<low>{NUMBER})%?{_DASH}(?P<high>{NUMBER})(?P<mark>[%％])",
        "percent": rf"(?P<minus>(?<![0-9A-Za-z])[-−])?(?P<number>{NUMBER})\s?(?P<mark>[%％‰])",
        "decade": r"(?<![0-9A-Za-z])['’]?(?P<number>[12][0-9]{2}0|[2-9]0)['’]?s(?![A-Za-z])",
        "unit_range": rf"(?P<low>{NUMBER}){_DASH}(?P<high>{NUMBER})\s?(?P<unit>{_UNIT})(?![A-Za-z0-9])",
        "unit": _NOT_INSIDE
        + rf"(?P<minus>(?<![0-9A-Za-z])[-−])?(?P<number>{NUMBER})[\s-]?(?P<unit>{_UNIT})(?![A-Za-z0-9²³/])",
        "ordinal": r"(?<![0-9])(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:st|nd|rd|th)(?![A-Za-z])",
        "rank": r"(?:No\.\s?|#|№\s?)(?P<number>[0-9]+)(?![0-9])",
        "version": r"[vV]?(?P<number>[0-9]+(?:\.[0-9]+){2,})(?![0-9])",
        "ratio": _NOT_INSIDE + rf"(?P<low>[0-9]+)[:：](?P<high>[0-9]+){_ENDS}",
        "product": r"(?P<low>[0-9]+(?:\.[0-9]+)?)\s?[×xX*]\s?(?P<high>[0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z])",
        "fold": r"(?P<number>[0-9]+(?:\.[0-9]+)?)[×xX](?![A-Za-z0-9])",
        "fraction": _NOT_INSIDE + r"(?P<low>[0-9]{1,4})[/⁄](?P<high>[1-9][0-9]{0,3})(?![0-9/A-Za-z])",
        "range": rf"(?<![0-9A-Za-z.-])(?P<low>{NUMBER}){_DASH}(?P<high>{NUMBER})(?![0-9A-Za-z%-])",
        "abbreviation": r"(?:Mr|Mrs|Ms|Dr|St|vs|etc|approx|e\.g|i\.e)\.(?![A-Za-z])|vs(?![A-Za-z])",
        "word": r"(?:[A-Za-zÀ-ÖØ-öø-ÿĀ-ɏ]|[0-9]+(?:\.[0-9]+)?(?=[A-Za-z]))(?:[A-Za-zÀ-ÖØ-öø-ÿĀ-ɏ0-9]|(?<=[0-9])\.(?=[0-9])"
        r"|[-'’&/](?=[A-Za-z])|(?<=[A-Za-z])-(?=[0-9]))*\+*",
        "number": rf"(?P<minus>(?<![0-9A-Za-z])[-−])?(?P<number>{NUMBER})(?P<plus>\+)?",
    }.items()
}
