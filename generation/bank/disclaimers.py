"""What stands beside a video whose topic asks for care: in its description, in its own language."""

from __future__ import annotations

from core.languages import Language
from generation.bank.reading import topic_with
from generation.bank.topic import Care

DISCLAIMERS: dict[Care, dict[Language, str]] = {
    "health": {
        "zh": "一般健康知识，不能代替医生的诊断；身体不适请及时就医。",
        "en": "General information, not medical advice. See a doctor about your own case.",
    },
    "money": {
        "zh": "一般财务知识，不构成投资或借贷建议；请按自己的情况核实。",
        "en": "General information, not financial advice. Check what applies to you.",
    },
    "local": {
        "zh": "法规、价格和办理要求因地区和时间而不同，请以当地最新规定为准。",
        "en": "Laws, prices and rules differ by place and change. Check what applies where you live.",
    },
}


def disclaimer(topic_id: str, language: Language) -> str:
    """The sentence for a topic of the bank; "" where it asks for no care or is not in the bank."""
    topic = topic_with(topic_id)
    return DISCLAIMERS[topic.care][language] if topic and topic.care else ""
