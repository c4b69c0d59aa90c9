"""The 114 symbols that Kokoro v1.0 reads, each with its row in the network's embedding."""

from __future__ import annotations

# Runs of symbols whose ids follow one another: (first id, symbols). The gaps are ids the network never learned.
_RUNS: tuple[tuple[int, str], ...] = (
    (1, ";:,.!?"),
    (9, '—…"()“” \u0303ʣʥʦʨᵝ\uab67AI'),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)
SYMBOL_IDS: dict[str, int] = {
    symbol: first + offset for first, run in _RUNS for offset, symbol in enumerate(run)
}
PAUSE_SYMBOLS = frozenset(";:,.!?—…")
EDGE_ID = 0  # stands before and after every utterance
MAX_SYMBOLS = 510  # the context of the network is 512, edges included
