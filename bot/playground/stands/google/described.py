"""Google's own description of its API, by which every request is judged: unknown names and wrong types are refused.

https://developers.google.com/discovery/v1/reference/apis. The documents lie within google-api-python-client.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from bot.playground.stands.google.refusals import sin

Json = dict[str, Any]
_FIELD = re.compile(r"\s*([A-Za-z*][\w]*)\s*")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one API."""

    api: str
    told: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.told["id"])

    @property
    def verb(self) -> str:
        return str(self.told["httpMethod"])

    @property
    def path(self) -> str:
        return f"/{_document(self.api)['servicePath']}{self.told['path']}"

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.told["scopes"])

    @property
    def answers(self) -> str | None:
        """The schema of its answer."""
        return (self.told.get("response") or {}).get("$ref")

    def parameters(self, given: list[tuple[str, str]]) -> Json:
        """The query, typed; a parameter that the method does not have, or has otherwise, is refused."""
        known = {**_document(self.api)["parameters"], **self.told.get("parameters", {})}
        found: Json = {}
        for name, value in given:
            told = known.get(name)
            if told is None or told.get("location") != "query":
                raise sin(f"Unknown parameter {name}", "invalidParameter")
            typed = _typed(name, value, told)
            if told.get("repeated"):
                found.setdefault(name, []).append(typed)
            else:
                found[name] = typed
        return found

    def body(self, given: Any) -> Json:
        """The body; a field that its schema does not have, or has otherwise, is refused."""
        ref = (self.told.get("request") or {}).get("$ref")
        if ref is None:
            if given not in (None, {}):
                raise sin(f"{self.id} takes no body")
            return {}
        if not isinstance(given, dict):
            raise sin("the body is no object", "parseError")
        self._check(ref, given, {"$ref": ref})
        return given

    def picked(self, answer: Json, fields: str | None) -> Json:
        """Of the answer, what `fields` asks for (https://developers.google.com/workspace/calendar/api/guides/performance)."""
        if fields is None or self.answers is None:
            return answer
        rest, mask = _mask(fields)
        if rest:
            raise sin(f"Invalid field selection {fields}", "invalidParameter")
        self._check_mask(mask, {"$ref": self.answers}, fields)
        picked = _picked(answer, mask)
        return picked if isinstance(picked, dict) else {}

    def _check(self, name: str, value: Any, told: Mapping[str, Any]) -> None:
        if value is None:
            return
        if "$ref" in told:
            told = _document(self.api)["schemas"][told["$ref"]]
        match told.get("type"):
            case "object":
                self._check_object(name, value, told)
            case "array":
                if not isinstance(value, list):
                    raise sin(f"{name} is no list")
                for one in value:
                    self._check(f"{name}[]", one, told["items"])
            case "any" | None:
                return
            case _:
                _check_plain(name, value, told)

    def _check_object(self, name: str, value: Any, told: Mapping[str, Any]) -> None:
        if not isinstance(value, dict):
            raise sin(f"{name} is no object")
        properties, others = told.get("properties", {}), told.get("additionalProperties")
        for key, one in value.items():
            if key not in properties and others is None:
                raise sin(f"Unknown name {key} at {name}")
            self._check(f"{name}.{key}", one, properties.get(key) or others or {})

    def _check_mask(self, mask: Json, told: Mapping[str, Any], fields: str) -> None:
        if "$ref" in told:
            told = _document(self.api)["schemas"][told["$ref"]]
        if told.get("type") == "array":
            self._check_mask(mask, told["items"], fields)
            return
        for name, below in mask.items():
            if name == "*" or told.get("type") == "any":
                continue
            found = (told.get("properties") or {}).get(name) or told.get("additionalProperties")
            if found is None:
                raise sin(f"Invalid field selection {name}", "invalidParameter")
            self._check_mask(below, found, fields)


def method(api: str, *path: str) -> Method:
    """The method at `("events", "list")` of that API."""
    told = _document(api)
    *resources, name = path
    for resource in resources:
        told = told["resources"][resource]
    return Method(api, told["methods"][name])


@cache
def _document(api: str) -> Any:
    kept = files("googleapiclient.discovery_cache.documents") / f"{api}.json"
    return json.loads(kept.read_text())


def _typed(name: str, value: str, told: Mapping[str, Any]) -> Any:
    match told.get("type"):
        case "integer":
            if not re.fullmatch(r"-?\d+", value):
                raise sin(f"{name} is no number", "invalidParameter")
            number = int(value)
            if number < int(told.get("minimum", number)) or number > int(told.get("maximum", number)):
                raise sin(f"{name} is out of range", "invalidParameter")
            return number
        case "boolean":
            if value not in ("true", "false"):
                raise sin(f"{name} is neither true nor false", "invalidParameter")
            return value == "true"
    _check_plain(name, value, told)
    return value


def _check_plain(name: str, value: Any, told: Mapping[str, Any]) -> None:
    kinds: Json = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    kind = kinds[told["type"]]
    if not isinstance(value, kind) or (told["type"] == "integer" and isinstance(value, bool)):
        raise sin(f"{name} is no {told['type']}")
    if "enum" in told and value not in told["enum"]:
        raise sin(f"{name} cannot be {value}", "invalidParameter")
    try:
        match told.get("format"):
            case "date-time":
                if datetime.fromisoformat(value).tzinfo is None and "T" in value and told.get("location") == "query":
                    raise sin(f"{name} has no offset", "invalidParameter")
            case "date":
                date.fromisoformat(value)
            case "int64":
                int(value)
    except ValueError as error:
        raise sin(f"{name} is no {told['format']}", "invalidParameter") from error


def _mask(told: str) -> tuple[str, Json]:
    """`a,b(c,d/e)` as nested names, and what was left to read."""
    mask: Json = {}
    while found := _FIELD.match(told):
        told, path = told[found.end() :], [found[1]]
        below: Json = {}
        while told.startswith("/") and (found := _FIELD.match(told[1:])):
            told, path = told[1 + found.end() :], [*path, found[1]]
        if told.startswith("("):
            told, below = _mask(told[1:])
            if not told.startswith(")"):
                return f"unclosed {told}", mask
            told = told[1:]
        at = mask
        for name in path[:-1]:
            at = at.setdefault(name, {})
        at.setdefault(path[-1], {}).update(below)
        if not told.startswith(","):
            break
        told = told[1:]
    return told, mask


def _picked(value: Any, mask: Json) -> Any:
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [_picked(one, mask) for one in value]
    if isinstance(value, dict):
        return {name: _picked(value[name], below) for name, below in mask.items() if name in value}
    return value


def methods() -> Iterator[Method]:
    """Those that the stand-in has."""
    for path in (
        ("calendarList", "list"),
        ("calendarList", "get"),
        ("events", "list"),
        ("events", "get"),
        ("events", "instances"),
        ("events", "insert"),
        ("events", "patch"),
        ("events", "delete"),
        ("events", "watch"),
        ("channels", "stop"),
        ("freebusy", "query"),
    ):
        yield method("calendar.v3", *path)
    yield method("admin.directory_v1", "resources", "calendars", "list")
