"""Names of a version's marks, and of what it was trained with, as people read them; what is not known keeps its own name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MARKS = {
    "accuracy": _("Judged rightly"),
    "auc": _("Told apart rightly (AUC)"),
    "bits_per_character": _("Bits a character on texts it has not seen"),
    "characters": _("Characters it learned from"),
    "code": _("Revision of the code"),
    "coverage": _("Share of the pictures that lie near a sample"),
    "coverage_at_10": _("Share of the videos that pages hold"),
    "cutoff": _("Learned from what happened before"),
    "d_fake": _("D(G(z)), at the end"),
    "d_real": _("D(x), at the end"),
    "data": _("Training data"),
    "density": _("How densely samples lie among the pictures"),
    "diversity": _("Diversity of its choices"),
    "f1": _("F1 of the offensive class"),
    "fid": _("Distance of samples from pictures (FID)"),
    "foretold_reward": _("Reward that is foretold for its palettes"),
    "hand_made_variety": _("Variety of the hand-made palettes"),
    "held_out": _("Held-out rows"),
    "images": _("Pictures shown to it"),
    "images_per_second": _("Pictures a second"),
    "items": _("Videos to choose from"),
    "judged_texts": _("Texts it was judged on"),
    "kid": _("Distance of samples from pictures (KID)"),
    "loss_bits": _("Loss in bits, at the end"),
    "loss_d": _("Loss of D, at the end"),
    "loss_g": _("Loss of G, at the end"),
    "mean_reward": _("Mean reward of the palettes it learned from"),
    "meetings": _("Meetings of viewers and videos"),
    "mended": _("How far colors are moved so that type reads"),
    "minutes": _("Minutes"),
    "ndcg_at_10": _("Right order of the first ten (NDCG)"),
    "newest_texts": _("Newest texts, kept for judging"),
    "pair_accuracy": _("Better title of a pair told rightly"),
    "pairs": _("Pairs of titles it was judged on"),
    "parameters": _("Weights of the network"),
    "pictures": _("Pictures it learned from"),
    "precision": _("Share of the samples that lie among the pictures"),
    "recall": _("Share of the pictures that lie among the samples"),
    "recall_at_20": _("Found among the first twenty"),
    "recall_at_precision_90": _("Recall at 90 % precision"),
    "residual_variance": _("Spread that it leaves unexplained"),
    "rewarded_palettes": _("Palettes whose reward is known"),
    "rows": _("Videos it learned from"),
    "seconds": _("Seconds of training"),
    "seed": _("Seed"),
    "size": _("Pixels a side"),
    "slots": _("Slots it learned from"),
    "steps": _("Steps"),
    "tests": _("Headline tests it learned from"),
    "texts": _("Texts it learned from"),
    "threshold": _("Threshold"),
    "titles": _("Titles it learned from"),
    "variety": _("Variety of its palettes"),
    "viewers": _("Viewers it was judged on"),
}


def mark_text(name: str) -> str:
    """The mark's name in the viewer's language."""
    return str(MARKS.get(name, name))
