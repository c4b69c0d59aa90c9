"""The written forms that are not read letter by letter, as patterns shared by both languages, longest first.

A form is a shape only: its reader may still say no where the words around it mean something else (9:16 is a time, or the
shape of a picture), and then the next form is tried.
"""

from __future__ import annotations

import re

from generation.language.normalization.measures import GLYPHS, MONEY, UNITS

NUMBER = r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|(?:(?<![0-9A-Za-z.\u3400-\u9fff])|(?<=[要约为仅近才是在过到差有需用花快慢了长重高只]))\.[0-9]+)"
_NOT_INSIDE = r"(?<![0-9A-Za-z.])"
_ENDS = r"(?![0-9])"
_DASH = r"\s?[-–—~～至]\s?"
_MINUS = r"(?P<minus>(?<![0-9A-Za-z])-)?"
_MONEY = "(?:" + "|".join(re.escape(sign) for sign in sorted(MONEY, key=len, reverse=True)) + ")"
_MONEY = rf"(?<![A-Za-z]){_MONEY}"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_SCALE = r"(?:[\s-]?(?:万亿|千万|百万|亿|万|千|thousand|million|billion|trillion|(?:[kKmMBT]|mn|bn|tn)(?![A-Za-z])))?"
_TOP = "com|org|net|cn|io|ai|edu|gov|app|dev|tv|me|co|uk|de|fr|jp|hk|tw|info|xyz|cc|shop|site|online"
_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}"  # bounded, as is the name before @: no text makes the search long
_PATH = r"(?::[0-9]{2,5})?(?:[/?#](?:[A-Za-z0-9/_%?&=#~+@:.,!-]*[A-Za-z0-9/_%=#~+-])?)?"
_WEEKDAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?:day|nesday|sday|rsday|urday)?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)"
_VULGAR = "¼½¾⅐-⅞"
STANDARDS = r"GB(?:/[TZ])?|ISO(?:/IEC)?|IEC|IEEE|ANSI|ASTM|DIN|EN|JIS|RFC|NIST|DB[0-9]{0,2}(?:/T)?|QB/T|YY/T|JGJ|NY/T|SN/T|QC/T"

# name → pattern; the first that matches at a place, and whose reader agrees, wins
FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "address": rf"(?:https?://{_HOST}[A-Za-z]{{2,}}|www\.{_HOST}[A-Za-z]{{2,}}"
        rf"|[A-Za-z0-9_%+-]{{1,64}}(?:\.[A-Za-z0-9_+-]{{1,64}}){{0,6}}@{_HOST}[A-Za-z]{{2,}}|{_HOST}(?:{_TOP}))(?![A-Za-z0-9]){_PATH}",
        "file": r"(?<![A-Za-z0-9])(?P<name>[A-Za-z][A-Za-z0-9_-]{0,40})\.(?P<ending>js|py|ts|md|txt|html?|css|json|net|exe|pdf|jpe?g|png|gif|mp[34]|docx?|xlsx?|pptx?|vue"
        r"|sh|ya?ml|csv|zip|psd|wav)(?![A-Za-z0-9])",
        "relation": r"(?:[<>!]=|==)(?![=>])",
        "arrow": r"[-=]{1,3}>|<-{1,3}(?![0-9])",
        "internet_number": _NOT_INSIDE
        + r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::(?P<port>[0-9]{2,5}))?(?![0-9.])",
        "standard": rf"(?<![A-Za-z0-9])(?P<body>{STANDARDS})[\s-]?(?P<number>[0-9]{{3,6}}(?:[.-][0-9]{{1,2}})?)"
        r"(?:\s?[-–—:]\s?(?P<year>(?:19|20)[0-9]{2}))?(?![0-9A-Za-z])",
        "date": _NOT_INSIDE
        + rf"(?P<year>[12][0-9]{{3}})(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>[12][0-9]|3[01]|0?[1-9]){_ENDS}",
        "date_year_last": _NOT_INSIDE
        + rf"(?P<first>0?[1-9]|[12][0-9]|3[01])(?P<sep>[-/.])(?P<second>0?[1-9]|[12][0-9]|3[01])(?P=sep)(?P<year>[12][0-9]{{3}}|[0-9]{{2}}){_ENDS}(?![-/.][0-9])",
        "clock": _NOT_INSIDE
        + r"(?P<hour>[01]?[0-9]|2[0-4])[:：](?P<minute>[0-5][0-9])(?:[:：](?P<second>[0-5][0-9]))?(?![0-9:：])"
        + r"(?:\s?(?P<half>[aApP])\.?[mM](?:\.(?=[,;]?\s?[a-z0-9–-])|(?![A-Za-z])))?",
        "half_day_range": _NOT_INSIDE
        + rf"(?P<low>1[0-2]|[1-9]){_DASH}(?P<high>1[0-2]|[1-9])\s?(?P<half>[aApP])\.?[mM](?:\.(?=[,;]?\s?[a-z0-9])|(?![A-Za-z]))",
        "half_day": _NOT_INSIDE
        + r"(?P<hour>1[0-2]|0?[1-9])\s?(?P<half>[aApP])\.?[mM](?:\.(?=[,;]?\s?[a-z0-9–-])|(?![A-Za-z]))",
        "phone": _NOT_INSIDE
        + r"(?P<digits>(?:(?:\+|00)[0-9]{1,3}[- ]?|86[- ]?)?1[3-9](?:[- ]?[0-9]){9}"  # a mobile number of mainland China
        + r"|\+[0-9]{1,3}(?:[-. ]?\(?[0-9]{1,5}\)?){2,5}"  # any number with its country
        + r"|(?:1[-. ])?\([2-9][0-9]{2}\)[-. ]?[0-9]{3}[-. ]?[0-9]{4}|(?:1[-. ])?[2-9][0-9]{2}([-. ])[0-9]{3}\2[0-9]{4}"
        + r"|[48]00[- ][0-9]{3,4}[- ]?[0-9]{3,4}|[48]00[0-9]{7}|[0-9]{3}-[0-9]{3,4}-[0-9]{4}"
        + r"|\(0[0-9]{2,4}\)[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}|0[0-9]{2,4}[- ][0-9]{3,4}[- ]?[0-9]{3,4})"
        + rf"{_ENDS}(?![.:/][0-9])(?:\s?-?(?:转|ext\.?|x)\s?(?P<extension>[0-9]{{1,6}}))?",
        "money_range": rf"(?P<sign>{_MONEY})\s?(?P<low>{NUMBER}){_DASH}(?P=sign)?(?P<high>{NUMBER})(?P<scale>{_SCALE}){_ENDS}",
        "money": rf"{_MINUS}(?P<sign>{_MONEY})\s?(?P<number>{NUMBER})(?P<scale>{_SCALE}){_ENDS}(?P<plus>\+(?![0-9]))?",
        "percent_range": rf"(?P<low>{NUMBER})[%％]?{_DASH}(?P<high>{NUMBER})(?P<mark>[%％])",
        "percent": rf"{_MINUS}(?P<number>{NUMBER})\s?(?P<mark>[%％‰])",
        "decade": r"(?<![0-9A-Za-z])['’]?(?P<number>[12][0-9]{2}0|[2-9]0)['’]?s(?![A-Za-z])",
        "unit_range": _NOT_INSIDE
        + rf"{_MINUS}(?P<low>{NUMBER})(?:\s?(?P<first>{_UNIT}))?{_DASH}(?P<below>-)?(?P<high>{NUMBER})\s?(?P<unit>{_UNIT})(?![A-Za-z0-9²³/])",
        "unit_per": _NOT_INSIDE
        + rf"{_MINUS}(?P<number>{NUMBER})\s?(?P<unit>{_UNIT})/(?P<base>[0-9]+)?(?P<per>{_UNIT})(?![A-Za-z0-9²³/])",
        "unit": _NOT_INSIDE
        + rf"{_MINUS}(?P<number>{NUMBER})[\s-]?(?P<unit>{_UNIT})(?:\.(?=\s[a-z]))?(?![A-Za-z0-9²³])(?!/[A-Za-z])",
        "unit_after_part": rf"(?<![A-Za-z])(?P<unit>{_UNIT})(?:\.(?=\s[a-z]))?(?![A-Za-z0-9²³])",
        "unit_alone": rf"(?P<slash>/)?(?P<unit>[{GLYPHS}])|(?P<per>/)(?P<base>{_UNIT})(?![A-Za-z0-9²³])",
        "per": r"/(?:(?P<per>[A-Za-z]+)|(?=[\u3400-\u9fff]|[0-9]+[\u3400-\u9fff]))",
        "duration": _NOT_INSIDE
        + r"(?P<hours>[0-9]{1,2})\s?h\s?(?P<minutes>[0-5]?[0-9])\s?(?:min|m)?(?![A-Za-z0-9])",
        "ordinal": r"(?<![0-9])(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:st|nd|rd|th)(?![A-Za-z])",
        "rank": r"(?:(?:No|Nos)\.\s?|#|№\s?)(?P<number>[0-9]+)(?![0-9])",
        "version": r"[vV]?(?P<number>[0-9]+(?:\.[0-9]+){2,})(?![0-9])",
        "height": _NOT_INSIDE + r"""(?P<feet>[1-9])['’′]\s?(?P<inches>1[01]|[0-9])["”″]""",
        "inches": _NOT_INSIDE
        + r"""(?P<number>[0-9]+(?:\.[0-9]+)?)["”″](?=\s?(?:wide|tall|long|deep|thick|high|screen|monitor|TV|display|pipe|tablet|[x×]))""",
        "power": _NOT_INSIDE + r"(?P<base>[0-9]+)\^(?P<power>-?[0-9]+)(?![0-9])",
        "prefix": r"(?<![A-Za-z])(?P<prefix>[Mm]id|[Ll]ate|[Ee]arly|[Pp]re|[Pp]ost)-(?=[0-9])",
        "ratio": _NOT_INSIDE + rf"(?P<low>[0-9]+(?:\.[0-9]+)?)[:：](?P<high>[0-9]+(?:\.[0-9]+)?){_ENDS}",
        "product": r"(?P<low>[0-9]+(?:\.[0-9]+)?)\s?[×xX*]\s?(?P<high>[0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z])",
        "fold": r"(?P<number>[0-9]+(?:\.[0-9]+)?)[×xX](?![A-Za-z0-9])",
        "mixed": _NOT_INSIDE
        + rf"(?P<whole>[0-9]{{1,3}})(?:[\s-](?P<low>[1-9][0-9]?)[/⁄](?P<high>[1-9][0-9]?)(?![0-9/])|\s?(?P<vulgar>[{_VULGAR}]))",
        "out_of": _NOT_INSIDE
        + r"(?P<low>[0-9]{1,4}(?:\.[0-9])?)\s?/\s?(?P<high>[1-9][0-9]{0,3})(?:\s?(?P<unit>mmHg)|(?![0-9/A-Za-z]))",
        "day": _NOT_INSIDE
        + r"(?P<month>0?[1-9]|1[0-2])(?P<sep>[/.])(?P<day>[12][0-9]|3[01]|0?[1-9])(?![0-9/A-Za-z%]|\.[0-9])",
        "fraction": _NOT_INSIDE + r"(?P<low>[0-9]{1,4})[/⁄](?P<high>[1-9][0-9]{0,3})(?![0-9/A-Za-z])",
        "range": rf"(?<![0-9A-Za-z.-])(?P<low>{NUMBER}){_DASH}(?P<high>{NUMBER})(?![0-9A-Za-z%-])",
        "month_range": rf"(?<![A-Za-z])(?P<low>{_MONTH})\.?{_DASH}(?P<high>{_MONTH})(?![a-z])",
        "month": r"(?<![A-Za-z])(?P<month>Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.(?=\s?[0-9a-z,])|(?=\.?\s[0-9]))(?![a-z])",
        "weekday_range": rf"(?<![A-Za-z])(?P<low>{_WEEKDAY})\.?{_DASH}(?P<high>{_WEEKDAY})(?:\.(?=,|\s[a-z0-9]))?(?![a-z])",
        "weekday": r"(?<![A-Za-z])(?:(?P<day>Mon|Tues?|Wed|Thu(?:rs?)?|Fri)(?:\.(?=,?\s?[0-9a-z]))?|(?P<end>Sat|Sun)(?:\.(?=,?\s?[0-9a-z])|(?=,\s[A-Z0-9])|(?=\s[0-9])))(?![A-Za-z'’-])",
        "scaled": _NOT_INSIDE
        + rf"(?P<number>{NUMBER})(?P<scale>[kKMBwW]|mn|bn|tn)(?P<plus>\+)?(?![A-Za-z0-9])",
        "roman": r"(?<![A-Za-z0-9])(?P<roman>[IVXLC]+)(?P<owns>['’]s(?![A-Za-z]))?(?![A-Za-z0-9'’&/-])",
        "title": r"(?<![A-Za-z])(?P<title>[A-Z][a-z]{1,5}|vs|etc|approx|apt|bldg|ext|dept|est|min|max|tel|vol|pp|fig)(?P<stop>\.)?(?![A-Za-z])",
        "initials": r"(?<![A-Za-z])(?P<letters>(?:[A-Za-z]\.){1,5}[A-Za-z]|(?:Ph|Ed|M)\.[A-Z]|[A-Z])\.(?![A-Za-z])",
        "abbreviation": r"(?:e\.g|i\.e)\.(?![A-Za-z])",
        "word": r"(?:[A-Za-zÀ-ÖØ-öø-ÿĀ-ɏ]|[0-9]+(?:\.[0-9]+)?(?=[A-Za-z]))(?:[A-Za-zÀ-ÖØ-öø-ÿĀ-ɏ0-9]|(?<=[0-9])\.(?=[0-9])"
        r"|[-'’&/](?=[A-Za-z])|(?<=[A-Za-z])-(?=[0-9]))*\+*",
        "number": rf"{_MINUS}(?P<number>{NUMBER})(?P<plus>\+(?![0-9A-Za-z(]))?",
    }.items()
}
