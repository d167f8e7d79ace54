"""Are two statements the same one? What the store sets itself does not count (xAPI 1.0.3 data 2.3.1)."""

import re

from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.values import duration, moment

_SET_BY_THE_STORE = ("id", "stored", "authority", "version")
_FRACTION = re.compile(r"(\.\d\d)\d+S$")


def same(sent: dict, kept: dict, *, signed: bool = False) -> bool:
    """Equal in meaning; a moment left out by the sender was filled in by the store. `signed`: id and authority count."""
    ours, theirs = _bare(sent, signed=signed), _bare(kept, signed=signed)
    if "timestamp" not in ours:
        theirs.pop("timestamp", None)
    return ours == theirs


def _bare(statement: dict, *, signed: bool) -> dict:
    left_out = ("stored", "authority", "version") if signed else _SET_BY_THE_STORE
    bare = {name: _plain(name, value) for name, value in statement.items() if name not in left_out}
    if signed:
        bare["attachments"] = []
    else:
        bare["attachments"] = [
            {name: value for name, value in one.items() if name != "fileUrl"} for one in bare.get("attachments", ())
        ]
    return bare


def _plain(name: str, value: object) -> object:
    """One way of writing for what can be written in several."""
    if name == "extensions":
        return value
    if name == "contextActivities" and isinstance(value, dict):
        found = {key: one if isinstance(one, list) else [one] for key, one in value.items()}
        return {key: sorted((_plain("", part) for part in one), key=repr) for key, one in found.items() if one}
    if name == "member" and isinstance(value, list):
        return sorted((_plain("", part) for part in value), key=repr)
    if isinstance(value, dict):
        return {key: _plain(key, part) for key, part in value.items() if (key, part) not in _DEFAULTS}
    if isinstance(value, list):
        return [_plain("", part) for part in value]
    return _plain_text(name, value)


_DEFAULTS = [("objectType", "Agent"), ("objectType", "Activity")]


def _plain_text(name: str, value: object) -> object:
    try:
        if name == "timestamp":
            return moment(value, name)
        if name == "duration":
            return _FRACTION.sub(r"\1S", duration(value, name))
    except Invalid:
        return value
    if name in ("id", "registration") and isinstance(value, str) and len(value) == 36:
        return value.lower()
    return value
