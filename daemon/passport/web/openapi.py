"""The API's description (OpenAPI 3.1), made from the routes and their msgspec types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from passport import __version__
from passport.web.problems import MEDIA_TYPE as PROBLEM
from passport.web.problems import ProblemDetails
from passport.web.routing import ROUTES, Operation, Route, Scope

REFERENCE = "#/components/schemas/{name}"
ALWAYS = (400, 408, 411, 413, 415, 421, 429, 500, 503)
PROTECTED = (401, 403)
PARAMETERS = {
    "id": {"type": "string", "pattern": "^[a-z2-7]{16}$"},
    "client": {"type": "string", "pattern": "^(self|[0-9a-f]{16})$"},
    "post": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "device": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
}
Json = dict[str, Any]


def describe(routes: Iterable[Route]) -> Json:
    """Return the description of all routes that have an operation."""
    described = [(route, route.operation) for route in routes if route.operation is not None]
    types = _types(operation for _, operation in described)
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    schema_of = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Json] = {}
    for route, operation in described:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, operation, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Badge Passport", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


_ABOUT = (
    "The API of the daemon on this computer. Errors are problem details (RFC 9457) with a `code`. "
    "`x-scope` says who may use an operation: public, extension, gallery or owner; each may do what those before may."
)
_SECURITY: Json = {
    "owner": {"type": "http", "scheme": "bearer", "description": "The key in daemon.json."},
    "extension": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Passport …, signed."},
    "gallery": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "With the session's cookie."},
}
_SCHEMES = {
    Scope.EXTENSION: ("owner", "gallery", "extension"),
    Scope.GALLERY: ("owner", "gallery"),
    Scope.OWNER: ("owner",),
}


def _types(operations: Iterable[Operation]) -> list[Any]:
    found: list[Any] = [ProblemDetails]
    for operation in operations:
        found += [kind for kind in (operation.query, operation.body, operation.answer) if kind is not None]
    return found


def _operation(route: Route, operation: Operation, schema_of: dict[int, Json], components: Json) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "x-scope": route.scope.name.lower(),
        "security": [{scheme: []} for scheme in _SCHEMES.get(route.scope, ())],
        "parameters": [*_path_parameters(route), *_query_parameters(operation, schema_of, components)],
        "responses": _responses(route, operation, schema_of),
    }
    if operation.body is not None:
        described["requestBody"] = _body({"application/json": {"schema": schema_of[id(operation.body)]}})
    elif operation.upload:
        described["requestBody"] = _body({"application/octet-stream": {"schema": {}}})
    return described


def _body(content: Json) -> Json:
    return {"required": True, "content": content}


def _path_parameters(route: Route) -> list[Json]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": PARAMETERS[name]} for name in names]


def _query_parameters(operation: Operation, schema_of: dict[int, Json], components: Json) -> list[Json]:
    if operation.query is None:
        return []
    schema = components[operation.query.__name__]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _responses(route: Route, operation: Operation, schema_of: dict[int, Json]) -> Json:
    done: Json = {"description": operation.summary}
    if operation.answer is not None:
        schema = {"schema": _answer_schema(operation, schema_of)}
        done["content"] = dict.fromkeys((operation.media_type, *operation.further_types), schema)
    statuses = {*ALWAYS, *operation.problems, *(PROTECTED if route.scope > Scope.PUBLIC else (403,))}
    problem = {PROBLEM: {"schema": schema_of[id(ProblemDetails)]}}
    return {
        str(operation.status): done,
        **{str(status): {"description": "Problem", "content": problem} for status in sorted(statuses)},
    }


def _answer_schema(operation: Operation, schema_of: dict[int, Json]) -> Json:
    if operation.media_type == "application/x-ndjson":
        return {"type": "string", "x-line": schema_of[id(operation.answer)]}
    if operation.answer is bytes:
        return {}
    return schema_of[id(operation.answer)]


async def get_description(request: web.Request) -> web.Response:
    """Answer with the description."""
    return web.json_response(describe(request.app[ROUTES].values()))
