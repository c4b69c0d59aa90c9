"""A language model server on a real socket, and the site's choice of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from generation.models import WriterChoice
from generation.services.writer import writer_choose_server, writer_use
from tests.generation.endpoint_server import EndpointServer
from tests.generation.model_answers import FAR_SCRIPT, chat


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    made = EndpointServer()
    made.answers = [chat(FAR_SCRIPT)]
    yield made
    made.close()


@pytest.fixture
def chosen(db: None, server: EndpointServer) -> Callable[..., WriterChoice]:
    def choose(use: str = "unanswered", key: str = "") -> WriterChoice:
        row = writer_choose_server(address=server.url, name="tiny", key=key)
        writer_use(use=use)
        row.refresh_from_db()
        return row

    return choose
