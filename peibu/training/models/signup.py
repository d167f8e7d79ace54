"""An enterprise's sign-up (QD97.3.3): people, chosen provider, commitment."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.accounts.secrecy import SecretField
from peibu.casework.models import Determination, Document, Progress
from peibu.kernel.ids import uuid7
from peibu.programmes.models import Commitment
from peibu.registry.enums import ManagementLevel
from peibu.registry.models import Person
from peibu.rulebook import load_policy
from peibu.training.enums import SignUpState
from peibu.training.stated_words import stated_rows


@pghistory.track()
class SignUp(Owned):
    """One enterprise's people for one provider; `division` is the enterprise's."""

    policy = models.CharField(max_length=80)
    enterprise = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="signups")
    provider = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="received_signups"
    )
    state = models.CharField(_("状态"), max_length=10, choices=SignUpState.choices, default=SignUpState.DRAFT)
    roster = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expected_claim_on = models.DateField(_("预计申领日期"), null=True, blank=True)
    created_at = models.DateTimeField()
    lines_changed_at = models.DateTimeField(_("名单最近变动"), null=True, blank=True)
    prechecked_at = models.DateTimeField(_("预审时间"), null=True, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="committed")
                | Q(provider__isnull=False, commitment__isnull=False, committed_at__isnull=False),
                name="a_committed_signup_names_provider_and_commitment",
            ),
        ]


class SignUpLine(models.Model):
    """One person of a sign-up with the pre-check made at that moment. `active` lines hold a quota place. `stated`: facts
    that the policy's roster asks for, in the words of the sender."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signup = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="lines")
    policy = models.CharField(max_length=80)
    position = models.PositiveIntegerField(_("序号"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signup_lines")
    post = models.CharField(_("岗位"), max_length=60, blank=True)
    level = models.CharField(
        _("管理层级"), max_length=10, choices=ManagementLevel.choices, default=ManagementLevel.UNKNOWN
    )
    level_evidence = models.CharField(_("层级依据"), max_length=120, blank=True)
    stated = models.JSONField(_("名册载明的事项"), default=dict, blank=True)
    precheck = models.ForeignKey(Determination, on_delete=models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(_("有效报名"), default=False)

    class Meta:
        ordering = ["signup", "position"]
        constraints = [
            models.UniqueConstraint(fields=["signup", "person"], name="a_person_stands_once_in_a_signup"),
            models.UniqueConstraint(
                fields=["policy", "person"], condition=Q(active=True), name="a_person_is_signed_up_once_per_policy"
            ),
        ]

    @property
    def told(self) -> str:
        """What the roster states besides the post: the management level, or the first facts the policy asks for."""
        policy = load_policy(self.policy)
        if not policy.delivery.roster:
            return str(self.get_level_display())
        return " ".join(text for _label, text in stated_rows(policy, policy.delivery.roster[:2], self.stated) if text)


class SignUpStep(models.Model):
    """One deed on a sign-up: who, when, what, on which rule version. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signup = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="steps")
    deed = models.CharField(max_length=20)
    label = models.CharField(_("动作"), max_length=60)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("经办人"), max_length=60)
    actor_role = models.CharField(_("岗位"), max_length=30)
    rule_version = models.CharField(_("规则版本"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["signup", "at", "id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class RosterUpload(models.Model):
    """A roster file on its way into a sign-up. Only the newest of a sign-up is kept, its content only until read:
    a roster that was refused leaves nothing but the list of what to put right. What it holds of people is encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signup = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="uploads")
    name = models.CharField(_("文件名"), max_length=200)
    content = SecretField(default="", blank=True, help_text=_("base64，读完即清空"))
    wrong_rows = SecretField(default="", blank=True, help_text=_("出错的行，JSON"))
    problems = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    people = models.PositiveIntegerField(_("人数"), default=0)
    finished = models.BooleanField(default=False)
    progress = models.ForeignKey(Progress, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["signup", "uploaded_at", "id"]
