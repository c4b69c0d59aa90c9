"""The web server: waitress, whose event loop receives requests and sends answers; a thread works only on a whole request.

``python -m aigc_platform.server --bind HOST:PORT``. A client that is slow or stops holds a connection and no thread: its
body is gathered, its answer waits in a buffer, a media file is read as the client takes it. What waitress lacks is added
here: large bodies are judged by the head of their request, a refused one is told why before the connection closes, a
request must come to its end in time, and where connections run out the longest silent go.
"""

from __future__ import annotations

import argparse
import functools
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from core.errors import BodyTooLarge, Busy, DatabaseBusy, DiskFull, PlatformError
from core.files import database_refusal

THREADS = 16
CONNECTIONS = 2000  # at most, and no more than the system's limit of open files allows
HEAD_SECONDS = 30.0  # for the head of a request, and for each LEAST_BYTES of its body as much again at most
LEAST_BYTES_A_SECOND = 8_000
SILENT_SECONDS = 120  # without a byte either way, a connection without work is closed
LINGER_SECONDS = 10.0  # in which a refused client may finish sending and read why
LARGE_AT_ONCE, LARGE_OF_ONE = (
    32,
    6,
)  # bodies larger than a form's on their way at once, of all and of one address
NEARLY_FULL = 0.95  # of the connections: from there on room is made
TURN_BYTES = 1 << 20  # sent to one client before the others have their turn
HEADER_BYTES = 65_536


class Request(HTTPRequestParser):
    """A request on its way in. A refused one is complete at once, without body, and says why to the application."""

    def __init__(self, channel: Channel, adjustments: Adjustments) -> None:
        super().__init__(adjustments)
        self.channel = channel
        self.began = time.monotonic()
        self.refusal: PlatformError | None = None
        self.most_bytes = 0
        self.sender = ""  # of a large body: the address it is counted by

    def received(self, data: bytes) -> int:
        """How many bytes were taken; of a refused request all, as nothing after it is read."""
        try:
            taken = int(super().received(data))
        except OSError as error:
            self.refuse(
                DiskFull(f"The request cannot be kept ({error.strerror}). Free some space on the disk.")
            )
        if self.refusal is None and self.body_bytes_received > self.most_bytes:
            self.refuse(BodyTooLarge(f"A request here may have {self.most_bytes / 1e6:.1f} MB. Send less."))
        return taken if self.refusal is None else len(data)

    def parse_header(self, header_plus: bytes) -> None:
        from django.db import OperationalError

        from aigc_platform.admission import judge
        from core.bodies import form_bytes

        super().parse_header(header_plus)
        self.most_bytes = form_bytes()
        if self.chunked or self.content_length > self.most_bytes:
            try:
                environ = WSGITask(self.channel, self).get_environment()
                self.most_bytes, self.sender = judge(environ, self.content_length)
                self.channel.server.check_room(self)
            except PlatformError as error:
                self.refuse(error)
            except OperationalError as error:
                self.refuse(database_refusal(str(error)) or DatabaseBusy("The database does not answer."))

    def refuse(self, error: PlatformError) -> None:
        """Let go of the body and let the application answer ``error``; the connection ends with that answer."""
        with suppress(OSError):  # a full disk refuses even to close
            self.close()
        self.refusal, self.body_rcv, self.content_length = error, None, 0
        self.expect_continue, self.completed, self.error = False, True, None
        self.headers |= {"CONTENT_LENGTH": "0", "CONNECTION": "close"}
        self.channel.refused = True

    @property
    def is_overdue(self) -> bool:
        seconds = time.monotonic() - self.began
        return seconds > HEAD_SECONDS + self.body_bytes_received / LEAST_BYTES_A_SECOND


class Task(WSGITask):
    """Tells the application that the server has judged the request, and how."""

    def get_environment(self) -> dict[str, Any]:
        from aigc_platform.admission import JUDGED

        environ: dict[str, Any] = super().get_environment()
        environ[JUDGED] = self.request.refusal
        return environ


class Channel(HTTPChannel):
    """One connection."""

    task_class = Task
    close_when_flushed: bool
    refused = False
    lingers_until = 0.0
    turn = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parser_class = functools.partial(Request, self)

    def readable(self) -> bool:
        return bool(self.lingers_until or super().readable())

    def handle_read(self) -> None:
        if not self.lingers_until:
            super().handle_read()
            return
        with suppress(OSError):
            self.recv(self.adj.recv_bytes)  # thrown away; the end of it closes the connection

    def handle_write(self) -> None:
        self.turn = 0
        if not (self.refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if (
            not self.total_outbufs_len
        ):  # closing now, with bytes unread, would throw away the answer on its way
            self.close_when_flushed, self.lingers_until = False, time.monotonic() + LINGER_SECONDS
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes, do_close: bool = True) -> int:
        if self.turn >= TURN_BYTES:
            return 0
        sent = int(super().send(data, do_close=do_close))
        self.turn += sent
        return sent

    @property
    def is_overdue(self) -> bool:
        """Whether it is time to close: no work is under way, and the client had its time."""
        if self.lingers_until:
            return time.monotonic() > self.lingers_until
        return not self.requests and self.request is not None and self.request.is_overdue


class Server(TcpWSGIServer):
    """The loop over all connections."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.will_close |= channel.is_overdue

    def readable(self) -> bool:
        if len(self._map) >= self.adj.connection_limit * NEARLY_FULL:
            self._make_room()
        return bool(super().readable())

    def check_room(self, request: Request) -> None:
        """Raises ``Busy`` where as many large bodies are on their way as the disk is trusted with."""
        others = [
            channel.request.sender
            for channel in self.active_channels.values()
            if channel.request not in (None, request) and channel.request.sender
        ]
        if len(others) >= LARGE_AT_ONCE or others.count(request.sender) >= LARGE_OF_ONE:
            raise Busy("Enough large files are on their way here. Try again when one of them has arrived.")

    def _make_room(self) -> None:
        """Close the tenth that is silent the longest, of connections that have no work under way."""
        idle = [channel for channel in self.active_channels.values() if not channel.requests]
        idle.sort(key=lambda channel: channel.last_activity)
        for channel in idle[: max(len(idle) // 10, 1)]:
            channel.will_close = True


def without_head_bodies(application: Any) -> Any:
    """``application`` whose answers to HEAD have no body: waitress sends what it is given."""

    def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer  # type: ignore[no-any-return]
        if close := getattr(answer, "close", None):
            close()
        return []

    return answered


def connections_possible() -> int:
    """Raise the limit of open files as far as is useful; a connection may need two, its own and a media file's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + 500
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if files > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return min(CONNECTIONS, max((max(files, soft) - 200) // 2, 50))


def make(bind: str, application: Any, *, threads: int = THREADS) -> Server:
    """The server of ``application`` on ``host:port``; ``run`` serves until SystemExit."""
    adjustments = Adjustments(
        listen=bind,
        threads=threads,
        connection_limit=connections_possible(),
        channel_timeout=SILENT_SECONDS,
        cleanup_interval=5,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=1 << 50,  # each address has a limit of its own
        recv_bytes=65_536,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # core.addresses knows which of them to believe
        log_socket_errors=False,
        ident=None,
    )
    return Server(without_head_bodies(application), adj=adjustments, sockinfo=adjustments.listen[0])


def impatient(connection: Any, **_: Any) -> None:
    """The loop, on which everybody waits, does not wait for a database that is held by somebody else."""
    if threading.current_thread() is threading.main_thread():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=200")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bind", default="127.0.0.1:8000", help="host:port; default: %(default)s")
    parser.add_argument("--threads", type=int, default=THREADS, help="default: %(default)s")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from django.conf import settings
    from django.db.backends.signals import connection_created

    from aigc_platform.wsgi import application  # reads the catalogue

    connection_created.connect(impatient)
    tempfile.tempdir = os.fspath(
        settings.FILE_UPLOAD_TEMP_DIR
    )  # where bodies larger than memory are gathered
    make(options.bind, application, threads=options.threads).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
