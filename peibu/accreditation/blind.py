"""What experts see of an application: everything but who it is."""

from peibu.accreditation.enums import TEACHERS, HoldingKind
from peibu.accreditation.models import Application, Evidence
from peibu.accreditation.terms import Terms


def blind_holdings(application: Application) -> list[tuple[str, str, int]]:
    """(kind, what, quantity). Names of people and of licences are left out: they would tell the applicant."""
    rows = []
    for row in application.holdings.all():
        about = row.said_qualification
        hidden = row.kind in (*TEACHERS, HoldingKind.LICENCE)
        rows.append((row.get_kind_display(), about if hidden else f"{row.name} {about}".strip(), row.quantity))
    return rows


def blind_papers(application: Application, terms: Terms) -> list[tuple[Evidence, str]]:
    """The files with what they are for; their own names are not shown."""
    labels = {row["code"]: row["label"] for row in terms.documents}
    labels |= {rule.name: rule.title for rule in terms.policy.plan(terms.subject, terms.on).rules}
    return [(row, labels.get(row.item, row.item)) for row in application.evidence.select_related("document")]
