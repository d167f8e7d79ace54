"""A bureau publishes a call."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from peibu.accounts.actor import Actor
from peibu.accreditation.models import Call
from peibu.accreditation.permissions import can_run
from peibu.accreditation.terms import terms_of
from peibu.casework.numbering import next_number
from peibu.kernel.errors import Refused


@transaction.atomic
def publish_call(
    *,
    policy: str,
    subject: str,
    title: str,
    about: str,
    fields: list[str],
    opens_on: dt.date,
    closes_on: dt.date,
    by: Actor,
    at: dt.datetime,
) -> Call:
    """Publish a call; conditions and documents are those of the policy, so nobody can forget or invent one.

    Refused: the wrong bureau or role, no title, a period that ends before it begins or before today, a policy that is
    not in force in the period.
    """
    on = timezone.localdate(at)
    terms = terms_of(policy, subject, on=opens_on)
    verdict = can_run(by, terms)
    if not verdict:
        raise Refused(verdict.reason, "not_your_call", "请由负责该项征集的部门发布")
    if not title.strip():
        raise Refused("没有填写标题", "call_without_title", "请填写征集公告的标题")
    if closes_on < opens_on or closes_on < on:
        raise Refused(
            f"截止日期{closes_on:%Y-%m-%d}早于开始日期或今天", "a_call_closes_after_it_opens", "请改正征集期间"
        )
    terms.policy.in_force(opens_on)
    terms.policy.in_force(closes_on)
    code = by.unit.division.number_code
    return Call.objects.create(
        division=by.unit.division,
        bureau=by.unit,
        number=f"ZJ{on.year}-{code}-{next_number(f'call/{code}/{on.year}'):03d}",
        policy=policy,
        process=terms.process,
        subject=subject,
        title=title.strip(),
        about=about.strip(),
        fields=fields,
        opens_on=opens_on,
        closes_on=closes_on,
        published_at=at,
        published_by=by.user,
    )
