"""A trainee asks for a place in a class by himself: open enrolment, application, waiting list, offer (JN6.3.1, WH63.2.2a)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.casework.models import Determination
from peibu.registry.models import Person
from peibu.training.enums import LIVE_PLACES, PlaceState
from peibu.training.models.cohort import Cohort
from peibu.training.models.signup import SignUp, SignUpLine

# An offered place is held: it counts against the class from the moment it is offered, whoever offers it.
HELD_BY_OFFER = pgtrigger.Trigger(
    name="an_offer_holds_a_place",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    declare=[("before", "integer"), ("after", "integer")],
    func="""
        before := CASE WHEN TG_OP = 'UPDATE' AND OLD.state = 'offered' THEN 1 ELSE 0 END;
        after := CASE WHEN NEW.state = 'offered' THEN 1 ELSE 0 END;
        IF before <> after THEN
            UPDATE training_cohort SET seats_held = seats_held + after - before WHERE id = NEW.cohort_id;
        END IF;
        RETURN NULL;
    """,
)


class OpenEnrolment(Owned):
    """The provider takes applications of single people for a class, until the end of a day. `signup` is the provider's
    own sign-up, with its commitment, into which those with a place are written."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="open_enrolment")
    signup = models.OneToOneField(SignUp, on_delete=models.PROTECT, related_name="open_enrolment")
    closes_on = models.DateField(_("报名截止日期"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("开放时间"))
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)


@pghistory.track()
class PlaceApplication(Owned):
    """`stated`: what the policy's roster asks, in the applicant's words. The waiting list is in the order of
    (`applied_at`, `id`). `precheck`: how the rules judged the person last."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="place_applications")
    state = models.CharField(_("状态"), max_length=10, choices=PlaceState.choices, default=PlaceState.APPLIED)
    stated = models.JSONField(_("申报事项"), default=dict, blank=True)
    precheck = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    answer = models.CharField(_("审核意见"), max_length=200, blank=True)
    offered_until = models.DateTimeField(_("名额保留至"), null=True, blank=True)
    line = models.OneToOneField(
        SignUpLine, on_delete=models.PROTECT, null=True, blank=True, related_name="application"
    )

    class Meta(Owned.Meta):
        ordering = ["cohort", "applied_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"], condition=Q(state__in=LIVE_PLACES), name="one_live_application_per_class"
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False), name="an_offer_has_an_end"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="a_declined_application_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="placed") | Q(line__isnull=False), name="who_has_a_place_is_signed_up"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("applied_at")),
                name="an_application_is_decided_after_it_is_made",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            HELD_BY_OFFER,
            pgtrigger.Protect(name="applications_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="an_application_keeps_its_turn", fields=["cohort", "person", "applied_at", "stated"]
            ),
        ]
