"""Editions of a catalogue, the dated entries they open and close, and the training that workers ask for."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.catalogue.enums import CatalogueKind, EditionState, Level


class Edition(Owned):
    """One uploaded version of a catalogue: the file, what is wrong with it or its rows, and when it takes effect.

    `rows` are the entries as read (dicts of code, name, level, industry, headcount, note, unit, unit_name); they come
    into force together on `effective_from`.
    """

    kind = models.CharField(_("目录"), max_length=30, choices=CatalogueKind.choices)
    title = models.CharField(_("标题"), max_length=120)
    source = models.CharField(_("依据"), max_length=200)
    effective_from = models.DateField(_("生效日期"))
    state = models.CharField(_("状态"), max_length=10, choices=EditionState.choices, default=EditionState.READING)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes, blank=True)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    wrong_rows = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("总行数"), default=0)
    done = models.PositiveIntegerField(_("已读行数"), default=0)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)

    class Meta:
        ordering = ["-effective_from", "-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "division", "effective_from"],
                condition=Q(state="in_force"),
                name="one_edition_takes_effect_a_day",
            ),
            models.CheckConstraint(condition=~Q(source="") & ~Q(title=""), name="an_edition_has_title_and_source"),
            models.CheckConstraint(condition=~Q(kind="workers_demand"), name="demand_is_counted_not_published"),
            models.CheckConstraint(
                condition=Q(state__in=["in_force", "dropped"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(state__in=["reading", "wrong", "proposed"], decided_by__isnull=True, decided_at__isnull=True),
                name="a_decided_edition_says_who_and_when",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="editions_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_edition_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["in_force", "dropped"]),
            ),
        ]


class Entry(Owned):
    """An occupation at a level (at an institution, in the catalogue of specialities) and the days it stands there.

    Never changed: a later edition ends it and opens another. `words` is what is searched, `grams` its pairs of
    neighbouring characters: an index over them finds two Chinese characters, which trigrams cannot.
    """

    kind = models.CharField(_("目录"), max_length=30, choices=CatalogueKind.choices)
    code = models.CharField(_("职业（工种）编码"), max_length=30)
    name = models.CharField(_("职业（工种）名称"), max_length=100)
    level = models.CharField(_("等级"), max_length=20, choices=Level.choices)
    industry = models.CharField(_("行业（产业）"), max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="specialities", null=True, blank=True)
    # The unit as text: an exclusion constraint lets empty foreign keys stand side by side.
    holder = models.CharField(max_length=36, blank=True)
    headcount = models.PositiveIntegerField(_("紧缺人数"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    valid = DateRangeField(_("有效期间"))
    opened_by = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="entries")
    closed_by = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="ended", null=True, blank=True)
    words = models.TextField()
    grams = ArrayField(models.CharField(max_length=2))

    class Meta:
        ordering = ["code", "level", "holder"]
        # Read all day, written once in a while: without the list of pending rows every search finds an index in order.
        indexes = [GinIndex(fields=["grams"], name="entry_fragments", fastupdate=False)]
        constraints = [
            ExclusionConstraint(
                name="an_entry_holds_once_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("division", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    ("holder", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="an_entry_has_code_and_name"),
            models.CheckConstraint(
                condition=(Q(kind="institution_specialities", unit__isnull=False) & ~Q(holder=""))
                | (~Q(kind="institution_specialities") & Q(unit__isnull=True, holder="")),
                name="only_a_speciality_has_an_institution",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            pgtrigger.Protect(name="entries_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="entry_never_changes",
                fields=[
                    "kind",
                    "code",
                    "name",
                    "level",
                    "industry",
                    "unit",
                    "holder",
                    "headcount",
                    "note",
                    "opened_by",
                ],
            ),
            pgtrigger.Protect(
                name="an_ended_entry_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_by__isnull=False),
            ),
        ]


class Demand(Owned):
    """A worker would like to be trained in an occupation (HD2.3.7): with an account, or without and unnamed.

    No name, no phone: only the place, the occupation, the level. `token` is of the form that was sent, so that a double
    click counts once; `sender` is a keyed hash of address and day, which only limits how often one address may send.
    """

    code = models.CharField(_("职业（工种）编码"), max_length=30)
    name = models.CharField(_("职业（工种）名称"), max_length=100)
    level = models.CharField(_("等级"), max_length=20, choices=Level.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    token = models.UUIDField(unique=True)
    sender = models.CharField(max_length=64, blank=True, db_index=True)
    registered_on = models.DateField(_("登记日期"))
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)

    class Meta:
        ordering = ["-registered_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code", "level"],
                condition=Q(withdrawn_on__isnull=True, user__isnull=False),
                name="a_worker_wants_an_occupation_once",
            ),
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(sender="")) | (Q(user__isnull=True) & ~Q(sender="")),
                name="an_unnamed_wish_is_limited_by_its_sender",
            ),
        ]
        triggers = [*Owned.Meta.triggers, pgtrigger.Protect(name="demand_is_kept", operation=pgtrigger.Delete)]
