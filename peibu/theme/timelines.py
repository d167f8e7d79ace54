"""The steps of a case as the page draws them, with the present state as the last dot."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from peibu.accounts.enums import Role


def _get(thing: Any, name: str, default: Any = None) -> Any:
    return thing.get(name, default) if isinstance(thing, Mapping) else getattr(thing, name, default)


def _who(event: Any) -> str:
    if given := _get(event, "who"):
        return str(given)
    name, role = _get(event, "actor_name") or "", _get(event, "actor_role") or ""
    if not name or role not in Role.values:
        return name
    return _("%(name)s（%(role)s）") % {"name": name, "role": Role(role).label}


def dot(event: Any) -> dict:
    """One step: a `casework.CaseEvent`, or anything with step, who, at and optional reason, rule_version, due_on."""
    names = ("at", "reason", "current", "due_on", "suspended")
    return {
        **{name: _get(event, name) for name in names},
        "step": _get(event, "step") or _get(event, "label"),
        "who": _who(event),
        "rule_version": str(_get(event, "rule_version") or "")[:12],
        "back": bool(_get(event, "back")) or str(_get(event, "move") or "").startswith(("return", "reject", "refuse")),
    }


def dots(events: Iterable[Any] | None, *, case: Any = None, state: Any = None) -> list[dict]:
    """All steps; with `case` and `state` (its label in words) the open case's present state and deadline come last."""
    shown = [dot(event) for event in events or ()]
    if case is not None and not _get(case, "closed_at"):
        label = _get(state, "label", state) or _get(case, "state")
        now = {"step": label, "current": True, "due_on": _get(case, "due_on"), "suspended": _get(case, "suspended")}
        shown.append(dot(now))
    return shown
