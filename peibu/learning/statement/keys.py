"""What a statement is found by: 64-bit keyed hashes of its agents, verb and activities, each with its sense.

Keyed, so that nobody can make two identifiers meet on purpose; with 10 million identifiers the chance that a question
is answered with one foreign row is 5e-13, so answers are not looked through again.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

from peibu.learning.statement.actors import IDENTIFIERS

AGENT, RELATED_AGENT, ACTIVITY, RELATED_ACTIVITY, VERB, REGISTRATION, SESSION, SENDER = "aAoOvrsy"
CMI5_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"


@lru_cache(maxsize=65536)
def key(sense: str, text: str) -> int:
    """A signed 64-bit number for an identifier in one of its senses."""
    secret = settings.INDEX_KEY.encode()[:64]
    return int.from_bytes(blake2b(f"{sense}:{text}".encode(), digest_size=8, key=secret).digest(), "big", signed=True)


def identifier(agent: dict) -> str | None:
    """The inverse functional identifier as one text; None for an anonymous group."""
    name = next((one for one in IDENTIFIERS if one in agent), None)
    if name is None:
        return None
    value = agent[name]
    return f"account|{value['homePage']}|{value['name']}" if name == "account" else f"{name}|{value}"


def identities(actor: dict) -> Iterator[str]:
    """The actor and, in a group, its members."""
    own = identifier(actor)
    if own:
        yield own
    for member in actor.get("member", ()):
        yield from identities(member)


def _of_context(context: dict) -> tuple[list[dict], list[str]]:
    agents = [context[name] for name in ("instructor", "team") if name in context]
    agents += [one["agent"] for one in context.get("contextAgents", ())]
    agents += [one["group"] for one in context.get("contextGroups", ())]
    activities = []
    for found in context.get("contextActivities", {}).values():
        activities += [one["id"] for one in (found if isinstance(found, list) else [found])]
    return agents, activities


def _related(statement: dict) -> tuple[list[dict], list[str]]:
    """All agents and activities named anywhere in a statement, those of a SubStatement included."""
    agents, activities = _of_context(statement["context"]) if "context" in statement else ([], [])
    agents.append(statement["actor"])
    if "authority" in statement:
        agents.append(statement["authority"])
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        activities.append(target["id"])
    elif kind in ("Agent", "Group"):
        agents.append(target)
    elif kind == "SubStatement":
        inner = _related(target)
        agents += inner[0]
        activities += inner[1]
    return agents, activities


def index(statement: dict, sender: str) -> dict:
    """The columns of a statement's row that it is found by; `sender` is the credential it came with."""
    actor, target, context = statement["actor"], statement["object"], statement.get("context", {})
    kind = target.get("objectType", "Activity")
    direct = list(identities(actor))
    first = direct[0] if direct else None
    if kind in ("Agent", "Group"):
        direct += identities(target)
    agents, activities = _related(statement)
    found = {key(RELATED_AGENT, one) for agent in agents for one in identities(agent)}
    found.update(key(RELATED_ACTIVITY, one) for one in activities)
    found.update(key(AGENT, one) for one in direct if one != first)
    found.add(key(SENDER, sender))
    session = context.get("extensions", {}).get(CMI5_SESSION)
    return {
        "actor_h": key(AGENT, first) if first else None,
        "verb_h": key(VERB, statement["verb"]["id"]),
        "act_h": key(ACTIVITY, target["id"]) if kind == "Activity" else None,
        "reg": context.get("registration"),
        "sess_h": key(SESSION, session) if isinstance(session, str) else None,
        "rel": list(found),
    }
