"""Units and currencies with their names in both languages."""

from __future__ import annotations

import unicodedata

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
    "cc": ("毫升", "c c", "c c"),
    "dL": ("分升", "deciliter", "deciliters"),
    "mmHg": ("毫米汞柱", "millimeter of mercury", "millimeters of mercury"),
    "hPa": ("百帕", "hectopascal", "hectopascals"),
    "kPa": ("千帕", "kilopascal", "kilopascals"),
    "MPa": ("兆帕", "megapascal", "megapascals"),
    "Pa": ("帕", "pascal", "pascals"),
    "rpm": ("转每分钟", "revolution per minute", "revolutions per minute"),
    "mA": ("毫安", "milliamp", "milliamps"),
    "mW": ("毫瓦", "milliwatt", "milliwatts"),
    "MW": ("兆瓦", "megawatt", "megawatts"),
    "GW": ("吉瓦", "gigawatt", "gigawatts"),
    "Wh": ("瓦时", "watt hour", "watt hours"),
    "mol": ("摩尔", "mole", "moles"),
    "mmol": ("毫摩尔", "millimole", "millimoles"),
    "ng": ("纳克", "nanogram", "nanograms"),
    "Gbps": ("G 每秒", "gigabit per second", "gigabits per second"),
    "kbps": ("K 每秒", "kilobit per second", "kilobits per second"),
    "dm": ("分米", "decimeter", "decimeters"),
    "ha": ("公顷", "hectare", "hectares"),
    "yd": ("码", "yard", "yards"),
    "mi": ("英里", "mile", "miles"),
    "gal": ("加仑", "gallon", "gallons"),
    "tbsp": ("汤匙", "tablespoon", "tablespoons"),
    "tsp": ("茶匙", "teaspoon", "teaspoons"),
    "ft²": ("平方英尺", "square foot", "square feet"),
    "mm²": ("平方毫米", "square millimeter", "square millimeters"),
    "dm²": ("平方分米", "square decimeter", "square decimeters"),
    "mm³": ("立方毫米", "cubic millimeter", "cubic millimeters"),
    "cm³": ("立方厘米", "cubic centimeter", "cubic centimeters"),
    "dm³": ("立方分米", "cubic decimeter", "cubic decimeters"),
    "km³": ("立方千米", "cubic kilometer", "cubic kilometers"),
    "ft³": ("立方英尺", "cubic foot", "cubic feet"),
    "m/s²": ("米每二次方秒", "meter per second squared", "meters per second squared"),
    "USD": ("美元", "dollar", "dollars"),
    "EUR": ("欧元", "euro", "euros"),
    "GBP": ("英镑", "pound", "pounds"),
    "RMB": ("元", "yuan", "yuan"),
    "CNY": ("元", "yuan", "yuan"),
    "HKD": ("港元", "Hong Kong dollar", "Hong Kong dollars"),
    "JPY": ("日元", "yen", "yen"),
    "¢": ("美分", "cent", "cents"),
}
# Currency sign → (Chinese, English singular, English plural, English hundredth or "")
MONEY: dict[str, tuple[str, str, str, str]] = {
    "¥": ("元", "yuan", "yuan", ""),
    "￥": ("元", "yuan", "yuan", ""),
    "$": ("美元", "dollar", "dollars", "cent"),
    "€": ("欧元", "euro", "euros", "cent"),
    "£": ("英镑", "pound", "pounds", "penny"),
    "US$": ("美元", "U S dollar", "U S dollars", "cent"),
    "HK$": ("港元", "Hong Kong dollar", "Hong Kong dollars", "cent"),
    "NT$": ("新台币", "New Taiwan dollar", "New Taiwan dollars", "cent"),
    "A$": ("澳元", "Australian dollar", "Australian dollars", "cent"),
    "C$": ("加元", "Canadian dollar", "Canadian dollars", "cent"),
    "USD": ("美元", "dollar", "dollars", "cent"),
    "EUR": ("欧元", "euro", "euros", "cent"),
    "GBP": ("英镑", "pound", "pounds", "penny"),
    "RMB": ("元", "yuan", "yuan", ""),
    "CNY": ("元", "yuan", "yuan", ""),
    "₩": ("韩元", "won", "won", ""),
    "₹": ("卢比", "rupee", "rupees", ""),
    "₽": ("卢布", "ruble", "rubles", ""),
}

# Other spellings of the same unit; a plural or a caret says nothing new.
_SPELLINGS: dict[str, str] = {
    "kgs": "kg", "kms": "km", "Kg": "kg", "KG": "kg", "ML": "ml", "KM": "km", "Km": "km", "CM": "cm",
    "sqm": "m²", "sq m": "m²", "sq. m": "m²", "sqft": "ft²", "sq ft": "ft²", "sq. ft": "ft²", "sq. ft.": "ft²",
    "kph": "km/h", "km/hr": "km/h", "kmh": "km/h", "r/min": "rpm", "secs": "s", "sec": "s", "Kcal": "kcal",
    "kw": "kW", "KW": "kW", "kwh": "kWh", "KWh": "kWh", "mah": "mAh", "gb": "GB", "hz": "Hz",
    "tbsps": "tbsp", "tsps": "tsp", "tbs": "tbsp", "ºC": "℃", "ºF": "℉",
}  # fmt: skip


def _add_spellings() -> None:
    """m2 and m^2 for every m²; the one-glyph units of the CJK compatibility block for what they fold to."""
    for unit in [unit for unit in UNITS if unit[-1] in "²³"]:
        digit = "2" if unit[-1] == "²" else "3"
        UNITS[unit[:-1] + digit] = UNITS[unit[:-1] + "^" + digit] = UNITS[unit]
    for spelling, unit in _SPELLINGS.items():
        UNITS[spelling] = UNITS[unit]
    for code in range(0x3371, 0x33E0):
        plain = unicodedata.normalize("NFKC", chr(code)).replace("∕", "/")
        known = UNITS.get(plain) or UNITS.get({"KM": "km", "cal": "cal"}.get(plain, plain.lower()))
        if known:
            UNITS[chr(code)] = known
        for power in "²³":
            if plain.lower() + power in UNITS:
                UNITS[chr(code) + power] = UNITS[plain.lower() + power]


_add_spellings()
GLYPHS = "".join(unit for unit in UNITS if len(unit) == 1 and 0x3371 <= ord(unit) < 0x33E0)
