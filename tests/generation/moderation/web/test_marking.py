"""Words marked in a text: the text stays whole, the strongest piece wins, a moved span is found again."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.moderation.web.marking import marked

TEXTS = st.text(alphabet="ab傻逼 ", max_size=30)
PIECES = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(-2, 35),
            "end": st.integers(-2, 35),
            "text": st.text(alphabet="ab傻逼 ", max_size=4),
            "score": st.floats(0, 1),
            "policy": st.just("hate"),
        }
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(TEXTS, PIECES)
def test_the_segments_joined_are_the_text(text: str, pieces: list[dict[str, object]]) -> None:
    assert "".join(segment.text for segment in marked(text, pieces)) == text


def test_of_two_overlapping_pieces_the_stronger_is_marked() -> None:
    pieces = [
        {"start": 0, "end": 9, "text": "you idiot", "score": 0.5, "policy": "hate"},
        {"start": 4, "end": 9, "text": "idiot", "score": 0.9, "policy": "hate", "shown": "idiot"},
    ]
    told = [(one.text, one.is_marked) for one in marked("you idiot!", pieces)]
    assert told == [("you ", False), ("idiot", True), ("!", False)]


def test_a_span_of_an_older_wording_is_looked_for_by_its_words() -> None:
    [before, hit] = marked(
        "now: 薇信", [{"start": 0, "end": 2, "text": "薇信", "score": 0.6, "policy": "fraud"}]
    )
    assert (before.text, hit.text, hit.policy) == ("now: ", "薇信", "fraud")
    assert marked("gone", [{"start": 0, "end": 2, "text": "薇信", "score": 0.6}])[0].is_marked is False
