"""The three formats in which statements are handed out: exact, ids, canonical (xAPI 1.0.3 communication 2.1.3)."""

import copy

from peibu.learning.statement.actors import IDENTIFIERS

FORMATS = ("exact", "ids", "canonical")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def shaped(statement: dict, wanted: str, languages: list[str]) -> dict:
    """A statement in a format; `languages` are the reader's, best first."""
    if wanted == "ids":
        return _ids(statement)
    return _canonical(copy.deepcopy(statement), languages) if wanted == "canonical" else statement


def _ids(statement: dict) -> dict:
    """Only as much of agents, verbs and activities as identifies them."""
    short = dict(statement)
    for name in ("actor", "authority"):
        if name in short:
            short[name] = _short_actor(short[name])
    short["verb"] = {"id": short["verb"]["id"]}
    short["object"] = _short_object(short["object"])
    if "context" in short:
        short["context"] = _short_context(short["context"])
    return short


def _short_actor(actor: dict) -> dict:
    short = {name: actor[name] for name in ("objectType", *IDENTIFIERS) if name in actor}
    if "member" in actor and not IDENTIFIERS & actor.keys():
        short["member"] = [_short_actor(one) for one in actor["member"]]
    return short


def _short_activity(activity: dict) -> dict:
    return {"id": activity["id"]}


def _short_object(target: dict) -> dict:
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return _short_activity(target)
    if kind in ("Agent", "Group"):
        return _short_actor(target)
    return _ids(target) if kind == "SubStatement" else target


def _short_context(context: dict) -> dict:
    short = dict(context)
    for name in ("instructor", "team"):
        if name in short:
            short[name] = _short_actor(short[name])
    for name, part in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in short:
            short[name] = [one | {part: _short_actor(one[part])} for one in short[name]]
    if "contextActivities" in short:
        named = short["contextActivities"].items()
        short["contextActivities"] = {name: [_short_activity(one) for one in found] for name, found in named}
    return short


def _canonical(statement: dict, languages: list[str]) -> dict:
    """Every language map of verbs and activities left with one language."""
    _one(statement["verb"], "display", languages)
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "SubStatement":
        _canonical(target, languages)
    elif kind == "Activity":
        _one_activity(target, languages)
    for found in statement.get("context", {}).get("contextActivities", {}).values():
        for activity in found:
            _one_activity(activity, languages)
    return statement


def _one_activity(activity: dict, languages: list[str]) -> None:
    definition = activity.get("definition", {})
    for name in ("name", "description"):
        _one(definition, name, languages)
    for name in _COMPONENTS:
        for component in definition.get(name, ()):
            _one(component, "description", languages)


def _one(holder: dict, name: str, languages: list[str]) -> None:
    words = holder.get(name)
    if words:
        tag = best(list(words), languages)
        holder[name] = {tag: words[tag]}


def best(tags: list[str], languages: list[str]) -> str:
    """The tag the reader likes best; the first one when none fits."""
    for wanted in languages:
        for tag in tags:
            if wanted == "*" or tag.lower() == wanted or tag.lower().startswith(wanted + "-"):
                return tag
        for tag in tags:
            if tag.lower().split("-")[0] == wanted.split("-")[0]:
                return tag
    return tags[0]


def languages_of(header: str) -> list[str]:
    """The tags of an Accept-Language header, best first; a part that cannot be read is passed over."""
    weighed = []
    for place, part in enumerate(header.lower().split(",")):
        tag, _semicolon, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((-weight, place, tag))
    return [tag for _weight, _place, tag in sorted(weighed)]
