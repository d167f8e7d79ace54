"""A paper drawn from the bank for one exam: recomputable from its seed, fixed once the exam is filed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import User
from peibu.accounts.owned import Owned
from peibu.examining.models.bank import QuestionVersion
from peibu.kernel.ids import uuid7
from peibu.training.models import Exam


def _fixed(exam: str) -> str:
    """Refuses every change of the paper of an exam (given as an SQL expression) outside the time for it: the provider
    works until the filing has been handed in, a body of its own between the request and the arrangement (WH63.2.6)."""
    return f"""
        IF EXISTS (SELECT 1 FROM training_exam x JOIN casework_case c ON c.id = x.case_id
                   WHERE x.id = {exam} AND NOT (CASE WHEN x.body_id IS NULL THEN c.state IN ('draft', 'returned')
                                                ELSE c.state = 'submitted' END)) THEN
            RAISE EXCEPTION 'a_filed_paper_never_changes' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_filed_paper_never_changes';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


CHANGES = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
ITEMS_FIXED = pgtrigger.Trigger(
    name="a_filed_paper_never_changes",
    when=pgtrigger.Before,
    operation=CHANGES,
    func=_fixed("(SELECT p.exam_id FROM examining_paper p WHERE p.id = COALESCE(NEW.paper_id, OLD.paper_id))"),
)
PAPER_FIXED = pgtrigger.Trigger(
    name="a_filed_paper_never_changes",
    when=pgtrigger.Before,
    operation=CHANGES,
    func=_fixed("COALESCE(NEW.exam_id, OLD.exam_id)"),
)


class Paper(Owned):
    """The paper of an exam. `blueprint` = lines as drawn from; `pool` = fingerprint of the questions drawn among."""

    exam = models.OneToOneField(Exam, on_delete=models.PROTECT, related_name="drawn_paper")
    seed = models.CharField(_("随机种子"), max_length=64)
    blueprint = models.JSONField()
    pool = models.CharField(_("题库指纹"), max_length=64)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [models.CheckConstraint(condition=~Q(seed=""), name="a_paper_has_its_seed")]
        triggers = [*Owned.Meta.triggers, PAPER_FIXED]


class PaperItem(models.Model):
    """One question on a paper, in the order of the paper."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=1)

    class Meta:
        ordering = ["paper", "position"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_items_are_numbered_once"),
            models.UniqueConstraint(fields=["paper", "version"], name="a_question_stands_once_on_a_paper"),
            models.CheckConstraint(condition=Q(points__gt=0), name="paper_items_have_points"),
        ]
        triggers = [ITEMS_FIXED]
