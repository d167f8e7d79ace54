"""Activities and their definitions, interactions included (xAPI 1.0.3 data 2.4.4.1; IEEE 9274.1.1 4.2.2.3)."""

from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.values import extensions, iri, language_map, text

_COMPONENTS = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "likert": {"scale"},
    "matching": {"source", "target"},
    "performance": {"steps"},
    "true-false": set(),
    "fill-in": set(),
    "long-fill-in": set(),
    "numeric": set(),
    "other": set(),
}
_LISTS = frozenset({"choices", "scale", "source", "target", "steps"})
_PLAIN = {
    "name": language_map,
    "description": language_map,
    "type": iri,
    "moreInfo": iri,
    "extensions": extensions,
}
_DEFINITION = _PLAIN.keys() | _LISTS | {"interactionType", "correctResponsesPattern"}
_ACTIVITY = frozenset({"objectType", "id", "definition"})


def activity(value: object, where: str) -> dict:
    if not isinstance(value, dict):
        raise Invalid(where, "应为对象")
    if not value.keys() <= _ACTIVITY:
        raise Invalid(f"{where}.{min(value.keys() - _ACTIVITY)}", "不是规范规定的属性")
    if value.get("objectType", "Activity") != "Activity":
        raise Invalid(where + ".objectType", "应为 Activity")
    iri(value.get("id"), where + ".id")
    if "definition" in value:
        definition(value["definition"], where + ".definition")
    return value


def definition(value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(where, "应为对象")
    for name, part in value.items():
        check = _PLAIN.get(name)
        if check:
            check(part, f"{where}.{name}")
        elif name not in _DEFINITION:
            raise Invalid(f"{where}.{name}", "不是规范规定的属性")
    if "interactionType" in value or "correctResponsesPattern" in value or _LISTS & value.keys():
        _interaction(value, where)


def _interaction(value: dict, where: str) -> None:
    kind = value.get("interactionType")
    if not isinstance(kind, str) or kind not in _COMPONENTS:
        raise Invalid(where + ".interactionType", "应为规范规定的互动类型")
    pattern = value.get("correctResponsesPattern", [])
    if not isinstance(pattern, list):
        raise Invalid(where + ".correctResponsesPattern", "应为字符串数组")
    for number, answer in enumerate(pattern):
        text(answer, f"{where}.correctResponsesPattern[{number}]")
    for name in _LISTS & value.keys():
        if name not in _COMPONENTS[kind]:
            raise Invalid(f"{where}.{name}", f"互动类型 {kind} 没有该属性")
        _components(value[name], f"{where}.{name}")


def _components(value: object, where: str) -> None:
    if not isinstance(value, list):
        raise Invalid(where, "应为数组")
    seen = set()
    for number, part in enumerate(value):
        here = f"{where}[{number}]"
        if not isinstance(part, dict) or not part.keys() <= {"id", "description"}:
            raise Invalid(here, "应只有 id 和 description")
        if text(part.get("id"), here + ".id") in seen:
            raise Invalid(here + ".id", "与前面的选项重复")
        seen.add(part["id"])
        if "description" in part:
            language_map(part["description"], here + ".description")
