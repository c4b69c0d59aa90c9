"""The API's description: generated without a warning, valid OpenAPI, and complete."""

from __future__ import annotations

import pytest
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.test_access import routes


@pytest.fixture(scope="module")
def schema():
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    return made, {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache}


def test_the_schema_is_generated_without_a_warning(schema):
    assert schema[1] == {}


def test_the_schema_is_valid_openapi(schema):
    validate_schema(schema[0])


def test_the_schema_describes_every_address_of_the_api(schema):
    addresses = {f"/{route}" for route in routes(get_resolver().url_patterns) if route.startswith("api/v1/")}
    gaps = {"{id}": "<int:pk>", "{code}": "<slug:code>", "{number}": "<int:number>", "{key}": "<str:key>"}
    described = set()
    for path in schema[0]["paths"]:
        for gap, converter in gaps.items():
            path = path.replace(gap, converter)
        described.add(path)
    assert described == addresses


def test_every_refusal_has_the_shape_of_an_error(schema):
    for path, methods in schema[0]["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    shape = answer["content"]["application/json"]["schema"]["$ref"]
                    assert shape.endswith("/ErrorAnswer"), (path, method, status)


def test_every_choice_has_a_name_a_client_can_use(schema):
    names = [name for name in schema[0]["components"]["schemas"] if name.endswith("Enum")]
    assert not [name for name in names if any(c.isdigit() for c in name)]
