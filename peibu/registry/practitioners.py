"""Deeds on the register of practitioners: take somebody in, enter and withdraw qualifications and engagements."""

import dataclasses
import datetime as dt
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accounts.enums import Role
from peibu.accounts.models import Unit
from peibu.accounts.secrecy import person_key
from peibu.kernel.errors import Refused
from peibu.kernel.identity import check_id_number, check_name
from peibu.registry.enums import WITH_TITLE, CertificateLevel, PractitionerRole, QualificationKind, TitleCode
from peibu.registry.models import Engagement, EngagementEnd, Practitioner, Qualification, Teacher

# Units that keep their own people, and officers who keep everybody's of their district.
KEEPERS = (Role.PROVIDER, Role.BASE, Role.EXAMINER)
OFFICERS = (Role.AGENCY_REVIEWER, Role.HRSS_APPROVER, Role.CITY_BUREAU)
YOUNGEST = 18
# These stand in front of a class or over a script: timetables and exams choose them from the unit's list of teachers.
LISTED = (PractitionerRole.TEACHER, PractitionerRole.GRADER, PractitionerRole.EXAMINER)
Row = TypeVar("Row", Qualification, Engagement)


def _require_keeper(by: Actor, unit: Unit) -> None:
    own = by.role in KEEPERS and by.unit is not None and by.unit.pk == unit.pk
    if not own and not (by.role in OFFICERS and by.covers(unit.division_id)):
        raise Refused(
            "只能登记本单位（经办机构：本辖区单位）的人员",
            "foreign_unit",
            "请使用该单位或其所在区（市）经办机构的账号",
        )


@transaction.atomic
def take_in(*, name: str, id_number: str, by: Actor, at: dt.datetime) -> Practitioner:
    """The practitioner with this identity number, taken in if new; the number is hashed, not stored.

    Refused: no identity number or name, younger than 18, known under another name, no keeper of the register.
    """
    if by.role not in (*KEEPERS, *OFFICERS):
        raise Refused("只有用人单位和经办机构可以登记人员", "not_a_keeper", "请由所在单位登记")
    name = check_name(name)
    key = person_key(check_id_number(id_number, timezone.localdate(at), min_age=YOUNGEST).number)
    person, _made = Practitioner.objects.get_or_create(person_key=key, defaults={"name": name})
    if person.name != name:
        # the registered name is not told: whoever tries numbers would learn whose they are
        raise Refused(
            f"所填姓名“{name}”与该身份证号码已登记的姓名不一致",
            "practitioner_name",
            "请对照身份证核对姓名和号码；原登记有误的，请经办机构凭身份证更正",
        )
    return person


@transaction.atomic
def engage(
    *,
    person: Practitioner,
    unit: Unit,
    role: str,
    full_time: bool,
    valid_from: dt.date,
    source: str,
    by: Actor,
    at: dt.datetime,
    valid_until: dt.date | None = None,
) -> Engagement:
    """Enter a place at a unit. `source`: contract or letter of appointment, with its number. Both days count.

    Refused: another unit's keeper, a foreign role, no source, dates the wrong way round, entered already for these days,
    full time elsewhere in these days. A teacher, grader or examiner stands in the unit's list of teachers as well.
    """
    _require_keeper(by, unit)
    if role not in PractitionerRole.values:
        raise Refused("没有选择岗位", "engagement_role", "请从列表中选择")
    _require_told("an_engagement", source, valid_from, valid_until, "请填写劳动合同或聘书的名称和编号")
    Practitioner.objects.select_for_update().get(pk=person.pk)
    standing = _in_days(Engagement.objects.filter(person=person), valid_from, valid_until).select_related("unit")
    same = standing.filter(unit=unit, role=role).first()
    if same is not None:
        raise Refused(
            f"{person.name}在本单位的同一岗位已登记（{_days(same)}）",
            "an_engagement_is_entered_once",
            "续聘请从原聘期届满的次日起登记；登记有误的，先撤回",
        )
    elsewhere = standing.filter(full_time=True).exclude(unit=unit).first() if full_time else None
    if elsewhere is not None:
        raise Refused(
            f"{person.name}在这段时间已登记为另一单位的专职人员（{_days(elsewhere)}）",
            "nobody_works_full_time_at_two_units",
            "请改为兼职登记，或由原单位先办理离岗登记",
        )
    row = Engagement.objects.create(
        person=person, unit=unit, role=role, full_time=full_time, valid_from=valid_from, valid_until=valid_until,
        source=source.strip(), known_at=at, entered_by=by.user,
    )  # fmt: skip
    if role in LISTED:
        Teacher.objects.get_or_create(
            unit=unit, person_key=person.person_key, defaults={"name": person.name, "full_time": full_time}
        )
    return row


@transaction.atomic
def end_engagement(*, engagement: Engagement, on: dt.date, by: Actor, at: dt.datetime) -> Engagement:
    """Somebody leaves: `on` is the last day. Refused: foreign unit, before the first day, later than the end entered."""
    _require_keeper(by, engagement.unit)
    row = Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)
    if row.withdrawn_at is not None:
        raise Refused("该登记已经撤回", "already_withdrawn", "请刷新页面查看")
    if on < row.valid_from or (row.valid_until is not None and on > row.valid_until):
        raise Refused(
            f"离岗日期不在已登记的聘期内（{_days(row)}）", "an_end_only_comes_earlier", "请核对日期；续聘请另行登记"
        )
    if row.valid_until != on:
        EngagementEnd.objects.create(engagement=row, was=row.valid_until, known_at=at, entered_by=by.user)
        row.valid_until = on
        row.save(update_fields=["valid_until"])
    return row


@dataclasses.dataclass(frozen=True)
class Held:
    """What a qualification says: kind and title in the codes of `enums`, number and issuer as on the paper."""

    kind: str
    number: str
    issuer: str
    title: str = ""
    occupation: str = ""
    level: str = ""


@transaction.atomic
def qualify(
    *,
    person: Practitioner,
    unit: Unit | None,
    held: Held,
    valid_from: dt.date,
    source: str,
    by: Actor,
    at: dt.datetime,
    valid_until: dt.date | None = None,
) -> Qualification:
    """Put a qualification on the register, for one of the unit's people or (officers, `unit` None) for anybody.

    Refused: somebody who has no place at the unit; a kind, title or level that is none; a title or skill level without
    its word; no number, issuer or source; valid later than today on, or ended before it began; a number of the issuer that
    counts already in these days.
    """
    _require_reach(person, unit, by)
    _require_words(held)
    number = "".join(held.number.split()).upper()
    if not number or not held.issuer.strip():
        raise Refused("没有填写证书编号或发证机构", "a_qualification_is_told_in_full", "请按证书填写")
    if valid_from > timezone.localdate(at):
        raise Refused("证书起始日期晚于今天", "a_qualification_begins_later", "请核对发证日期")
    _require_told("a_qualification", source, valid_from, valid_until, "请写明核对的原件或查询结果")
    same = Qualification.objects.filter(kind=held.kind, number=number, issuer=held.issuer.strip())
    standing = _in_days(same, valid_from, valid_until).first()
    if standing is not None:
        whose = "本人" if standing.person_id == person.pk else "另一人"
        raise Refused(
            f"该机构的这一编号在这段时间已登记在{whose}名下",
            "a_qualification_number_counts_once_at_a_time",
            "请核对编号；换发的证书从原证书届满的次日起登记，登记有误的先撤回",
        )
    return Qualification.objects.create(
        person=person, unit=unit, kind=held.kind, title=held.title, occupation=held.occupation.strip(),
        level=held.level, number=number, issuer=held.issuer.strip(), valid_from=valid_from, valid_until=valid_until,
        source=source.strip(), known_at=at, entered_by=by.user,
    )  # fmt: skip


@transaction.atomic
def withdraw(*, row: Row, why: str, by: Actor, at: dt.datetime) -> Row:
    """Take a wrong entry off the register from now on; what was decided before keeps what was known then.

    Whoever could enter it may: the unit it was entered for, an officer of its district; an officer's own word only an
    officer.
    """
    if row.unit is not None:
        _require_keeper(by, row.unit)
    elif by.role not in OFFICERS:
        raise Refused("经办机构登记的内容只能由经办机构撤回", "not_an_officer", "请联系经办机构")
    if not why.strip():
        raise Refused("没有填写撤回理由", "withdrawn_says_who_and_why", "请写明哪里登记有误")
    kept = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if kept.withdrawn_at is not None:
        raise Refused("该登记已经撤回", "already_withdrawn", "请刷新页面查看")
    kept.withdrawn_at, kept.withdrawn_by, kept.withdrawn_why = at, by.user, why.strip()
    kept.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    return kept


def _require_reach(person: Practitioner, unit: Unit | None, by: Actor) -> None:
    if unit is None:
        if by.role not in OFFICERS:
            raise Refused("只能登记本单位人员的资格", "foreign_unit", "请由所在单位或经办机构登记")
        return
    _require_keeper(by, unit)
    listed = Teacher.objects.filter(unit=unit, person_key=person.person_key).exists()
    if not listed and not person.engagements.filter(unit=unit, withdrawn_at__isnull=True).exists():
        raise Refused(f"{person.name}不是该单位登记的人员", "not_of_the_unit", "请先登记聘用关系")


def _require_words(held: Held) -> None:
    if held.kind not in QualificationKind.values or held.title not in ("", *TitleCode.values):
        raise Refused("没有选择资格类别，或职称等级不在列表中", "qualification_kind", "请从列表中选择")
    if held.level not in ("", *CertificateLevel.values):
        raise Refused("等级不在列表中", "qualification_level", "请从列表中选择")
    if held.kind in WITH_TITLE and not held.title:
        told = QualificationKind(held.kind).label
        raise Refused(f"登记“{told}”须选择职称或技能等级", "qualification_title", "请从列表中选择")


def _require_told(prefix: str, source: str, since: dt.date, until: dt.date | None, todo: str) -> None:
    if not source.strip():
        raise Refused("没有写明依据", f"{prefix}_has_its_source", todo)
    if until is not None and until < since:
        raise Refused("截止日期早于起始日期", f"{prefix}_ends_after_it_begins", "请核对日期")


def _in_days(rows, since: dt.date, until: dt.date | None):
    """Rows not withdrawn that share a day with since..until."""
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=since), withdrawn_at__isnull=True)
    return rows if until is None else rows.filter(valid_from__lte=until)


def _days(row: Qualification | Engagement) -> str:
    return f"{row.valid_from}起" if row.valid_until is None else f"{row.valid_from}至{row.valid_until}"
