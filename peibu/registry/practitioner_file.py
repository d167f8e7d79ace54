"""A unit's people as an Excel file: one row a person and place, with a qualification beside it where there is one."""

import datetime as dt
from typing import Any

from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.accounts.models import Unit
from peibu.intake import Column, TableSpec, read_table
from peibu.kernel.errors import Problem, Refused
from peibu.registry.enums import CertificateLevel, PractitionerRole, QualificationKind, TitleCode
from peibu.registry.models import Engagement, Practitioner, Qualification
from peibu.registry.practitioners import Held, engage, qualify, take_in

MAX_ROWS = 1000


def people_spec() -> TableSpec:
    """The table as it must arrive. The second half of a row may be empty: then only the place is entered."""
    return TableSpec(
        title="师资和考评人员登记表",
        max_rows=MAX_ROWS,
        columns=(
            Column(name="name", label="姓名", kind="name", example="王建国"),
            Column(name="id_number", label="身份证号码", aliases=("公民身份号码", "身份证号"), kind="id_number"),
            Column(name="role", label="岗位", kind="choice", choices=_words(PractitionerRole)),
            Column(name="full_time", label="聘用方式", kind="choice", choices={"专职": "yes", "兼职": "no"}),
            Column(name="engaged_from", label="聘期起", kind="date", example="2020-01-01"),
            Column(name="engaged_until", label="聘期止", kind="date", required=False, help="没有约定截止日期的留空"),
            Column(name="contract", label="合同或聘书编号", aliases=("合同编号",), example="劳动合同2020-015号"),
            Column(name="kind", label="资格类别", kind="choice", required=False, choices=_words(QualificationKind)),
            Column(name="title", label="职称或技能等级", kind="choice", required=False, choices=_words(TitleCode)),
            Column(name="occupation", label="专业或职业", required=False, max_length=60),
            Column(name="level", label="等级", kind="choice", required=False, choices=_words(CertificateLevel)),
            Column(name="number", label="证书编号", required=False, max_length=60),
            Column(name="issuer", label="发证机构", required=False, max_length=120),
            Column(name="valid_from", label="证书有效期起", kind="date", required=False),
            Column(name="valid_until", label="证书有效期止", kind="date", required=False, help="长期有效的留空"),
            Column(name="source", label="核对依据", required=False, help="如：证书原件"),
        ),
    )


def _words(choices: Any) -> dict[str, str]:
    return {str(choices(code).label): str(code) for code in choices.values}


def import_people(
    *, unit: Unit, name: str, content: bytes, by: Actor, at: dt.datetime, on: dt.date
) -> tuple[int, list[Problem]]:
    """Enter the whole file, or nothing: (people entered or found again, problems with sheet, row and what to do).

    A row that says what the register says already changes nothing, so that a file may be sent again.
    """
    table = read_table(name, content, people_spec(), on=on)
    problems, people = list(table.problems), set()
    with transaction.atomic():
        for number, row in zip(table.row_numbers, table.rows, strict=True):
            try:
                with transaction.atomic():
                    people.add(_enter(row, unit, by, at).pk)
            except Refused as refused:
                problems.append(
                    Problem(table.sheet, number, "", refused.message, "", refused.remedy, code=refused.code)
                )
        if problems:
            transaction.set_rollback(True)
    return (0 if problems else len(people)), sorted(problems, key=lambda problem: problem.row or 0)


def _enter(row: dict, unit: Unit, by: Actor, at: dt.datetime) -> Practitioner:
    person = take_in(name=row["name"], id_number=row["id_number"], by=by, at=at)
    place = {"role": row["role"], "valid_from": row["engaged_from"]}
    told = {
        "full_time": row["full_time"] == "yes",
        "valid_until": row.get("engaged_until"),
        "source": row["contract"].strip(),
    }
    standing = Engagement.objects.filter(person=person, unit=unit, withdrawn_at__isnull=True, **place).first()
    if standing is None:
        engage(person=person, unit=unit, **place, **told, by=by, at=at)
    else:
        _require_same(standing, told, person.name)
    paper = {key: row.get(key) or "" for key in ("kind", "title", "occupation", "level", "number", "issuer", "source")}
    if any(paper.values()) or row.get("valid_from"):
        _hold(person, unit, paper, row, by, at)
    return person


def _hold(person: Practitioner, unit: Unit, paper: dict, row: dict, by: Actor, at: dt.datetime) -> None:
    since, source = row.get("valid_from"), paper.pop("source")
    if not paper["kind"] or since is None:
        raise Refused(
            "填写了资格内容，但没有资格类别或证书有效期起", "half_a_qualification", "请补全，或把这几栏都留空"
        )
    held = Held(**paper)
    number = "".join(held.number.split()).upper()
    same = {"person": person, "kind": held.kind, "number": number, "valid_from": since}
    standing = Qualification.objects.filter(**same, withdrawn_at__isnull=True).first()
    if standing is None:
        qualify(
            person=person, unit=unit, held=held, valid_from=since, valid_until=row.get("valid_until"), source=source,
            by=by, at=at,
        )  # fmt: skip
        return
    told = {name: getattr(held, name).strip() for name in ("title", "occupation", "level", "issuer")}
    _require_same(standing, told | {"valid_until": row.get("valid_until")}, person.name)


def _require_same(standing: Engagement | Qualification, told: dict, name: str) -> None:
    """The register keeps what it holds: a file that says otherwise is a correction, and no row of it is passed over."""
    other = [key for key, value in told.items() if getattr(standing, key) != value]
    if other:
        words = "、".join(str(standing._meta.get_field(key).verbose_name) for key in other)
        raise Refused(
            f"{name}的这一{'聘用关系' if isinstance(standing, Engagement) else '资格'}已登记，但{words}与文件不同",
            "already_told_otherwise",
            "登记有误的，先在人员页撤回再导入；提前离岗的，在人员页登记离岗；登记无误的，请改正文件",
        )
