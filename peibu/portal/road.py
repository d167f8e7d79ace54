"""The way of a class from sign-up to money, as the start page draws it; every number is the policy's own."""

import dataclasses
import datetime as dt

from django.utils.translation import gettext as _

from peibu.portal.policy_pages import Figure, figures
from peibu.rulebook import Policy


@dataclasses.dataclass(frozen=True)
class Milestone:
    """One step of the way: who acts, a line with the policy's number where it has one."""

    icon: str
    label: str
    who: str
    note: str
    clause: str


def road(policy: Policy, on: dt.date) -> list[Milestone]:
    """The steps in order. A number the policy does not have is left out with its words."""
    numbers = {item.name: item for item in figures(policy, on)}

    def step(icon: str, label: str, who: str, words: str, source: str) -> Milestone:
        """`source`: the number, process or text of the policy that the step rests on."""
        if source in numbers:
            found: Figure = numbers[source]
            return Milestone(icon, label, who, words % {"n": found.value}, found.clause)
        if source in policy.processes:
            return Milestone(icon, label, who, words, policy.processes[source]["clause"])
        text = policy.texts.get(source)
        return Milestone(icon, label, who, words if text else "", text.clause if text else "")

    return [
        step("users-plus", _("网上报名"), _("企业"), _("选择承接单位，签署承诺"), "commitment"),
        step("school", _("开班备案"), _("承接单位"), _("开班前 %(n)s 个工作日"), "class_filing_working_days"),
        step("qrcode", _("培训签到"), _("学员"), _("每期不少于 %(n)s 天"), "class_days_min"),
        step("writing", _("结业考核"), _("承接单位"), _("%(n)s 分及以上合格"), "pass_mark"),
        step("certificate", _("颁发证书"), _("人社部门"), _("按批次赋予序列号"), "certificate_batch"),
        step("file-invoice", _("补贴申领"), _("企业"), _("附花名册和培训票据"), "claim"),
        step("clipboard-check", _("审核审批"), _("公共就业服务机构"), _("受理后 %(n)s 个工作日审核"), "claim_review_working_days"),
        step("speakerphone", _("网上公示"), _("公共就业服务机构"), _("不少于 %(n)s 个工作日"), "notice_working_days"),
        step("cash-banknote", _("补贴到账"), _("财务"), _("直接拨付企业基本账户"), "payment_working_days"),
    ]  # fmt: skip
