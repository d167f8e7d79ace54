"""What happened to a row, field by field: the database keeps every version, this puts them into words."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import User
from peibu.casework.queries import cases_for
from peibu.claims.models import Claim
from peibu.oversight.permissions import classes_for
from peibu.oversight.queries import findings_for
from peibu.training.models import Exam, TrainingPlan

READERS = (Role.AUDITOR, Role.CITY_BUREAU)
# What only machines read: indexes of secrets, keys of natural persons, tokens, long fingerprints' neighbours.
_HIDDEN = ("_index", "_key", "_token")


def _of_classes(model: type[models.Model], path: str) -> Callable[[Actor], QuerySet]:
    return lambda actor: model.objects.filter(**{f"{path}__in": classes_for(actor).values("pk")})


# kind in the address -> the rows of it an actor may see
KINDS: dict[str, Callable[[Actor], QuerySet]] = {
    "case": cases_for,
    "class": classes_for,
    "plan": _of_classes(TrainingPlan, "cohorts"),
    "exam": _of_classes(Exam, "cohort"),
    "claim": lambda actor: Claim.objects.filter(case__in=cases_for(actor).values("pk")),
    "finding": findings_for,
}
LABELS = {
    "case": "业务",
    "class": "班次",
    "plan": "培训方案",
    "exam": "结业考核",
    "claim": "补贴申领",
    "finding": "风险线索",
}


# Words for columns whose model gives them none.
WORDS = {
    "account": "收款账户",
    "base": "实训基地",
    "case": "业务",
    "cohort": "班次",
    "concluded_at": "作出结论时间",
    "concluded_by": "作出结论的人",
    "created_at": "建立时间",
    "enterprise": "企业",
    "evidence": "依据",
    "fingerprint": "指纹",
    "found_at": "发现时间",
    "invoice": "票据",
    "invoice_active": "票据占用中",
    "kind": "类别",
    "plan": "培训方案",
    "policy": "政策",
    "provider": "承接单位",
    "replaces": "替代的版本",
    "roster": "花名册",
    "sample": "样卷",
    "sealed_by": "封存人",
    "signed_by": "签署人",
    "soft_reasons": "例外理由",
    "state": "状态",
    "subject_id": "所属对象",
    "version": "版本",
}


@dataclasses.dataclass(frozen=True)
class Field:
    label: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True)
class Version:
    """One saved version of a row: when, by whom, with which move and reason, and what differs from the one before."""

    at: dt.datetime
    who: str
    role: str
    move: str
    reason: str
    first: bool
    fields: list[Field]


def row_for(actor: Actor, kind: str, pk: UUID) -> models.Model | None:
    """A row whose history the actor may read; None for a foreign one, an unknown kind, or another role."""
    if actor.role not in READERS or kind not in KINDS:
        return None
    return KINDS[kind](actor).filter(pk=pk).first()


def versions_of(row: models.Model) -> list[Version]:
    """Every version of a row, the newest first; versions in which nothing visible changed are left out."""
    events = list(row.pgh_event_model.objects.filter(pgh_obj=row.pk).select_related("pgh_context").order_by("pgh_id"))
    shown = [field for field in row._meta.concrete_fields if _visible(field, events)]
    names = _names(shown, events)
    people = _people(events)
    told, before = [], None
    for event in events:
        fields = _differences(shown, before, event, names)
        if before is None or fields:
            told.append(_version(event, fields, people, first=before is None))
        before = event
    return told[::-1]


def _visible(field: models.Field, events: list) -> bool:
    if field.primary_key or field.name.endswith(_HIDDEN):
        return False
    return bool(events) and hasattr(events[0], field.attname)


def _names(shown: list[models.Field], events: list) -> dict[tuple[str, Any], str]:
    """(field, key) -> the words of the row a foreign key points to, one query per field."""
    found = {}
    for field in shown:
        if isinstance(field, models.ForeignKey):
            keys = {getattr(event, field.attname) for event in events} - {None}
            rows = field.related_model.objects.in_bulk(list(keys))
            found |= {(field.name, key): title_of(row) for key, row in rows.items()}
    return found


def title_of(row: models.Model) -> str:
    """The row in words, e.g. as a heading: its own title, or that of the class or case it belongs to."""
    own = next((text for name in ("number", "name", "title") if (text := getattr(row, name, ""))), "")
    above = next((found for name in ("cohort", "case") if (found := getattr(row, name, None)) is not None), None)
    return str(own) or (title_of(above) if above is not None else str(row))


def _differences(shown: list[models.Field], before: Any, after: Any, names: dict) -> list[Field]:
    told = []
    for field in shown:
        new = getattr(after, field.attname)
        old = getattr(before, field.attname) if before is not None else None
        if new != old and not (before is None and new in ("", None, [], {})):
            told.append(Field(_label(field), _said(field, old, names), _said(field, new, names)))
    return told


def _label(field: models.Field) -> str:
    """The column's own words; a name made from the code is replaced."""
    own = str(field.verbose_name)
    return WORDS.get(field.name, own) if own == field.name.replace("_", " ") else own


def _said(field: models.Field, value: Any, names: dict) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(field, models.ForeignKey):
        return names.get((field.name, value), str(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return str(value)[:400]


def _people(events: list) -> dict[str, str]:
    keys = {(event.pgh_context.metadata or {}).get("user") for event in events if event.pgh_context} - {None}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "name")}


def _version(event: Any, fields: list[Field], people: dict[str, str], *, first: bool) -> Version:
    told = (event.pgh_context.metadata or {}) if event.pgh_context else {}
    role = told.get("role", "")
    return Version(
        at=event.pgh_created_at,
        who=people.get(told.get("user", ""), ""),
        role=str(Role(role).label) if role in Role.values else "",
        move=told.get("move", ""),
        reason=told.get("reason", ""),
        first=first,
        fields=fields,
    )
