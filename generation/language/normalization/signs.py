"""Signs that are said as a word, and marks that are waited at."""

from __future__ import annotations

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
