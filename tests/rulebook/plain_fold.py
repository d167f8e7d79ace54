"""The fold as a sentence: one claim after the other, everything counted anew. Slow; the fast one is compared with it."""

from peibu.rulebook import Status
from peibu.rulebook.limits import limit_facts

CELLS = {Status.PASS: True, Status.FAIL: False, Status.UNKNOWN: None}


def plain_fold(policy, subject, claims, grants):
    """Return {id: cells} for rows (dicts) of claims and grants."""
    standing, found = list(grants), {}
    rules = {rule.name for rule in policy.rules if rule.mark.kind == "rule"}
    for claim in sorted(claims, key=lambda row: (row["at"], row["id"])):
        facts = limit_facts(policy, subject, claim, standing)
        judgement = policy.judge(subject, given(policy, subject, claim) | facts, on=claim["at"])
        cells = {one.rule: CELLS[one.status] for one in judgement.findings if one.rule in rules}
        for name, value in facts.items():
            cells |= {f"{name}_low": value[0], f"{name}_high": value[1]} if isinstance(value, tuple) else {name: value}
        found[claim["id"]] = cells | {"decision": judgement.decision.value, "amount_fen": judgement.amount_fen}
        if judgement.decision is not Status.FAIL:
            certain = judgement.decision is Status.PASS
            standing.append(
                {"programme": policy.path, **claim, "certain": certain, "amount_fen": judgement.amount_fen}
            )
    return found


def given(policy, subject, claim):
    """The facts of a claim row."""
    names = [name for spec in policy.facts_of(subject) for name in (spec.name, *spec.slots)]
    facts = {name: claim[name] for name in names if claim.get(name) is not None}
    if "soft_reasons" in facts:
        facts["soft_reasons"] = dict.fromkeys(facts["soft_reasons"], "理由")
    return facts
