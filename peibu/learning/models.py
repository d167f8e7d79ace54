"""The tables of the store. No trigger and no foreign key keeps them from a distributed PostgreSQL; owners are plain ids.

Statements are only ever added by this programme; no trigger holds others to it. They lie in one partition per month of
`stored`, which is made by SQL in the migration (`tables.py`), so their model is for reading.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from peibu.kernel.ids import uuid7
from peibu.learning.enums import DocumentKind


class StatementId(models.Model):
    """That an id is taken, over all months: a unique key of a partitioned table would have to contain the month."""

    id = models.UUIDField(primary_key=True)
    stored = models.DateTimeField()

    class Meta:
        db_table = "learning_statement_id"


class Statement(models.Model):
    """One statement. `body` is what came in, with authority and version; the hashes are those of `statement.keys`."""

    pk = models.CompositePrimaryKey("stored", "id")
    id = models.UUIDField()
    stored = models.DateTimeField(_("接收时间"))
    ts = models.DateTimeField(_("发生时间"))
    tenant = models.UUIDField(_("平台"))
    actor_h = models.BigIntegerField(null=True)
    verb_h = models.BigIntegerField()
    act_h = models.BigIntegerField(null=True)
    reg = models.UUIDField(null=True)
    sess_h = models.BigIntegerField(null=True)
    rel = ArrayField(models.BigIntegerField())
    body = models.JSONField()

    class Meta:
        managed = False
        db_table = "learning_statement"


class StatementRef(models.Model):
    """A statement about another one. `via` = what the other one is found by, once it is here; `voids` = it takes it back."""

    id = models.UUIDField(primary_key=True)
    stored = models.DateTimeField()
    tenant = models.UUIDField()
    target = models.UUIDField(db_index=True)
    voids = models.BooleanField()
    via = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["via"], name="learning_ref_via"),
            models.Index(fields=["stored"], condition=models.Q(via=None), name="learning_ref_waiting"),
        ]


class Attachment(models.Model):
    """The content of an attachment, once per platform whatever the number of statements that name it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.UUIDField()
    sha2 = models.CharField(max_length=128)
    content_type = models.CharField(max_length=200)
    content = models.BinaryField()
    stored = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "sha2"], name="an_attachment_is_kept_once")]


class Document(models.Model):
    """A document of the State, Activity Profile or Agent Profile resource; empty texts where a kind has no such part."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.UUIDField()
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    activity = models.TextField(blank=True)
    agent = models.TextField(blank=True)
    registration = models.CharField(max_length=36, blank=True)
    name = models.TextField()
    content_type = models.CharField(max_length=200)
    content = models.BinaryField()
    etag = models.CharField(max_length=40)
    updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "activity", "agent", "registration", "name"], name="a_document_has_one_name"
            )
        ]


class ReportFailure(models.Model):
    """A reported item that could not be taken: which, where and why. Its content is not kept, it may hold numbers of
    people. It goes when the same item is taken later, or when the platform clears it. `ref` names the item; one that
    cannot be named, because its learner or time is unreadable, is named by its content and stays until it is cleared."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.UUIDField()
    kind = models.CharField(_("类别"), max_length=20)
    ref = models.CharField(_("对象"), max_length=100, blank=True)
    source = models.CharField(_("来源"), max_length=120)
    position = models.PositiveIntegerField(_("序号"))
    problems = models.JSONField(_("问题"))
    at = models.DateTimeField(_("上报时间"))

    class Meta:
        indexes = [models.Index(fields=["tenant", "at"], name="learning_failure_by_time")]
