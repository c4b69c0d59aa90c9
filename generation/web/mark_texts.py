"""Names of a version's marks, and of what it was trained with, as people read them; what is not known keeps its own name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MARKS = {
    "auc": _("Told apart rightly (AUC)"),
    "auc_before": _("The same of what served then"),
    "average_precision": _("Average precision"),
    "average_precision_before": _("Average precision of what served then"),
    "bits_per_character": _("Bits a character on texts it has not seen"),
    "code": _("Revision of the code"),
    "coverage": _("Share of the pictures that lie near a sample"),
    "cutoff": _("Learned from what happened before"),
    "d_fake": _("D(G(z)), at the end"),
    "d_real": _("D(x), at the end"),
    "data": _("Training data"),
    "density": _("How densely samples lie among the pictures"),
    "false_positive_rate": _("Share of the harmless that is looked at"),
    "false_positive_rate_before": _("Share of the harmless that was looked at then"),
    "foretold_reward": _("Reward that is foretold for its palettes"),
    "hand_made_variety": _("Variety of the hand-made palettes"),
    "images": _("Pictures shown to it"),
    "images_per_second": _("Pictures a second"),
    "judged_texts": _("Texts it was judged on"),
    "loss_d": _("Loss of D, at the end"),
    "loss_g": _("Loss of G, at the end"),
    "mean_reward": _("Mean reward of the palettes it learned from"),
    "mended": _("How far colors are moved so that type reads"),
    "minutes": _("Minutes"),
    "pictures": _("Pictures it learned from"),
    "precision": _("Share of the samples that lie among the pictures"),
    "recall": _("Share of the pictures that lie among the samples"),
    "rewarded_palettes": _("Palettes whose reward is known"),
    "seconds": _("Seconds of training"),
    "seed": _("Seed"),
    "size": _("Pixels a side"),
    "steps": _("Steps"),
    "texts": _("Texts it learned from"),
    "videos": _("Videos it learned from"),
    "variety": _("Variety of its palettes"),
}


def mark_text(name: str) -> str:
    """The mark's name in the viewer's language."""
    return str(MARKS.get(name, name))
