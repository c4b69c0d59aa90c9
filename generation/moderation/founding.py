"""The first wording and numbers of every policy, as a new site has them; afterwards the table of the database counts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

# code, restricted, severity, approve below, hold above, reporters that demote, titles, wordings
POLICIES = [
    (
        "hate", False, 3, 0.35, 0.85, 3, "Hate or insult", "仇恨或侮辱",
        "No attacks on people for what they are: origin, religion, gender, sexuality, illness or disability; no insults "
        "and no bullying of a person. Criticism of ideas, and quoting hate in order to oppose it, are allowed.",
        "不得因出身、宗教、性别、性取向、疾病或残障攻击他人，不得辱骂或欺凌具体的人。批评观点、为反对仇恨而引用，是允许的。",
    ),
    (
        "sexual", False, 3, 0.30, 0.85, 3, "Sexual content", "色情内容",
        "No nudity and no sexual acts, drawn or filmed, and no offers of them. Education, health and art that show "
        "no more than they need are allowed.",
        "不得展示裸露或性行为，无论绘制还是拍摄，也不得招揽。教育、健康和艺术作品在必要范围内允许。",
    ),
    (
        "violence", False, 4, 0.35, 0.85, 3, "Violence or danger", "暴力或危险行为",
        "No bloodshed or cruelty shown for its own sake, no threats, no praise of violence, no instructions for weapons "
        "or for dangerous acts. News and history that explain what happened are allowed.",
        "不得为展示而展示血腥或虐待，不得威胁、美化暴力，不得教授武器制作或危险行为。说明事实的新闻与历史内容允许。",
    ),
    (
        "self_harm", False, 4, 0.25, 0.80, 1, "Self-harm", "自残与自杀",
        "No encouragement of suicide, self-harm or eating disorders and no methods. Asking for help and speaking of "
        "one’s own recovery are allowed.",
        "不得鼓励自杀、自残或饮食失调，不得传授方法。求助、讲述自己的康复经历是允许的。",
    ),
    (
        "fraud", False, 2, 0.40, 0.90, 3, "Spam or fraud", "垃圾信息或诈骗",
        "No scams, no false promises of money, no selling of what is forbidden, no mass posting of the same thing, no "
        "links that mislead.",
        "不得诈骗、虚假承诺收益、兜售违禁品、大量重复发布，不得放置误导性链接。",
    ),
    (
        "copyright", False, 2, 0.40, 0.90, 3, "Somebody else’s work", "侵犯他人作品",
        "No videos, pictures or music of others without their permission. Short quotations that say whose they are "
        "are allowed.",
        "未经许可不得使用他人的视频、图片或音乐。注明出处的简短引用允许。",
    ),
    (
        "misleading", False, 2, 0.45, 0.95, 3, "False or misleading", "虚假或误导",
        "No false claims that can harm people: about health, elections, catastrophes or real persons. Satire that "
        "nobody takes for a fact is allowed.",
        "不得发布可能伤害他人的虚假说法，如关于健康、选举、灾害或真实人物。不会被当真的讽刺允许。",
    ),
    (
        "unlabeled", False, 2, 0.45, 0.95, 3, "AI content without a label", "未标识的人工智能内容",
        "What a machine made or changed says so. A label is not removed, covered or contradicted.",
        "由机器生成或修改的内容须有标识，不得去除、遮挡或否认标识。",
    ),
    (
        "flashing", False, 3, 0.50, 0.95, 1, "Flashing lights", "闪光画面",
        "No more than three general or red flashes within a second over a large part of the picture (WCAG 2.3.1): they "
        "can cause seizures.",
        "画面大部分区域一秒内的闪烁或红色闪烁不得超过三次（WCAG 2.3.1），否则可能诱发癫痫。",
    ),
    (
        "minors", True, 4, 0.15, 0.60, 1, "Protection of minors", "未成年人保护",
        "Nothing that sexualizes, endangers or exposes children, and nothing that tells where a child can be found.",
        "不得性化、危害或暴露未成年人，不得透露儿童的所在。",
    ),
    (
        "other", False, 1, 0.50, 0.97, 3, "Something else", "其他",
        "What is against the law or the rules of the site and fits no other policy.",
        "违反法律或本站规则而不属于其他类别的内容。",
    ),
]  # fmt: skip


def policies_found(policies: Any, versions: Any) -> None:
    """Put the table into an empty database; ``policies`` and ``versions`` are managers of the two tables."""
    if policies.exists():
        return
    now = timezone.now()
    for position, row in enumerate(POLICIES):
        code, restricted, severity, below, above, reports, title_en, title_zh, wording_en, wording_zh = row
        policy = policies.create(code=code, position=position, restricted=restricted)
        versions.create(
            policy=policy, number=1, state="active", severity=severity, auto_approve_below=below, hold_above=above,
            reports_demote=reports, title_en=title_en, title_zh=title_zh, wording_en=wording_en,
            wording_zh=wording_zh, created=now, activated=now,
        )  # fmt: skip
