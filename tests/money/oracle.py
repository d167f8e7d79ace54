"""What must hold after every step, read from the database alone (security reference, invariants I1 to I25).

The transitions of a claim are written down here once more by hand: the oracle does not ask the policy folder.
"""

from django.db import connection

from peibu.casework.models import Case, CaseEvent, Objection
from peibu.claims.models import Claim, ClaimLine
from peibu.ledger.models import Account, Entry
from peibu.payments.models import Payment

FROM_TO = {
    ("submit", "draft"): "submitted",
    ("return_before_acceptance", "submitted"): "returned",
    ("resubmit", "returned"): "submitted",
    ("accept", "submitted"): "accepted",
    ("return", "accepted"): "accepted_returned",
    ("correct", "accepted_returned"): "accepted",
    ("review", "accepted"): "reviewed",
    ("send_back", "reviewed"): "accepted",
    ("approve", "reviewed"): "approved",
    ("refuse", "accepted"): "refused",
    ("refuse", "reviewed"): "refused",
    ("refuse", "objection"): "refused",
    ("publish", "approved"): "notice",
    ("object", "notice"): "objection",
    ("settle_objection", "objection"): "notice",
    ("end_notice", "notice"): "ready_to_pay",
    ("pay", "ready_to_pay"): "paid",
    ("withdraw", "draft"): "withdrawn",
    ("withdraw", "submitted"): "withdrawn",
    ("withdraw", "returned"): "withdrawn",
    ("withdraw", "accepted_returned"): "withdrawn",
}
WITH_REASON = {"return_before_acceptance", "return", "send_back", "refuse", "object", "settle_objection", "withdraw"}
SET_ASIDE = ("approved", "notice", "objection", "ready_to_pay")
STANDARD_FEN = 200_000  # QD97.4.2

# One row per defect: (invariant, what). Run after every step; tables of a story are small.
DEFECTS = """
SELECT 'I1 entry', e.id::text FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
  GROUP BY e.id HAVING sum(p.amount_fen) <> 0
UNION ALL
SELECT 'I1 balance', a.id::text FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
  GROUP BY a.id, a.balance_fen HAVING a.balance_fen <> coalesce(sum(p.amount_fen), 0)
UNION ALL
SELECT 'I2', id::text FROM ledger_account WHERE role IN ('available', 'committed', 'paid', 'lapsed') AND balance_fen < 0
UNION ALL
SELECT 'I2 back', id::text FROM ledger_account WHERE role = 'recovered' AND balance_fen > 0
UNION ALL
SELECT 'I3 line', id::text FROM claims_claimline WHERE amount_fen > {standard}
UNION ALL
SELECT 'I3 sum', c.id::text FROM claims_claim c JOIN casework_case k ON k.id = c.case_id
  WHERE k.state IN ('approved', 'notice', 'objection', 'ready_to_pay') AND c.approved_fen <>
    (SELECT coalesce(sum(l.amount_fen), 0) FROM claims_claimline l WHERE l.claim_id = c.id AND l.state IN ('included', 'held', 'paid'))
UNION ALL
SELECT 'I3 paid', c.id::text FROM claims_claim c WHERE coalesce(c.approved_fen, 0) <
    (SELECT coalesce(sum(p.amount_fen), 0) FROM payments_payment p WHERE p.case_id = c.case_id AND p.state = 'paid')
UNION ALL
SELECT 'I4', case_id::text FROM payments_payment WHERE state NOT IN ('returned', 'withdrawn') GROUP BY case_id, purpose HAVING count(*) > 1
UNION ALL
SELECT 'I8', case_id::text FROM casework_caseevent WHERE person_key <> '' AND duty <> ''
  GROUP BY case_id, person_key HAVING count(DISTINCT duty) > 1
UNION ALL
SELECT 'I11', person_id::text FROM claims_entitlement WHERE released_at IS NULL GROUP BY policy, person_id HAVING count(*) > 1
UNION ALL
SELECT 'I11 held', l.id::text FROM claims_claimline l JOIN claims_claim c ON c.id = l.claim_id
  JOIN casework_case k ON k.id = c.case_id
  WHERE l.state IN ('included', 'held', 'paid') AND k.state IN ('accepted', 'reviewed', 'approved', 'notice', 'ready_to_pay', 'paid')
    AND NOT EXISTS (SELECT 1 FROM claims_entitlement t WHERE t.line_id = l.id AND t.released_at IS NULL)
UNION ALL
SELECT 'I13', id::text FROM casework_caseevent WHERE actor_name = '' OR rule_version = ''
  OR (reason = '' AND move IN ({reasons}))
UNION ALL
SELECT 'I18', p.id::text FROM payments_payment p JOIN claims_claim c ON c.case_id = p.case_id
  WHERE p.account_index <> c.approved_account_index AND NOT EXISTS
    (SELECT 1 FROM payments_accountapproval a WHERE a.case_id = p.case_id AND a.account_index = p.account_index)
UNION ALL
SELECT 'invoice', min(id::text) FROM claims_claim WHERE invoice_active AND invoice_number <> ''
  GROUP BY invoice_code, invoice_number HAVING count(*) > 1
UNION ALL
SELECT 'batch', id::text FROM payments_paymentbatch WHERE released_key <> '' AND released_key = prepared_key
""".format(standard=STANDARD_FEN, reasons=", ".join(f"'{one}'" for one in sorted(WITH_REASON)))


class Oracle:
    """Compares the database with what must hold; keeps what it has seen to judge each change once."""

    def __init__(self, story, elsewhere: int | None = None):
        self.story = story
        self.states: dict = {}
        self.payments: set = set()
        self.released: set = set()
        self.entries = Entry.objects.count()
        self.committed_elsewhere = self._committed() if elsewhere is None else elsewhere

    def look(self) -> None:
        found = self.found()
        told = self.story.told[-1] if self.story.told else None
        assert not found, f"{found} after step {len(self.story.told)}: {told}"

    def found(self) -> list[tuple[str, str]]:
        """Every defect as (invariant, what)."""
        return self._defects() + self._moves() + self._payments() + self._book()

    def _defects(self) -> list:
        with connection.cursor() as cursor:
            cursor.execute(DEFECTS)
            return cursor.fetchall()

    def _moves(self) -> list:
        """Every change of state is one of the table above, in order, and the case stands where its log says."""
        found = []
        cases = [case.pk for case in (*self.story.live, *self.story.done)]
        for pk, state in Case.objects.filter(pk__in=cases).values_list("pk", "state"):
            seen, at = self.states.get(pk, (0, "draft"))
            events = CaseEvent.objects.filter(case_id=pk, seq__gt=seen).order_by("seq")
            for seq, move, target in events.values_list("seq", "move", "to_state"):
                stays = target == at
                if move != "open" and not stays and FROM_TO.get((move, at)) != target:
                    found.append(("transition", f"{pk}: {at} -{move}-> {target}"))
                at, seen = target, seq
            if at != state:
                found.append(("log", f"{pk}: log says {at}, case is {state}"))
            self.states[pk] = (seen, at)
        return found

    def _payments(self) -> list:
        """I6: an intent is written, and a file leaves, only when no objection is open and the notice has ended."""
        found = []
        rows = Payment.objects.select_related("case", "batch")
        for payment in rows:
            left = payment.batch is not None and payment.batch.state in ("released", "sent", "reconciled")
            new = payment.pk not in self.payments or (left and payment.pk not in self.released)
            if new and not _may_be_paid(payment.case):
                found.append(("I6", f"{payment.case.number} {payment.case.state}"))
            self.payments.add(payment.pk)
            self.released |= {payment.pk} if left else set()
        keys = set(self.story.bank.paid) | set(self.story.bank.returned)
        unknown = keys - set(rows.values_list("key", flat=True))
        return found + [("I24", key) for key in unknown]

    def _book(self) -> list:
        """Committed money is what claims between approval and payment are to get; paid money is what payments say."""
        # of a claim paid in part the rest waits; money that came back after the last part waits for the next attempt
        claims = Claim.objects.filter(case__state__in=(*SET_ASIDE, "paid"))
        waiting = sum(claims.values_list("approved_fen", flat=True))
        arrived = Payment.objects.filter(case__claim__in=claims, state="paid")
        waiting -= sum(arrived.values_list("amount_fen", flat=True))
        found = []
        if self._committed() - self.committed_elsewhere != waiting:
            found.append(("committed", f"{self._committed()} in the book, {waiting} by the claims"))
        paid = sum(Payment.objects.filter(state="paid").values_list("amount_fen", flat=True))
        if self._of("paid") != paid:
            found.append(("I5", f"{self._of('paid')} in the book, {paid} by the payments"))
        return found

    def _committed(self) -> int:
        return self._of("committed")

    def _of(self, role: str) -> int:
        return sum(Account.objects.filter(role=role).values_list("balance_fen", flat=True))

    def at_the_end(self) -> None:
        """With every reply read, the bank's own record and the book are the same to the fen (I5)."""
        bank = {key: fen for key, (fen, _reference) in self.story.bank.paid.items()}
        ours = dict(Payment.objects.filter(state="paid").values_list("key", "amount_fen"))
        assert bank == ours, ("I5", set(bank) ^ set(ours))
        assert self._of("paid") == sum(bank.values()), "I5"


def _may_be_paid(case: Case) -> bool:
    """Past its notice, and every open objection is to a person who is held or was taken out (QD97.5.3)."""
    rows = list(case.notice_lines.select_related("notice").order_by("-notice__opened_at"))
    if case.state not in ("ready_to_pay", "paid") or not rows or rows[0].notice.state != "closed":
        return False
    waiting = set(
        ClaimLine.objects.filter(claim__case=case, state__in=["held", "removed"]).values_list("pk", flat=True)
    )
    subjects = {row.pk: row.subject_id for row in rows}
    open_now = Objection.objects.filter(state="open", notice__in=[row.notice_id for row in rows])
    return all(
        one.line_id is not None and (one.line_id not in subjects or subjects[one.line_id] in waiting)
        for one in open_now
    )
