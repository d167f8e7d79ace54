"""Places in a class that is running: somebody joins by a sign-up line or leaves. Callers check who may."""

import datetime as dt

from django.db.models import F

from peibu.training.actions.cohorts import require_own_line, require_same
from peibu.training.enums import EnrolmentState
from peibu.training.models import Cohort, Enrolment, SignUpLine


def join(*, cohort: Cohort, line: SignUpLine, at: dt.datetime) -> Enrolment:
    """Give the person of a line a place; who left before gets the old place back. The caller holds a transaction;
    the database refuses an overfull class, a second class by the same line and two classes at one time."""
    require_own_line(cohort, line)
    require_same(cohort, line)
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    row = locked.enrolments.filter(person=line.person).first()
    if row is not None and row.state == EnrolmentState.ACTIVE:
        return row
    if row is None:
        row = Enrolment(
            division=locked.division, cohort=locked, person=line.person, enterprise=line.signup.enterprise,
            enrolled_at=at,
        )  # fmt: skip
    row.line, row.enterprise, row.state = line, line.signup.enterprise, EnrolmentState.ACTIVE
    Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") + 1)
    row.save()
    return row


def leave(*, enrolment: Enrolment) -> bool:
    """Take a person's place back; False when it was given back before. The caller holds a transaction."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrolment.cohort_id)
    row = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if row.state != EnrolmentState.ACTIVE:
        return False
    row.state = EnrolmentState.CANCELLED
    row.save(update_fields=["state"])
    Cohort.objects.filter(pk=row.cohort_id).update(seats_taken=F("seats_taken") - 1)
    return True
