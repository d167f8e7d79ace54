"""Where a policy applies: its administrative code, read with the zeros at its end as "and everything below"."""

from peibu.accounts.models import Division
from peibu.rulebook import Policy

_CITY = 4  # digits of an administrative code that name the city


def _code(policy: Policy) -> str:
    return str(policy.card.get("division", ""))


def applies_in(policy: Policy, division: Division) -> bool:
    """Is the division the place of the policy, or below it? 370200 is all of 3702, 370211 only itself and its zones."""
    own = _code(policy)
    while own.endswith("00"):
        own = own[:-2]
    return bool(own) and division.number_code.startswith(own)


def of_its_city(policy: Policy, division: Division) -> bool:
    """Do division and policy belong to the same city?"""
    return bool(_code(policy)) and division.number_code[:_CITY] == _code(policy)[:_CITY]
