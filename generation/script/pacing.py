"""How fast may be spoken and how long may be paused before it feels hurried or slow: one set of bounds for plan and cut."""

from __future__ import annotations

LEAD_SECONDS = 0.15  # from the cut to the first sound: the eye arrives before the ear
GAP_SECONDS = 0.18  # least silence after a scene's narration
END_SECONDS = 0.7  # least hold of the end card after the last word
STRETCH_SECONDS = 0.55  # most silence added to a scene before it feels slow
END_STRETCH_SECONDS = 1.6
TOLERANCE_SECONDS = 0.4  # by which a video may be longer or shorter than asked
SLOWEST, FASTEST = 0.92, 1.12  # factors of the chosen speed that still sound natural

LONGEST_PAUSE_SECONDS = LEAD_SECONDS + GAP_SECONDS + STRETCH_SECONDS  # around each scene's narration
LONGEST_HOLD_SECONDS = (
    END_SECONDS - GAP_SECONDS + END_STRETCH_SECONDS - STRETCH_SECONDS
)  # of the end card, more

_COMFORTABLE = (
    0.1  # of what may be added to a pause: a third point in 15 s is worth more than a longer breath
)
COMFORTABLE_PAUSE_SECONDS = LEAD_SECONDS + GAP_SECONDS + _COMFORTABLE * STRETCH_SECONDS
COMFORTABLE_REST_SECONDS = END_SECONDS - GAP_SECONDS + _COMFORTABLE * (END_STRETCH_SECONDS - STRETCH_SECONDS)
