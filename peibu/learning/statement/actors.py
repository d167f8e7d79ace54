"""Agents and groups: exactly one identifier each, groups with members (xAPI 1.0.3 data 2.4.2; IEEE 9274.1.1 4.2.2.1)."""

from peibu.learning.statement.errors import Invalid
from peibu.learning.statement.values import iri, mailto, sha1, text

IDENTIFIERS = frozenset({"mbox", "mbox_sha1sum", "openid", "account"})
_AGENT = IDENTIFIERS | {"objectType", "name"}
_GROUP = _AGENT | {"member"}


def account(value: object, where: str) -> None:
    if not isinstance(value, dict) or value.keys() != {"homePage", "name"}:
        raise Invalid(where, "应只有 homePage 和 name 两项")
    iri(value["homePage"], where + ".homePage")
    text(value["name"], where + ".name")


_CHECKS = {"mbox": mailto, "mbox_sha1sum": sha1, "openid": iri, "account": account}


def _identifier(actor: dict, where: str) -> str | None:
    """The name of the one identifier; None when there is none."""
    found = IDENTIFIERS & actor.keys()
    if not found:
        return None
    if len(found) > 1:
        raise Invalid(where, "只能有一个身份标识（mbox、mbox_sha1sum、openid、account 之一）")
    name = next(iter(found))
    _CHECKS[name](actor[name], f"{where}.{name}")
    return name


def _known(actor: object, names: frozenset[str], where: str) -> dict:
    if not isinstance(actor, dict):
        raise Invalid(where, "应为对象")
    if not actor.keys() <= names:
        raise Invalid(f"{where}.{min(actor.keys() - names)}", "不是规范规定的属性")
    if "name" in actor:
        text(actor["name"], where + ".name")
    return actor


def agent(value: object, where: str) -> dict:
    """An agent, identified."""
    _known(value, _AGENT, where)
    if value.get("objectType", "Agent") != "Agent":
        raise Invalid(where + ".objectType", "应为 Agent")
    if _identifier(value, where) is None:
        raise Invalid(where, "缺少身份标识（mbox、mbox_sha1sum、openid、account 之一）")
    return value


def group(value: object, where: str) -> dict:
    """A group: identified, or told by its members."""
    _known(value, _GROUP, where)
    if value.get("objectType") != "Group":
        raise Invalid(where + ".objectType", "应为 Group")
    identified = _identifier(value, where)
    members = value.get("member")
    if members is None and identified and "member" not in value:
        return value
    if not isinstance(members, list) or (not members and not identified):
        raise Invalid(where + ".member", "匿名小组应列出成员")
    for number, one in enumerate(members):
        agent(one, f"{where}.member[{number}]")
    return value


def actor(value: object, where: str) -> dict:
    """An agent or a group."""
    if isinstance(value, dict) and value.get("objectType") == "Group":
        return group(value, where)
    return agent(value, where)


def authority(value: object, where: str) -> None:
    """Who vouches: an agent, or the two agents of a three-legged OAuth."""
    actor(value, where)
    if value.get("objectType") == "Group" and (IDENTIFIERS & value.keys() or len(value["member"]) != 2):
        raise Invalid(where, "作为 authority 的小组应为恰好两名成员的匿名小组")
