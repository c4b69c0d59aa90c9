"""Forms of moderation's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.moderation.models import PolicyVersion
from generation.moderation.services.policies import EDITABLE


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The next version of a policy, beginning with what acts now."""

    note = forms.CharField(label=_("Why it is changed"), max_length=200, required=False)

    class Meta:
        model = PolicyVersion
        fields = EDITABLE
        labels = {
            "title_en": _("Title in English"),
            "title_zh": _("Title in Chinese"),
            "wording_en": _("Wording in English"),
            "wording_zh": _("Wording in Chinese"),
            "severity": _("Severity"),
            "auto_approve_below": _("Approve by itself below (risk, 0 to 1)"),
            "hold_above": _("Hold above (risk, 0 to 1)"),
            "reports_demote": _("Trusted reporters that take it out of the feed"),
        }
        widgets = {
            "auto_approve_below": forms.NumberInput(attrs={"step": "0.01", "min": "0", "max": "1"}),
            "hold_above": forms.NumberInput(attrs={"step": "0.01", "min": "0", "max": "1"}),
            "wording_en": forms.Textarea(attrs={"rows": 3}),
            "wording_zh": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["note"] = ""

    def _post_clean(self) -> None:
        """The service judges the whole version; the acting row is only where the form begins."""
