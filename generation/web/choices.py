"""The creative choices as people read them: names of moods, caption styles, layouts, palettes and stages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOODS = {
    "bright": _("Bright"),
    "warm": _("Warm"),
    "suspense": _("Suspense"),
    "epic": _("Epic"),
    "healing": _("Healing"),
    "tech": _("Tech"),
    "funny": _("Funny"),
    "calm": _("Calm"),
}
CAPTION_STYLES = {
    "pill": pgettext_lazy("caption style", "Pill"),
    "outline": pgettext_lazy("caption style", "Outline"),
    "karaoke": pgettext_lazy("caption style", "Karaoke"),
    "pop": pgettext_lazy("caption style", "Pop"),
    "bar": pgettext_lazy("caption style", "Bar"),
    "none": pgettext_lazy("caption style", "No captions"),
}
VISUAL_STYLES = {
    "illustrated": pgettext_lazy("visual style", "Soft gradients"),
    "gan": pgettext_lazy("visual style", "Moving shapes that were learned"),
}
LAYOUTS = {
    "hero": pgettext_lazy("layout", "Big picture"),
    "point": pgettext_lazy("layout", "Numbered point"),
    "split": pgettext_lazy("layout", "Part by part"),
    "detail": pgettext_lazy("layout", "Close-up"),
    "steps": pgettext_lazy("layout", "Step by step"),
    "checklist": pgettext_lazy("layout", "Checklist"),
    "timeline": pgettext_lazy("layout", "Timeline"),
    "big_number": pgettext_lazy("layout", "Big number"),
    "do_dont": pgettext_lazy("layout", "Do and don’t"),
    "quiz": pgettext_lazy("layout", "Quiz with answer"),
    "chat": pgettext_lazy("layout", "Phone chat"),
    "before_after": pgettext_lazy("layout", "Before and after"),
    "chart": pgettext_lazy("layout", "Counting chart"),
    "quote": pgettext_lazy("layout", "Quote"),
    "list": pgettext_lazy("layout", "List that fills"),
    "compare": pgettext_lazy("layout", "Compare two"),
    "end": pgettext_lazy("layout", "End card"),
    "clip": pgettext_lazy("layout", "Own picture or clip"),
}
MUSIC_LEVELS = {"1.0": _("Normal"), "0.6": _("Quiet"), "1.4": _("Loud"), "0": _("No music")}
SPEEDS = {"0.9": _("Slow"), "1.0": _("Normal pace"), "1.1": _("Brisk"), "1.2": _("Fast")}
STAGES = {
    "script": _("Script"),
    "voice": _("Voice"),
    "music": _("Music"),
    "render": _("Picture"),
    "label": _("Label and sign"),
    "check": _("Check the file"),
}
HOOKS = {
    "question": pgettext_lazy("hook", "question hook"),
    "number": pgettext_lazy("hook", "number hook"),
    "contrast": pgettext_lazy("hook", "contrast hook"),
    "story": pgettext_lazy("hook", "story hook"),
    "warning": pgettext_lazy("hook", "warning hook"),
}
