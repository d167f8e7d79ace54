"""Enter what is on record about a person, a unit, an occupation or the city, checked by the policy that asks for it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.kernel.errors import Refused
from peibu.registry.enums import AboutKind
from peibu.registry.models import Employment, RegisteredFact
from peibu.rulebook import FactSpec, Policy, load_policy
from peibu.rulebook.derived.derive import specs_of
from peibu.rulebook.derived.kinds import PERSON
from peibu.rulebook.derived.registry import KINDS

# Whose word each supplier of a fact is; an officer may enter anybody's paper.
ENTERING = frozenset({Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU})


def register_fact(
    *,
    policy: str,
    kind: str,
    about: str,
    name: str,
    value: Any,
    valid_from: dt.date,
    source: str,
    by: Actor,
    at: dt.datetime,
    valid_until: dt.date | None = None,
) -> RegisteredFact:
    """Put one dated fact, or one row of a kind of records (`value` a mapping), on record; None withdraws the name.

    Refused: officers only; what is about the whole city by others than its bureau; a person or unit of another
    district; a name the policy does not ask for, or not about such a subject; a value that cannot be read; no source.
    """
    if by.role not in ENTERING:
        raise Refused("只有经办机构可以登记事项", "not_an_officer", "请把材料交给受理机构登记")
    _require_in_reach(kind, about, by)
    _require_fitting(load_policy(policy), kind, name)
    if not source.strip():
        raise Refused("没有写明依据", "a_registered_fact_has_its_source", "请填写证明材料的名称和编号")
    if valid_until is not None and valid_until < valid_from:
        raise Refused("结束日期早于开始日期", "a_registered_fact_ends_after_it_begins", "请核对日期")
    read = None if value is None else _read(load_policy(policy), name, value)
    return RegisteredFact.objects.create(
        kind=kind,
        about=about,
        name=name,
        value=read,
        valid_from=valid_from,
        valid_until=valid_until,
        source=source.strip(),
        known_at=at,
        entered_by=by.user,
    )


def _require_in_reach(kind: str, about: str, by: Actor) -> None:
    """The city's own facts are its bureau's; units and people those of the officer's district."""
    if kind == AboutKind.CITY and by.role != Role.CITY_BUREAU:
        raise Refused("全市事项只能由市级主管部门登记", "facts_of_the_city", "请把材料报市级主管部门")
    divisions = _divisions(kind, about)
    if divisions and not any(by.covers(division) for division in divisions):
        raise Refused("该单位或人员不在本区（市）", "subject_of_another_district", "请由其所在区（市）的经办机构登记")


def _divisions(kind: str, about: str) -> set[UUID]:
    """The districts a subject belongs to: the unit's own, those of a person's employers; empty where none is known."""
    if kind == AboutKind.UNIT:
        return set(Unit.objects.filter(pk=about).values_list("division_id", flat=True))
    if kind == AboutKind.PERSON:
        works = Employment.objects.filter(person=about, ended_on__isnull=True)
        return set(works.values_list("unit__division_id", flat=True))
    return set()


def _require_fitting(policy: Policy, kind: str, name: str) -> None:
    """What is personal is told about a person only: about a unit or the city it would count for everybody there."""
    spec, records = policy.fact_specs.get(name), KINDS.get(name)
    personal = spec.privacy == "personal" if spec else records is not None and records.key == PERSON
    if personal and kind != AboutKind.PERSON:
        raise Refused(
            f"“{spec.label if spec else records.label}”是个人事项，不能登记在“{AboutKind(kind).label}”名下",
            "a_personal_fact_is_about_a_person",
            "请把登记对象改为个人",
        )


def _read(policy: Policy, name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _record(policy, name, value)
    spec = policy.fact_specs.get(name)
    if spec is None:
        raise Refused(f"“{policy.card['short_title']}”没有“{name}”这一事项", "unknown_fact", "请从列表中选择事项")
    return _value(spec, value)


def _record(policy: Policy, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a kind of records, each column read strictly."""
    kind = KINDS.get(name)
    if kind is None:
        raise Refused(f"没有“{name}”这一类记录", "unknown_record", "请从列表中选择")
    columns, specs = {column.name: column for column in kind.columns}, specs_of(policy)
    strange = set(row) - set(columns)
    if strange:
        raise Refused(f"记录没有这些栏目：{'、'.join(sorted(strange))}", "unknown_column", "请刷新页面后重试")
    read = {key: _value(columns[key].spec(specs), text) for key, text in row.items() if text not in (None, "")}
    wrong = kind.check(_typed(kind, read, specs)) if kind.check else None
    if wrong:
        raise Refused(wrong, "record_contradicts_itself", "请核对后重新填写")
    return read


def _typed(kind, row: Mapping[str, Any], specs: Mapping[str, FactSpec]) -> dict[str, Any]:
    columns = {column.name: column for column in kind.columns}
    return {key: columns[key].spec(specs).read(value) for key, value in row.items()}


def _value(spec: FactSpec, value: Any) -> Any:
    """The value as JSON holds it; FactSpec reads it back into its type."""
    try:
        read = spec.read(value)
    except ValueError as error:
        raise Refused(f"“{spec.label}”填写有误：{error}", "fact_value", "请按提示修改") from None
    if read is None:
        raise Refused(f"“{spec.label}”没有填写", "fact_value", "请填写内容")
    if isinstance(read, dt.date):
        return read.isoformat()
    return list(read) if isinstance(read, tuple) else read
