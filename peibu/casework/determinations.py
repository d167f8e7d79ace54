"""A stored determination as the judgement it was, and as a file that anybody can compute again."""

import json

from peibu.casework.models import Determination
from peibu.kernel.errors import Refused
from peibu.rulebook import Judgement, RulebookError, load_policy
from peibu.rulebook.bundle import write_bundle

KEPT = ("decision", "amount_fen", "findings", "policy", "fingerprint", "subject", "facts", "rates", "outcomes")


def judgement_of(row: Determination) -> Judgement:
    """The judgement as it was kept. The clause of the amount is not kept: it is empty."""
    told = {name: getattr(row, name) for name in KEPT}
    told |= {"on": row.on.isoformat(), "known_at": row.known_at.isoformat(), "payee": row.payee or None}
    return Judgement.from_json(json.dumps(told))


def bundle_of(row: Determination) -> bytes:
    """The determination with its facts and its rules as a zip for `peibu verify`.

    Refused when the rules installed here are no longer those that decided.
    """
    kept, policy = judgement_of(row), load_policy(row.policy)
    try:
        if policy.fingerprint == kept.fingerprint:
            # a bundle also states the clause of the amount; the same rules on the same facts give it again
            known = {name: value for name, value in kept.facts.items() if value is not None}
            again = policy.with_rates(kept.rates).judge(kept.subject, known, on=kept.on, known_at=kept.known_at)
            kept = kept._replace(amount_clause=again.amount_clause)
        content, _root = write_bundle(policy, kept)
    except RulebookError as error:
        raise Refused(str(error), "bundle_other_rules", "请由系统管理员用当时的版本导出") from error
    return content
