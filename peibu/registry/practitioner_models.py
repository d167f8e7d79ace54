"""The one register of teachers, graders, examiners, supervisors and experts: who they are, what they hold, where they
belong, each with its dates (ADR 0025)."""

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.kernel.ids import uuid7
from peibu.registry.enums import CertificateLevel, PractitionerRole, QualificationKind, TitleCode


class Days(Func):
    """Whole days, both ends included; no end is open."""

    function = "DATERANGE"


def on_register() -> pgtrigger.Trigger:
    """Trigger of a list with `person_key` and `name`: whoever enters it stands in the one register as well, however the
    row came about."""
    return pgtrigger.Trigger(
        name="whoever_is_listed_is_on_the_register",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__person_key=""),
        func="""
            INSERT INTO registry_practitioner (id, person_key, name)
            VALUES (gen_random_uuid(), NEW.person_key, NEW.name) ON CONFLICT (person_key) DO NOTHING;
            RETURN NULL;
        """,
    )


class Practitioner(models.Model):
    """A natural person who teaches, examines, grades, supervises or judges. Of the identity number only the keyed hash is
    kept (ADR 0008): it joins this row to timetables, exams, panels and accounts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_key = models.CharField(_("自然人标识"), max_length=64, unique=True)
    name = models.CharField(_("姓名"), max_length=60)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="a_practitioner_has_a_name")]
        triggers = [
            pgtrigger.ReadOnly(name="a_practitioner_stays_one_person", fields=["person_key"]),
            pgtrigger.Protect(name="practitioners_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class NameCorrection(models.Model):
    """An officer's correction of a name on the register, on the word of a paper. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="name_corrections")
    was = models.CharField(_("原姓名"), max_length=60)
    becomes = models.CharField(_("更正后的姓名"), max_length=60)
    source = models.CharField(_("依据"), max_length=200)
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(_("更正时间"))

    class Meta:
        ordering = ["person", "corrected_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(becomes="") & ~Q(source="") & ~Q(was=F("becomes")), name="a_corrected_name_is_another"
            )
        ]
        triggers = [pgtrigger.Protect(name="name_corrections_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]


class Told(models.Model):
    """What every row of the register tells besides its content: on whose word, since when, and whether it was taken back."""

    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)
    known_at = models.DateTimeField(_("获知时间"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(_("撤回理由"), max_length=200, blank=True)

    class Meta:
        abstract = True


def _told_in_full(prefix: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(condition=~Q(source=""), name=f"{prefix}_has_its_source"),
        models.CheckConstraint(
            condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            name=f"{prefix}_ends_after_it_begins",
        ),
        models.CheckConstraint(
            condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
            | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
            name=f"{prefix}_withdrawn_says_who_and_why",
        ),
    ]


def _kept(prefix: str, fields: list[str]) -> list:
    return [
        pgtrigger.ReadOnly(
            name=f"{prefix}_never_changes", fields=[*fields, "valid_from", "source", "known_at", "entered_by"]
        ),
        pgtrigger.Protect(
            name=f"{prefix}_withdrawn_is_final",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
        ),
        pgtrigger.Protect(name=f"{prefix}_is_kept", operation=pgtrigger.Delete),
    ]


@pghistory.track(exclude=["number"])
class Qualification(Told):
    """A title, certificate or appointment of a practitioner. `title` is the word of it that rules ask for (WH63.2.1), in
    the codes of the rulebook; `unit` is for whom it was entered, none for an officer's entry."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(_("资格类别"), max_length=30, choices=QualificationKind.choices)
    title = models.CharField(_("职称或技能等级"), max_length=30, choices=TitleCode.choices, blank=True)
    occupation = models.CharField(_("专业或职业（工种）"), max_length=60, blank=True)
    level = models.CharField(_("等级"), max_length=20, choices=CertificateLevel.choices, blank=True)
    number = models.CharField(_("证书编号"), max_length=60)
    issuer = models.CharField(_("发证机构"), max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-valid_from", "id"]
        indexes = [models.Index(fields=["person", "known_at"])]
        constraints = [
            *_told_in_full("a_qualification"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(issuer=""), name="a_qualification_is_told_in_full"),
            ExclusionConstraint(
                name="a_qualification_number_counts_once_at_a_time",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("issuer", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_until", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        triggers = _kept(
            "a_qualification",
            ["person", "kind", "title", "occupation", "level", "number", "issuer", "unit", "valid_until"],
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


@pghistory.track()
class Engagement(Told):
    """A practitioner's place at a unit in one role, full or part time (HD2.4.13). Its end may be
    set later or brought forward; a longer stay is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="engagements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="engagements")
    role = models.CharField(_("岗位"), max_length=12, choices=PractitionerRole.choices)
    full_time = models.BooleanField(_("专职"))

    class Meta:
        ordering = ["-valid_from", "id"]
        indexes = [models.Index(fields=["unit", "person"])]
        constraints = [
            *_told_in_full("an_engagement"),
            ExclusionConstraint(
                name="nobody_works_full_time_at_two_units",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("unit", RangeOperators.NOT_EQUAL),
                    (Days("valid_from", "valid_until", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
                condition=Q(full_time=True, withdrawn_at__isnull=True),
            ),
            ExclusionConstraint(
                name="an_engagement_is_entered_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_until", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        triggers = [
            *_kept("an_engagement", ["person", "unit", "role", "full_time"]),
            pgtrigger.Protect(
                name="an_end_only_comes_earlier",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__valid_until__isnull=False)
                & (
                    pgtrigger.Q(new__valid_until__isnull=True)
                    | pgtrigger.Q(new__valid_until__gt=pgtrigger.F("old__valid_until"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.unit}"


class EngagementEnd(models.Model):
    """That the end of an engagement was set or brought forward: what it `was` until then (none: open), and since when
    that is known. What was judged before reads the old end (ADR 0010). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="ends")
    was = models.DateField(_("原截止日期"), null=True, blank=True)
    known_at = models.DateTimeField(_("获知时间"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["engagement", "known_at", "id"]
        triggers = [pgtrigger.Protect(name="ends_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
