"""What of an application can be checked at once: credit code, register, licence, teachers, premises, documents asked for.

Three values, like the rules: what is not known is neither passed nor refused.
"""

import dataclasses
import datetime as dt

from peibu.accreditation.enums import TEACHERS, HoldingKind
from peibu.accreditation.facts import terms_for
from peibu.accreditation.models import Application
from peibu.casework.enums import Decision
from peibu.kernel.errors import Refused
from peibu.kernel.uscc import check_uscc
from peibu.registry.models import Organisation


@dataclasses.dataclass(frozen=True)
class Check:
    """One check: what, how it came out, the sentence (Chinese)."""

    label: str
    decision: Decision
    sentence: str


def checks_of(application: Application, *, on: dt.date) -> list[Check]:
    """The checks in the order of the page."""
    return [*_organisation(application), *_licences(application, on), *_teachers(application), _premises(application)]


def _organisation(application: Application) -> list[Check]:
    row = Organisation.objects.filter(unit=application.unit).first()
    label = "统一社会信用代码"
    if row is None:
        return [Check(label, Decision.UNKNOWN, "登记信息中没有本单位，请联系主管部门补录")]
    try:
        code = check_uscc(row.uscc)
    except Refused as refusal:
        return [Check(label, Decision.FAIL, refusal.sentence())]
    kind = Check("机构类型", Decision.PASS, f"登记类型为“{row.get_kind_display()}”")
    return [Check(label, Decision.PASS, f"{code}，校验码正确"), kind]


def _licences(application: Application, on: dt.date) -> list[Check]:
    rows = [row for row in application.holdings.all() if row.kind == HoldingKind.LICENCE]
    if not rows:
        return [Check("办学许可或登记证书", Decision.UNKNOWN, "尚未填写证书名称、范围和有效期")]
    return [Check(f"证书：{row.name}", *_licence(row, on)) for row in rows]


def _licence(row, on: dt.date) -> tuple[Decision, str]:
    if row.valid_until is not None and row.valid_until < on:
        return Decision.FAIL, f"已于{row.valid_until:%Y-%m-%d}到期"
    if row.valid_from is not None and row.valid_from > on:
        return Decision.FAIL, f"自{row.valid_from:%Y-%m-%d}起才有效"
    if not row.qualification or row.valid_from is None:
        return Decision.UNKNOWN, "未写明业务范围或有效期起始日"
    until = f"至{row.valid_until:%Y-%m-%d}" if row.valid_until else "，长期"
    return Decision.PASS, f"范围：{row.qualification}；有效期{row.valid_from:%Y-%m-%d}{until}"


def _teachers(application: Application) -> list[Check]:
    rows = [row for row in application.holdings.all() if row.kind in TEACHERS]
    if not rows:
        return [Check("师资", Decision.UNKNOWN, "尚未填写教师")]
    bare = [row.name for row in rows if not row.qualification]
    if bare:
        return [Check("师资", Decision.UNKNOWN, f"共{len(rows)}人，未填资格：{'、'.join(bare)}")]
    return [Check("师资", Decision.PASS, f"共{len(rows)}人，均已填写资格")]


def _premises(application: Application) -> Check:
    rows = [r for r in application.holdings.all() if r.kind in (HoldingKind.PREMISES, HoldingKind.EQUIPMENT)]
    if not rows:
        return Check("场所和设备", Decision.UNKNOWN, "尚未填写场所和设备")
    return Check("场所和设备", Decision.PASS, f"已填写{len(rows)}项")


def missing_documents(application: Application, *, on: dt.date) -> list[str]:
    """Labels of the documents that must be there and are not."""
    have = set(application.evidence.values_list("item", flat=True))
    needed = terms_for(application, on=on).documents
    return [item["label"] for item in needed if item.get("required") and item["code"] not in have]
