"""Experts, the draw of a panel, blind scores (QD97.2.4)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Division, Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.accreditation.enums import Ground, SeatState
from peibu.accreditation.models.call import Application, Call
from peibu.casework.models import APPEND_ONLY
from peibu.kernel.ids import uuid7
from peibu.registry.practitioner_models import on_register

# The seed shown at the draw must be the one whose hash was published before the pool was frozen.
SEED_FITS = pgtrigger.Trigger(
    name="the_seed_is_the_one_committed_to",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__seed__gt=""),
    func="""
        IF encode(sha256(convert_to(NEW.seed, 'UTF8')), 'hex') <> NEW.commitment THEN
            RAISE EXCEPTION 'the_seed_is_the_one_committed_to' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'the_seed_is_the_one_committed_to';
        END IF;
        RETURN NEW;
    """,
)
POOL_CLOSED = pgtrigger.Trigger(
    name="a_frozen_pool_gets_nobody_new",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM accreditation_panel p WHERE p.id = NEW.panel_id AND p.frozen_at IS NOT NULL) THEN
            RAISE EXCEPTION 'a_frozen_pool_gets_nobody_new' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_frozen_pool_gets_nobody_new';
        END IF;
        RETURN NEW;
    """,
)
# Whoever works for an applicant (by the library, an account, the register or a list of teachers), declared an interest,
# or stands in the pool as excluded never sits on the panel. An applicant is who has handed in and not withdrawn:
# `queries.applicants_of` says the same. A seat that begins as recused only tells that the draw passed somebody over.
NO_INTEREST = pgtrigger.Trigger(
    name="nobody_with_an_interest_sits_on_a_panel",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (
            WITH day AS (SELECT (NEW.since AT TIME ZONE 'Asia/Shanghai')::date AS at),
                 bound AS (
                SELECT f.unit_id, f.expert_id FROM accreditation_affiliation f, day
                WHERE f.valid_from <= day.at AND (f.valid_until IS NULL OR f.valid_until >= day.at)
                UNION ALL
                SELECT s.unit_id, x.id FROM accreditation_expert x JOIN accounts_user u ON u.person_key = x.person_key
                JOIN accounts_assignment s ON s.user_id = u.id, day
                WHERE s.valid_from <= day.at AND (s.valid_until IS NULL OR s.valid_until >= day.at)
                UNION ALL
                SELECT g.unit_id, x.id FROM accreditation_expert x
                JOIN registry_practitioner r ON r.person_key = x.person_key
                JOIN registry_engagement g ON g.person_id = r.id, day
                WHERE g.withdrawn_at IS NULL
                AND g.valid_from <= day.at AND (g.valid_until IS NULL OR g.valid_until >= day.at)
                UNION ALL
                SELECT t.unit_id, x.id FROM accreditation_expert x
                JOIN registry_teacher t ON t.person_key = x.person_key
                UNION ALL
                SELECT i.unit_id, i.expert_id FROM accreditation_interest i)
            SELECT 1 FROM accreditation_poolentry e
            JOIN accreditation_panel p ON p.id = e.panel_id
            WHERE e.id = NEW.entry_id AND (
                e.excluded <> '' OR p.id <> NEW.panel_id
                OR (NEW.state = 'seated' AND EXISTS (
                    SELECT 1 FROM bound JOIN accreditation_application a ON a.unit_id = bound.unit_id
                    JOIN casework_case c ON c.id = a.case_id
                    WHERE bound.expert_id = e.expert_id AND a.call_id = p.call_id
                    AND c.state NOT IN ('draft', 'withdrawn'))))
        ) THEN
            RAISE EXCEPTION 'nobody_with_an_interest_sits_on_a_panel' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_with_an_interest_sits_on_a_panel';
        END IF;
        RETURN NEW;
    """,
)
# The rank of a seat is the place of its expert in the order that anybody computes from seed and pool (kernel.draw).
AS_DRAWN = pgtrigger.Trigger(
    name="a_seat_has_the_rank_that_was_drawn",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (
            SELECT 1 FROM (
                SELECT e.id, row_number() OVER (ORDER BY encode(sha256(convert_to(
                    p.seed || ':' || p.pool_sha256 || ':' || x.number, 'UTF8')), 'hex') COLLATE "C") AS place
                FROM accreditation_poolentry e JOIN accreditation_panel p ON p.id = e.panel_id
                JOIN accreditation_expert x ON x.id = e.expert_id
                WHERE p.id = NEW.panel_id AND e.excluded = '') drawn
            WHERE drawn.id = NEW.entry_id AND drawn.place <> NEW.rank
        ) THEN
            RAISE EXCEPTION 'a_seat_has_the_rank_that_was_drawn' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_seat_has_the_rank_that_was_drawn';
        END IF;
        RETURN NEW;
    """,
)
# A seed committed to after the call closed could be chosen to suit who applied.
COMMITTED_IN_TIME = pgtrigger.Trigger(
    name="a_seed_is_committed_to_while_the_call_runs",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM accreditation_call c WHERE c.id = NEW.call_id
                   AND (NEW.committed_at AT TIME ZONE 'Asia/Shanghai')::date > c.closes_on) THEN
            RAISE EXCEPTION 'a_seed_is_committed_to_while_the_call_runs' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_seed_is_committed_to_while_the_call_runs';
        END IF;
        RETURN NEW;
    """,
)
# Blind: a score is given from a live seat to an application of the panel's own call.
OWN_PANEL = pgtrigger.Trigger(
    name="only_the_panel_scores_its_call",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM accreditation_seat s JOIN accreditation_panel p ON p.id = s.panel_id
                       JOIN accreditation_application a ON a.call_id = p.call_id
                       WHERE s.id = NEW.seat_id AND s.state = 'seated' AND a.id = NEW.application_id) THEN
            RAISE EXCEPTION 'only_the_panel_scores_its_call' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'only_the_panel_scores_its_call';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class Expert(models.Model):
    """Somebody of the expert library. Public pages show the number only; the natural person is `person_key`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("专家编号"), max_length=12, unique=True)
    person_key = models.CharField(max_length=64, unique=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="expert")
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称或职务"), max_length=60, blank=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属专家库"))
    fields = models.JSONField(_("专业"), default=list)
    active_from = models.DateField(_("入库日期"))
    active_until = models.DateField(_("出库日期"), null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_until__isnull=True) | Q(active_until__gte=F("active_from")),
                name="an_expert_leaves_after_joining",
            ),
        ]
        triggers = [on_register()]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Affiliation(models.Model):
    """A unit an expert works for or is bound to, with dates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="affiliations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("所在或关联单位"))
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="an_affiliation_ends_after_it_begins",
            ),
        ]


class Interest(models.Model):
    """An interest an expert declared in a unit (relative, contract, consulting). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="interests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("有利害关系的单位"))
    reason = models.CharField(_("情形"), max_length=200)
    declared_at = models.DateTimeField(_("申报时间"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_interest_says_which")]
        triggers = [APPEND_ONLY]


class Panel(Owned):
    """The panel of a call: seed committed, pool frozen, drawn, in this order. The numbers are those of the policy then."""

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="panel")
    seats = models.PositiveSmallIntegerField(_("评审人数"))
    mark_max = models.PositiveSmallIntegerField(_("每项满分"))
    pass_percent = models.PositiveSmallIntegerField(_("合格线（%）"))
    spread_percent = models.PositiveSmallIntegerField(_("允许的最大分差（%）"))
    secret = SecretField(_("未公布的种子"))
    commitment = models.CharField(_("种子指纹"), max_length=64)
    committed_at = models.DateTimeField(_("公布指纹时间"))
    frozen_at = models.DateTimeField(_("锁定范围时间"), null=True, blank=True)
    pool_sha256 = models.CharField(_("专家范围指纹"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    seed = models.CharField(_("种子"), max_length=64, blank=True)
    committed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, pool_sha256="")
                | (Q(frozen_at__gte=F("committed_at")) & ~Q(pool_sha256="")),
                name="the_pool_is_frozen_after_the_commitment",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="") | (Q(drawn_at__gte=F("frozen_at")) & ~Q(seed="")),
                name="the_draw_comes_after_the_freezing",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, mark_max__gte=1, pass_percent__lte=100, spread_percent__lte=100),
                name="a_panel_has_sensible_terms",
            ),
        ]
        triggers = [
            *Owned.Meta.triggers,
            SEED_FITS,
            COMMITTED_IN_TIME,
            pgtrigger.ReadOnly(
                name="the_terms_of_a_panel_never_change",
                fields=[
                    "call", "seats", "mark_max", "pass_percent", "spread_percent", "secret", "commitment",
                    "committed_at", "committed_by",
                ],
            ),
            pgtrigger.Protect(
                name="a_draw_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__drawn_at__isnull=False)
            ),
            pgtrigger.Protect(name="panels_are_kept", operation=pgtrigger.Delete),
        ]  # fmt: skip


class PoolEntry(models.Model):
    """An expert looked at for a panel: in the pool, or excluded. The office reads `excluded`, the public `ground`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="pool")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    excluded = models.CharField(_("回避原因"), max_length=200, blank=True)
    ground = models.CharField(_("回避类别"), max_length=12, choices=Ground.choices, blank=True)

    class Meta:
        ordering = ["expert__number"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="an_expert_is_in_a_pool_once"),
            models.CheckConstraint(
                condition=Q(excluded="", ground="") | (~Q(excluded="") & ~Q(ground="")),
                name="who_is_left_out_is_so_on_a_ground",
            ),
        ]
        triggers = [APPEND_ONLY, POOL_CLOSED]


class Seat(models.Model):
    """A place on the panel, by its rank in the draw."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="places")
    entry = models.OneToOneField(PoolEntry, on_delete=models.PROTECT, related_name="seat")
    rank = models.PositiveSmallIntegerField(_("抽取顺序"))
    state = models.CharField(max_length=10, choices=SeatState.choices, default=SeatState.SEATED)
    since = models.DateTimeField(_("入选时间"))
    recused_at = models.DateTimeField(_("回避时间"), null=True, blank=True)
    reason = models.CharField(_("回避理由"), max_length=200, blank=True)
    recused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "rank"], name="ranks_of_a_panel_are_unique"),
            models.CheckConstraint(
                condition=Q(state="seated", recused_at__isnull=True, reason="")
                | (Q(state="recused", recused_at__isnull=False) & ~Q(reason="")),
                name="who_steps_back_says_when_and_why",
            ),
        ]
        triggers = [
            NO_INTEREST,
            AS_DRAWN,
            pgtrigger.Protect(name="seats_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="a_seat_keeps_its_rank", fields=["panel", "entry", "rank", "since"]),
        ]


class Score(models.Model):
    """One expert's marks for one application, criterion -> marks. Round 2 is the moderation. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="scores")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="scores")
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    marks = models.JSONField(_("各项评分"))
    total = models.PositiveSmallIntegerField(_("合计"))
    out_of = models.PositiveSmallIntegerField(_("满分"))
    comment = models.TextField(_("评审意见"))
    submitted_at = models.DateTimeField(_("提交时间"))

    class Meta:
        ordering = ["application", "round", "seat__rank"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "application", "round"], name="an_expert_scores_once_a_round"),
            models.CheckConstraint(condition=Q(round__in=(1, 2)), name="there_are_two_rounds_of_scores"),
            models.CheckConstraint(
                condition=Q(total__lte=F("out_of"), out_of__gte=1), name="a_score_stays_within_its_scale"
            ),
            models.CheckConstraint(condition=~Q(comment=""), name="a_score_has_its_comment"),
        ]
        triggers = [
            pgtrigger.Protect(name="a_submitted_score_never_changes", operation=pgtrigger.Update | pgtrigger.Delete),
            OWN_PANEL,
        ]
