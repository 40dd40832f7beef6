"""What Schemathesis would hardly guess: numbers of records that are there, and codes of areas.

Only some requests are changed, by their own content, so that a run with the same seed is the same.
"""

from __future__ import annotations

import json

import schemathesis

#: So many records of each kind there are at least, about.
_KNOWN = 12
#: In and out of the callers' scope.
_AREAS = ("500103", "500103001", "500103001003", "500103003", "500105", "50")


@schemathesis.hook
def map_path_parameters(context: object, path_parameters: dict[str, object] | None) -> object:
    """Three numbers of four are those of records that may be there."""
    said = str((path_parameters or {}).get("id", ""))
    # One that is no number of a record stays what it is: it has to be refused.
    if path_parameters and said.isascii() and said.isdigit() and len(said) < 19 and int(said) % 4:
        return {**path_parameters, "id": int(said) % _KNOWN + 1}
    return path_parameters


@schemathesis.hook
def map_body(context: object, body: object) -> object:
    """Three places of four are areas that are there."""
    return _placed(body)


def _placed(value: object) -> object:
    if isinstance(value, list):
        return [_placed(each) for each in value]
    if not isinstance(value, dict):
        return value
    placed = {name: _placed(each) for name, each in value.items()}
    code = placed.get("area")
    if isinstance(code, str) and code.isascii() and code.isdigit() and int(code) % 4:
        placed["area"] = _AREAS[len(json.dumps(value)) % len(_AREAS)]
    return placed
