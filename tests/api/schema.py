"""Holds a value against a schema of the API's document: the part of JSON Schema that it uses."""
import re

TYPES = {"string": str, "object": dict, "array": list}
KNOWN = {"type", "description", "required", "properties", "additionalProperties", "items", "enum",
         "minLength", "maxLength", "minimum", "maximum", "pattern", "format", "$ref"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")


def is_of(value, kind):
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def wrong(document, schema, value, at="$"):
    """What does not hold, as sentences; none where all does."""
    unknown = set(schema) - KNOWN
    if unknown:
        return [f"{at}: this reader does not know {sorted(unknown)}"]
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return wrong(document, document["components"]["schemas"][name], value, at)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_of(value, kind) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    found = []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}: no {name}" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            if name in known:
                found += wrong(document, known[name], one, f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: {name} is not described")
    if isinstance(value, list):
        for i, one in enumerate(value):
            found += wrong(document, schema.get("items", {}), one, f"{at}[{i}]")
    if isinstance(value, str):
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r} is none of {schema['enum']}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{at}: {value!r} is not as {schema['pattern']}")
        if schema.get("format") == "date-time" and not TIME.match(value):
            found.append(f"{at}: {value!r} is no time in UTC")
    return found
