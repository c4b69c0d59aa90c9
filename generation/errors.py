"""What goes wrong in generation, in words: one class per stable code, plain Python."""

from __future__ import annotations


class GenerationError(Exception):
    """A failure the user can read: ``str(error)`` is one sentence with rule, value and next step."""

    code = "generation_error"


class BankInvalid(GenerationError):
    """A topic file breaks a rule of the topic bank."""

    code = "bank_invalid"


class AssetMissing(GenerationError):
    """A model, font, voice or picture is not where set-up should have put it."""

    code = "asset_missing"


class TopicTooFar(GenerationError):
    """No topic of the bank is near the brief and the creator gave no points.

    ``similarity`` in [0, 1] is that of the nearest topic; ``nearest`` are the titles of the nearest few, best first.
    """

    code = "points_needed"

    def __init__(self, message: str, *, similarity: float = 0.0, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.similarity = similarity
        self.nearest = nearest


class StoryboardInvalid(GenerationError):
    """A storyboard document has a missing, unknown or malformed field."""

    code = "storyboard_invalid"


class JobCancelled(GenerationError):
    """The creator cancelled the job: raised by a progress callback to stop the work at once."""

    code = "job_cancelled"


class MediaUnreadable(GenerationError):
    """A media file cannot be opened or decoded."""

    code = "media_unreadable"


class NarrationImpossible(GenerationError):
    """A text cannot be spoken by the chosen voice."""

    code = "narration_impossible"


class MusicImpossible(GenerationError):
    """A piece of music was asked for with a mood, length, tempo or key that cannot be played."""

    code = "music_impossible"


class MixImpossible(GenerationError):
    """Narration or music has a shape, rate or length that cannot be mixed."""

    code = "mix_impossible"


class DiskFull(GenerationError):
    """The disk that should hold a file has no room left."""

    code = "disk_full"


class MediaFolderUnwritable(GenerationError):
    """A folder for videos or kept segments cannot be made, read or written."""

    code = "media_folder_unwritable"


class BriefInvalid(GenerationError):
    """A brief asks for something outside the rules; ``field`` names the part."""

    code = "brief_invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LimitReached(GenerationError):
    """The creator has as many unfinished jobs as allowed."""

    code = "limit_reached"


class RoleMissing(GenerationError):
    """The account lacks the role that the action needs."""

    code = "role_missing"


class JobStateConflict(GenerationError):
    """The job's state does not allow the move."""

    code = "job_state_conflict"


class VideoStateConflict(GenerationError):
    """The video's state does not allow the move."""

    code = "video_state_conflict"


class UploadRejected(GenerationError):
    """A file is not what the platform takes; the sentence says why, ``code`` which rule, ``values`` its numbers."""

    code = "upload_rejected"

    def __init__(self, message: str, *, code: str = "", values: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code
        self.values = values or {}


class SandboxLimit(GenerationError):
    """A process that reads foreign bytes was ended; ``limit`` says by which: cpu, wall, memory, file or crash."""

    code = "sandbox_limit"

    def __init__(self, message: str, *, limit: str = "crash") -> None:
        super().__init__(message)
        self.limit = limit


class ScriptWriterFailed(GenerationError):
    """The chosen script writer gave nothing usable."""

    code = "script_writer_failed"


class BackendUnknown(GenerationError):
    """A setting names a generator that is not configured."""

    code = "backend_unknown"


class LeaseLost(GenerationError):
    """Another worker has taken the work over; this one must stop and leave no trace."""

    code = "lease_lost"


class PictureUnknown(GenerationError):
    """A drawing was asked for by a name, set or size that does not exist."""

    code = "picture_unknown"


class LabelFailed(GenerationError):
    """A video cannot be labelled as AI content, so it must not leave."""

    code = "label_failed"
