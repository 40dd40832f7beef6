"""Values that Schemathesis could hardly guess: keys of stored records and codes of areas.

A request is changed depending on its own content, so that a run with the same seed is the same.
"""

from __future__ import annotations

import json

import schemathesis

#: About how many records of each kind exist.
_KNOWN = 12
#: Areas inside and outside of the callers' scope.
_AREAS = ("500103", "500103001", "500103001003", "500103003", "500105", "50")


@schemathesis.hook
def map_path_parameters(context: object, path_parameters: dict[str, object] | None) -> object:
    """Replace three of four numbers by keys that probably exist."""
    said = str((path_parameters or {}).get("id", ""))
    # Other values stay as they are, because the API has to refuse them.
    if path_parameters and said.isascii() and said.isdigit() and len(said) < 19 and int(said) % 4:
        return {**path_parameters, "id": int(said) % _KNOWN + 1}
    return path_parameters


@schemathesis.hook
def map_body(context: object, body: object) -> object:
    """Replace three of four areas by areas that exist."""
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
