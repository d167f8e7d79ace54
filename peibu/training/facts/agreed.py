"""What the signed agreement of the provider says about a class (HD2.4.10) and whether the provider was ordered out (HD2.4.12)."""

import datetime as dt
import re

from peibu.accreditation.models import Agreement
from peibu.accreditation.queries import is_ordered_out, signed_agreement
from peibu.rulebook import Policy
from peibu.training.models import Cohort

SEPARATORS = re.compile(r"[、，,；;/\s]+")


def agreement_facts(cohort: Cohort, policy: Policy, *, on: dt.date) -> dict:
    """Term and scope of the agreement that holds on a day, where the document works by agreements; empty elsewhere.

    The audience is within the scope when the provider named it in the application that was signed. Occupations stand in
    the agreement in words: one that is named there by its code is within it, of any other a person has to say it.
    """
    if "agreement_from" not in policy.fact_specs:
        return {}
    unit, listed = cohort.provider, policy.delivery.list
    facts: dict = {"exit_ordered": is_ordered_out(unit, policy.path)}
    agreement = signed_agreement(unit, policy=policy.path, role=listed, on=on)
    if agreement is None:
        return facts
    facts |= {"agreement_from": agreement.listing.valid_from, "agreement_until": agreement.valid_until}
    return facts | _scope(agreement, cohort.plan.stated)


def _scope(agreement: Agreement, stated: dict) -> dict:
    facts: dict = {}
    audiences, audience = agreement.application.facts.get("agreement_audiences"), stated.get("class_audience")
    if audiences and audience:
        facts["audience_in_agreement"] = audience in audiences
    if stated.get("occupation_code") in SEPARATORS.split(agreement.scope):
        facts["occupation_in_agreement"] = True
    return facts
