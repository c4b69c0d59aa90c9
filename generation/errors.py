"""What goes wrong in generation, in words: one class per stable code, plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import PlatformError


class GenerationError(PlatformError):
    """A failure of creation; what it says of itself is ``PlatformError``'s."""

    code = "generation_error"


class BankInvalid(GenerationError):
    """A topic file breaks a rule of the topic bank."""

    code = "bank_invalid"


class AssetMissing(GenerationError):
    """A model, font, voice or picture is not where set-up should have put it."""

    code = "asset_missing"
    status = 503


class TopicTooFar(GenerationError):
    """No topic of the bank answers the brief and the creator gave no points: a question, with what is near as offers.

    ``nearest`` are the nearest few topics, best first, each with id, title and similarity in [0, 1].
    """

    code = "points_needed"
    field = "points"

    def __init__(self, message: str, *, nearest: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.nearest = tuple(dict(topic) for topic in nearest)

    @property
    def answer(self) -> dict[str, Any]:
        return {"nearest": list(self.nearest)}


class BriefRefused(GenerationError):
    """A brief that is not answered: ``reason`` is harmful, timebound or personal."""

    code = "brief_refused"
    field = "topic"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def answer(self) -> dict[str, Any]:
        return {"reason": self.reason}


class StoryboardInvalid(GenerationError):
    """A storyboard document has a missing, unknown or malformed field."""

    code = "storyboard_invalid"


class SceneUnknown(StoryboardInvalid):
    """An edit names a scene that the storyboard does not have, or not every scene of it."""

    code = "scene_unknown"


class SceneCountRefused(StoryboardInvalid):
    """An edit would leave too many scenes (``scenes_too_many``) or none (``scenes_too_few``)."""

    code = "scenes_too_many"


class MediaUnusable(StoryboardInvalid):
    """A file cannot take a scene: not the creator's, not checked yet, or neither clip nor image."""

    code = "file_unusable"


class VoiceUnusable(StoryboardInvalid):
    """A voice is not one that can speak this video."""

    code = "voice_unusable"


class StoryboardChanged(GenerationError):
    """An edit was made for a version that is no longer the newest."""

    code = "storyboard_changed"
    status = 409


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


class BriefInvalid(GenerationError):
    """A brief asks for something outside the rules; ``field`` names the part."""

    code = "brief_invalid"


class TextUnusable(BriefInvalid):
    """No script can be made of a text as it was given; the code says why, ``values`` fill its sentence."""

    code = "text_unusable"
    field = "text"


class TextTooLong(TextUnusable):
    """A text has more characters than are read."""

    code = "text_too_long"


class TextTooShort(TextUnusable):
    """A text holds too few sentences that can be told."""

    code = "text_too_short"


class TextTooLittle(TextUnusable):
    """All that a text holds fills less than the shortest video."""

    code = "text_too_little"


class TextSentencesTooLong(TextUnusable):
    """Two sentences of a text take longer than the longest video."""

    code = "text_sentences_too_long"


class TextWordless(TextUnusable):
    """There is no word in a text."""

    code = "text_wordless"


class TextUntitled(TextUnusable):
    """Nothing in a text can name its video."""

    code = "text_untitled"


class TextLanguageUnknown(TextUnusable):
    """A text is in a language that is not read."""

    code = "text_language_unknown"


class TextLanguageDiffers(TextUnusable):
    """A text is in another language than was asked for."""

    code = "text_language_differs"


class TextAndPoints(TextUnusable):
    """Both points and a text were given."""

    code = "text_and_points"


class TextAndDocument(TextUnusable):
    """Both a text and a document were given."""

    code = "text_and_document"


class DocumentUnusable(BriefInvalid):
    """A document that is to be told is not the creator's, did not pass its check, or is gone."""

    code = "document_unusable"
    field = "source_upload"


class NumberTooLarge(BriefInvalid):
    """More of something was asked for than the bank's topic tells."""

    code = "number_too_large"
    field = "topic"


class LengthUnfit(BriefInvalid):
    """What must be said takes about ``seconds_needed`` whole seconds, not those that were asked for."""

    field = "seconds"

    def __init__(self, message: str, *, seconds_needed: int, points: int, seconds: float) -> None:
        values = {"needed": str(seconds_needed), "points": str(points), "seconds": f"{seconds:.0f}"}
        super().__init__(message, values=values)
        self.seconds_needed = seconds_needed

    @property
    def answer(self) -> dict[str, Any]:
        return {"seconds_needed": self.seconds_needed}


class PointsTooLong(LengthUnfit):
    """The points take longer than was asked for."""

    code = "points_too_long"


class PointsTooShort(LengthUnfit):
    """The points fill too little of what was asked for."""

    code = "points_too_short"


class TextTooDense(LengthUnfit):
    """Even the shortest sentences of a text take longer than was asked for."""

    code = "text_too_dense"


class TextTooThin(LengthUnfit):
    """All that a text holds fills too little of what was asked for."""

    code = "text_too_thin"


class LimitReached(GenerationError):
    """The creator has as many unfinished jobs as allowed."""

    code = "limit_reached"
    status = 429


class JobStateConflict(GenerationError):
    """The job's state does not allow the move."""

    code = "job_state_conflict"
    status = 409


class VideoStateConflict(GenerationError):
    """The video's state does not allow the move."""

    code = "video_state_conflict"
    status = 409


class TrainingBusy(GenerationError):
    """Another training of the same kind waits or is under way."""

    code = "training_busy"
    status = 409


class TrainingInvalid(GenerationError):
    """A training that cannot be done: a kind nobody trains, data that is not there, a time out of bounds."""

    code = "training_invalid"


class TrainingEnded(GenerationError):
    """A training that is over cannot be cancelled."""

    code = "training_ended"
    status = 409


class VersionStateConflict(GenerationError):
    """A version in the registry cannot be promoted or rolled back to from the state it is in."""

    code = "version_state_conflict"
    status = 409


class VersionSimulated(VersionStateConflict):
    """A classifier that learned from made-up decisions; it may be looked at, and judges nobody."""

    code = "version_simulated"


class TitleDataInvalid(GenerationError):
    """A table of title tests cannot be learned from; the sentence says what it lacks."""

    code = "title_data_invalid"


class TitleModelInvalid(GenerationError):
    """A folder holds no whole title model of the format that is read here."""

    code = "title_model_invalid"


class UploadRejected(GenerationError):
    """A file is not what the platform takes; ``values`` are what the sentence of the broken ``rule`` was filled with.

    ``rule`` names a sentence of ``generation.media.ingest.refusals``. It is the code too, but for a file that is refused
    before it is stored.
    """

    code = "upload_rejected"
    field = "file"

    def __init__(
        self, sentence: str = "", *, code: str = "", field: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence, code=code, field=field, values=values)
        self.rule = code


class SandboxLimit(GenerationError):
    """A process that reads foreign bytes was ended; ``limit`` says by which: cpu, wall, memory, file or crash."""

    code = "sandbox_limit"

    def __init__(self, message: str, *, limit: str = "crash") -> None:
        super().__init__(message)
        self.limit = limit


class ScriptWriterFailed(GenerationError):
    """The chosen script writer gave nothing usable."""

    code = "script_writer_failed"


class WriterInvalid(GenerationError):
    """A choice of the language model for scripts cannot be taken; ``field`` names the part."""

    code = "writer_invalid"


class WriterFixed(GenerationError):
    """The settings of the site say which language model writes, so nobody chooses one on the page."""

    code = "writer_fixed"
    status = 409


class BackendUnknown(GenerationError):
    """A setting names a generator that is not configured."""

    code = "backend_unknown"


class PictureUnknown(GenerationError):
    """A drawing was asked for by a name, set or size that does not exist."""

    code = "picture_unknown"


class LabelFailed(GenerationError):
    """A video cannot be labelled as AI content, so it must not leave."""

    code = "label_failed"


class PolicyUnreadable(GenerationError):
    """The file of a recipe policy is not what this code reads."""

    code = "policy_unreadable"


class TokenLimit(GenerationError):
    """The account has as many tokens as it may have."""

    code = "token_limit"
    status = 409


class TokenUnknown(GenerationError):
    """No token of the account that still opens anything."""

    code = "token_unknown"
    status = 404


class AddressLinkEnded(GenerationError):
    """A link that would confirm an e-mail address was used, is too old, or leads to an address of somebody else."""

    code = "address_link_ended"
    status = 410


class StorageFull(GenerationError):
    """The creator's files and videos take all the room that one creator has."""

    code = "storage_full"
    status = 413


class RendersSpent(GenerationError):
    """As many videos as one creator may have made in a day; ``wait_seconds`` until the next can be."""

    code = "renders_spent"
    status = 429

    def __init__(self, message: str, *, wait_seconds: int, most: int) -> None:
        super().__init__(message, values={"most": str(most), "minutes": str(-(-wait_seconds // 60))})
        self.wait_seconds = wait_seconds


class LearnedPalettesMissing(GenerationError):
    """Learned colors were asked for, and no trained generator of palettes is in use."""

    code = "learned_palettes_missing"
    field = "palette"


class WorkerDied(GenerationError):
    """The process that did a short work died each time it was tried."""

    code = "worker_died"
