"""Why a file is not taken, and what was done to take it: tables of code → sentence, in English; pages translate them and
fill in the values, which are translated too where they are words.

Marked as ``_`` so that makemessages finds the sentences here, where no Django is.
"""

from __future__ import annotations

from collections.abc import Mapping

from generation.errors import UploadRejected


def _(sentence: str) -> str:
    """The sentence as it is: the mark is for those who collect sentences to translate."""
    return sentence


REFUSALS: dict[str, str] = {
    # what the first bytes say
    "upload_empty": _("The file is empty. Choose a file with content."),
    "upload_too_many_bytes": _(
        "The file has {megabytes} MB; at most {limit} MB are taken. Shorten or compress it."
    ),
    "upload_playlist": _("This is a playlist, which only points to other files. Send the video itself."),
    "upload_vector_drawing": _("This is an SVG drawing. Export it as PNG and send that."),
    "upload_web_page": _("This is a web page or XML, not media. Download the video itself and send that."),
    "upload_document": _("This is a document ({found}), not media. Send a video, a picture or a recording."),
    "upload_archive": _("This is an archive ({found}). Unpack it and send the file inside."),
    "upload_program": _(
        "This is a program or script, which is never taken. Send a video, a picture or a recording."
    ),
    "upload_text": _("This is a text file, not media. Send a video, a picture or a recording."),
    "upload_subtitles": _(
        "These are subtitles without a video. Send the video; its speech is transcribed here."
    ),
    "upload_format": _("{found} files are not taken. Convert the file to {taken} and send that."),
    "upload_unknown": _("The content is no format we know. Send {taken}."),
    "upload_wrong_kind": _(
        "This is {found}, but {kind} was announced. Choose the other kind and send it again."
    ),
    "upload_misnamed": _(
        "The name ends in .{suffix}, but the content is {found}. Give it the right ending and send it again."
    ),
    # how the file is built
    "upload_polyglot": _(
        "The file is {format} and {hidden} at the same time, a known disguise. Export it anew and send that."
    ),
    "upload_trailing_data": _(
        "Behind the end of the {format} content {bytes} foreign bytes follow. Export it anew and send that."
    ),
    "upload_truncated": _(
        "The file breaks off: {missing} bytes are missing. Copy or download it again, whole."
    ),
    "upload_unfinished": _(
        "The recording was never finished: its index is missing. Record or export it again."
    ),
    "upload_malformed": _(
        "The inner structure of the file is broken ({detail}). Export it anew and send that."
    ),
    "upload_encrypted": _(
        "The content is encrypted and cannot be opened without its key. Send an unprotected copy."
    ),
    "upload_external_reference": _(
        "The file only points to media in other files. Export it with the media inside."
    ),
    "upload_too_many_streams": _(
        "The file holds {count} tracks; at most {limit} are taken. Export one picture and one sound track."
    ),
    "upload_codec": _("The {stream} is coded as {codec}, which is not taken. Convert it to {taken}."),
    "upload_channels": _(
        "The sound track’s header names no number of channels that a player knows. Export it anew as mono or stereo."
    ),
    # what it holds
    "upload_no_video": _("There is no picture track in this file. Send it as a voice-over, or send a video."),
    "upload_no_sound": _("There is no sound track in this file. Send a recording of a voice."),
    "upload_no_frames": _(
        "The picture track holds no picture that can be shown. Export it anew and send that."
    ),
    "upload_silent": _("Nothing can be heard in this recording. Check the microphone and record it again."),
    "upload_blank": _("Every picture of the clip is one plain color. Send a clip that shows something."),
    "upload_damaged": _(
        "{share} % of the pictures or sounds cannot be decoded. Export it anew and send that."
    ),
    "upload_duration_lie": _("The file claims {claimed} s but holds {held} s. Export it anew and send that."),
    "upload_too_short": _("The file lasts {seconds} s; at least {limit} s are needed. Send a longer one."),
    "upload_too_long": _(
        "The file lasts {seconds} s; at most {limit} s are taken. Cut it and send the best part."
    ),
    "upload_too_many_pixels": _(
        "A picture has {width}×{height} pixels; at most {limit} are taken. Export it smaller."
    ),
    "upload_too_small": _(
        "The picture has only {width}×{height} pixels; each side needs at least {limit}. Send a larger one."
    ),
    "upload_odd_shape": _(
        "The picture is {width}×{height}, more than {limit} times as long as wide. Crop it and send that."
    ),
    "upload_frame_rate": _(
        "The clip has {rate} pictures a second; at most {limit} are taken. Export it with fewer."
    ),
    "upload_animated": _("This is an animated picture. Convert it to mp4 and send it as a clip."),
    # what a document is
    "document_encrypted": _("The document is protected by a password. Save it without one and send that."),
    "document_scanned": _(
        "The PDF holds pictures of pages and no text. Send one with text in it, or paste the text itself."
    ),
    "document_garbled": _(
        "The fonts of the PDF do not say which letters they show. Export it anew, or paste the text itself."
    ),
    "document_bomb": _(
        "The document is built to unpack into far more than it holds, a known trap. Save it anew and send that."
    ),
    "document_broken": _(
        "The file cannot be read as {found} ({detail}). Open it where it was written, save it anew and send that."
    ),
    "document_old_word": _("This is a document of an old Word (.doc). Save it as .docx and send that."),
    "document_web_page": _("This is a web page or XML. Save its text as .txt, or paste it."),
    "document_undecodable": _(
        "The letters of this file cannot be read. Save it as UTF-8 text and send that."
    ),
    "document_wordless": _("There are no words in this document. Send another."),
    "document_too_long": _(
        "The document has {count} characters; at most {most} are taken. Send the part you want told."
    ),
    "document_too_many_pages": _(
        "The PDF has {count} pages; at most {limit} are taken. Send the part you want told."
    ),
    "document_language": _(
        "This document is neither Chinese nor English, the two languages that are read. Send a translation."
    ),
    # what the checking process could not stand
    "upload_too_slow": _("Checking the file took longer than allowed. Send a shorter or smaller one."),
    "upload_too_much_memory": _("Checking the file needed more memory than allowed. Send a smaller one."),
    "upload_too_large_result": _(
        "The file made from this one grew larger than allowed. Send a shorter or smaller one."
    ),
    "upload_breaks_decoder": _("The file broke the program that decodes it. Export it anew and send that."),
    "upload_worker_died": _("The check broke off {count} times. Send a shorter or smaller file."),
    "upload_lost": _("The file is no longer on the server. Send it again."),
}
TAKEN = {
    "clip": _("mp4, mov, webm or mkv"),
    "image": _("JPEG, PNG or WebP"),
    "audio": _("wav, mp3, m4a, flac or ogg"),
    "document": _("txt, md, srt, vtt, docx or pdf"),
}
# what a recording in an odd coding becomes: a wav is only a box, so it says which
RECORDING_TAKEN = _("mp3, m4a or wav without compression (PCM)")
PICTURE_TRACK, SOUND_TRACK = _("picture track"), _("sound track")

# what was done so that a file could be taken, told beside it
NOTES = {
    "picture_stays": _("The sound is longer than the pictures: the last picture stays until it ends."),
    "size_changes": _(
        "The pictures change their size on the way: those of another shape stand between black bars."
    ),
    "other_track": _("The first sound track is silent, so a later one that can be heard was taken."),
    "one_side": _(
        "The sound was on one side only, or its two sides cancelled each other out: the louder side now plays on both."
    ),
}


def refusal(code: str, **values: object) -> UploadRejected:
    """The error for ``code`` of the table, with its sentence filled in."""
    texts = {name: str(value) for name, value in values.items()}
    return UploadRejected(filled(REFUSALS[code], texts), code=code, values=texts)


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """A sentence of the table, or its translation, with its values. Raises ``KeyError`` for a value it lacks."""
    return sentence.format_map(values)
