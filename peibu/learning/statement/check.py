"""A whole statement, checked strictly: what the specification does not name is refused, and nothing is null.

xAPI 1.0.3 data 2.2 to 2.4, IEEE 9274.1.1 clause 4.2. One pass, no schema engine: a platform sends thousands a second.
"""

from collections.abc import Callable

from peibu.learning.statement import actors, values
from peibu.learning.statement.activities import activity
from peibu.learning.statement.errors import Invalid

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

Check = Callable[[object, str], object]


def members(value: object, where: str, checks: dict[str, Check], required: tuple[str, ...] = ()) -> dict:
    """Every property of an object is known and well made; the required ones are there."""
    if not isinstance(value, dict):
        raise Invalid(where, "应为对象")
    for name in required:
        if name not in value:
            raise Invalid(f"{where}.{name}", "缺少该属性")
    for name, part in value.items():
        check = checks.get(name)
        if check is None:
            raise Invalid(f"{where}.{name}", "不是规范规定的属性")
        check(part, f"{where}.{name}")
    return value


def boolean(value: object, where: str) -> None:
    if value is not True and value is not False:
        raise Invalid(where, "应为 true 或 false")


def number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(where, "应为数字")
    return value


_VERB: dict[str, Check] = {"id": values.iri, "display": values.language_map}
_SCORE: dict[str, Check] = dict.fromkeys(("scaled", "raw", "min", "max"), number)


def verb(value: object, where: str) -> None:
    members(value, where, _VERB, ("id",))


def score(value: object, where: str) -> None:
    members(value, where, _SCORE)
    if not -1 <= value.get("scaled", 0) <= 1:
        raise Invalid(where + ".scaled", "应在 -1 到 1 之间")
    low, high, raw = value.get("min"), value.get("max"), value.get("raw")
    if low is not None and high is not None and low >= high:
        raise Invalid(where + ".min", "应小于 max")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise Invalid(where + ".raw", "应在 min 和 max 之间")


_RESULT: dict[str, Check] = {
    "score": score,
    "success": boolean,
    "completion": boolean,
    "response": values.text,
    "duration": values.duration,
    "extensions": values.extensions,
}


def result(value: object, where: str) -> None:
    members(value, where, _RESULT)


_REFERENCE: dict[str, Check] = {"objectType": values.text, "id": values.uuid}


def reference(value: object, where: str) -> dict:
    """A StatementRef."""
    members(value, where, _REFERENCE, ("objectType", "id"))
    if value["objectType"] != "StatementRef":
        raise Invalid(where + ".objectType", "应为 StatementRef")
    return value


def _activities(value: object, where: str) -> None:
    for place, one in enumerate(value if isinstance(value, list) else [value]):
        activity(one, f"{where}[{place}]")


_CONTEXT_ACTIVITIES: dict[str, Check] = dict.fromkeys(("parent", "grouping", "category", "other"), _activities)


def _context_activities(value: object, where: str) -> None:
    members(value, where, _CONTEXT_ACTIVITIES)


def _types(value: object, where: str) -> None:
    if not isinstance(value, list) or not value:
        raise Invalid(where, "应为非空的 IRI 数组")
    for place, one in enumerate(value):
        values.iri(one, f"{where}[{place}]")


def _participants(kind: str, name: str, check: Check) -> Check:
    checks: dict[str, Check] = {"objectType": values.text, name: check, "relevantTypes": _types}

    def participants(value: object, where: str) -> None:
        if not isinstance(value, list):
            raise Invalid(where, "应为数组")
        for place, one in enumerate(value):
            members(one, f"{where}[{place}]", checks, ("objectType", name))
            if one["objectType"] != kind:
                raise Invalid(f"{where}[{place}].objectType", f"应为 {kind}")

    return participants


_CONTEXT: dict[str, Check] = {
    "registration": values.uuid,
    "instructor": actors.actor,
    "team": actors.group,
    "contextActivities": _context_activities,
    "revision": values.text,
    "platform": values.text,
    "language": values.language,
    "statement": reference,
    "extensions": values.extensions,
}
_CONTEXT_2 = _CONTEXT | {
    "contextAgents": _participants("contextAgent", "agent", actors.agent),
    "contextGroups": _participants("contextGroup", "group", actors.group),
}


def _context(checks: dict[str, Check]) -> Check:
    def context(value: object, where: str) -> None:
        members(value, where, checks)

    return context


_ATTACHMENT: dict[str, Check] = {
    "usageType": values.iri,
    "display": values.language_map,
    "description": values.language_map,
    "contentType": values.media_type,
    "length": lambda value, where: _length(value, where),
    "sha2": values.sha2,
    "fileUrl": values.iri,
}


def _length(value: object, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Invalid(where, "应为非负整数")


def attachments(value: object, where: str) -> None:
    if not isinstance(value, list):
        raise Invalid(where, "应为数组")
    for place, one in enumerate(value):
        members(one, f"{where}[{place}]", _ATTACHMENT, ("usageType", "display", "contentType", "length", "sha2"))


def _version(value: object, where: str) -> None:
    if not isinstance(value, str) or not (value in ("1.0", "2.0") or value.startswith(("1.0.", "2.0."))):
        raise Invalid(where, "应为 1.0.x 或 2.0.x")


def _object(value: object, where: str) -> object:
    """Agent, group, StatementRef or activity: what may be the object of anything."""
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else None
    check = _OBJECTS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise Invalid(where + ".objectType", "应为 Activity、Agent、Group、StatementRef 或 SubStatement")
    return check(value, where)


_OBJECTS: dict[str, Check] = {
    "Activity": activity,
    "Agent": actors.agent,
    "Group": actors.group,
    "StatementRef": reference,
}


class StatementCheck:
    """The check of one version of the specification."""

    def __init__(self, context: dict[str, Check]):
        common: dict[str, Check] = {
            "actor": actors.actor,
            "verb": verb,
            "result": result,
            "context": _context(context),
            "timestamp": values.moment,
            "attachments": attachments,
        }
        self._inner = common | {"objectType": values.text, "object": _object}
        self._outer = common | {
            "id": values.uuid,
            "object": self._any_object,
            "stored": values.moment,
            "authority": actors.authority,
            "version": _version,
        }

    def __call__(self, value: object, where: str = "") -> dict:
        """Raise Invalid unless the statement is well made."""
        members(value, where, self._outer, ("actor", "verb", "object"))
        target = value["object"]
        if value["verb"]["id"] == VOIDED and target.get("objectType") != "StatementRef":
            raise Invalid(where + ".object", "作废语句的对象应为 StatementRef")
        if "context" in value:
            _fits(value["context"], target, where)
        return value

    def _any_object(self, value: object, where: str) -> object:
        if isinstance(value, dict) and value.get("objectType") == "SubStatement":
            members(value, where, self._inner, ("actor", "verb", "object"))
            if "context" in value:
                _fits(value["context"], value["object"], where)
            return value
        return _object(value, where)


def _fits(context: dict, target: dict, where: str) -> None:
    """Revision and platform tell about an activity only."""
    if target.get("objectType", "Activity") != "Activity" and {"revision", "platform"} & context.keys():
        raise Invalid(where + ".context", "对象不是 Activity 时不能有 revision 和 platform")


CHECKS = {"1": StatementCheck(_CONTEXT), "2": StatementCheck(_CONTEXT_2)}
