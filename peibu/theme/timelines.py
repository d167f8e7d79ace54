"""The steps of a case as the page draws them, with the present state as the last dot."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from peibu.accounts.enums import Role

# Steps are stored in Chinese; these are the ones that no policy's process.yaml words.
DEEDS = (
    gettext_noop("建立"),
    gettext_noop("上传名册"),
    gettext_noop("添加人员"),
    gettext_noop("移除人员"),
    gettext_noop("新建报名"),
    gettext_noop("逐人预审"),
    gettext_noop("选择承接单位"),
    gettext_noop("确认承诺并报名"),
    gettext_noop("撤回报名"),
)


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
        "step": _(str(_get(event, "step") or _get(event, "label") or "—")),
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
