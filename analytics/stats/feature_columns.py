"""The columns of the table of features: a row a video, each number with its unit, range and meaning.

``COLUMNS`` is the one definition: the Parquet file has these columns in this order with their units in its schema,
docs/features.md and the page are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "text", "texts", "numbers", "time"]


def gettext_noop(text: str) -> str:
    """Marks ``text`` for translation; this room knows no Django."""
    return text


@dataclass(frozen=True)
class FeatureColumn:
    """``low`` and ``high`` bound a number (``None``: unbounded, or no number); ``length`` is that of a list, 0 for any."""

    name: str
    group: str
    kind: Kind
    says: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    length: int = 0

    @property
    def span(self) -> str:
        """The range as it is written: "0 – 1", "≥ 0", "" where there is none."""
        if self.low is not None and self.high is not None:
            return f"{self.low:g} – {self.high:g}".replace("-", "−")
        return f"≥ {self.low:g}" if self.low is not None else ""


GROUPS: dict[str, str] = {
    "video": gettext_noop("Video"),
    "text": gettext_noop("Text"),
    "picture": gettext_noop("Picture"),
    "motion": gettext_noop("Motion and cuts"),
    "sound": gettext_noop("Sound"),
    "beats": gettext_noop("Beats"),
    "recipe": gettext_noop("Recipe"),
    "outcome": gettext_noop("What became of it"),
}
E5, IMAGENET = 384, 1280
N = gettext_noop

COLUMNS: tuple[FeatureColumn, ...] = (
    FeatureColumn("video", "video", "number", N("Number of the video"), "id", 1),
    FeatureColumn("published", "video", "time", N("When it was published, UTC")),
    FeatureColumn("language", "video", "text", N("Language")),
    FeatureColumn("category", "video", "text", N("Category")),
    FeatureColumn("seconds", "video", "number", N("Length"), "s", 0),
    # --- text
    FeatureColumn("sentiment", "text", "number", N("How pleasant title and spoken words are"), "", -1, 1),
    FeatureColumn("title_length", "text", "number", N("Length of the title"), N("characters"), 0),
    FeatureColumn("title_words", "text", "number", N("Words of the title, hanzi one by one"), N("words"), 0),
    FeatureColumn("title_number", "text", "number", N("A number is in the title"), "", 0, 1),
    FeatureColumn("title_number_first", "text", "number", N("The title begins with a number"), "", 0, 1),
    FeatureColumn("title_question", "text", "number", N("Question marks in the title"), "", 0),
    FeatureColumn("title_exclamation", "text", "number", N("Exclamation marks in the title"), "", 0),
    FeatureColumn("title_you", "text", "number", N("The title speaks to the viewer"), "", 0, 1),
    FeatureColumn("title_how", "text", "number", N("The title asks or says how"), "", 0, 1),
    FeatureColumn("title_why", "text", "number", N("The title asks or says why"), "", 0, 1),
    FeatureColumn("title_negation", "text", "number", N("A negation is in the title"), "", 0, 1),
    FeatureColumn("title_contrast", "text", "number", N("A contrast is in the title"), "", 0, 1),
    FeatureColumn("title_superlative", "text", "number", N("A superlative is in the title"), "", 0, 1),
    FeatureColumn("title_fear", "text", "number", N("A word of danger is in the title"), "", 0, 1),
    FeatureColumn("spoken_length", "text", "number", N("Length of what is said"), N("hanzi / words"), 0),
    FeatureColumn("spoken_numbers", "text", "number", N("Numbers that are said"), "", 0),
    FeatureColumn("text_e5", "text", "numbers", N("Meaning of all words (multilingual-e5-small, unit length)"), "", -1, 1, E5),
    # --- picture
    FeatureColumn("brightness", "picture", "number", N("Mean luma, 0 is black"), "", 0, 1),
    FeatureColumn("colorfulness", "picture", "number", N("Hasler and Süsstrunk’s measure, about 110 is vivid"), "", 0),
    FeatureColumn("saturation", "picture", "number", N("Mean saturation of the five main colors"), "", 0, 1),
    FeatureColumn("palette", "picture", "texts", N("The five main colors, the largest first"), "#rrggbb"),
    FeatureColumn("palette_shares", "picture", "numbers", N("Their shares of the picture"), "", 0, 1),
    FeatureColumn("imagenet", "picture", "numbers", N("What stands in the picture (EfficientNet-lite0, mean of key frames)"), "", 0, None, IMAGENET),
    # --- motion and cuts
    FeatureColumn("motion_energy", "motion", "number", N("Mean change of luma in 0.1 s, cuts left out"), "", 0, 1),
    FeatureColumn("cuts_per_minute", "motion", "number", N("Cuts a minute"), "1/min", 0),
    FeatureColumn("first_cut", "motion", "number", N("When the first cut comes"), "s", 0),
    # --- sound
    FeatureColumn("loudness", "sound", "number", N("Loudness (ITU-R BS.1770)"), "LUFS", -120, 10),
    FeatureColumn("level", "sound", "number", N("Energy: root mean square"), "dBFS", -60, 0),
    FeatureColumn("level_spread", "sound", "number", N("How much the energy moves"), "dB", 0),
    FeatureColumn("tempo_heard", "sound", "number", N("Tempo as it is heard"), "1/min", 45, 190),
    FeatureColumn("key_heard", "sound", "text", N("Key as it is heard, m for minor")),
    FeatureColumn("speech_share", "sound", "number", N("Share of the time in which somebody speaks"), "", 0, 1),
    FeatureColumn("speech_rate", "sound", "number", N("Pace of the voice while it speaks"), N("hanzi / words a second"), 0),
    # --- beats
    FeatureColumn("beats_per_second", "beats", "number", N("How often something new comes"), "1/s", 0),
    FeatureColumn("longest_hold", "beats", "number", N("Longest time in which nothing new comes"), "s", 0),
    FeatureColumn("beats_on_music", "beats", "number", N("Share of what is new that falls on a beat of the music"), "", 0, 1),
    # --- the recipe as made
    FeatureColumn("recipe_hook", "recipe", "text", N("Kind of the opening")),
    FeatureColumn("recipe_palette", "recipe", "text", N("Palette")),
    FeatureColumn("recipe_visual_style", "recipe", "text", N("How grounds are made")),
    FeatureColumn("recipe_caption_style", "recipe", "text", N("Captions")),
    FeatureColumn("recipe_mood", "recipe", "text", N("Mood")),
    FeatureColumn("recipe_tempo", "recipe", "number", N("Tempo as it was played"), "1/min", 0),
    FeatureColumn("recipe_key", "recipe", "text", N("Key as it was played, m for minor")),
    FeatureColumn("recipe_music_level", "recipe", "number", N("Loudness of the music, 1 is usual"), "", 0, 1.5),
    FeatureColumn("recipe_voice", "recipe", "text", N("Voice")),
    FeatureColumn("recipe_speed", "recipe", "number", N("Chosen factor of the voice’s own pace"), "", 0.8, 1.25),
    FeatureColumn("recipe_motion", "recipe", "text", N("How drawings move")),
    FeatureColumn("recipe_picture_set", "recipe", "text", N("Set of the drawings")),
    FeatureColumn("recipe_cover", "recipe", "text", N("Design of the cover")),
    FeatureColumn("recipe_layouts", "recipe", "texts", N("Layout of each scene, in order")),
    FeatureColumn("recipe_transitions", "recipe", "texts", N("What leads into each scene, in order")),
    FeatureColumn("recipe_scenes", "recipe", "number", N("Scenes"), "", 1),
    FeatureColumn("recipe_pictures_per_second", "recipe", "number", N("Scenes a second"), "1/s", 0),
    FeatureColumn("recipe_words_per_second", "recipe", "number", N("Hanzi or words of the captions a second"), "1/s", 0),
    FeatureColumn("recipe_topic", "recipe", "text", N("Topic of the bank, empty for own points")),
    FeatureColumn("recipe_writer", "recipe", "text", N("Who wrote the script")),
    # --- outcome, read anew for every export
    FeatureColumn("views", "outcome", "number", N("Counted views of real viewers"), "", 0),
    FeatureColumn("reward", "outcome", "number", N("Mean reward of these views; none without one"), "", 0, 1),
)  # fmt: skip
RECIPE = {column.name.removeprefix("recipe_"): column.name for column in COLUMNS if column.group == "recipe"}
MEASURED = tuple(
    column
    for column in COLUMNS
    if column.group in ("text", "picture", "motion", "sound", "beats")
    and column.name not in ("text_e5", "imagenet")
)
HEAD = """\
One row a published video, as Parquet: what it says, shows and sounds like, and what its recipe chose.
`manage.py export_features --output FILE` writes it now; every night a task measures what is new for at most
`AIGC_FEATURES_MINUTES` and writes `features.parquet` into the folder of training data, where trainings find it. The page
`/datasets/features/` shows what is in it.

Each video is measured once: again only where its file or its words have changed, or the measures themselves. What does not
exist for a video is empty (an upload has no recipe and no beats, a silent one no tempo). A video whose measuring fails has no
row; the log says why, and it is tried again after all others. Creators who do not want their
videos learned from are left out, and what is not public any more is gone from the next file. Views and reward are read anew
each time; simulated viewers count only where `AIGC_FEED_SIMULATED` lets them in. Measures of pictures and loudness are those
of `generation/media/ingest/features.py`, of sound `generation/media/watching/sound.py`, of the title
`generation/ml/title_reward/form.py`, of sentiment `generation/language/sentiment.py`.
"""


def text(mark: str) -> str:
    """docs/features.md; ``mark`` is the line that says how it is written."""
    lines = ["# Features of videos", "", mark, "", HEAD]
    for group, title in GROUPS.items():
        lines += [f"## {title}", "", "| column | unit | range | meaning |", "|---|---|---|---|"]
        for column in COLUMNS:
            if column.group == group:
                many = (
                    f"{column.length} × "
                    if column.length
                    else "list of "
                    if column.kind.endswith("s")
                    else ""
                )
                lines.append(
                    f"| `{column.name}` | {many}{column.unit or '–'} | {column.span or '–'} | {column.says} |"
                )
        lines.append("")
    return "\n".join(lines)
