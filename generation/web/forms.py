"""What people fill in, checked before any service sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.languages import LANGUAGE_NAMES
from core.roles import ADMINISTRATOR, has_role
from generation.generators import visual_styles
from generation.language.cleaning import line_cleaned
from generation.language.names import is_reserved
from generation.media.speech import voices
from generation.models import ModelKind, Upload, Video
from generation.script.brief import MAX_POINT_LETTERS, MAX_POINTS, MAX_SECONDS, MAX_TOPIC_LETTERS, MIN_SECONDS
from generation.selectors import generators_configured, palettes_offered
from generation.services.trainings import MINUTES_MAX, MINUTES_MIN, training_data
from generation.storyboard import ASPECTS
from generation.web.choices import CAPTION_STYLES, MOODS, MUSIC_LEVELS, SPEEDS, VISUAL_STYLES

AUTOMATIC = ("", _("Automatic"))
TRIAL_SECONDS = (15, 20, 30, 45)
TOKEN_DAYS = (7, 30, 90, 365)  # of one made on the account page


class BriefForm(forms.Form):
    """A topic or a text with the choices that shape its video; every choice may stay automatic."""

    topic = forms.CharField(
        label=_("Topic"),
        required=False,
        min_length=2,
        max_length=MAX_TOPIC_LETTERS,
        widget=forms.TextInput(attrs={"class": "topic", "autocomplete": "off", "enterkeyhint": "go"}),
    )
    points = forms.CharField(
        label=_("Your own points (optional, one a line)"),
        required=False,
        max_length=MAX_POINTS * (MAX_POINT_LETTERS + 2),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    text = forms.CharField(label=_("A text of your own"), required=False)
    text_name = forms.CharField(required=False, max_length=200)
    document = forms.FileField(label=_("A file"), required=False, allow_empty_file=True, max_length=200)
    language = forms.ChoiceField(
        label=_("Language"), choices=list(LANGUAGE_NAMES.items()), widget=forms.RadioSelect
    )
    aspect = forms.ChoiceField(
        label=_("Frame"), choices=[(a, a) for a in ASPECTS], initial="9:16", widget=forms.RadioSelect
    )
    seconds = forms.IntegerField(
        label=_("Length"),
        min_value=int(MIN_SECONDS),
        max_value=int(MAX_SECONDS),
        initial=15,
        widget=forms.NumberInput(attrs={"type": "range", "step": 1}),
    )
    voice = forms.ChoiceField(label=_("Voice"), required=False, widget=forms.RadioSelect)
    speed = forms.ChoiceField(
        label=_("Pace"), choices=list(SPEEDS.items()), initial="1.0", widget=forms.RadioSelect
    )
    mood = forms.ChoiceField(
        label=_("Mood"), choices=[AUTOMATIC, *MOODS.items()], required=False, widget=forms.RadioSelect
    )
    music_level = forms.ChoiceField(
        label=_("Music"), choices=list(MUSIC_LEVELS.items()), initial="1.0", widget=forms.RadioSelect
    )
    caption_style = forms.ChoiceField(
        label=_("Captions"),
        choices=[AUTOMATIC, *CAPTION_STYLES.items()],
        required=False,
        widget=forms.RadioSelect,
    )
    visual_style = forms.ChoiceField(label=_("Grounds"), required=False, widget=forms.RadioSelect)
    palette = forms.ChoiceField(label=_("Colors"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [voice for code in LANGUAGE_NAMES for voice in voices(code)]
        self.fields["voice"].choices = [AUTOMATIC, *((v.id, v.id) for v in every), ("none", "none")]  # type: ignore[attr-defined]
        self.fields["palette"].choices = [AUTOMATIC, *((name, name) for name in palettes_offered())]  # type: ignore[attr-defined]
        styles = visual_styles(generators_configured())
        if len(styles) > 1:
            named = [AUTOMATIC, *((style, VISUAL_STYLES[style]) for style in styles)]
            self.fields["visual_style"].choices = named  # type: ignore[attr-defined]
        else:  # nothing to choose from
            del self.fields["visual_style"]

    def clean_points(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]
        if len(lines) > MAX_POINTS:
            raise forms.ValidationError(
                _("At most %(most)d points fit into one video; these are %(count)d."),
                params={"most": MAX_POINTS, "count": len(lines)},
            )
        for line in lines:
            if len(line) > MAX_POINT_LETTERS:
                raise forms.ValidationError(
                    _("A point has at most %(most)d characters; this one has %(count)d: “%(start)s…”"),
                    params={"most": MAX_POINT_LETTERS, "count": len(line), "start": line[:24]},
                )
        return lines

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("topic") or data.get("text") or data.get("document") or self.errors.get("topic")):
            self.add_error("topic", _("Write what the video is about, or give a text of your own below."))
        language, voice = data.get("language"), data.get("voice")
        # A voice belongs to one language; changing the language in the form lets the platform choose again.
        if voice and voice != "none" and language and voice not in {v.id for v in voices(language)}:
            data["voice"] = ""
        return data

    def recipe(self) -> dict[str, Any]:
        """The choices that were made, in the recipe's names."""
        data = self.cleaned_data
        names = ("voice", "mood", "caption_style", "visual_style", "palette")
        chosen = {name: data[name] for name in names if data.get(name)}
        return {**chosen, "speed": float(data["speed"]), "music_level": float(data["music_level"])}


class ServerForm(forms.Form):
    """A model at a server; an empty key keeps the one that is known for it."""

    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Up to /v1, as in http://192.168.1.20:11434/v1 or https://api.example.com/v1."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "http://127.0.0.1:11434/v1"}),
    )
    name = forms.CharField(
        label=_("Model"),
        max_length=200,
        help_text=_("As the server lists it, such as qwen3:8b."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=500,
        help_text=_("Only where the server asks for one. It is kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forget_key = forms.BooleanField(label=_("Take the kept key away"), required=False)


class TrialForm(forms.Form):
    topic = forms.CharField(
        label=_("Topic"),
        min_length=2,
        max_length=MAX_TOPIC_LETTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=list(LANGUAGE_NAMES.items()), widget=forms.RadioSelect
    )
    seconds = forms.TypedChoiceField(
        label=_("Length"), coerce=int, choices=[(n, f"{n} s") for n in TRIAL_SECONDS]
    )


class VideoForm(forms.ModelForm):  # type: ignore[type-arg]
    hashtags = forms.CharField(
        label=_("Hashtags"), required=False, max_length=400, help_text=_("Separated by spaces, at most ten.")
    )

    class Meta:
        model = Video
        fields = ("title", "description")
        labels = {"title": _("Title"), "description": _("Description")}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hashtags"].initial = " ".join(f"#{tag}" for tag in self.instance.hashtags)

    def clean_hashtags(self) -> list[str]:
        text: str = self.cleaned_data["hashtags"]
        return text.replace(",", " ").replace("，", " ").split()


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Upload.Kind.choices, widget=forms.RadioSelect, initial="clip"
    )
    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=200)


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=_("File"), max_length=200, widget=forms.FileInput(attrs={"accept": "video/*,image/*,audio/*"})
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("first_name",)
        labels = {"first_name": _("Name shown with your videos")}

    def clean_first_name(self) -> str:
        name = line_cleaned(self.cleaned_data["first_name"])
        if is_reserved(name, site_names=settings.SITE_NAME.values()) and not has_role(
            self.instance, ADMINISTRATOR
        ):
            raise forms.ValidationError(
                _("“%(name)s” is kept for those who run this site. Choose another name."),
                params={"name": name},
            )
        return name


class AddressForm(forms.Form):
    """Another e-mail address for an account: asked for with its password."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class TokenForm(forms.Form):
    """A token for one program, told from the others by its name."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    days = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=int,
        choices=[
            (days, ngettext_lazy("%(days)d day", "%(days)d days", days) % {"days": days})
            for days in TOKEN_DAYS
        ],
        initial=90,
    )

    def clean_name(self) -> str:
        name = line_cleaned(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name, such as the program that will use it."))
        return name


class LibraryForm(forms.Form):
    """Filters of the library; an unknown value is the same as none."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Video.State.choices]
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("All languages")), *LANGUAGE_NAMES.items()]
    )
    kind = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("", _("All sources")), ("generated", _("Generated")), ("uploaded", _("Uploaded"))],
    )


class TrainingForm(forms.Form):
    """What to train, on which of the files in AIGC_TRAINING_DIR, for how long."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ModelKind.choices, widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("Training data"))
    minutes = forms.FloatField(label=_("Minutes"), min_value=MINUTES_MIN, max_value=MINUTES_MAX, initial=10)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31 - 1, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = cast(forms.ChoiceField, self.fields["source"])
        source.choices = [(place.name, place.name) for place in training_data()]

    def clean_source(self) -> Path:
        name: str = self.cleaned_data["source"]
        return next(place for place in training_data() if place.name == name)
