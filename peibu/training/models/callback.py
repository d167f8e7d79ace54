"""Phone calls to trainees of a class, drawn at random, by an officer of the district (WH63.4.1)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.models import APPEND_ONLY
from peibu.kernel.ids import uuid7
from peibu.training.enums import CallbackOutcome
from peibu.training.models.cohort import Cohort, Enrolment

# The seed shown at the draw must be the one whose hash was published before.
SEED_FITS = pgtrigger.Trigger(
    name="a_callback_seed_is_the_one_committed_to",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__seed__gt=""),
    func="""
        IF encode(sha256(convert_to(NEW.seed, 'UTF8')), 'hex') <> NEW.commitment THEN
            RAISE EXCEPTION 'a_callback_seed_is_the_one_committed_to' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_callback_seed_is_the_one_committed_to';
        END IF;
        RETURN NEW;
    """,
)
# Nobody is phoned by choice: a task is for a place of the drawn order, and for whoever stands there.
ONLY_THE_DRAWN = pgtrigger.Trigger(
    name="only_the_drawn_are_called",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM training_callbackround r WHERE r.id = NEW.round_id
                       AND r."order" ->> (NEW.position - 1) = NEW.enrolment_id::text) THEN
            RAISE EXCEPTION 'only_the_drawn_are_called' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_the_drawn_are_called';
        END IF;
        RETURN NEW;
    """,
)
OPEN_AND_OWN = pgtrigger.Trigger(
    name="only_the_caller_records_an_open_call",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM training_callbacktask t WHERE t.id = NEW.task_id
                       AND t.closed_at IS NULL AND t.caller_id = NEW.called_by_id) THEN
            RAISE EXCEPTION 'only_the_caller_records_an_open_call' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_the_caller_records_an_open_call';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track(exclude=["secret"])
class CallbackRound(Owned):
    """The draw of a class: seed committed, then roster frozen as pool and seed shown. The numbers are the policy's then.
    `order` holds the keys of the enrolments, first called first; those behind `wanted` are substitutes."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="callbacks")
    share_percent = models.PositiveSmallIntegerField(_("回访比例（%）"))
    people_min = models.PositiveSmallIntegerField(_("最少回访人数"))
    tries_max = models.PositiveSmallIntegerField(_("每人最多拨打次数"))
    secret = SecretField(_("未公布的种子"))
    commitment = models.CharField(_("种子指纹"), max_length=64)
    committed_at = models.DateTimeField(_("公布指纹时间"))
    committed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    pool_sha256 = models.CharField(_("抽取范围指纹"), max_length=64, blank=True)
    order = models.JSONField(_("抽取顺序"), default=list, blank=True)
    wanted = models.PositiveSmallIntegerField(_("应回访人数"), default=0)
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="", pool_sha256="", wanted=0)
                | (Q(drawn_at__gt=F("committed_at"), drawn_by__isnull=False, wanted__gte=1) & ~Q(seed="")),
                name="callbacks_are_drawn_after_the_commitment",
            ),
            models.CheckConstraint(
                condition=Q(share_percent__lte=100, people_min__gte=1, tries_max__gte=1),
                name="callbacks_have_sensible_terms",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            SEED_FITS,
            pgtrigger.ReadOnly(
                name="the_terms_of_callbacks_never_change",
                fields=[
                    "cohort", "share_percent", "people_min", "tries_max", "secret", "commitment", "committed_at",
                    "committed_by",
                ],
            ),
            pgtrigger.Protect(
                name="a_draw_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__drawn_at__isnull=False)
            ),
            pgtrigger.Protect(name="callbacks_are_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip


@pghistory.track()
class CallbackTask(Owned):
    """One drawn trainee to phone. The number is shown to `caller` alone, and only until the task is closed."""

    round = models.ForeignKey(CallbackRound, on_delete=models.PROTECT, related_name="tasks")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="callbacks")
    position = models.PositiveSmallIntegerField(_("抽取顺序"))
    caller = models.ForeignKey(User, on_delete=models.PROTECT, related_name="callback_tasks", verbose_name=_("回访人"))
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="a_drawn_place_is_called_once"),
            models.UniqueConstraint(fields=["round", "enrolment"], name="a_trainee_is_drawn_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="a_callback_closes_after_it_opens",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            ONLY_THE_DRAWN,
            pgtrigger.ReadOnly(name="a_callback_keeps_its_person", fields=["round", "enrolment", "position"]),
            pgtrigger.Protect(
                name="a_closed_callback_stays_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
            pgtrigger.Protect(name="callback_tasks_are_kept", operation=pgtrigger.Delete),
        ]


class CallbackResult(models.Model):
    """One call: reached with the answers (question code -> answer), not reached, or the wrong number. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(CallbackTask, on_delete=models.PROTECT, related_name="results")
    outcome = models.CharField(_("通话结果"), max_length=12, choices=CallbackOutcome.choices)
    answers = models.JSONField(_("回答"), default=dict, blank=True)
    remark = models.TextField(_("备注"), blank=True)
    called_at = models.DateTimeField(_("通话时间"))
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["called_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome="reached") & ~Q(answers={})) | (~Q(outcome="reached") & Q(answers={})),
                name="only_a_reached_trainee_answers",
            ),
            models.UniqueConstraint(fields=["task"], condition=Q(outcome="reached"), name="a_trainee_answers_once"),
        ]
        triggers = [APPEND_ONLY, OPEN_AND_OWN]
