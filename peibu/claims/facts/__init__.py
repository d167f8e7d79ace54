"""Everything the judge asks of a line in a claim, and of a claim before money (`payment`).

A fact that nobody has is left out and stays unknown; it never counts as fulfilled.
"""

from peibu.claims.facts.judging import judge_lines, judge_one, judge_person
from peibu.claims.facts.payment import PAYMENT, judge_payment

CLAIM = "claim"

__all__ = ["CLAIM", "PAYMENT", "judge_lines", "judge_one", "judge_payment", "judge_person"]
