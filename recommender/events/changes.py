"""What the roll-up tells whoever adds viewings up elsewhere: which hours of which videos and viewers changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.dispatch import Signal

from recommender.models import Viewing

# (viewer, video, simulated, UTC hour in seconds since 1970)
Hour = tuple[int, int, bool, int]

# sent inside the transaction that changes the viewings, with ``hours``: a set of ``Hour``, before and after the change
viewings_changed = Signal()
# sent inside the transaction in which the roll-up takes events in, with their ``ids``
events_taken = Signal()


def hours_of(viewings: Iterable[Viewing], simulated: dict[int, bool]) -> set[Hour]:
    """The hours in which these viewings began; ``simulated`` by viewer, False for those it does not name."""
    return {
        (
            v.viewer_id,
            v.video_id,
            simulated.get(v.viewer_id, False),
            int(v.started.timestamp()) // 3600 * 3600,
        )
        for v in viewings
    }


def viewer_told(viewer: int, *, simulated: bool) -> None:
    """Tell all hours of a viewer, such as before its viewings go or after they were moved to it."""
    hours = hours_of(Viewing.objects.filter(viewer=viewer), {viewer: simulated})
    if hours:
        viewings_changed.send(sender=Viewing, hours=hours)
