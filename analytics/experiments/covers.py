"""A moment of a video as a cover to try, stored where whoever may see the video may read it."""

from __future__ import annotations

import av

from analytics.errors import ExperimentInvalid
from core import media_files
from core.files import atomic_path
from generation.media.ingest.images import write_poster
from generation.models import Video


def cover_from(video: Video, seconds: float) -> str:
    """The path under MEDIA_ROOT of the frame on show at ``seconds``. Raises ``ExperimentInvalid``."""
    path = media_files.new_path("covers", video.pk, ".jpg")
    target = media_files.absolute(path)
    media_files.make_folder(target.parent)
    try:
        with av.open(str(media_files.absolute(video.file))) as container:
            stream = container.streams.video[0]
            container.seek(int(seconds / float(stream.time_base or 1)), stream=stream)
            frame = next(
                frame
                for frame in container.decode(stream)
                if frame.time is None or frame.time >= seconds - 0.05
            )
    except (av.FFmpegError, IndexError, StopIteration):
        raise ExperimentInvalid(
            f"No picture could be taken at {seconds:.1f} s. Choose another moment.", field="arms"
        ) from None
    with atomic_path(target) as temporary:
        write_poster(frame.to_image(), temporary)
    return path
