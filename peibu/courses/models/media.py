"""Files of courses: measured and hashed when they are whole, then never changed; uploads on their way."""

import pgtrigger
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peibu.accounts.models import Unit, User
from peibu.accounts.owned import Owned
from peibu.courses.enums import ItemKind
from peibu.kernel.ids import uuid7

FILES = ((ItemKind.VIDEO, ItemKind.VIDEO.label), (ItemKind.DOCUMENT, ItemKind.DOCUMENT.label))


def course_storage() -> Storage:
    """Where files of courses lie: a private folder, or what the installation has set."""
    return storages["courses"]


class Media(Owned):
    """A video or a document. `milliseconds` is measured from the packets of the file itself (JN6.6.1b)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="media")
    kind = models.CharField(_("类别"), max_length=10, choices=FILES)
    name = models.CharField(_("文件名"), max_length=200)
    file = models.FileField(storage=course_storage, upload_to="courses", max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(max_length=64)
    milliseconds = models.PositiveBigIntegerField(_("时长（毫秒）"), null=True, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="a_course_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(kind="video", milliseconds__gt=0) | Q(kind="document", milliseconds__isnull=True),
                name="a_video_has_its_length",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


class Caption(models.Model):
    """Captions of a video in one language, as WebVTT; written anew when they are corrected."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="captions")
    language = models.CharField(_("字幕语言"), max_length=10)
    text = models.TextField(_("字幕"))
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "language"], name="captions_are_kept_once_a_language")]


class Upload(models.Model):
    """A file on its way, piece by piece. `fingerprint` = what the browser knows it by, to go on after a break."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=FILES)
    name = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    media = models.OneToOneField(Media, on_delete=models.PROTECT, null=True, blank=True, related_name="upload")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="an_upload_is_no_longer_than_said"),
            models.UniqueConstraint(
                fields=["unit", "kind", "fingerprint"], condition=Q(media__isnull=True), name="an_upload_runs_once"
            ),
        ]
