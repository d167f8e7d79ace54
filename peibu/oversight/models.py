"""Findings with their evidence, providers' credit record, archive packages (QD97.3.7, 3.9, 6.2, 6.3), what-if drafts."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.casework.models import Document, Progress
from peibu.kernel.ids import uuid7
from peibu.oversight.enums import FindingKind, FindingState
from peibu.training.models import Cohort


@pghistory.track()
class Finding(Owned):
    """Something a human should look at, with the rows it rests on. It changes no state by itself."""

    kind = models.CharField(max_length=30, choices=FindingKind.choices)
    subject_id = models.UUIDField(db_index=True)
    title = models.CharField(_("事项"), max_length=200)
    evidence = models.JSONField()
    fingerprint = models.CharField(max_length=64, unique=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    conclusion = models.TextField(_("结论及理由"), blank=True)
    concluded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open")
                | (~Q(conclusion="") & Q(concluded_by__isnull=False, concluded_at__isnull=False)),
                name="a_concluded_finding_has_its_reason",
            )
        ]


class CreditRecord(models.Model):
    """One entry of a provider's credit record, e.g. the satisfaction result of a class (QD97.3.7). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="credit_records")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="credit_records")
    kind = models.CharField(max_length=30)
    value = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    count = models.PositiveIntegerField(_("样本数"))
    clause = models.CharField(max_length=20)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "kind"], name="a_class_is_rated_once_per_kind")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ArchivePackage(models.Model):
    """The class's archive as one verifiable file, kept until its retention date (QD97.6.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="archive")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    manifest = models.JSONField()
    root = models.CharField(max_length=64)
    retained_until = models.DateField(_("保存至"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="archive_is_kept_until_its_date",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.retained_until >= CURRENT_DATE"),
            ),
        ]


class PolicyDraft(models.Model):
    """A what-if of the bureau: other numbers and readings of a policy, tried on the determinations made so far.

    `parameters`: {name: whole number (money in fen) or ISO day}; `readings`: {name: code}. `base`: the fingerprint of the
    folder that was changed. Nothing of it is in force. Append-only: another thought is another draft.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80, db_index=True)
    name = models.CharField(_("方案名称"), max_length=60)
    reason = models.CharField(_("试算理由"), max_length=500)
    parameters = models.JSONField(default=dict)
    readings = models.JSONField(default=dict)
    since = models.DateField(_("自何日起"), null=True, blank=True)
    base = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(reason=""), name="a_draft_has_name_and_reason"),
            models.CheckConstraint(condition=~Q(parameters={}) | ~Q(readings={}), name="a_draft_changes_something"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ReplayRun(models.Model):
    """One run of a draft over the determinations that stood at `started_at`; the bar tells whether it is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="runs")
    progress = models.OneToOneField(Progress, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class ReplayPart(Owned):
    """What a run found in one district for one subject: counts, money in fen, causes, samples (`Replay.to_dict`).

    Each determination is counted in exactly one part, so that the parts a reader may see add up to what he is shown.
    """

    run = models.ForeignKey(ReplayRun, on_delete=models.PROTECT, related_name="parts")
    subject = models.CharField(max_length=40)
    result = models.JSONField()

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["run", "division", "subject"], name="one_part_per_run_district_and_subject"
            )
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
